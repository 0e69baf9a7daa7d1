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

    /// The same, also as a part of the default export.
    public func hasFunction(_ name: String) -> Bool {
        let processor = try? ScriptProcessor(user.runtime, constants: [:], names: [])
        return processor?.has(name) ?? false
    }

    /// What `handleSummary()` wants written: names of files, `stdout` or `stderr`, with what goes there.
    public typealias Files = [(name: String, bytes: [UInt8])]

    /// Calls `handleSummary()`.
    ///
    /// - Parameters:
    ///   - data: what it is given.
    ///   - bound: for all of it.
    /// - Returns: nothing to write when it returns none; or what it threw.
    public func summary(_ data: JSON, within bound: Duration) async -> Result<Files, ScriptException> {
        guard let function = user.function("handleSummary") else { return .success([]) }
        let scope = CancelScope(on: reactor)
        let timer = ScopeTimer(scope, on: reactor, after: bound)
        defer { timer.cancel() }
        user.host.phase = .summary
        let before = user.runtime.isCancelled
        user.runtime.isCancelled = { before() || scope.isCancelled }
        let text = Array(data.rendered().utf8)
        let outcome = await user.runtime.run(function) { runtime in
            (try? runtime.parse(json: text)).map { [runtime.retain(owned: $0)] } ?? []
        }
        switch outcome {
        case .value(let value): return await files(value).mapError { Self.told($0, bound) }
        case .exception(let exception): return .failure(exception)
        case .interrupted: return .failure(Self.told(.interrupted, bound))
        }
    }

    private static func told(_ end: ScriptEnd, _ bound: Duration) -> ScriptException {
        switch end {
        case .exception(let exception): exception
        case .interrupted:
            ScriptException(name: "", message: "handleSummary() did not end within \(bound.shortText)")
        }
    }

    private func files(_ value: ScriptReference) async -> Result<Files, ScriptEnd> {
        let box = FileBox()
        let reader = user.runtime.retain(
            owned: user.runtime.makeFunction { runtime, _ throws(ScriptThrow) in
                try runtime.forEachProperty(of: value.value) { name, content throws(ScriptThrow) in
                    if let bytes = runtime.bytes(content) {
                        box.files.append((name, bytes))
                    } else {
                        box.files.append((name, Array(try runtime.text(content).utf8)))
                    }
                }
                return .undefined
            })
        switch await user.runtime.run(reader) {
        case .value: return .success(box.files)
        case .exception(let exception): return .failure(.exception(exception))
        case .interrupted: return .failure(.interrupted)
        }
    }
}

private final class FileBox {
    var files: ScriptAside.Files = []
}
