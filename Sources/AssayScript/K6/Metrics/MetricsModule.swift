internal import AssayFormats

/// The module `k6/metrics`: a script's own counters, gauges, rates and trends.
enum MetricsModule {
    static let module = NativeModule("k6/metrics", classes.map { NativeExport.type($0) })

    private static let classes = [
        ("Counter", ScriptMetric.Kind.counter), ("Gauge", .gauge), ("Rate", .rate), ("Trend", .trend),
    ].map { name, kind in
        NativeClass(name, arity: 2, members: []) { (runtime, _, arguments) throws(ScriptThrow) in
            try make(kind, runtime, arguments)
        }
    }

    private static func make(
        _ kind: ScriptMetric.Kind, _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard try runtime.surroundings().phase == .initialization else {
            throw runtime.goError("metrics must be declared in the init context")
        }
        let name = try runtime.optionalText(arguments[0]) ?? ""
        switch runtime.program.metrics.register(name, kind, isTime: runtime.isTruthy(arguments[1])) {
        case .failure(let refusal): throw runtime.goError(refusal.message)
        case .success(let metric):
            guard let type = classes.first(where: { $0.name.lowercased() == kind.rawValue }) else {
                throw .error("no such kind of metric")
            }
            let object = try runtime.makeObject(of: type, holding: type)
            runtime.set(object, "name", runtime.make(name))
            // Its own and bound, as k6's is: scripts hand it about.
            runtime.set(
                object, "add",
                runtime.makeFunction("add", arity: 2) { (runtime, arguments) throws(ScriptThrow) in
                    try add(to: metric, runtime, arguments)
                })
            return object
        }
    }

    /// `metric.add(value, tags)`: whether it was taken.
    private static func add(
        to metric: ScriptMetric, _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try runtime.user("Adding to metrics in the init context is not supported")
        guard arguments.count > 0 else {
            return try refuse(
                "no value was provided for metric '\(metric.name)', a number or a boolean value is expected",
                runtime,
                host)
        }
        let value = arguments[0]
        let number = value.isNull ? .nan : try runtime.toNumber(value)
        guard !number.isNaN else {
            let shown = shortened(try runtime.text(value))
            return try refuse(
                "'\(shown)' is an invalid value for metric '\(metric.name)', a number or a boolean value is expected",
                runtime, host)
        }
        let tags: [ScriptTag]
        do throws(ScriptThrow) {
            tags = try runtime.tags(arguments[1])
        } catch .value(let thrown) {
            let reason = runtime.describe(thrown).message
            runtime.free(thrown)
            throw runtime.goError("cannot add tags for the '\(metric.name)' custom metric: \(reason)")
        }
        host.add(metric, number == 0 && runtime.isTruthy(value) ? 1 : number, tags)
        return .bool(true)
    }

    /// A value that is none is a warning, and an exception where the options say `throw`.
    private static func refuse(
        _ message: String, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> ScriptValue {
        if case .object(let options) = host.options, options["throw"] == .bool(true) {
            throw runtime.goError(message)
        }
        host.log(.warning, message)
        return .bool(false)
    }

    /// The beginning and the end of a long text.
    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count >= 100 else { return text }
        return String(scalars.prefix(50)) + "... omitting \(scalars.count - 100) characters ..."
            + String(scalars.suffix(50))
    }
}
