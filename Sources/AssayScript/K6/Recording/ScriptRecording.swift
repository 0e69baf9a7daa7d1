public import AssayCore
public import AssayFormats
internal import AssayNet

/// Runs a script of k6 once without a network and notes what it does, for an import.
///
/// Nothing is sent: every request is answered with 200 and placeholders, so one way through the script is seen.
public enum ScriptRecording {
    /// How long a script may take to say what it does.
    public static let limit = Duration.seconds(10)

    /// What a pass sees.
    public struct Settings: Sendable {
        /// What `Math.random()` gives.
        public var random = 0.0
        /// Variables of `__ENV`.
        public var environment: [String: String] = [:]
        /// Variables of `__ENV` are placeholders.
        public var marksEnvironment = false
        /// Of the answers, by their number; 200 where there is none.
        public var statuses: [Int: Int] = [:]
        public init() {}
    }

    /// What `Date.now()` gives.
    public static let now = 1_700_000_000_123

    /// The pass as JSON: `options`, `setup`, `flows` by exported function, `teardown`, each a list of events; `symbols` of
    /// the placeholders, `feeds`, `metrics`, `notes` and the variables that were read.
    ///
    /// - Throws: AS600 without the engine, AS601 for what does not compile, AS628 for what cannot be run to its end.
    public static func record(_ path: String, _ settings: Settings) -> Result<JSON, Diagnostic> {
        let main = Files.resolved(path) ?? path
        let slash = main.lastIndex(of: "/")
        let folder = slash.map { String(main[..<$0]) } ?? ""
        let driver = ".assay-recording.js"
        let builtIns = builtIns(settings, driver)
        let text =
            "import {run} from 'k6/recorder';\nimport * as script from \(JSON.string(ModuleName.file(main)).rendered());\n"
            + "export const result = await run(script);\n"
        let driverName = ModuleName.file(folder + "/" + driver)
        let sources = ScriptProgram.Sources { name in
            if name == driverName { return .success(Array(text.utf8)) }
            if name.hasPrefix("https://jslib.k6.io/k6-utils/") {
                return .success(Array(RecorderModules.utilities.utf8))
            }
            if name.hasPrefix("https://jslib.k6.io/k6-summary/") {
                return .success(Array(RecorderModules.summary.utf8))
            }
            return ScriptProgram.Sources.files.read(name)
        }
        switch ScriptProgram.make(
            path: folder + "/" + driver, builtIns: builtIns, sources: sources, keepsSource: true)
        {
        case .failure(let problem): return .failure(problem)
        case .success(let program): return run(program)
        }
    }

    private static func run(_ program: ScriptProgram) -> Result<JSON, Diagnostic> {
        var bounds = ScriptRuntime.Limits()
        bounds.memory = 256 << 20
        guard let runtime = try? ScriptRuntime(program, bounds) else {
            return .failure(Diagnostic("AS628", "there is no memory for the script"))
        }
        let deadline = Reactor.monotonicNow() + limit.nanoseconds
        runtime.isCancelled = { Reactor.monotonicNow() > deadline }
        if let exception = runtime.initializeNow() {
            if Reactor.monotonicNow() > deadline {
                return .failure(
                    Diagnostic(
                        "AS628", "the script did not come to an end within \(limit.shortText)",
                        fix:
                            "an import runs it once without a network: give loops an end that does not wait for an answer"
                    ))
            }
            return .failure(exception.diagnostic("AS628"))
        }
        guard let result = runtime.exported("result"), let text = runtime.string(result.value),
            let json = try? JSON(parsing: text)
        else { return .failure(Diagnostic("AS628", "the script cannot be recorded: it told nothing")) }
        return .success(json)
    }

    private static func builtIns(_ settings: Settings, _ driver: String) -> ScriptProgram.BuiltIns {
        let told: JSON = [
            "driver": .string(driver), "random": .double(settings.random), "now": .int(Int64(now)),
            "marks": .bool(settings.marksEnvironment),
            "environment": .object(
                JSONObject(
                    settings.environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "statuses": .object(
                JSONObject(
                    settings.statuses.sorted { $0.key < $1.key }.map { ("\($0.key)", .int(Int64($0.value))) })
            ),
        ]
        let own = RecorderModules.all(told.rendered())
        let names = Set(own.map(\.name))
        // What only computes is what it always is.
        let others = BuiltInModules.all.filter { !names.contains($0.name) }
        return ScriptProgram.BuiltIns(
            modules: own + others, globals: [OpenFunction.global, WebCrypto.global],
            refusal: { name in names.contains(name) ? nil : BuiltInModules.k6.refusal(name) })
    }
}
