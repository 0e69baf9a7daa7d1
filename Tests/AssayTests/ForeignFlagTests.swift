import AssayCore
import AssayNet
import AssayScenario
import Testing

@testable import Assay

@Suite("Options of other tools' programs")
struct ForeignFlagTests {
    @Test("Variables of a file are added where the environment has none; a file that cannot be read is told")
    func environment() throws {
        var flags = ArtilleryFlags()
        flags.dotenv = "team.env"
        var warnings: [Diagnostic] = []
        let files = FileReader(texts: ["team.env": "PATH=mine\nASSAY_TEST_OWN=1\n"])
        let found = ArtillerySource.environment(flags, files, &warnings)
        #expect(found["ASSAY_TEST_OWN"] == "1" && found["PATH"] != "mine" && warnings.isEmpty)
        flags.dotenv = "none.env"
        _ = ArtillerySource.environment(flags, files, &warnings)
        #expect(warnings.map(\.message) == ["--dotenv: the file 'none.env' cannot be read"])
        #expect(warnings.first?.code == "AS693" && warnings.first?.severity == .warning)
    }

    @Test("A report goes into a file, or under the time's name into a folder")
    func report() {
        var flags = ArtilleryFlags()
        #expect(flags.outputFault == nil)
        flags.output = "/nowhere-at-all/report.json"
        #expect(flags.outputFault?.message == "--output: there is no folder '/nowhere-at-all'")
        flags.output = ""
        #expect(flags.outputFault?.message == "--output needs the name of a file or folder")
        #expect(flags.outputFault?.code == "AS691")
        flags.output = "/tmp"
        #expect(flags.outputFault == nil)
        #expect(
            ArtilleryFlags.file("/tmp", at: 1_700_000_000_000) == "/tmp/artillery_report_20231114_221320.json"
        )
        #expect(ArtilleryFlags.file("/tmp/own.json", at: 0) == "/tmp/own.json")
    }

    @Test("What Artillery's options do to a script of k6 is said by what does it")
    func instead() {
        #expect(
            ScriptFlags.instead(of: "--output")?.hasPrefix("everything measured is in record.jsonl") == true)
        #expect(ScriptFlags.instead(of: "--solo") == nil)
    }

    @Test(
        "A word of the command line is a script of k6 by its ending",
        arguments: [
            ("load.js", true), ("a/b.ts", true), ("-", true), ("load.yml", false), ("-js", false),
            ("normal", false),
        ])
    func scripts(word: String, isScript: Bool) {
        #expect(ScriptFlags.isScript(word) == isScript)
    }
}
