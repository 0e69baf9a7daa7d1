public import CScriptEngine

// SAFETY: of this whole file: the engine's functions are given this runtime's context and values of it.

extension ScriptRuntime {
    // MARK: native objects

    /// An object that holds a Swift object, which goes when the script's does.
    public func makeObject(of type: NativeClass, holding payload: AnyObject) throws(ScriptThrow)
        -> ScriptValue
    {
        makeNative(try prototype(of: type), payload)
    }

    func makeNative(_ prototype: ScriptValue, _ payload: AnyObject) -> ScriptValue {
        let held = unsafe Unmanaged.passRetained(payload).toOpaque()
        let made = unsafe engine.table.pointee.make_native(context, prototype, held)
        if made.isException { unsafe Unmanaged<AnyObject>.fromOpaque(held).release() }
        return made
    }

    /// What an object holds, when it is of that type.
    public func held<Payload: AnyObject>(_ value: ScriptValue, as type: Payload.Type = Payload.self)
        -> Payload?
    {
        guard value.isObject, let payload = unsafe engine.table.pointee.native_payload(value) else {
            return nil
        }
        return unsafe Unmanaged<AnyObject>.fromOpaque(payload).takeUnretainedValue() as? Payload
    }

    private func prototype(of type: NativeClass) throws(ScriptThrow) -> ScriptValue {
        if let known = classes[ObjectIdentifier(type)] { return known.prototype }
        let prototype = makeObject()
        for member in type.members { try add(member, to: prototype, isEnumerable: false) }
        let constructor = type.constructor.map { makeFunction($0) } ?? .undefined
        if constructor.isObject {
            unsafe engine.table.pointee.set_constructor(context, constructor, prototype)
        }
        classes[ObjectIdentifier(type)] = (prototype, constructor)
        return prototype
    }

    /// Owned by the caller.
    func constructor(of type: NativeClass) throws(ScriptThrow) -> ScriptValue {
        _ = try prototype(of: type)
        return duplicate(classes[ObjectIdentifier(type)]?.constructor ?? .undefined)
    }

    /// Puts an export on an object.
    func add(_ export: NativeExport, to object: ScriptValue, isEnumerable: Bool = true) throws(ScriptThrow) {
        switch export.content {
        case .function(let native):
            let entry = unsafe native.entry(of: engine, isEnumerable: isEnumerable)
            let done = unsafe engine.table.pointee.define_lazily(context, object, entry)
            if done != 0 { throw .pending }
        case .text(let text):
            let done = unsafe engine.table.pointee.define_lazily(context, object, text.entry(of: engine))
            if done != 0 { throw .pending }
        case .value(let make):
            let value = try make(self)
            isEnumerable ? set(object, export.name, value) : define(object, export.name, value)
        case .type(_, let get): define(object, export.name, get: get)
        case .accessor(let get, let setter): define(object, export.name, get: get, set: setter)
        }
    }
}
