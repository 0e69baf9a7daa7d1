public import CScriptEngine
internal import Glibc
internal import Synchronization

/// Objects that hold a Swift object and show its properties as their own: each is made when a script first reads it.
///
/// They are what Go's objects are in k6: `Object.keys`, `{...object}` and `JSON.stringify` see all properties in their order,
/// values can be replaced, and nothing can be added or removed.
public final class NativeRecord: Sendable {
    /// An own property.
    public struct Field: Sendable {
        let native: Native
        let isMethod: Bool

        /// - Parameters:
        ///   - replaced: is told that the script puts a value of its own, its only argument, in the place.
        ///   - make: is given the object as `this`; what it makes stays until the script replaces it.
        public static func value(
            _ name: String, replaced: @escaping NativeFunction = { _, _, _ in .undefined },
            _ make: @escaping NativeFunction
        ) -> Field {
            let native = Native(name) { runtime, this, arguments throws(ScriptThrow) in
                arguments.count > 0
                    ? try replaced(runtime, this, arguments) : try make(runtime, this, arguments)
            }
            return Field(native: native, isMethod: false)
        }

        /// - Parameter body: is given the object as `this`, however the script calls it.
        public static func method(_ name: String, arity: Int = 0, _ body: @escaping NativeFunction) -> Field {
            Field(native: Native(name, arity: arity, body), isMethod: true)
        }
    }

    private let fields: [Field]
    var names: [String] { fields.map(\.native.name) }
    private let made = Mutex<UInt>(0)

    /// To be made once a process.
    public init(_ fields: [Field]) {
        self.fields = fields
    }

    /// As the engine knows it.
    func entry(of engine: ScriptEngine) -> UnsafeRawPointer {
        // SAFETY: the engine keeps records as long as the process lives, and copies names; they are handed on as numbers.
        let known = made.withLock { made in
            if made == 0 { made = unsafe UInt(bitPattern: make(engine)) }
            return made
        }
        guard let entry = unsafe UnsafeRawPointer(bitPattern: known) else {
            preconditionFailure("the engine makes records or ends")
        }
        return unsafe entry
    }

    private func make(_ engine: ScriptEngine) -> UnsafeRawPointer? {
        let names = unsafe fields.map { unsafe strdup($0.native.name) }
        defer { unsafe names.forEach { unsafe free($0) } }
        let described = unsafe zip(fields, names).map { field, name in
            unsafe script_field(
                name: name, number: Int32(field.native.number), arity: Int32(field.native.arity),
                is_method: field.isMethod)
        }
        return unsafe described.withUnsafeBufferPointer {
            unsafe engine.table.pointee.make_record(Int32($0.count), $0.baseAddress)
        }
    }
}

// SAFETY: of the rest of this file: the engine's functions are given this runtime's context and values of it.

extension ScriptRuntime {
    /// An object of a record, which goes when the script's does.
    public func makeObject(of record: NativeRecord, holding payload: AnyObject) throws(ScriptThrow)
        -> ScriptValue
    {
        let held = unsafe Unmanaged.passRetained(payload).toOpaque()
        let made = unsafe engine.table.pointee.make_record_object(context, record.entry(of: engine), held)
        if made.isException { unsafe Unmanaged<AnyObject>.fromOpaque(held).release() }
        return try checked(made)
    }

    /// What a record's object keeps that scripts do not see; owned by the caller.
    func hidden(_ object: ScriptValue) -> ScriptValue {
        unsafe engine.table.pointee.hidden(context, object)
    }

    /// - Parameter value: given away.
    func setHidden(_ object: ScriptValue, _ value: ScriptValue) {
        unsafe engine.table.pointee.set_hidden(context, object, value)
    }
}
