/// The module `k6/data`: arrays that exist once for all virtual users.
enum DataModule {
    static let module = NativeModule("k6/data", [.type(type)])

    private static let type = NativeClass("SharedArray", arity: 2, members: [], construct: make)

    private static func make(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard try runtime.surroundings().phase == .initialization else {
            throw runtime.goError("new SharedArray must be called in the init context")
        }
        let name = try runtime.optionalText(arguments[0]) ?? ""
        guard !name.isEmpty else { throw runtime.goError("empty name provided to SharedArray's constructor") }
        if try runtime.isAsync(arguments[1]) {
            throw runtime.goError(
                "SharedArray constructor does not support async functions as second argument")
        }
        guard runtime.isFunction(arguments[1]) else {
            throw runtime.goError(
                "a function is expected as the second argument of SharedArray's constructor")
        }
        let arrays = runtime.program.sharedArrays
        let elements: SharedArrays.Elements
        if let known = arrays[name] {
            elements = known
        } else {
            elements = arrays.keep(name, try built(arguments[1], runtime))
        }
        let target = runtime.makeArray()
        defer { runtime.free(target) }
        let handler = try runtime.makeObject(of: handlerType, holding: elements)
        defer { runtime.free(handler) }
        return runtime.makeProxy(target, handler: handler)
    }

    private static func built(
        _ function: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> SharedArrays.Elements {
        let array = try runtime.call(function)
        defer { runtime.free(array) }
        if array.isNullish { throw .typeError("Cannot convert undefined or null to object") }
        guard runtime.isArray(array) else {
            throw runtime.goError("only arrays can be made into SharedArray")
        }
        var texts: [[UInt8]?] = []
        var bytes = 0
        texts.reserveCapacity(try runtime.length(of: array))
        try runtime.forEachElement(of: array) { element throws(ScriptThrow) in
            let text = try runtime.jsonText(element)
            // One element may stand in many places of the array.
            bytes += 64 + (text?.count ?? 0)
            try runtime.need(bytes: bytes)
            texts.append(text)
        }
        // All users read them, and they stay: whoever made them answers for them.
        try runtime.keep(bytes)
        return SharedArrays.Elements(texts)
    }

    // MARK: the array as scripts see it

    /// Traps of a proxy around an empty array, whose methods it so has.
    private static let handlerType = NativeClass(
        "SharedArrayHandler",
        members: [
            .function("get", arity: 3, get), .function("has", arity: 2, has),
            .function("ownKeys", arity: 1, ownKeys),
            .function("getOwnPropertyDescriptor", arity: 2, descriptor), .function("set", arity: 4, refuse),
            .function("deleteProperty", arity: 2, refuse), .function("defineProperty", arity: 3, refuse),
        ])

    private static func refuse(
        _: ScriptRuntime, _: ScriptValue, _: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        throw .typeError("SharedArray is immutable")
    }

    private static func elements(
        _ handler: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [[UInt8]?] {
        guard let elements = runtime.held(handler, as: SharedArrays.Elements.self) else {
            throw .typeError("this is no SharedArray")
        }
        return elements.texts
    }

    /// The index that a property's name is.
    private static func index(_ key: String) -> Int? {
        guard let first = key.utf8.first, (48...57).contains(first), first != 48 || key.utf8.count == 1 else {
            return nil
        }
        return Int(key)
    }

    /// An element of its own for whoever asks, frozen.
    private static func element(
        _ index: Int, _ texts: [[UInt8]?], _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        guard texts.indices.contains(index), let text = texts[index] else { return .undefined }
        let value = try runtime.parse(json: text)
        do throws(ScriptThrow) {
            try runtime.deepFreeze(value)
        } catch {
            runtime.free(value)
            throw error
        }
        return value
    }

    private static func get(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let texts = try elements(this, runtime)
        if let key = runtime.string(arguments[1]) {
            if let index = index(key) { return try element(index, texts, runtime) }
            if key == "length" { return .number(Double(texts.count)) }
            return try runtime.get(arguments[0], key)
        }
        return try runtime.reflect("get", [arguments[0], arguments[1]])
    }

    private static func has(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        if let key = runtime.string(arguments[1]), let index = index(key) {
            return .bool(index < (try elements(this, runtime)).count)
        }
        return try runtime.reflect("has", [arguments[0], arguments[1]])
    }

    private static func ownKeys(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let count = (try elements(this, runtime)).count
        return runtime.makeArray((0..<count).map { runtime.make(String($0)) } + [runtime.make("length")])
    }

    private static func descriptor(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let texts = try elements(this, runtime)
        guard let key = runtime.string(arguments[1]) else { return .undefined }
        let isLength = key == "length"
        guard isLength || index(key).map(texts.indices.contains) == true else { return .undefined }
        let value =
            isLength ? .number(Double(texts.count)) : try element(index(key) ?? 0, texts, runtime)
        let descriptor = runtime.makeObject()
        runtime.set(descriptor, "value", value)
        runtime.set(descriptor, "writable", .bool(true))
        runtime.set(descriptor, "enumerable", .bool(!isLength))
        runtime.set(descriptor, "configurable", .bool(!isLength))
        return descriptor
    }
}

extension ScriptRuntime {
    /// A function of `Reflect`, called; the result is the caller's.
    func reflect(_ function: String, _ arguments: [ScriptValue]) throws(ScriptThrow) -> ScriptValue {
        let global = global
        defer { free(global) }
        return try with(global, "Reflect") { reflect throws(ScriptThrow) in
            try self.with(reflect, function) { function throws(ScriptThrow) in
                try self.call(function, arguments)
            }
        }
    }
}
