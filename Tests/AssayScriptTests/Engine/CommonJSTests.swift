import AssayFormats
import Testing

@testable import AssayScript

@Suite struct CommonJSTests {
    /// A text, what it requires, and whether it is of the older kind.
    static let texts: [(String, [String], Bool)] = [
        ("const a = require('./a.js'); module.exports = { a };", ["./a.js"], true),
        ("exports.a = 1; exports.b = require( \"b\" )", ["b"], true),
        ("!function(e){e.x=1}(exports);", [], true), ("export const a = require('./a');", ["./a"], false),
        ("import x from 'k6';\nmodule.exports = 1", [], false),
        ("x.require('a'); myrequire('b'); require(c)", [], false),
        ("export default function () {}", [], false), ("const t = 'exports of goods';", [], false),
        ("require('a'); require('a')", ["a"], false),
    ]

    @Test("What a text requires and exports is found", arguments: texts)
    func finds(_ text: String, _ required: [String], _ isOld: Bool) {
        let found = CommonJS(text)
        #expect(found.required == required)
        #expect(found.isOld == isOld)
    }

    @Test("Names that another text imports are found")
    func names() {
        let text = "import { a, b as c } from './x.js'; import d from './x.js'; import { e } from \"./x.js\";"
        #expect(CommonJS.names(importedFrom: "./x.js", in: text) == ["a", "b", "e"])
    }

    @Suite(.enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
    struct Running {
        @Test("Scripts of the older kind export their functions and options")
        func main() async throws {
            let script = try K6Script(
                """
                "use strict";
                const http = require('k6/http'), utils = require('./lib.js');
                // was: require('./gone.js')
                exports.options = { vus: 2 };
                exports.default = function () { return [typeof http.get, utils.twice(4), utils === require('./lib.js')]; };
                exports.setup = () => { throw new Error('x'); };
                """,
                files: ["lib.js": "module.exports = { twice: (n) => 2 * n };"])
            #expect(try await script.call() == ["function", 8, true])
            let options = try #require(script.runtime.exported("options"))
            #expect(try script.runtime.json(options.value) == ["vus": 2])
            #expect(script.runtime.exported("teardown") == nil)
            await #expect(throws: ScriptException.self) { try await script.call("setup") }
        }

        @Test("Both kinds use each other, and a name that is not there is told when it is required")
        func mixed() async throws {
            let script = try K6Script(
                """
                import old, { answer } from './old.js';
                const again = require('./old.js');
                export default () => {
                  let told;
                  try { require('./gone.js'); } catch (error) { told = error.message; }
                  return [answer, old.answer, again === old, old.fromNew, told];
                };
                """,
                files: [
                    "old.js":
                        "const { five } = require('./new.js');\nmodule.exports = { answer: 42, fromNew: five };",
                    "new.js": "export const five = 5;",
                ])
            #expect(
                try await script.call()
                    == [42, 42, true, 5, "the module './gone.js' was not found when the script was read"])
        }

        @Test("Lines of older modules keep their numbers")
        func lines() async throws {
            let script = try K6Script("exports.default = () => {\n  throw new Error('q');\n};")
            do {
                try await script.call()
                Issue.record("it threw nothing")
            } catch {
                #expect((error as? ScriptException)?.frames.first?.line == 2)
            }
        }
    }
}
