/// `setTimeout` and its kin: globals, and the module `k6/timers`.
enum ScriptTimers {
    static let globals: [NativeExport] = [
        .function("setTimeout", arity: 2) { runtime, _, arguments throws(ScriptThrow) in
            try set(runtime, arguments, repeats: false)
        },
        .function("clearTimeout", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            try clear(runtime, arguments)
        },
        .function("setInterval", arity: 2) { runtime, _, arguments throws(ScriptThrow) in
            try set(runtime, arguments, repeats: true)
        },
        .function("clearInterval", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            try clear(runtime, arguments)
        },
    ]

    /// What it exports are the globals themselves.
    static let module = NativeModule(
        "k6/timers",
        globals.map(\.name).sorted().map { name in
            .value(name) { runtime throws(ScriptThrow) in
                let global = runtime.global
                defer { runtime.free(global) }
                return try runtime.get(global, name)
            }
        })

    private static func set(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments, repeats: Bool
    ) throws(ScriptThrow) -> ScriptValue {
        let delay = TimerQueue<ScriptTimer>.nanoseconds(try runtime.toNumber(arguments[1]))
        guard runtime.isFunction(arguments[0]) else {
            let name = repeats ? "setInterval" : "setTimeout"
            throw runtime.goError("\(name)'s callback isn't a callable function")
        }
        let loop = runtime.eventLoop
        let id = loop.nextID()
        let given = arguments.count > 2 ? (2..<arguments.count).map { arguments[$0] } : []
        loop.timers.add(
            .init(
                id: id, due: (runtime.host?.monotonicNow ?? 0) &+ delay, interval: repeats ? delay : nil,
                payload: try ScriptTimer(arguments[0], given, runtime)))
        return runtime.make(id)
    }

    private static func clear(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard let loop = runtime.eventLoopIfAny, let id = runtime.integer(arguments[0]) else {
            return .undefined
        }
        loop.clear(id)
        return .undefined
    }
}
