import Testing

@testable import AssayScript

/// A script of one file that runs with a ``RecordingHost``; `note(…)` writes down what it is given.
final class ScriptRun {
    let runtime: ScriptRuntime
    let host: RecordingHost
    private let notes = Notes()

    private final class Notes { var all: [String] = [] }

    static let builtIns = ScriptProgram.BuiltIns(
        modules: [ScriptTimers.module, ScriptSocketModule.module] + WebSocketsModule.modules,
        globals: ScriptTimers.globals + [
            .function("note", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
                var words: [String] = []
                for index in 0..<arguments.count { words.append(try runtime.text(arguments[index])) }
                runtime.state(Notes.self) { Notes() }.all.append(words.joined(separator: " "))
                return .undefined
            },
            .function("sleep", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
                guard let host = runtime.host else { return .undefined }
                let time = Int64((runtime.number(arguments[0]) ?? 0) * 1e9)
                try runtime.wait { await host.sleep(nanoseconds: time) }
                return .undefined
            },
            // Work that takes some time beside the script, and comes to what it was given.
            .function("work", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
                let text = try runtime.text(arguments[0])
                return try runtime.promise {
                    text
                } make: { runtime, text throws(ScriptThrow) in
                    if text == "throws" { throw .rangeError("made so") }
                    return runtime.make(text)
                }
            },
        ])

    init(_ source: String, limits: ScriptRuntime.Limits = .init()) throws {
        runtime = try ScriptRuntime(
            ScriptRuntimeTests.program(["main.js": source], Self.builtIns), limits)
        let (notes, host) = (notes, RecordingHost())
        self.host = host
        _ = runtime.state(Notes.self) { notes }
        runtime.host = host
        host.phase = .initialization
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = .iteration
    }

    /// What was noted so far.
    var noted: [String] { notes.all }

    /// Runs an exported function; how it ended, in a line.
    func callAsFunction(_ name: String = "default") async throws -> String {
        let function = try #require(runtime.exported(name))
        switch await runtime.run(function) {
        case .value(let value):
            let shown = try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
            return shown ?? "undefined"
        case .exception(let exception): return exception.text
        case .interrupted: return "interrupted"
        }
    }

    /// Runs a script's default function; what it noted, and how it ended.
    static func of(_ source: String) async throws -> [String] {
        let run = try ScriptRun(source)
        let end = try await run()
        return run.noted + [end]
    }
}
