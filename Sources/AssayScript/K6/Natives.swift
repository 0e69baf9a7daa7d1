internal import AssayCore

/// What natives of k6's modules have in common.
extension ScriptRuntime {
    /// What k6's own natives throw: an error that calls itself `GoError`.
    func goError(_ message: String) -> ScriptThrow {
        let error = makeError(message)
        define(error, "name", make("GoError"))
        return .value(error)
    }

    /// What surrounds the script.
    func surroundings() throws(ScriptThrow) -> any ScriptHost {
        guard let host else { throw goError("nothing surrounds this script") }
        return host
    }

    /// The same where there is a virtual user.
    ///
    /// - Parameter refusal: what is thrown in the init context.
    func user(_ refusal: @autoclosure () -> String) throws(ScriptThrow) -> any ScriptHost {
        let host = try surroundings()
        guard host.phase.hasUser else { throw goError(refusal()) }
        return host
    }

    // MARK: tags

    /// The tags of an object; none of what is no object.
    func tags(_ value: ScriptValue) throws(ScriptThrow) -> [ScriptTag] {
        guard value.isObject else { return [] }
        var tags: [ScriptTag] = []
        try forEachProperty(of: value) { (name, value) throws(ScriptThrow) in
            guard let text = try self.tagText(value) else { throw self.goError(Self.tagRefusal(name)) }
            tags.append(ScriptTag(name, text))
        }
        return tags
    }

    /// The text of a string, a number or a boolean; `nil` of what cannot be a tag's value.
    func tagText(_ value: ScriptValue) throws(ScriptThrow) -> String? {
        value.isString || value.isNumber || value.isBool ? try text(value) : nil
    }

    static func tagRefusal(_ name: String) -> String {
        "invalid value for metric tag '\(name)': "
            + "only String, Boolean and Number types are accepted as a metric tag values"
    }

    // MARK: arguments

    /// A text that may be left out; what is no string is made one.
    func optionalText(_ value: ScriptValue) throws(ScriptThrow) -> String? {
        value.isUndefined ? nil : try text(value)
    }

    /// A string as UTF-8, or the bytes of a buffer.
    func wantedBytes(_ value: ScriptValue, _ prefix: String = "") throws(ScriptThrow) -> [UInt8] {
        if let bytes = bytes(value) { return bytes }
        throw goError(
            "\(prefix)invalid type \(goTypeName(value, self)), expected string, []byte or ArrayBuffer")
    }

    /// Whether a function is written `async`.
    func isAsync(_ value: ScriptValue) throws(ScriptThrow) -> Bool {
        guard isFunction(value) else { return false }
        let known = state(AsyncFunctions.self) { AsyncFunctions() }
        if known.constructor == nil {
            let function = try evaluate("(async () => {})")
            defer { free(function) }
            known.constructor = retain(owned: try get(function, "constructor"))
        }
        guard let constructor = known.constructor else { return false }
        return try with(value, "constructor") { found throws(ScriptThrow) in
            self.isSame(found, constructor.value)
        }
    }

    private final class AsyncFunctions {
        var constructor: ScriptReference?
    }

    // MARK: objects

    /// An object with natives for properties; the caller's.
    func makeObject(_ members: [NativeExport]) throws(ScriptThrow) -> ScriptValue {
        let object = makeObject()
        for member in members { try add(member, to: object) }
        return object
    }

    /// As `Object.freeze`, on all levels of what has no cycles.
    func deepFreeze(_ value: ScriptValue) throws(ScriptThrow) {
        guard value.isObject else { return }
        let freezer = state(Freezer.self) { Freezer() }
        if freezer.function == nil {
            freezer.function = retain(
                owned: try evaluate(
                    """
                    (function freeze(value) {
                      Object.freeze(value);
                      for (const name in value) {
                        const part = value[name];
                        if (typeof part === 'object' && part !== null) freeze(part);
                      }
                    })
                    """))
        }
        guard let function = freezer.function else { return }
        free(try call(function.value, [value]))
    }

    /// In JavaScript, for it goes through values without leaving the engine.
    private final class Freezer {
        var function: ScriptReference?
    }
}

extension NativeExport {
    /// A global that is made when a script first reads it, and is a plain property from then on.
    static func lazy(
        _ name: String, _ make: @escaping @Sendable (ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    ) -> NativeExport {
        .accessor(
            name,
            get: { (runtime, _, _) throws(ScriptThrow) in
                let value = try make(runtime)
                runtime.setGlobal(name, runtime.duplicate(value))
                return value
            },
            set: { (runtime, _, arguments) throws(ScriptThrow) in
                runtime.setGlobal(name, runtime.duplicate(arguments[0]))
                return .undefined
            })
    }
}

extension ScriptRuntime {
    /// A property of the global object.
    ///
    /// - Parameter value: given away.
    func setGlobal(_ name: String, _ value: ScriptValue) {
        let global = global
        define(global, name, value)
        free(global)
    }
}
