internal import AssayCore
public import AssayFormats
public import AssayNet
public import AssayScript

/// Code of a script that runs beside its load: what it exports before, and `handleSummary()` after.
///
/// Belongs to its reactor's thread.
public final class ScriptAside {
    private let user: ScriptUser
    private let reactor: Reactor

    private init(_ user: ScriptUser, on reactor: Reactor) {
        self.user = user
        self.reactor = reactor
    }

    deinit { user.end() }

    /// Runs the script's code outside of functions.
    ///
    /// - Parameter scope: ends it.
    /// - Returns: or what it threw, or that it was interrupted.
    public static func open(
        _ work: ScriptWork, on reactor: Reactor, within scope: CancelScope
    ) async -> Result<ScriptAside, ScriptException> {
        let host = SessionHost(SessionHost.Shared(work), on: reactor, number: 0, series: nil)
        return await ScriptUser.make(host, within: scope).map { ScriptAside($0, on: reactor) }
            .mapError { $0.exception }
    }

    /// What the script exports as `options`, as JSON; `null` when it does not.
    public func options() async -> Result<JSON, ScriptException> {
        guard let options = user.function("options") else { return .success(.null) }
        return await user.runtime.jsonText(of: options).map { text in
            text.flatMap { try? JSON(parsing: $0) } ?? .null
        }.mapError { $0.exception }
    }

    /// Whether the script exports a function of a name.
    public func exports(_ function: String) -> Bool {
        user.function(function).map { user.runtime.isFunction($0.value) } ?? false
    }

    /// Whether the script exports anything of a name.
    public func names(_ export: String) -> Bool {
        user.function(export).map { !$0.value.isNullish } ?? false
    }

    /// The same as ``exports(_:)``, also as a part of the default export.
    public func hasFunction(_ name: String) -> Bool {
        let processor = try? ScriptProcessor(user.runtime, constants: [:], names: [])
        return processor?.has(name) ?? false
    }

    /// What `handleSummary()` wants written: names of files, `stdout` or `stderr`, with what goes there.
    public typealias Files = [(name: String, bytes: [UInt8])]

    /// Calls `handleSummary()`.
    ///
    /// It has a clock and connections of its own, so it may send what it is given somewhere; nothing of that is measured.
    ///
    /// - Parameters:
    ///   - data: what it is given.
    ///   - context: of the run that ended.
    ///   - bound: for all of it.
    ///   - scope: ends it before.
    /// - Returns: nothing to write when it returns none; or what it threw, or what is wrong with what it returned.
    public func summary(
        _ data: JSON, in context: RunContext, within bound: Duration, _ scope: CancelScope
    ) async -> Result<Files, ScriptException> {
        guard let function = user.function("handleSummary") else { return .success([]) }
        let timer = ScopeTimer(scope, on: reactor, after: bound)
        defer { timer.cancel() }
        let session = Session(
            on: reactor, context: context, scope: scope, random: LoadWork.random(0, .apart),
            scratch: Scratch())
        user.host.session = session
        user.host.phase = .summary
        defer {
            user.host.session = nil
            session.closeConnections()
        }
        let before = user.runtime.isCancelled
        user.runtime.isCancelled = { before() || scope.isCancelled }
        let text = Array(data.rendered().utf8)
        let hasSetupData = data["setup_data"] != nil
        let outcome = await user.runtime.run(function) { runtime in
            guard let made = try? runtime.parse(json: text) else { return [] }
            // Without a set-up it is there, and has no value.
            if !hasSetupData { runtime.set(made, "setup_data", .undefined) }
            return [runtime.retain(owned: made)]
        }
        let files: Result<Files, ScriptEnd> =
            switch outcome {
            case .value(let value): await files(value)
            case .exception(let exception): .failure(.exception(exception))
            case .interrupted: .failure(.interrupted)
            }
        return files.mapError { end in
            switch end {
            case .exception(let exception): exception
            case .interrupted where timer.hasFired:
                ScriptException(name: "", message: "it did not end within \(bound.shortText)")
            case .interrupted where scope.isCancelled:
                ScriptException(name: "", message: "it was interrupted")
            case .interrupted: ScriptException(name: "", message: "it ended itself")
            }
        }
    }

    private func files(_ value: ScriptReference) async -> Result<Files, ScriptEnd> {
        let box = FileBox()
        let reader = user.runtime.retain(
            owned: user.runtime.makeFunction { runtime, _ throws(ScriptThrow) in
                try Self.read(value.value, runtime, into: box)
                return .undefined
            })
        switch await user.runtime.run(reader) {
        case .value: break
        case .exception(let exception): return .failure(.exception(exception))
        case .interrupted: return .failure(.interrupted)
        }
        if let fault = box.fault { return .failure(.exception(ScriptException(name: "", message: fault))) }
        return .success(box.files)
    }

    /// Nothing is written unless all of it can be.
    private static func read(
        _ value: ScriptValue, _ runtime: ScriptRuntime, into box: FileBox
    ) throws(ScriptThrow) {
        if value.isNullish { return }
        guard value.isObject, !runtime.isArray(value), !runtime.isFunction(value) else {
            box.fault = "it returned \(kind(value, runtime)), and not an object with texts by names of files"
            return
        }
        try runtime.forEachProperty(of: value) { name, content throws(ScriptThrow) in
            if let bytes = runtime.bytes(content) {
                box.files.append((name, bytes))
            } else if box.fault == nil {
                box.fault = "'\(name)' is \(kind(content, runtime)), and neither a text nor an ArrayBuffer"
            }
        }
    }

    private static func kind(_ value: ScriptValue, _ runtime: ScriptRuntime) -> String {
        if value.isNullish { return "null or undefined" }
        if runtime.isArray(value) { return "an array" }
        if runtime.isFunction(value) { return "a function" }
        if value.isObject { return "an object" }
        if runtime.bool(value) != nil { return "a boolean" }
        return runtime.number(value) != nil ? "a number" : "a text"
    }
}

private final class FileBox {
    var files: ScriptAside.Files = []
    var fault: String?
}
