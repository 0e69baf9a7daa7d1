import AssayFormats
import AssayNet
import AssayTestSupport
import Testing

@testable import AssayScript

@Suite("Files of scripts that are recorded", .enabled(if: ScriptEngine.isPresent))
struct RecordedFilesTests {
    @Test("open() reads a file beside the script")
    func open() throws {
        let folder = "/tmp/assay-recorded-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(Array(#"{"path": "/of-the-file"}"#.utf8), to: folder + "/data.json")
        let script = """
            import http from 'k6/http';
            const data = JSON.parse(open('./data.json'));
            export default function () { http.get('http://a.example' + data.path); }
            """
        try Files.write(Array(script.utf8), to: folder + "/main.js")
        let recording = try ScriptRecording.record(folder + "/main.js", .init()).get()
        let event = recording["flows"]?["default"]?.arrayValue?.first
        #expect(event?["url"]?.stringValue == "http://a.example/of-the-file")
    }
}
