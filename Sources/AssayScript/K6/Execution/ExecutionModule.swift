internal import AssayFormats

/// The module `k6/execution`: who runs which pass of what, and the ways to end a run.
enum ExecutionModule {
    static let module = NativeModule(
        "k6/execution",
        [
            .value("instance") { runtime throws(ScriptThrow) in try runtime.makeObject(instance) },
            .value("scenario") { runtime throws(ScriptThrow) in try runtime.makeObject(scenario) },
            .value("test") { runtime throws(ScriptThrow) in try runtime.makeObject(test) },
            .value("vu") { runtime throws(ScriptThrow) in try runtime.makeObject(user) },
        ])

    // MARK: vu

    private static let userRefusal = "getting VU information in the init context is not supported"

    private static func ofUser(
        _ name: String, _ figure: @escaping @Sendable (ScriptExecution) -> Int
    ) -> NativeExport {
        .accessor(
            name,
            get: { (runtime, _, _) throws(ScriptThrow) in
                .number(Double(figure(try runtime.user(userRefusal).execution)))
            })
    }

    private static let user: [NativeExport] = [
        ofUser("idInInstance") { $0.userInInstance }, ofUser("idInTest") { $0.userInTest },
        ofUser("iterationInInstance") { $0.iterationInInstance },
        ofUser("iterationInScenario") { $0.iterationInScenario },
        .value("tags") { runtime throws(ScriptThrow) in try UserTags.make(.tags, runtime) },
        .value("metrics") { runtime throws(ScriptThrow) in
            let metrics = try runtime.makeObject([
                .value("tags") { runtime throws(ScriptThrow) in try UserTags.make(.tags, runtime) },
                .value("metadata") { runtime throws(ScriptThrow) in try UserTags.make(.metadata, runtime) },
            ])
            // What is set is set in them: another object in their place would be on nothing.
            runtime.freeze(metrics)
            return metrics
        },
    ]

    // MARK: scenario

    private static func ofScenario(
        _ name: String, _ show: @escaping @Sendable (ScriptScenario, ScriptRuntime) -> ScriptValue
    ) -> NativeExport {
        .accessor(
            name,
            get: { (runtime, _, _) throws(ScriptThrow) in
                let host = try runtime.surroundings()
                guard host.phase.hasUser, let scenario = host.execution.scenario else {
                    throw runtime.goError(
                        "getting scenario information outside of the VU context is not supported")
                }
                return show(scenario, runtime)
            })
    }

    private static let scenario: [NativeExport] = [
        ofScenario("name") { $1.make($0.name) }, ofScenario("executor") { $1.make($0.executor) },
        ofScenario("startTime") { scenario, _ in .number(Double(scenario.startMilliseconds)) },
        ofScenario("progress") { scenario, _ in .number(scenario.progress) },
        ofScenario("iterationInInstance") { scenario, _ in .number(Double(scenario.iterationInInstance)) },
        ofScenario("iterationInTest") { scenario, _ in .number(Double(scenario.iterationInTest)) },
    ]

    // MARK: instance

    private static func ofInstance(
        _ name: String, _ figure: @escaping @Sendable (ScriptInstance) -> Double
    ) -> NativeExport {
        .accessor(
            name,
            get: { (runtime, _, _) throws(ScriptThrow) in
                let refusal = "getting instance information in the init context is not supported"
                return .number(figure(try runtime.user(refusal).instance))
            })
    }

    private static let instance: [NativeExport] = [
        ofInstance("currentTestRunDuration") { $0.testRunMilliseconds },
        ofInstance("iterationsCompleted") { Double($0.iterationsCompleted) },
        ofInstance("iterationsInterrupted") { Double($0.iterationsInterrupted) },
        ofInstance("vusActive") { Double($0.usersActive) },
        ofInstance("vusInitialized") { Double($0.usersInitialized) },
    ]

    // MARK: test

    private static let test: [NativeExport] = [
        .function("abort", arity: 1) { (runtime, _, arguments) throws(ScriptThrow) in
            let reason = arguments[0].isNullish ? nil : try runtime.text(arguments[0])
            try runtime.surroundings().abort(reason)
            throw .interrupted
        },
        .function("fail", arity: 1) { (runtime, _, arguments) throws(ScriptThrow) in
            let reason = arguments[0].isNullish ? nil : try runtime.text(arguments[0])
            try runtime.user("execution.test.fail() called outside of VU context").markFailed(reason)
            return .undefined
        },
        .accessor("options", get: options),
    ]

    private final class Options {
        var shown: ScriptReference?
    }

    /// Made once a runtime, and frozen.
    private static func options(
        _ runtime: ScriptRuntime, _: ScriptValue, _: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("getting test options in the init context is not supported")
        let kept = runtime.state(Options.self) { Options() }
        if let shown = kept.shown { return runtime.duplicate(shown.value) }
        let shown = try runtime.make(json: host.options)
        try runtime.deepFreeze(shown)
        kept.shown = runtime.retain(shown)
        return shown
    }
}
