import AssayCore
import AssayScript
import AssayTestSupport
import Testing

@testable import Assay

@Suite("Scripts of other tools that `assay check` is given", .enabled(if: ScriptEngine.isPresent))
struct CheckedScriptTests {
    @Test("Scripts are read as what `assay load` drives, one by one and in a folder")
    func scripts() throws {
        let folder = try TemporaryFolder()
        try folder.write("assay: 1\nproject: p\n", to: "assay.yml")
        try folder.write(
            "config: {target: 'http://127.0.0.1:1'}\nscenarios: [{flow: [{get: {url: /}}]}]\n",
            to: "load/art.yml")
        try folder.write("export default function () {}", to: "smoke.js")
        try folder.write("assay: 1\nload: p\nscenarios: []\n", to: "other/broken.yml")
        var job = CheckJob()
        job.project = folder.path
        for path in ["/load/art.yml", "/load", "/smoke.js"] {
            job.paths = [folder.path + path]
            #expect(job.run(Console(isQuiet: true)) == .passed)
        }
        job.paths = [folder.path + "/other"]
        #expect(job.run(Console(isQuiet: true)) == .badInput)
    }
}
