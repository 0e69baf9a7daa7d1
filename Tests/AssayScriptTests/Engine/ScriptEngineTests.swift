import AssayCore
import Testing

@testable import AssayScript

@Suite(
    "The engine's places",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct ScriptEngineTests {
    @Test("one that cannot be loaded is passed over")
    func next() throws {
        #expect(throws: Never.self) {
            try ScriptEngine.open(["/none", #filePath] + ScriptEngine.places).get()
        }
    }

    @Test("the first reason is told where none can be loaded")
    func none() throws {
        guard case .failure(let failure) = ScriptEngine.open(["/none", #filePath, "/proc/self/maps"]) else {
            Issue.record("a source was loaded")
            return
        }
        #expect(failure.code == "AS600")
        #expect(failure.message.hasPrefix("scripts need the JavaScript engine, and \(#filePath): "))
    }

    @Test("code that the process let go of comes back")
    func code() {
        ScriptEngine.letGoOfCode()
        #expect(ScriptEngine.isPresent)
    }
}
