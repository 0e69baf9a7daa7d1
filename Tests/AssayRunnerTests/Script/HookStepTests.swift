import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayScript
import AssayWire
import Synchronization
import Testing

@testable import AssayRunner

@Suite("Steps that call functions of a script's own code", .enabled(if: ScriptEngine.isPresent))
struct HookStepTests {
    private static let place = SourceLocation(file: "load.yml", line: 1, column: 1)

    /// Two passes of some steps with a processor; what the server was asked, the failures, and the record.
    private func load(
        _ source: String, names: [String] = [], _ steps: (_ url: String) -> [Step]
    ) throws -> (asked: [String], failures: [String], record: RunRecord) {
        let bodies = Mutex<[String]>([])
        let bench = try Bench { request, _ in
            bodies.withLock {
                $0.append("\(request.target) \(String(decoding: request.body, as: UTF8.self))")
            }
            return HTTPResponse(status: 200, body: Array(#"{"n": 4}"#.utf8))
        }
        let program = try ScriptProgram.make(
            path: "/t/main.js", builtIns: ProcessorModules.builtIns,
            sources: .init { _ in .success(Array(source.utf8)) }
        ).get()
        let hooks = HookWork(
            ScriptWork(program, options: .null, metrics: [], log: ScriptLog { _ in }), names: names,
            constants: [:])
        let scenario = Scenario(name: "test", location: Self.place, steps: steps(bench.server.url))
        var profile = LoadProfile(
            name: "profile", location: Self.place, scenarios: [.init(scenario: scenario, weight: 1)],
            model: .iterations(.init(users: 1, work: .total(2))))
        profile.pacing.renewsUsers = true
        let work = LoadWork(profile, constants: [:], hooks: hooks, seed: 1)
        let (reactor, server, context) = (bench.reactor, bench.server, bench.context())
        let (record, ending) = reactor.run {
            var record = RunRecord(
                header: RunHeader(
                    kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1,
                    assayVersion: "t",
                    host: .init(name: "", system: "", cores: 1, memoryBytes: 0)))
            for series in work.series { record.apply(.series(series)) }
            let run = LoadRun(work, context: context, reactors: [reactor], stop: LoadStop(on: reactor))
            let ending = await run.run { interval, appeared in
                for series in appeared { record.apply(.series(series)) }
                record.apply(.interval(interval))
                return true
            }
            server.stop()
            return (record, ending)
        }
        let failures = ending.failures.map { group in
            let place = group.mismatches.first?.location.map { " \($0.file):\($0.line)" } ?? ""
            return "\(group.count) \(group.reason)\(place)"
        }
        return (bodies.withLock { $0 }, failures, record)
    }

    private func request(_ url: String, _ hooks: RequestHooks? = nil) -> Step {
        var action = HTTPAction(method: "POST", url: Template(constant: url, at: Self.place))
        action.hooks = hooks
        return Step(name: "post", location: Self.place, action: .http(action))
    }

    private func hook(_ name: String) -> Step {
        Step(name: name, location: Self.place, action: .hook(HookAction(function: name)))
    }

    @Test("What a function sets is sent, what it changes of a request goes out, and each pass begins anew")
    func requests() throws {
        let found = try load(
            """
            exports.set = (context, ee, next) => {
              context.vars.a = (context.vars.a ?? 0) + 1; ee.emit('counter', 'own', 3); next();
            };
            exports.before = async (request) => { request.json = { ...request.json, b: '{{ a }}' }; };
            exports.after = (request, response, context, ee, next) => {
              context.vars.a = JSON.parse(response.body).n; next();
            };
            """, names: ["a"]
        ) { url in
            [
                hook("set"),
                request(
                    url + "/one",
                    RequestHooks(
                        before: ["before"], after: ["after"],
                        request: ["url": .string(url + "/one"), "json": ["k": 1]])),
                request(
                    url + "/two",
                    RequestHooks(
                        before: ["before"], after: [], request: ["url": .string(url + "/two?n={{ a }}")])),
            ]
        }
        let pass = [#"/one {"k":1,"b":1}"#, #"/two?n=4 {"b":4}"#]
        #expect(found.asked == pass + pass)
        #expect(found.failures.isEmpty)
        #expect(found.record.counter("own") == 6)
    }

    @Test("A function that fails ends its pass, with its place; one that is missing does not")
    func failures() throws {
        let found = try load("exports.f = () => {\n  throw new Error('no stock');\n};") { url in
            [hook("none"), request(url + "/a"), hook("f"), request(url + "/never")]
        }
        #expect(found.asked == ["/a ", "/a "])
        #expect(
            found.failures.sorted() == [
                "2 error Undefined function \"none\" load.yml:1", "2 error no stock /t/main.js:2",
            ])
        #expect(found.record.counter("iterations.failed") == 2)
    }

    @Test("Functions see the scenario's name and the user's own, and may say figures in the older way")
    func surroundings() throws {
        let found = try load(
            """
            exports.see = (context, ee, next) => {
              ee.emit('counter', `${context.scenario.name}.${context._uid === context.vars.$uuid}`, 1);
              ee.emit('customStat', { stat: 'older', value: 3 });
              next();
            };
            """, names: ["$uuid"]
        ) { _ in [hook("see")] }
        #expect(found.record.counter("test.true") == 2)
        #expect(found.record.series.contains { $0.metric == "older" && $0.kind == .trend })
    }

    @Test("Functions are told of a request that nothing answered, which fails whatever they do")
    func errors() throws {
        let found = try load(
            """
            exports.told = async (error, request, context, ee) => ee.emit('counter', `told.${error.code}.${request.method}`, 1);
            exports.worse = (error, request, context, ee, next) => next(new Error('worse'));
            """
        ) { url in
            let around = RequestHooks(
                before: [], after: [], onError: ["told", "worse"],
                request: ["url": "http://127.0.0.1:1/", "method": "POST"])
            return [request(url + "/a"), request("http://127.0.0.1:1/", around)]
        }
        #expect(found.asked == ["/a ", "/a "])
        #expect(found.record.counter("told.ECONNREFUSED.POST") == 2)
        #expect(found.failures.contains { $0.hasPrefix("2 error worse") }, "\(found.failures)")
        #expect(found.record.counter("iterations.failed") == 2)
    }

    @Test("Functions of a request that cannot be sent are told of that, and of no answer to another one")
    func unsent() throws {
        let found = try load(
            """
            exports.err = async (error, request, context, ee) => ee.emit('counter', `err.${error.code}`, 1);
            exports.aft = async (request, response, context, ee) => ee.emit('counter', 'aft', 1);
            """
        ) { url in
            let around = RequestHooks(
                before: [], after: ["aft"], onError: ["err"], request: ["url": "::::bad", "method": "POST"])
            return [request(url + "/ok"), request("::::bad", around)]
        }
        #expect(found.asked == ["/ok ", "/ok "])
        #expect(found.record.counter("err.ERR_INVALID_URL") == 2)
        #expect(found.record.counter("aft") == 0)
        #expect(found.record.counter("iterations.failed") == 2)
    }

    @Test("Conditions and loops ask functions")
    func control() throws {
        let found = try load(
            "exports.holds = () => false;\nexports.again = (context, next) => next(context.vars.i < 3);",
            names: ["i"]
        ) { url in
            var choice = IfAction(condition: .literal(true), then: [request(url + "/never")], otherwise: [])
            choice.hook = "holds"
            var loop = RepeatAction(
                count: .whileTrue(.literal(true), limit: .max), steps: [request(url + "/a")])
            loop.indexName = "i"
            loop.whileHook = "again"
            return [
                Step(name: "if", location: Self.place, action: .if(choice)),
                Step(name: "loop", location: Self.place, action: .repeat(loop)),
            ]
        }
        #expect(found.asked.count == 2 * 3)
    }
}
