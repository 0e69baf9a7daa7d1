public import CScriptEngine
internal import Synchronization

/// A function in Swift that scripts can call.
///
/// Stateless: what it keeps lives in ``ScriptRuntime/state(_:_:)``. `this` and the arguments are borrowed, what it returns
/// is the caller's.
public typealias NativeFunction =
    @Sendable (_ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments)
    throws(ScriptThrow)
    -> ScriptValue

/// What a native function throws into the script.
public enum ScriptThrow: Error {
    case error(String)
    case typeError(String)
    case rangeError(String)
    case syntaxError(String)
    /// A value of the script's, given away.
    case value(ScriptValue)
    /// The engine has an exception set already: hand on what a call answered.
    case pending
    /// Ends the script with what it cannot catch: its user was cancelled.
    case interrupted
}

/// The arguments of a call, borrowed for its time.
@safe public struct ScriptArguments {
    /// As many as the script gave.
    public let count: Int
    // SAFETY: the engine keeps them while the native function runs, and longer they must not be kept.
    private let base: UnsafePointer<ScriptValue>?

    init(_ base: UnsafePointer<ScriptValue>?, count: Int) {
        unsafe self.base = unsafe base
        self.count = count
    }

    /// `undefined` where the script gave none.
    public subscript(index: Int) -> ScriptValue {
        guard index < count, let base = unsafe base else { return .undefined }
        return unsafe base[index]
    }
}

/// A native function under its number, by which the engine knows it.
public final class Native: Sendable {
    public let name: String
    let arity: Int
    let kind: Kind
    let number: Int

    /// How a script may call it.
    public enum Kind: Int, Sendable {
        case function = 0
        /// With `new` only; `this` is then what was constructed.
        case constructor = 1
        case constructorOrFunction = 2
    }

    /// To be made once a process: numbers are never given back.
    public init(_ name: String, arity: Int = 0, kind: Kind = .function, _ body: @escaping NativeFunction) {
        self.name = name
        self.arity = arity
        self.kind = kind
        number = Self.table.withLock { table in
            table.append(body)
            return table.count - 1
        }
    }

    private static let table = Mutex<[NativeFunction]>([])

    /// What the engine makes the function of when it is first read.
    ///
    /// - Parameter isEnumerable: as a property.
    func entry(of engine: ScriptEngine, isEnumerable: Bool) -> UnsafeRawPointer {
        // SAFETY: the engine keeps entries as long as the process lives; they are handed on as numbers.
        let known = Self.entries.withLock { entries in
            if let known = entries[number * 2 + (isEnumerable ? 1 : 0)] { return known }
            let made = unsafe UInt(
                bitPattern: engine.table.pointee.make_entry(name, Int32(arity), Int32(number), isEnumerable))
            entries[number * 2 + (isEnumerable ? 1 : 0)] = made
            return made
        }
        guard let entry = unsafe UnsafeRawPointer(bitPattern: known) else {
            preconditionFailure("the engine makes entries or ends")
        }
        return unsafe entry
    }

    private static let entries = Mutex<[Int: UInt]>([:])

    /// All that exist so far; those that runtimes have seen keep their places.
    static var all: [NativeFunction] { table.withLock { $0 } }
}

/// A text that modules export.
final class NativeText: Sendable {
    private let name: String
    private let value: String
    private let made = Mutex<UInt>(0)

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// What the engine makes the property of when it is first read.
    func entry(of engine: ScriptEngine) -> UnsafeRawPointer {
        // SAFETY: the engine keeps entries as long as the process lives; they are handed on as numbers.
        let known = made.withLock { made in
            if made == 0 { made = unsafe UInt(bitPattern: engine.table.pointee.make_text_entry(name, value)) }
            return made
        }
        guard let entry = unsafe UnsafeRawPointer(bitPattern: known) else {
            preconditionFailure("the engine makes entries or ends")
        }
        return unsafe entry
    }
}

/// Something that a module, a class or the global object offers.
public struct NativeExport: Sendable {
    enum Content: Sendable {
        case function(Native)
        case text(NativeText)
        case value(@Sendable (ScriptRuntime) throws(ScriptThrow) -> ScriptValue)
        case accessor(get: Native, set: Native?)
        /// - Parameter get: puts the constructor in its own place when it is read.
        case type(NativeClass, get: Native)
    }

    public let name: String
    let content: Content

    /// Its own, and those of the members of its class.
    var names: [String] {
        if case .type(let type, _) = content { return [name] + type.members.flatMap(\.names) }
        return [name]
    }

    public static func function(_ name: String, arity: Int = 0, _ body: @escaping NativeFunction)
        -> NativeExport
    {
        NativeExport(name: name, content: .function(Native(name, arity: arity, body)))
    }

    /// A text that is the same in every runtime, made when it is first read.
    public static func text(_ name: String, _ value: String) -> NativeExport {
        NativeExport(name: name, content: .text(NativeText(name, value)))
    }

    /// Made when a runtime first needs it; the result is owned by whoever asked.
    public static func value(
        _ name: String, _ make: @escaping @Sendable (ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    ) -> NativeExport {
        NativeExport(name: name, content: .value(make))
    }

    /// A property that is computed when it is read; not of modules.
    public static func accessor(
        _ name: String, get: @escaping NativeFunction, set: NativeFunction? = nil
    ) -> NativeExport {
        NativeExport(
            name: name,
            content: .accessor(get: Native(name, get), set: set.map { Native(name, arity: 1, $0) }))
    }

    /// A class: its constructor.
    public static func type(_ type: NativeClass) -> NativeExport {
        NativeExport(
            name: type.name,
            content: .type(
                type,
                get: Native(type.name) { runtime, this, _ throws(ScriptThrow) in
                    let constructor = try runtime.constructor(of: type)
                    if this.isObject { runtime.set(this, type.name, runtime.duplicate(constructor)) }
                    return constructor
                }))
    }
}

/// A module that scripts import by name: natives, or JavaScript of Assay's own.
///
/// The default export is an object with all exports, unless one of them is called `default`.
public struct NativeModule: Sendable {
    public let name: String
    let exports: [NativeExport]
    let source: String?

    public init(_ name: String, _ exports: [NativeExport]) {
        self.name = name
        self.exports = exports
        source = nil
    }

    /// A module written in JavaScript, which may import others.
    public init(_ name: String, source: String) {
        self.name = name
        exports = []
        self.source = source
    }
}

/// A class in Swift: its objects hold a Swift object.
public final class NativeClass: Sendable {
    public let name: String
    /// On the prototype.
    let members: [NativeExport]
    /// With `new`; `nil` when scripts do not make objects of it.
    let constructor: Native?

    /// - Parameter construct: makes the object, by ``ScriptRuntime/makeObject(of:holding:)``.
    public init(
        _ name: String, arity: Int = 0, members: [NativeExport], construct: NativeFunction? = nil
    ) {
        self.name = name
        self.members = members
        constructor = construct.map { Native(name, arity: arity, kind: .constructor, $0) }
    }
}
