import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite("Stand", .timeLimit(.minutes(5)))
struct StandTests {
    private static let server = "exec python3 -u -m http.server ${port} --bind 127.0.0.1"

    @Test(
        "a service becomes ready by http, tcp, log or run",
        arguments: [
            "{http: /}", "{http: /missing, status: 404}", "{tcp: true}", "{log: Serving HTTP}",
            "{run: 'true'}",
        ])
    func readiness(ready: String) throws {
        let text = "services: {api: {run: '\(Self.server)', ready: \(ready)}}"
        let url = try StandSupport.with(text, name: "ready\(ready.utf8.reduce(0) { $0 &* 31 &+ UInt32($1) })")
        {
            stand, _ in
            stand.bindings["api"]?["url"]?.stringValue
        }.get()
        #expect(url?.hasPrefix("http://127.0.0.1:") == true)
    }

    private final class Started { var all: [Stand] = [] }

    @Test("two stands at once have ports of their own, and a service gets another's address")
    func twoStands() throws {
        let text = """
            services:
              front: {run: 'echo "back is $BACK"; \(Self.server)', env: {BACK: '${back.url}'}, ready: {http: /}}
              back: {run: '\(Self.server)', ready: {http: /}}
            """
        let spec = try StandSupport.spec(text)
        let surroundings = try StandSupport.surroundings("two")
        defer { try? Files.remove(surroundings.projectFolder) }
        let reactor = try Reactor()
        let (urls, line) = reactor.run {
            let stands = ReactorBound(Started(), on: reactor)
            let first = Task(executorPreference: reactor) {
                guard let stand = try? await Stand.start(spec, on: reactor, in: surroundings) else { return }
                stands.value.all.append(stand)
            }
            if let second = try? await Stand.start(spec, on: reactor, in: surroundings) {
                stands.value.all.append(second)
            }
            await first.value
            let urls = stands.value.all.flatMap { stand in
                ["front", "back"].compactMap { stand.bindings[$0]?["url"] }
            }
            let line = stands.value.all.first?.logs["front"]?.lines(from: 0).lines.first
            for stand in stands.value.all { await stand.stop() }
            return (urls, line)
        }
        #expect(Set(urls).count == 4)
        #expect(line == urls.dropFirst().first.map { "back is \($0.stringValue ?? "")" })
    }

    @Test(
        "why a service is not ready is said",
        arguments: [
            ("{run: 'echo bye; exit 1'}", "exited with status 1 after"),
            ("{run: sleep 60, ready: {http: /health, within: 300ms}}", "GET /health → "),
            ("{run: '\(server)', ready: {http: /missing, within: 3s}}", "GET /missing → 404"),
            ("{run: [no-such-program]}", "execve no-such-program: ENOENT"),
        ])
    func failures(service: String, message: String) throws {
        let name = "fail\(message.utf8.reduce(0) { $0 &* 31 &+ UInt32($1) })"
        guard
            case .failure(let failure) = try StandSupport.with(
                "services: {api: \(service)}", name: name, { _, _ in })
        else {
            Issue.record("it came up")
            return
        }
        #expect(failure.message.contains(message))
        if service.contains("bye") { #expect(failure.lastLines == ["bye"]) }
    }

    @Test("a service that dies later is noticed with its signal and last lines")
    func death() throws {
        let text = "services: {api: {run: 'echo up; sleep 0.3; echo down >&2; kill -9 $$', ready: {log: up}}}"
        let death = try StandSupport.with(text, name: "death") { stand, _ in await stand.nextDeath() }.get()
        #expect(death?.status.description == "was ended by SIGKILL")
        #expect(death?.lastLines == ["up", "down"])
    }

    @Test("after a port collision the service is started again on another port")
    func collision() throws {
        let text = """
            services:
              api:
                run: 'test -e once || { touch once; echo "address already in use"; exit 1; }; \(Self.server)'
                ready: {http: /}
            """
        let members = try StandSupport.with(text, name: "collision") { stand, _ in stand.members.map(\.name) }
            .get()
        #expect(members == ["api"])
    }

    @Test("SQLite binds by number, keeps types and says what is wrong")
    func database() throws {
        let answers = try StandSupport.with("dependencies: {db: {sqlite: {}}}", name: "db") {
            stand, reactor in
            guard let database = stand.databases["db"] else { return [String]() }
            var said: [String] = []
            for (statement, arguments) in [
                ("create table t (a integer, b text, c real)", []),
                ("insert into t values ($2, $1, ?3)", ["x", 7, 1.5]),
                ("select a, b, c, null as d, x'0102' as e from t where b = ?", ["x"]),
                ("select absent", []),
            ] as [(String, [JSON])] {
                switch await database.execute(statement, arguments: arguments, on: reactor, in: nil) {
                case .success(let answer):
                    said.append(
                        "\(answer.changedRows) \(JSON.array(answer.rows.map { .object($0) }).rendered())")
                case .failure(let error): said.append(error.message)
                }
            }
            return said
        }.get()
        #expect(
            answers == [
                "0 []", "1 []", #"0 [{"a":7,"b":"x","c":1.5,"d":null,"e":"AQI="}]"#, "no such column: absent",
            ])
    }

    @Test(
        "what is wrong in a stand is a diagnostic with a place",
        arguments: [
            ("dependencies: {db: {sqlit: {}}}", "AS060", 21),
            ("dependencies: {db: {postgres: {schema: a, migrations: b}}}", "AS061", 43),
            ("dependencies: {db: {redis: {fallback: sqlite}}}", "AS013", 39),
            ("services: {a: {run: 'x ${b.url}'}, b: {run: 'y ${a.url}'}}", "AS066", 12),
            ("services: {api: {run: 'x ${bd.url}'}}", "AS065", 28),
            ("services: {api: {run: x, stop: {signal: TREM}}}", "AS064", 41),
            ("{dependencies: {api: {sqlite: {}}}, services: {api: {run: x}}}", "AS067", 48),
        ])
    func diagnostics(text: String, code: String, column: Int) throws {
        let error = #expect(throws: Diagnostics.self) { try StandSupport.spec(text) }
        let found = error?.all.first { $0.code.description == code }
        #expect(found?.location?.column == column)
    }
}
