/// The globals `__ENV`, `__VU`, `__ITER` and `global`.
enum ScriptVariables {
    static let globals: [NativeExport] = [
        environment,
        .accessor(
            "__VU",
            get: { (runtime, _, _) throws(ScriptThrow) in
                .number(Double(try runtime.surroundings().execution.userInInstance))
            }),
        // Only while a pass runs: k6 has none before.
        .accessor(
            "__ITER",
            get: { (runtime, _, _) throws(ScriptThrow) in
                let host = try runtime.surroundings()
                guard host.phase == .iteration else { return .undefined }
                return .number(Double(host.execution.iterationInInstance))
            }),
        .lazy("global") { (runtime) throws(ScriptThrow) in runtime.global },
    ]

    /// Kept until the script passes from the init context to its virtual user's life, or the scenario to another one: what
    /// a script puts into it is gone then, as in k6.
    fileprivate final class Environment {
        var shown: ScriptReference?
        var isInitial = true
    }

    private static let environment = NativeExport.accessor(
        "__ENV",
        get: { (runtime, _, _) throws(ScriptThrow) in
            let host = try runtime.surroundings()
            let kept = runtime.state(Environment.self) { Environment() }
            let isInitial = host.phase == .initialization
            if let shown = kept.shown, kept.isInitial == isInitial { return runtime.duplicate(shown.value) }
            let variables = try EnvironmentObject.make(host.environment, runtime)
            kept.shown = runtime.retain(variables)
            kept.isInitial = isInitial
            return variables
        },
        set: { (runtime, _, arguments) throws(ScriptThrow) in
            let kept = runtime.state(Environment.self) { Environment() }
            kept.shown = runtime.retain(arguments[0])
            kept.isInitial = try runtime.surroundings().phase == .initialization
            return .undefined
        })
}

extension ScriptRuntime {
    /// Says that the host's ``ScriptHost/environment`` is another one than before: a virtual user goes over to a scenario.
    public func environmentChanged() throws(ScriptThrow) {
        state(ScriptVariables.Environment.self) { ScriptVariables.Environment() }.shown = nil
    }
}
