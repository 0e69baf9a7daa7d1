import AssayCore
import AssayFormats
import Testing

@testable import AssayScript

@Suite("Functions of processors", .enabled(if: ScriptEngine.isPresent))
struct ScriptProcessorTests {
    /// A processor with a user of its own.
    private struct Bench {
        let host = RecordingHost()
        let runtime: ScriptRuntime
        let processor: ScriptProcessor

        init(_ source: String, _ others: [String: String] = [:], names: [String] = ["a", "b"]) throws {
            var texts = others
            texts["main.js"] = source
            let files = Dictionary(
                uniqueKeysWithValues: texts.map { ("file:///t/" + $0.key, Array($0.value.utf8)) })
            let sources = ScriptProgram.Sources { name in
                files[name].map { .success($0) } ?? .failure(.init("there is no such file"))
            }
            let program = try ScriptProgram.make(
                path: "/t/main.js", builtIns: ProcessorModules.builtIns, sources: sources
            ).get()
            runtime = try ScriptRuntime(program)
            host.environment = ["HOME": "/h"]
            runtime.host = host
            if let failure = runtime.initializeNow() { throw failure }
            processor = try ScriptProcessor(runtime, constants: ["target": "http://t"], names: names)
        }

        func call(
            _ operation: ScriptProcessor.Operation, _ name: String, _ input: JSONObject = [:]
        ) async -> String {
            var whole: JSONObject = ["set": [:], "drop": []]
            for (key, value) in input { whole[key] = value }
            switch await processor.call(operation, [name], whole) {
            case .done(let answer): return answer.rendered()
            case .failed(let failure, _):
                let place = failure.exception.frames.first.map { " \($0.file):\($0.line)" } ?? ""
                return "failed \(failure.code)\(place)"
            case .interrupted: return "interrupted"
            }
        }
    }

    @Test(
        "A step's function is called with context, emitter and next, or is async, and sets variables",
        arguments: [
            ("module.exports = { f }; function f(context, ee, next) { context.vars.b = context.vars.a + 1; next(); }"),
            ("exports.f = async (context) => { await null; context.vars.b = context.vars.a + 1; };"),
            ("export async function f(context) { context.vars.b = context.vars.a + 1; }"),
            ("export default { f(context, ee, next) { setTimeout(() => { context.vars.b = 2; next(); }, 50); } };"),
        ])
    func steps(source: String) async throws {
        let bench = try Bench(source)
        let answer = await bench.call(.step, "f", ["set": ["a": 1]])
        #expect(answer == #"{"ok":true,"set":{"b":2},"drop":[]}"#)
    }

    @Test("What only functions read stays with them, and a user that begins has nothing of the one before")
    func ownVariables() async throws {
        let bench = try Bench(
            """
            module.exports = {
              keep(context, ee, next) { context.vars.own = { n: 5 }; delete context.vars.a; next(); },
              read(context, ee, next) { context.vars.b = [context.vars.own ?? null, context.vars.target]; next(); },
            };
            """)
        #expect(await bench.call(.step, "keep", ["set": ["a": 1]]) == #"{"ok":true,"set":{},"drop":["a"]}"#)
        #expect(
            await bench.call(.step, "read") == #"{"ok":true,"set":{"b":[{"n":5},"http://t"]},"drop":[]}"#)
        _ = await bench.call(.begin, "")
        #expect(await bench.call(.step, "read") == #"{"ok":true,"set":{"b":[null,"http://t"]},"drop":[]}"#)
    }

    @Test(
        "What functions throw and say is a failure with its place",
        arguments: [
            ("(context, ee, next) => next(new Error('no stock'))", "failed no stock file:///t/main.js:1"),
            ("() => { throw new TypeError('bad'); }", "failed bad file:///t/main.js:1"),
            (
                "async () => { throw Object.assign(new Error('x'), { code: 'EBAD' }); }",
                "failed EBAD file:///t/main.js:1"
            ),
            ("(context, ee, next) => next('words')", "failed words"),
            ("() => 1", "failed the function 'f' has ended and never called next()"),
            ("() => nothing", "failed 'nothing' is not defined file:///t/main.js:1"),
        ])
    func failures(body: String, expected: String) async throws {
        let bench = try Bench("exports.f = \(body)")
        let found = await bench.call(.step, "f")
        #expect(found.replacing("nothing is not", with: "'nothing' is not") == expected)
    }

    @Test("Functions before a request change it, and templates are filled in behind them")
    func requests() async throws {
        let bench = try Bench(
            """
            exports.before = (request, context, ee, next) => {
              request.json = { ...request.json, name: '{{ a }}', text: 'n={{ a }}', none: '{{ missing }}' };
              request.headers = { ...request.headers, 'X-Id': 7 };
              request.url = request.url + '/{{ a }}?q={{ b.c[0] }}';
              return next();
            };
            exports.after = (request, response, context, ee, next) => {
              context.vars.b = [response.statusCode, JSON.parse(response.body).n, request.json.text];
              next();
            };
            """)
        let request: JSON = [
            "url": "/items", "json": ["k": "{{ a }}"], "headers": ["H": "{{ a }}"], "method": "POST",
        ]
        let answer = await bench.call(
            .before, "before", ["set": ["a": 3, "b": ["c": ["x"]]], "key": 1, "request": request])
        let sent = try JSON(parsing: answer)["request"]
        #expect(sent?["url"] == "http://t/items/3?q=x")
        #expect(sent?["json"] == ["k": 3, "name": 3, "text": "n=3"])
        #expect(sent?["headers"] == ["H": 3, "X-Id": 7])
        let after = await bench.call(
            .after, "after", ["key": 1, "response": ["statusCode": 201, "body": #"{"n": 4}"#]])
        #expect(after == #"{"ok":true,"set":{"b":[201,4,"n=3"]},"drop":[]}"#)
    }

    @Test("Conditions see the variables, and loops ask a function that calls back")
    func conditions() async throws {
        let bench = try Bench(
            """
            exports.holds = (vars) => vars.a > 1;
            exports.broken = () => { throw new Error('x'); };
            exports.again = (context, next) => next(context.vars.a < 5);
            """)
        func holds(_ operation: ScriptProcessor.Operation, _ name: String, _ a: JSON) async throws -> JSON? {
            try JSON(parsing: await bench.call(operation, name, ["set": ["a": a], "name": .string(name)]))[
                "holds"]
        }
        #expect(try await holds(.holds, "holds", 2) == true)
        #expect(try await holds(.holds, "holds", 1) == false)
        #expect(try await holds(.holds, "broken", 1) == true)
        #expect(try await holds(.holds, "a", 0) == false)
        #expect(try await holds(.goesOn, "again", 4) == true)
        #expect(try await holds(.goesOn, "again", 5) == false)
    }

    @Test("What is emitted is measured, lines are printed, and Node's smallest parts are there")
    func surroundings() async throws {
        let bench = try Bench(
            """
            // require('left-out');
            const { randomUUID, randomBytes, createHash } = require('node:crypto');
            const other = require('./other.js');
            exports.f = (context, ee, next) => {
              ee.emit('counter', 'orders', 2);
              ee.emit('histogram', 'size', 1.5);
              ee.emit('rate', 'ticks');
              ee.emit('error', 'odd');
              console.log('hello', { n: 1 });
              context.vars.a = [randomUUID().length, randomBytes(4).toString('hex').length,
                createHash('sha256').update('x').digest('hex').slice(0, 8), other.twice(4), process.env.HOME];
              next();
            };
            """, ["other.js": "module.exports = { twice: (n) => 2 * n };"])
        #expect(
            await bench.call(.step, "f")
                == #"{"ok":true,"set":{"a":[36,8,"2d711642",8,"/h"]},"drop":[]}"#)
        #expect(
            bench.host.samples == [
                "counter orders 2.0", "trend size 1.5", "rate ticks 1.0", "counter errors.odd 1.0",
            ])
        #expect(bench.host.lines == [#"info console hello {"n":1}"#])
    }

    @Test("An endless function ends with its user")
    func endless() async throws {
        let bench = try Bench("exports.f = () => { while (true) {} };")
        var asked = 0
        bench.runtime.isCancelled = {
            asked += 1
            return asked > 3
        }
        #expect(await bench.call(.step, "f") == "interrupted")
    }

    @Test(
        "What Node and its packages have is refused by name",
        arguments: [
            ("fs", "error[AS619]: the module 'fs' is a part of Node, which processors do not have"),
            (
                "node:path",
                "error[AS619]: the module 'node:path' is a part of Node, which processors do not have"
            ),
            (
                "@faker-js/faker",
                "error[AS619]: the package '@faker-js/faker' cannot be loaded: processors import files of their own"
            ),
        ])
    func refusals(name: String, expected: String) throws {
        let program = ScriptProgram.make(
            path: "/t/main.js", builtIns: ProcessorModules.builtIns,
            sources: .init { _ in
                .success(Array("const a = 1;\nconst x = require('\(name)');\nexports.f = x;".utf8))
            })
        guard case .failure(let diagnostic) = program else {
            Issue.record("it was read")
            return
        }
        #expect("error[\(diagnostic.code)]: \(diagnostic.message)" == expected)
        #expect(diagnostic.location?.line == 2)
    }

    @Test(
        "What is told of errors has the error, the request and the context; what opens WebSockets changes them"
    )
    func others() async throws {
        let bench = try Bench(
            """
            exports.told = (error, request, context, ee, next) => {
              context.vars.a = `${error instanceof Error} ${error.code} ${error.message} ${request.url}`; next();
            };
            exports.change = (args, context, next) => {
              args.target += '/x'; args.options.headers.Auth = context.vars.target; args.subprotocols.push('v2'); next();
            };
            exports.refuse = (args, context, next) => next(new Error('no socket'));
            """)
        _ = await bench.call(.before, "none", ["key": 1, "request": ["url": "http://t/a", "method": "GET"]])
        #expect(
            await bench.call(
                .failed, "told", ["key": 1, "error": ["code": "ECONNREFUSED", "message": "no"]])
                == #"{"ok":true,"set":{"a":"true ECONNREFUSED no http://t/a"},"drop":[]}"#)
        let given: JSON = ["target": "ws://t", "subprotocols": ["v1"], "options": ["headers": [:]]]
        #expect(
            await bench.call(.connect, "change", ["request": given])
                == #"{"ok":true,"request":{"target":"ws://t/x","subprotocols":["v1","v2"],"#
                + #""options":{"headers":{"Auth":"http://t"}}},"set":{},"drop":[]}"#)
        #expect(await bench.call(.connect, "refuse", ["request": given]).hasPrefix("failed no socket"))
    }
}
