import AssayFormats
import Testing

@testable import AssayScript

@Suite(
    "Parts of the language that are left out",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct SourceWordsTests {
    @Test(
        "are there for a script that asks for them, however it does",
        arguments: [
            ("new Date(0).getTime()", "0"), ("new Map([[1, 2]]).get(1)", "2"),
            ("new Uint8Array([7])[0]", "7"), ("typeof new WeakRef({}).deref", "\"function\""),
            ("globalThis['Da' + 'te'].UTC(1970, 0)", "0"), ("new globalThis['M' + 'ap']().size", "0"),
            ("eval('new Da' + 'te(5).getTime()')", "5"),
            ("new Function('return typeof Se' + 't')()", "\"function\""),
            ("(() => {}).constructor('return typeof Weak' + 'Ref')()", "\"function\""),
            ("(0, eval)('typeof Array' + 'Buffer')", "\"function\""),
            ("Function.apply(null, ['return typeof Se' + 't'])()", "\"function\""),
            ("new Function ('return typeof Se' + 't')()", "\"function\""),
            ("((F) => F('return typeof Se' + 't')())(Function)", "\"function\""),
            ("Reflect.construct(Function, ['return typeof Se' + 't'])()", "\"function\""),
            ("(() => 1)['constructor']('return typeof Se' + 't')()", "\"function\""),
            ("(() => 1)./* of it */constructor('return typeof Se' + 't')()", "\"function\""),
            ("(({ constructor: c }) => c('return typeof Se' + 't')())(() => 1)", "\"function\""),
            ("typeof S\\u0065t", "\"function\""),
            ("structured(5)", "5"),
        ])
    func asked(expression: String, text: String) async throws {
        let source = "function structured(x) { return x } export default () => (\(expression));"
        #expect(try await ScriptRuntimeTests.result(source).map { $0.rendered() } == text)
    }

    @Test("are not made for a script that cannot ask for them")
    func absent() throws {
        #expect(SourceWords([Array("export default () => [1].map((x) => x)".utf8)], exports: []).parts == 0)
        #expect(
            SourceWords([Array("(() => 1).constructor('x')".utf8)], exports: []).parts
                == SourceWords.allParts)
    }

    @Test(
        "are not made for a class that has a constructor",
        arguments: [
            "class A { constructor(a) {} }", "class A { b() {}\n  constructor (a) {} }",
            "class A {\n  // Makes it.\n  constructor() {} }",
            "class A { b = 1; /** Makes it. */ constructor() {} }",
            "const FunctionLike = 1, constructors = 2;",
        ])
    func constructors(source: String) {
        #expect(SourceWords([Array(source.utf8)], exports: []).parts == 0)
    }

    @Test(
        "of a built-in module are all there where a script reads it whole",
        arguments: [
            ("import * as http from 'k6/http'", true), ("import *\tas http from 'k6/http'", true),
            ("import *  as http from 'k6/http'", true), ("import *\nas http from 'k6/http'", true),
            ("import * /* all */ as http from 'k6/http'", true),
            ("import * // all\n as http from 'k6/http'", true),
            ("import d, *\u{A0}as http from 'k6/http'", true), ("export *\tfrom 'k6/http'", true),
            ("import /* later */ ('k6/http')", true), ("require ('k6/http')", true),
            ("import { g\\u0065t } from 'k6/http'", true),
            ("import { get } from 'k6/http'; 2 * asked", false),
        ])
    func exports(source: String, isWhole: Bool) {
        #expect(
            SourceWords([Array(source.utf8)], exports: ["get", "post"]).exports == (isWhole ? nil : ["get"]))
    }

    @Test("a date of a native is one where no text names them")
    func dates() throws {
        let runtime = try ScriptRuntimeTests.ready(
            ScriptRuntimeTests.program(["main.js": "export default () => 1"]))
        runtime.enterNow { runtime in
            let date = runtime.makeDate(86_400_000)
            #expect(
                (try? runtime.jsonText(date)).map { $0.map { String(decoding: $0, as: UTF8.self) } }
                    == "\"1970-01-02T00:00:00.000Z\"")
            runtime.free(date)
        }
    }

    @Test("runtimes that share names keep what they add apart, however much it is")
    func names() async throws {
        let source = """
            const known = {};
            export default () => {
              for (let i = 0; i < 9000; i++) known['name' + i] = i;
              for (let i = 0; i < 9000; i += 3) delete known['name' + i];
              const weak = new WeakMap([[Symbol.iterator, 7]]);
              return [Object.keys(known).length, known.name1, known.name3 === undefined, weak.get(Symbol.iterator),
                [3, 1, 2].sort().join('')];
            };
            """
        let program = try ScriptRuntimeTests.program(["main.js": source])
        let runtimes = try (0..<3).map { _ in try ScriptRuntimeTests.ready(program) }
        for _ in 0..<2 {
            for runtime in runtimes {
                let function = try #require(runtime.exported("default"))
                guard case .value(let value) = await runtime.run(function) else {
                    Issue.record("it did not return")
                    return
                }
                #expect(try runtime.json(value.value) == [6000, 1, true, 7, "123"])
            }
        }
    }
}
