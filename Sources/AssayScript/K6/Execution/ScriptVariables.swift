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

    fileprivate static let environment = NativeExport.lazy("__ENV") { runtime throws(ScriptThrow) in
        let variables = runtime.makeObject()
        for (name, value) in try runtime.surroundings().environment.sorted(by: { $0.key < $1.key }) {
            runtime.set(variables, name, runtime.make(value))
        }
        return variables
    }
}

extension ScriptRuntime {
    /// Says that the host's ``ScriptHost/environment`` is another one than before: a virtual user goes over to a scenario.
    public func environmentChanged() throws(ScriptThrow) {
        let global = global
        defer { free(global) }
        try add(ScriptVariables.environment, to: global, isEnumerable: false)
    }
}
