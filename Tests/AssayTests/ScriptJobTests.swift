import AssayCore
import AssayFormats
import AssayImport
import AssayNet
import AssayReport
import AssayRunner
import AssayScript
import Testing

@testable import Assay

@Suite("Scripts of k6 as load")
struct ScriptJobTests {
    /// A project that says nothing but its name.
    private static func project() throws -> String {
        let folder = "/tmp/assay-script-tests-\(Host.processID)-\(UInt64.random(in: 0...(.max)))"
        try Files.makeFolder(folder)
        try Files.write(Array("assay: 1\nproject: scripts\n".utf8), to: folder + "/assay.yml")
        return folder
    }

    /// Runs a script from a folder of its own.
    private static func run(
        _ script: String, _ change: (inout LoadJob) -> Void = { _ in }
    ) throws -> (code: ExitCode, record: RunRecord?, folder: String) {
        let folder = try project()
        try Files.write(Array(script.utf8), to: folder + "/script.js")
        var job = LoadJob()
        (job.project, job.profile, job.out) = (folder, folder + "/script.js", folder + "/out")
        job.script.usesK6ExitCodes = true
        change(&job)
        let code = job.run(Console(colours: false, isQuiet: true))
        // There is none of a load that did not begin.
        let bytes = (try? Files.read(folder + "/out/record.jsonl")) ?? []
        return (code, (try? RecordReader.read(bytes, file: "record"))?.record, folder)
    }

    @Test(
        "a script ends as k6 does, by what became of it",
        .enabled(if: ScriptEngine.isPresent, "needs the engine: scripts/setup --only k6"),
        arguments: [
            ("export default function () {}", ExitCode.passed),
            ("export default function () { throw new Error('no luck'); }", .passed),
            (
                "export function setup() { throw new Error('no luck'); } export default function () {}",
                .scriptException
            ),
            ("export function teardown() { throw 1; } export default function () {}", .scriptException),
            // The code outside of functions takes part of setup's time, and so does what it returns.
            (
                """
                export const options = { setupTimeout: '100ms' };
                const begun = Date.now();
                if (__VU === 0) while (Date.now() - begun < 300) {}
                export function setup() {}
                export default function () {}
                """, .setupTimeout
            ),
            (
                """
                export const options = { setupTimeout: '100ms' };
                export function setup() { return { toJSON() { for (;;) {} } }; }
                export default function () {}
                """, .setupTimeout
            ),
            ("export default function ( {", .scriptException),
            ("throw new Error('at once');", .scriptException),
            ("export const options = { vus: 'x' }; export default function () {}", .invalidOptions),
            (
                "import exec from 'k6/execution'; export default function () { exec.test.abort('enough'); }",
                .scriptAborted
            ),
            (
                """
                import { check } from 'k6';
                export const options = { thresholds: { checks: ['rate>0.9'] } };
                export default function () { check(1, { two: (v) => v === 2 }); }
                """, .thresholdsCrossed
            ),
        ])
    func exitCodes(script: String, code: ExitCode) throws {
        let run = try Self.run(script)
        defer { try? Files.remove(run.folder) }
        #expect(run.code == code)
    }

    @Test(
        "setup's data reaches every pass and handleSummary writes what it returns",
        .enabled(if: ScriptEngine.isPresent, "needs the engine: scripts/setup --only k6"))
    func wholeRun() throws {
        let script = """
            import { check, group } from 'k6';
            import { Counter } from 'k6/metrics';
            const seen = new Counter('seen');
            export const options = { scenarios: { one: {
                executor: 'per-vu-iterations', vus: 2, iterations: 3, env: { WHO: 'me' } } } };
            export function setup() { return { numbers: [1, 2] }; }
            export default function (data) {
                group('all', () => check(data, {
                    'data is there': (d) => d.numbers[1] === 2,
                    'environment is there': () => __ENV.WHO === 'me' && __ENV.MORE === 'too',
                    'numbers are there': () => __VU >= 1 && __VU <= 2 && __ITER < 3,
                }));
                seen.add(2);
            }
            export function handleSummary(data) {
                return { [__ENV.FILE]: JSON.stringify([data.metrics.seen.values.count, data.metrics.checks.values.passes]) };
            }
            """
        let run = try Self.run(script) { job in
            let file = (job.out ?? "") + "-summary.json"
            job.script.environment = ["MORE=too", "FILE=" + file]
        }
        defer { try? Files.remove(run.folder) }
        #expect(run.code == .passed)
        #expect(try Files.read(run.folder + "/out-summary.json") == Array("[12,18]".utf8))
        let record = try #require(run.record)
        let passes = record.intervals.flatMap(\.points).reduce(UInt64(0)) { sum, point in
            guard record.series[point.series].metric == "iterations", case .counter(let count) = point.value
            else { return sum }
            return sum + count
        }
        #expect(passes == 6)
    }

    @Test(
        "lines of the console go to their file, also where the summary cannot be written",
        .enabled(if: ScriptEngine.isPresent, "needs the engine: scripts/setup --only k6"))
    func consoleFile() throws {
        let run = try Self.run("console.log('init'); export default () => console.log('pass');") { job in
            let out = job.out ?? ""
            job.script.k6 = [
                (name: "console-output", value: out + "-console.txt"),
                (name: "summary-export", value: out + "-none/summary.json"),
            ]
        }
        defer { try? Files.remove(run.folder) }
        let text = String(decoding: try Files.read(run.folder + "/out-console.txt"), as: UTF8.self)
        #expect(text.contains("msg=init") && text.contains("msg=pass"))
    }

    @Test("what cannot be a script is refused before anything runs")
    func refusals() throws {
        let folder = try Self.project()
        defer { try? Files.remove(folder) }
        let workspace = try Workspace.open(folder).get()
        var job = LoadJob()
        func refusal() -> String {
            switch LoadSources.read(job, workspace) {
            case .success: "taken"
            case .failure(let diagnostics):
                diagnostics.all.map { "\($0.code) \($0.message)" }.joined(separator: "; ")
            }
        }
        job.profile = "script.tsx"
        #expect(
            refusal() == "AS671 'script.tsx' is TypeScript with elements, which scripts cannot be")
        job.profile = "nowhere/script.js"
        #expect(refusal() == "AS671 there is no script 'nowhere/script.js'")
        job.profile = "profile.yml"
        job.script.k6 = [("vus", "3")]
        #expect(refusal() == "AS672 --vus goes with a script of k6, and 'profile.yml' is none")
    }

    @Test("parts of a stand are variables of the script")
    func addresses() {
        let parts: [String: JSON] = [
            "order-api": ["url": "http://127.0.0.1:1", "port": 1, "ports": ["a": 2]], "env": ["HOME": "/"],
        ]
        let found = StandVariables.of(parts).map { "\($0.name)=\($0.value)" }
        #expect(found == ["ORDER_API_URL=http://127.0.0.1:1", "ORDER_API_PORT=1"])
    }

    @Test("lines of a script are written as k6 writes them")
    func lines() {
        let line = ScriptLog.Line(
            .warning, "so \"it\" is\n", fields: [ScriptTag("source", "console"), ScriptTag("a", "b c")])
        #expect(
            ScriptLine.plain(line, at: 1_795_318_272_999)
                == #"time="2026-11-22T03:31:12Z" level=warning msg="so \"it\" is\n" a="b c" source=console"#)
        let short = ScriptLog.Line(.info, "hi", fields: [ScriptTag("source", "console")])
        #expect(
            ScriptLine.short(short, seconds: 3, isColored: false)
                == "INFO[0003] hi" + String(repeating: " ", count: 42) + " source=console")
    }
}
