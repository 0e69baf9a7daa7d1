import AssayCore
import AssayFormats

@testable import AssayScript

/// A script with all of k6's modules, and what it did to its host.
struct K6Script {
    let runtime: ScriptRuntime
    let host: RecordingHost

    /// Runs the code outside of functions.
    ///
    /// - Parameter files: modules beside `/t/main.js`, by name, and addresses elsewhere.
    init(_ source: String, files: [String: String] = [:], configure: (RecordingHost) -> Void = { _ in })
        throws
    {
        try self.init(Self.program(source, files: files), configure: configure)
    }

    /// Another virtual user of a program.
    init(_ program: ScriptProgram, configure: (RecordingHost) -> Void = { _ in }) throws {
        let host = RecordingHost()
        host.phase = .initialization
        configure(host)
        runtime = try ScriptRuntime(program)
        runtime.host = host
        self.host = host
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = .iteration
    }

    static func program(_ source: String, files: [String: String] = [:]) throws -> ScriptProgram {
        let library = JslibModule.sources(in: nil)
        let sources = ScriptProgram.Sources { name in
            if name == "file:///t/main.js" { return .success(Array(source.utf8)) }
            if let text = files[name] ?? files[String(name.dropFirst("file:///t/".count))] {
                return .success(Array(text.utf8))
            }
            return library.read(name)
        }
        return try ScriptProgram.make(path: "/t/main.js", builtIns: BuiltInModules.k6, sources: sources).get()
    }

    /// What an exported function returns, as JSON; what it throws.
    @discardableResult
    func call(_ name: String = "default") async throws -> JSON? {
        guard let function = runtime.exported(name) else { return "not exported" }
        switch await runtime.run(function) {
        case .value(let value): return try runtime.json(value.value)
        case .exception(let exception): throw exception
        case .interrupted: return "interrupted"
        }
    }

    private static let prelude = """
        import exec from 'k6/execution';
        import k6, { check, group, sleep, fail, randomSeed } from 'k6';
        import crypto, { md5, sha256 } from 'k6/crypto';
        import encoding from 'k6/encoding';
        import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
        import { SharedArray } from 'k6/data';
        import { parseHTML } from 'k6/html';
        const webcrypto = globalThis.crypto;
        const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
        const told = (body) => {
          try { const value = body(); return value === undefined ? 'undefined' : value; } catch (e) { return String(e); }
        };

        """

    /// What an expression is worth in a pass, or the text of what it throws.
    static func value(
        _ expression: String, before: String = "", configure: (RecordingHost) -> Void = { _ in }
    ) async throws -> (JSON?, RecordingHost) {
        let script = try K6Script(
            prelude + before + "\nexport default () => told(() => (\(expression)));", configure: configure)
        return (try await script.call(), script.host)
    }

    /// The same outside of functions.
    static func initValue(_ expression: String) async throws -> JSON? {
        let script = try K6Script(
            prelude + "const value = told(() => (\(expression)));\nexport default () => value;")
        return try await script.call()
    }
}
