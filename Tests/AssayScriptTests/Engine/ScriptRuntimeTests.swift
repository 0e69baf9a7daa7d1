import AssayCore
import AssayFormats
import Synchronization
import Testing

@testable import AssayScript

@Suite(
    "Scripts on the engine", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct ScriptRuntimeTests {
    /// A program of files in memory; the first is the main one.
    static func program(
        _ files: KeyValuePairs<String, String>, _ builtIns: ScriptProgram.BuiltIns = .init(modules: [])
    ) throws -> ScriptProgram {
        let texts = Dictionary(
            uniqueKeysWithValues: files.map { ("file:///t/" + $0.key, Array($0.value.utf8)) })
        let sources = ScriptProgram.Sources { name in
            texts[name].map { .success($0) } ?? .failure(.init("there is no such file"))
        }
        return try ScriptProgram.make(path: "/t/" + files[0].key, builtIns: builtIns, sources: sources).get()
    }

    static func ready(_ program: ScriptProgram, _ limits: ScriptRuntime.Limits = .init()) throws
        -> ScriptRuntime
    {
        let runtime = try ScriptRuntime(program, limits)
        if let failure = runtime.initializeNow() { throw failure }
        return runtime
    }

    /// What a default function returns, as JSON.
    static func result(_ source: String, _ builtIns: ScriptProgram.BuiltIns = .init(modules: [])) async throws
        -> JSON?
    {
        let runtime = try ready(program(["main.js": source], builtIns))
        let function = try #require(runtime.exported("default"))
        switch await runtime.run(function) {
        case .value(let value): return try runtime.json(value.value)
        case .exception(let exception): throw exception
        case .interrupted: return "interrupted"
        }
    }

    @Test("the default function runs and its value comes back")
    func runs() async throws {
        #expect(
            try await Self.result("export default () => ({ sum: [1, 2, 3].reduce((a, b) => a + b), t: 'ü' })")
                == [
                    "sum": 6, "t": "ü",
                ])
    }

    @Test("local modules are read once, with cycles, and named exports are found")
    func modules() async throws {
        let runtime = try Self.ready(
            Self.program([
                "main.js":
                    "import { a } from './lib/a.js'; export const options = { vus: 3 }; export default () => a();",
                "lib/a.js": "import { b } from '../b.js'; export function a() { return b + 1; }",
                "b.js": "import './lib/a.js'; export const b = 41;",
            ]))
        let function = try #require(runtime.exported("default"))
        guard case .value(let value) = await runtime.run(function) else { throw ScriptFailure.noMemory }
        #expect(runtime.number(value.value) == 42)
        #expect(try runtime.json(#require(runtime.exported("options")).value) == ["vus": 3])
        #expect(runtime.exported("teardown") == nil)
    }

    @Test("what does not compile is told with its place")
    func syntaxError() throws {
        let sources = ScriptProgram.Sources { _ in .success(Array("let a = 1;\nlet b = ;\n".utf8)) }
        guard
            case .failure(let diagnostic) = ScriptProgram.make(
                path: "/t/main.js", builtIns: .init(modules: []), sources: sources)
        else { throw ScriptFailure.noMemory }
        #expect(diagnostic.code == "AS601")
        #expect(diagnostic.location?.file == "/t/main.js")
        #expect(diagnostic.location?.line == 2)
        #expect(diagnostic.message.hasPrefix("SyntaxError: "))
    }

    @Test(
        "the import of a name that a module lacks is told with its place",
        arguments: [
            ("// first\nimport { a, none } from './lib.js';", 2, 13),
            ("import {\n  a,\n  none as b,\n} from \"./lib.js\";", 3, 3),
            ("import { a } from './lib.js';\nimport it from './lib.js';", 2, 1),
            ("export { none } from './lib.js'; import { nonesuch } from './other.js';", 1, 10),
        ])
    func missingExport(source: String, line: Int, column: Int) throws {
        let runtime = try ScriptRuntime(
            Self.program([
                "main.js": source, "lib.js": "export const a = 1;", "other.js": "export const nonesuch = 1;",
            ]))
        let failure = try #require(runtime.initializeNow())
        #expect(
            failure.frames == [
                .init(function: "", file: "file:///t/main.js", line: line, column: column)
            ])
    }

    @Test("a missing module is named")
    func missingModule() throws {
        let line = "import x from './nothing.js';"
        #expect(
            throws: Diagnostic(
                "AS601", "the module '/t/nothing.js' cannot be read: there is no such file",
                at: SourceLocation(file: "/t/main.js", line: 1, column: 15, length: 14), line: line)
        ) {
            _ = try Self.program(["main.js": line])
        }
    }

    @Test("exceptions say where they were thrown")
    func exceptions() async throws {
        let source = """
            function inner() {
              throw new TypeError('no');
            }
            export default function () {
              inner();
            }
            """
        do {
            _ = try await Self.result(source)
            Issue.record("it did not throw")
        } catch let exception as ScriptException {
            #expect(exception.headline == "TypeError: no")
            #expect(exception.frames.map(\.line) == [2, 5])
            #expect(exception.frames.map(\.function) == ["inner", "default"])
            #expect(exception.frames[0].file == "file:///t/main.js")
        }
    }

    @Test("natives get arguments, throw, and hold objects that go with the script's")
    func natives() async throws {
        final class Box {
            var count = 0
            static let gone = Mutex(0)
            deinit { Self.gone.withLock { $0 += 1 } }
        }
        let counter = NativeClass(
            "Counter",
            members: [
                .function("add", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                    guard let box = runtime.held(this, as: Box.self) else { throw .typeError("no counter") }
                    box.count += runtime.integer(arguments[0]) ?? 1
                    return runtime.make(box.count)
                }
            ],
            construct: { runtime, _, _ throws(ScriptThrow) in
                try runtime.makeObject(of: counterType.value, holding: Box())
            })
        counterType.set(counter)
        let builtIns = ScriptProgram.BuiltIns(
            modules: [
                NativeModule(
                    "k6/x",
                    [
                        .type(counter),
                        .function("join", arity: 2) { runtime, _, arguments throws(ScriptThrow) in
                            guard arguments.count == 2 else { throw .rangeError("two, please") }
                            return runtime.make(try runtime.text(arguments[0]) + runtime.text(arguments[1]))
                        },
                    ])
            ], globals: [.value("LIMIT") { _ in .number(2.5) }])
        let source = """
            import x, { join, Counter } from 'k6/x';
            export default () => {
              const c = new Counter();
              c.add(2);
              let caught;
              try { join(1); } catch (e) { caught = e instanceof RangeError && e.message; }
              return [c.add(), join('a', 1), caught, LIMIT, x.join === join, c instanceof Counter];
            };
            """
        #expect(try await Self.result(source, builtIns) == [3, "a1", "two, please", 2.5, true, true])
        #expect(Box.gone.withLock { $0 } == 1)
    }

    @Test("a native that waits suspends the script and nothing else")
    func waiting() async throws {
        let builtIns = ScriptProgram.BuiltIns(
            modules: [],
            globals: [
                .function("pause", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
                    let given = runtime.integer(arguments[0]) ?? 0
                    let answer = try runtime.wait { () async -> Int in
                        await Task.yield()
                        return given * 2
                    }
                    return runtime.make(answer)
                }
            ])
        #expect(
            try await Self.result(
                "export default () => { let s = 0; for (const i of [1, 2, 3]) s += pause(i); return s; }",
                builtIns)
                == 12)
        let runtime = try ScriptRuntime(Self.program(["main.js": "pause(1)"], builtIns))
        #expect(runtime.initializeNow()?.message.contains("init context") == true)
    }

    @Test(
        "code outside of functions tells what ended it",
        arguments: [
            ("export default 1", nil),
            ("throw 'no'", .exception(ScriptException(name: "", message: "no"))),
            ("try { while (true) {} } catch {}", .interrupted),
        ] as [(String, ScriptEnd?)])
    func initialEnd(_ source: String, _ end: ScriptEnd?) async throws {
        let runtime = try ScriptRuntime(Self.program(["main.js": source]))
        var turns = 0
        runtime.giveWay = { turns += 1 }
        runtime.isCancelled = { turns >= 3 }
        #expect(await runtime.initialize() == end)
    }

    @Test("an array that is longer than any does not hold its thread")
    func endlessArray() async throws {
        let walk = ScriptProgram.BuiltIns(
            modules: [],
            globals: [
                .function("walk", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
                    try runtime.forEachElement(of: arguments[0]) { _ throws(ScriptThrow) in }
                    return .undefined
                }
            ])
        let source = "export default () => walk(new Array(4294967295))"
        let runtime = try Self.ready(Self.program(["main.js": source], walk))
        var turns = 0
        runtime.giveWay = { turns += 1 }
        runtime.isCancelled = { turns >= 3 }
        let function = try #require(runtime.exported("default"))
        guard case .interrupted = await runtime.run(function) else {
            Issue.record("it went on")
            return
        }
        #expect(turns == 3)
    }

    @Test("an endless loop gives others their turn and ends when its user is cancelled")
    func endlessLoop() async throws {
        let runtime = try Self.ready(
            Self.program([
                "main.js": "export default () => { try { while (true) {} } finally { while (true) {} } }"
            ]))
        var turns = 0
        runtime.giveWay = { turns += 1 }
        runtime.isCancelled = { turns >= 3 }
        let function = try #require(runtime.exported("default"))
        guard case .interrupted = await runtime.run(function) else {
            Issue.record("it went on")
            return
        }
        #expect(turns == 3)
    }

    @Test(
        "deep recursion and large allocations are exceptions of the script, which goes on",
        arguments: [
            (
                "function f() { return f() + 1; } export default () => { try { f(); } catch (e) { return e.name; } }",
                "RangeError"
            ),
            (
                "export default () => { try { let a = []; while (true) a.push('x'.repeat(1 << 20) + a.length); } catch (e) { return String(e); } }",
                "InternalError: out of memory"
            ),
        ])
    func bounds(_ source: String, _ expected: String) async throws {
        let runtime = try Self.ready(Self.program(["main.js": source]), .init(memory: 64 << 20))
        let function = try #require(runtime.exported("default"))
        guard case .value(let value) = await runtime.run(function) else {
            Issue.record("it threw")
            return
        }
        #expect(runtime.string(value.value)?.hasPrefix(expected) == true)
    }

    @Test("an async function's value or rejection is what came of it")
    func promises() async throws {
        #expect(try await Self.result("export default async () => { await null; return 7; }") == 7)
        await #expect(throws: ScriptException.self) {
            try await Self.result("export default async () => { await null; throw new Error('late'); }")
        }
    }
}

/// A class that its own constructor names.
private let counterType = Later()
private final class Later: Sendable {
    private let stored = Mutex<NativeClass?>(nil)
    var value: NativeClass { stored.withLock { $0 } ?? NativeClass("", members: []) }
    func set(_ type: NativeClass) { stored.withLock { $0 = type } }
}
