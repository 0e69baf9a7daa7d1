import AssayCore
import AssayRunner
import AssayScript
import Testing

@testable import Assay

@Suite("The log of scripts")
struct ScriptLogFormTests {
    private static func form(
        _ flags: [(String, String)], _ variables: [String: String] = [:]
    ) throws(Diagnostic) -> ScriptLogForm {
        var said = ScriptFlags()
        said.k6 = flags.map { (name: $0.0, value: $0.1) }
        return try ScriptLogForm(said) { variables[$0] }
    }

    @Test(
        "goes where the flag says",
        arguments: [
            ("stderr", .standardError, .info), ("stdout", .standardOutput, .info), ("none", .nowhere, .info),
            ("file=run.log", .file("run.log"), .info),
            ("file=./a/run.log,level=warning", .file("./a/run.log"), .warning),
        ] as [(String, ScriptLogForm.Target, ScriptLogLevel)])
    func targets(words: String, target: ScriptLogForm.Target, level: ScriptLogLevel) throws {
        let form = try Self.form([("log-output", words)])
        #expect(form.target == target && form.level == level)
        let byVariable = try Self.form([], ["K6_LOG_OUTPUT": words])
        #expect(byVariable.target == target)
    }

    @Test(
        "says what is wrong with a flag",
        arguments: [
            ("log-format", "xml", "--log-format is text, json or raw, found 'xml'"),
            ("log-output", "printer", "--log-output is stderr, stdout, none or file=PATH, found 'printer'"),
            ("log-output", "file=", "--log-output=file needs a path: file=run.log"),
            (
                "log-output", "file=a,size=3",
                "--log-output=file takes level=debug, info, warning or error, found 'size=3'"
            ),
        ])
    func wrong(flag: String, value: String, message: String) {
        #expect(throws: Diagnostic("AS644", message)) { _ = try Self.form([(flag, value)]) }
    }

    @Test("shows debugging lines when it is verbose")
    func verbose() throws {
        let line = ScriptLog.Line(.debug, "so it is", fields: [])
        #expect(try !Self.form([]).shows(line))
        #expect(try Self.form([("verbose", "true")]).shows(line))
        #expect(try !Self.form([("verbose", "false")]).shows(line))
    }

    @Test("writes lines as JSON with sorted members")
    func json() {
        let line = ScriptLog.Line(.info, "say \"hi\"", fields: [ScriptTag("source", "console")])
        #expect(
            ScriptLine.json(line, at: 0)
                == #"{"level":"info","msg":"say \"hi\"","source":"console","time":"1970-01-01T00:00:00Z"}"#)
    }

    @Test(
        "An output of k6 is no folder",
        arguments: [
            ("json=run.json", true), ("csv=a.csv", true), ("influxdb=http://db", true), ("cloud", true),
            ("experimental-prometheus-rw", true), ("xk6-kafka=x", true), ("json", false), ("results", false),
            ("a=b", false), ("summary", false), ("influxdb", false),
        ])
    func outputs(value: String, isOutput: Bool) { #expect(ScriptFlags.isOutput(value) == isOutput) }
}
