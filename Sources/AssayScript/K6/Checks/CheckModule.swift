internal import AssayCore

/// The module `k6`: check, group, sleep, fail and randomSeed.
enum CheckModule {
    static let module = NativeModule(
        "k6",
        [
            .function("check", arity: 3, check), .function("fail", arity: 1, fail),
            .function("group", arity: 2, group), .function("randomSeed", arity: 1, randomSeed),
            .function("sleep", arity: 1, sleep),
        ])

    private static let nameRefusal = "group and check names may not contain '::'"

    /// `check(value, {name: function or value}, tags)`: whether all hold.
    private static func check(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("Using check() in the init context is not supported")
        guard arguments.count > 1 else { throw runtime.goError("no checks provided to `check`") }
        guard !arguments[1].isNullish else {
            throw .typeError("Cannot convert undefined or null to object")
        }
        let tags = try runtime.tags(arguments[2])
        let subject = arguments[0]
        var succeeded = true
        try runtime.forEachProperty(of: arguments[1]) { (name, check) throws(ScriptThrow) in
            if name.contains("::") { throw runtime.goError(Self.nameRefusal) }
            if try runtime.isAsync(check) {
                throw runtime.goError(
                    "the built-in check() does not support async functions as arguments. Use the JavaScript utils "
                        + "library as a replacement. Refer to https://grafana.com/docs/k6/latest/javascript-api/"
                        + "jslib/utils/check/ for more info")
            }
            let passed = try Self.passes(
                check, subject, runtime, failing: { host.check(name, passed: false, tags) })
            if !passed { succeeded = false }
            host.check(name, passed: passed, tags)
        }
        return .bool(succeeded)
    }

    /// - Parameter failing: says that it did not pass when its function throws.
    private static func passes(
        _ check: ScriptValue, _ subject: ScriptValue, _ runtime: ScriptRuntime, failing: () -> Void
    ) throws(ScriptThrow) -> Bool {
        guard runtime.isFunction(check) else { return runtime.isTruthy(check) }
        let result: ScriptValue
        do throws(ScriptThrow) {
            result = try runtime.call(check, this: .undefined, [subject])
        } catch {
            if !runtime.isCancelled() { failing() }
            throw error
        }
        defer { runtime.free(result) }
        return runtime.isTruthy(result)
    }

    private static func group(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("Using group() in the init context is not supported")
        guard runtime.isFunction(arguments[1]) else {
            throw runtime.goError("group() requires a callback as a second argument")
        }
        if try runtime.isAsync(arguments[1]) {
            throw runtime.goError(
                "group() does not support async functions as arguments, please see "
                    + "https://grafana.com/docs/k6/latest/javascript-api/k6/group/ for more info")
        }
        let name = try runtime.optionalText(arguments[0]) ?? ""
        if name.contains("::") { throw runtime.goError(nameRefusal) }
        // A group without a name is the one around it.
        guard !name.isEmpty else { return try runtime.call(arguments[1]) }
        host.enterGroup(name)
        defer { host.leaveGroup() }
        return try runtime.call(arguments[1])
    }

    /// `sleep(seconds)`; in the init context, where nothing may wait, it returns at once.
    private static func sleep(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let seconds = try runtime.toNumber(arguments[0])
        let host = try runtime.surroundings()
        guard seconds > 0, host.phase.hasUser else { return .undefined }
        let nanoseconds = Int64(exactly: (seconds * 1e9).rounded()) ?? Int64.max
        try runtime.wait { await host.sleep(nanoseconds: nanoseconds) }
        return .undefined
    }

    private static func fail(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        throw runtime.goError(try runtime.optionalText(arguments[0]) ?? "")
    }

    // MARK: randomness

    private final class Random {
        var stream = SeededRandom(seed: 0)
        var isInstalled = false
    }

    /// `randomSeed(number)`: what `Math.random` gives from here on depends on the number alone.
    private static func randomSeed(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let seed = try runtime.toNumber(arguments[0])
        try runtime.seedRandom(UInt64(bitPattern: Int64(exactly: seed.rounded(.towardZero)) ?? 0))
        return .undefined
    }

    private static let mathRandom = Native("random") { (runtime, _, _) throws(ScriptThrow) in
        .number(runtime.state(Random.self) { Random() }.stream.fraction())
    }

    fileprivate static func seed(_ runtime: ScriptRuntime, _ seed: UInt64) throws(ScriptThrow) {
        let random = runtime.state(Random.self) { Random() }
        random.stream = SeededRandom(seed: seed)
        guard !random.isInstalled else { return }
        random.isInstalled = true
        let global = runtime.global
        defer { runtime.free(global) }
        try runtime.with(global, "Math") { math throws(ScriptThrow) in
            runtime.define(math, "random", runtime.makeFunction(Self.mathRandom))
        }
    }
}

extension ScriptRuntime {
    /// Lets `Math.random` draw from a seed. On the coroutine, or while nothing runs.
    func seedRandom(_ seed: UInt64) throws(ScriptThrow) { try CheckModule.seed(self, seed) }
}
