/// Makes the members of an answer its own when somebody asks for those.
///
/// They are made one by one as the script reads them, from its class; `Object.keys(res)` would find none. So the functions of
/// `Object` that ask for the own properties of their arguments first have an answer put all of its on itself. Nothing is done
/// for answers that are never asked so.
enum HTTPResponseKeys {
    /// The own properties of an answer in k6, in its order.
    static let all = HTTPResponse.order + ["clickLink", "html", "json", "submitForm"]

    private static let functions = [
        ("keys", 1), ("values", 1), ("entries", 1), ("getOwnPropertyNames", 1), ("assign", 2),
    ].map { name, arity in
        Native(name, arity: arity) { runtime, _, arguments throws(ScriptThrow) in
            guard let known = HTTPState.of(runtime).ownKeys?[name] else { return .undefined }
            var given: [ScriptValue] = []
            for index in 0..<arguments.count {
                try unfold(arguments[index], runtime)
                given.append(arguments[index])
            }
            return try runtime.call(known.value, this: .undefined, given)
        }
    }

    /// Before a script has its first answer.
    static func install(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        let state = HTTPState.of(runtime)
        guard state.ownKeys == nil else { return }
        let global = runtime.global
        defer { runtime.free(global) }
        let object = try runtime.get(global, "Object")
        defer { runtime.free(object) }
        var known: [String: ScriptReference] = [:]
        for function in functions {
            known[function.name] = runtime.retain(owned: try runtime.get(object, function.name))
            runtime.define(object, function.name, runtime.makeFunction(function))
        }
        state.ownKeys = known
    }

    private static func unfold(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard let response = runtime.held(value, as: ScriptResponse.self), !response.isUnfolded else {
            return
        }
        response.isUnfolded = true
        for name in all {
            let member = try runtime.get(value, name)
            // One that was read before stands at another place, and is not enumerated.
            runtime.remove(value, name)
            runtime.set(value, name, member)
        }
    }
}
