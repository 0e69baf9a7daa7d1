import AssayCore
import AssayFormats
import Testing

@testable import AssayScript

@Suite(
    "Scripts in TypeScript", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct TypeScriptProgramTests {
    private static func failure(_ files: KeyValuePairs<String, String>) throws -> Diagnostic {
        let texts = Dictionary(
            uniqueKeysWithValues: files.map { ("file:///t/" + $0.key, Array($0.value.utf8)) })
        let sources = ScriptProgram.Sources { name in
            texts[name].map { .success($0) } ?? .failure(.init("there is no such file"))
        }
        let made = ScriptProgram.make(
            path: "/t/" + files[0].key, builtIns: .init(modules: []), sources: sources)
        switch made {
        case .success: return Diagnostic("AS601", "it was taken")
        case .failure(let diagnostic): return diagnostic
        }
    }

    private static func result(_ files: KeyValuePairs<String, String>) async throws -> JSON? {
        let runtime = try ScriptRuntimeTests.ready(ScriptRuntimeTests.program(files))
        let function = try #require(runtime.exported("default"))
        switch await runtime.run(function) {
        case .value(let value): return try runtime.json(value.value)
        case .exception(let exception): return .string(exception.text)
        case .interrupted: return nil
        }
    }

    @Test("a script and what it imports may be TypeScript; files of types alone are never read")
    func modules() async throws {
        let result = try await Self.result([
            "main.ts": """
            import { Price, type Item } from './lib/price.ts';
            import { Shape } from './never/there.d.ts';
            import { twice } from './plain.js';
            enum Kind { Tea = 2, Cup }
            namespace Units { export const cents = 100 }
            export default function (): unknown {
              const item: Item = { price: new Price(3) };
              return [item.price.in(Units.cents)!, Kind[Kind.Cup], twice(<number>4), 1 + 1 as number * 3] as const;
            }
            """,
            "lib/price.ts": """
            export interface Item { price: Price }
            export class Price {
              constructor(private readonly euros: number) {}
              in(unit: number): number { return this.euros * unit }
            }
            """,
            "plain.js": "export const twice = (number) => number * 2;",
        ])
        #expect(result == [300, "Cup", 8, 6])
    }

    @Test("a script in JavaScript may import TypeScript")
    func fromJavaScript() async throws {
        let result = try await Self.result([
            "main.js": "import { x } from './x.ts'; export default () => x;",
            "x.ts": "export const x: number = 7;",
        ])
        #expect(result == 7)
    }

    @Test("types in a file that is JavaScript stay an error")
    func notInJavaScript() throws {
        #expect(try Self.failure(["main.js": "let x: number = 1;"]).code == "AS601")
    }

    @Test("an exception tells the line and the column of the user's file")
    func places() async throws {
        let result = try await Self.result([
            "main.ts": """
            interface Reply {
              status: number;
            }
            export default function (): void {
              const reply = { status: 1 } as Reply; fail<Reply>(reply);
            }
            function fail<T extends
              Reply>(reply: T): never { throw new Error(`is ${reply.status}`) }
            """
        ])
        let text = try #require(result?.stringValue)
        #expect(
            text == """
                Error: is 1
                \tat fail (file:///t/main.ts:8:51)
                \tat default (file:///t/main.ts:5:53)
                """)
    }

    @Test("what is no TypeScript is told with its line and what is wrong there")
    func syntax() throws {
        let diagnostic = try Self.failure([
            "main.ts": "import { x } from './x.ts'; x;", "x.ts": "export const y = 1;\nlet x: string 5;",
        ])
        #expect(
            diagnostic.rendered() == """
                error[AS685]: TypeScript: expected ';', found '5'
                  /t/x.ts:2:15   let x: string 5;
                                               ^
                """)
    }

    @Test("what JavaScript has not is refused by its name, with what to do")
    func decorators() throws {
        let diagnostic = try Self.failure(["main.ts": "\n@sealed class A {}"])
        #expect(
            diagnostic.rendered() == """
                error[AS686]: TypeScript: decorators cannot be carried over to JavaScript
                  /t/main.ts:2:1   @sealed class A {}
                                   ^
                  fix: call the function on the class or the method itself
                """)
    }

    @Test("what nests too deep ends no process", arguments: ["class A{x(){", "(a=", "`${", "f<(", "{"])
    func nesting(part: String) throws {
        let diagnostic = try Self.failure(["main.ts": String(repeating: part, count: 3000)])
        #expect(diagnostic.code == "AS685")
        #expect(diagnostic.message == "TypeScript: this is nested deeper than \(TypeScript.deepest) levels")
    }

    @Test("what is wrong with the JavaScript in it is told by the engine, at its place")
    func engineErrors() throws {
        let diagnostic = try Self.failure(["main.ts": "type A = 1;\nlet a: A = 1;\nlet a: A = 2;"])
        #expect(diagnostic.code == "AS601")
        #expect(diagnostic.location?.line == 3)
    }

    @Test("modules of the older kind are written as imports and exports, too")
    func oldModules() async throws {
        let result = try await Self.result([
            "main.ts": "import lib = require('./lib.ts'); export default (): number => lib.x;",
            "lib.ts": "const x: number = 5; export = { x };",
        ])
        #expect(result == 5)
    }
}
