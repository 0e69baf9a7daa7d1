/// `__ENV`: the variables of a run as an object whose properties are made when they are read.
///
/// A process has many variables and a script reads one or two of them; each virtual user sees all, and may change its own.
enum EnvironmentObject {
    private final class Held {
        /// Shared by all users until one of them changes it.
        var variables: [String: String]
        init(_ variables: [String: String]) { self.variables = variables }
    }

    static func make(_ variables: [String: String], _ runtime: ScriptRuntime) throws(ScriptThrow)
        -> ScriptValue
    {
        let target = runtime.makeObject()
        defer { runtime.free(target) }
        let handler = try runtime.makeObject(of: handlerType, holding: Held(variables))
        defer { runtime.free(handler) }
        return try runtime.checked(runtime.makeProxy(target, handler: handler))
    }

    private static let handlerType = NativeClass(
        "EnvironmentHandler",
        members: [
            .function("get", arity: 3) { (runtime, this, arguments) throws(ScriptThrow) in
                if let value = try value(runtime, this, arguments[1]) { return runtime.make(value) }
                return try runtime.reflect("get", [arguments[0], arguments[1]])
            },
            .function("has", arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
                if try value(runtime, this, arguments[1]) != nil { return .bool(true) }
                return try runtime.reflect("has", [arguments[0], arguments[1]])
            },
            .function("ownKeys", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
                runtime.makeArray(try held(runtime, this).variables.keys.sorted().map { runtime.make($0) })
            },
            .function("getOwnPropertyDescriptor", arity: 2) {
                (runtime, this, arguments) throws(ScriptThrow) in
                guard let value = try value(runtime, this, arguments[1]) else { return .undefined }
                let descriptor = runtime.makeObject()
                runtime.set(descriptor, "value", runtime.make(value))
                for name in ["writable", "enumerable", "configurable"] {
                    runtime.set(descriptor, name, .bool(true))
                }
                return descriptor
            },
            .function("set", arity: 4) { (runtime, this, arguments) throws(ScriptThrow) in
                try set(runtime, this, arguments[1], arguments[2])
            },
            .function("defineProperty", arity: 3) { (runtime, this, arguments) throws(ScriptThrow) in
                let value = try runtime.get(arguments[2], "value")
                defer { runtime.free(value) }
                return try set(runtime, this, arguments[1], value)
            },
            .function("deleteProperty", arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
                guard let name = runtime.string(arguments[1]) else { return .bool(true) }
                let held = try held(runtime, this)
                if held.variables[name] != nil { held.variables[name] = nil }
                return .bool(true)
            },
            // An object that takes no more properties would have to have all of them.
            .function("preventExtensions", arity: 1) { (_, _, _) throws(ScriptThrow) in .bool(false) },
        ])

    private static func held(_ runtime: ScriptRuntime, _ handler: ScriptValue) throws(ScriptThrow) -> Held {
        guard let held = runtime.held(handler, as: Held.self) else {
            throw .typeError("these are no variables")
        }
        return held
    }

    private static func value(
        _ runtime: ScriptRuntime, _ handler: ScriptValue, _ name: ScriptValue
    ) throws(ScriptThrow) -> String? {
        guard let name = runtime.string(name) else { return nil }
        return try held(runtime, handler).variables[name]
    }

    /// Variables are texts.
    private static func set(
        _ runtime: ScriptRuntime, _ handler: ScriptValue, _ name: ScriptValue, _ value: ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        guard let name = runtime.string(name) else { return .bool(false) }
        try held(runtime, handler).variables[name] = try runtime.text(value)
        return .bool(true)
    }
}
