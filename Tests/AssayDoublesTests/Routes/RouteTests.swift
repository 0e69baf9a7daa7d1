import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("A double in Assay's own form")
struct RouteTests {
    private static let payments = """
        state: {key: "${request.header.x-tenant || 'none'}"}
        routes:
          - on: {post: /charges, json: {$.amount: {greater: 0}}}
            answer:
              status: 201
              headers: {x-double: "${double.name}"}
              json: {amount: "${request.json.amount}"}
              becomes: charged
              remember: {last: "${request.json.amount}"}
          - on: {post: /charges}
            answer: {status: 422, json: {error: amount must be positive}}
          - on: {get: "/charges/{id}", state: charged}
            answer: {json: {id: "${request.params.id}", last: "${state.last}"}}
          - on: {get: /search, query: {q: {matches: "^[a-z]+$"}, page: "2"}}
            answer: {text: "found ${request.query.q}"}
          - on: {post: /form, form: {name: ann}}
            answer: {status: 204}
          - on: {get: /flaky}
            answers: [{status: 503}, {status: 500}, {status: 200}]
          - on: {get: /turns}
            answers: [{text: a}, {text: b}]
            then: again
          - on: {any: /files/**, bearer: "${env.TOKEN}"}
            answer: {text: yours}
        """

    @Test("Routes answer by method, path, body, query, form and token; the first that fits counts")
    func matching() async throws {
        let double = try Answering(Self.payments)
        #expect(await double.ask("POST", "/charges", body: #"{"amount": 5}"#) == #"201 {"amount":5}"#)
        #expect(
            await double.ask("POST", "/charges", body: #"{"amount": 0}"#)
                == #"422 {"error":"amount must be positive"}"#)
        #expect(await double.ask("GET", "/search?q=abc&page=2") == "200 found abc")
        #expect(await double.ask("GET", "/search?q=ABC&page=2").hasPrefix("404 "))
        #expect(
            await double.ask(
                "POST", "/form", body: "name=ann",
                headers: [("Content-Type", "application/x-www-form-urlencoded")])
                == "204 ")
        #expect(
            await double.ask("GET", "/files/a/b", headers: [("Authorization", "Bearer secret")])
                == "200 yours")
        #expect(await double.ask("GET", "/files/a/b").hasPrefix("404 "))
    }

    @Test("A request that no route takes is told the closest one and what differs")
    func nearest() async throws {
        let double = try Answering(Self.payments)
        let text = await double.ask("GET", "/search?q=ABC&page=2")
        #expect(text.contains("closest route 'GET /search' differs in"))
        #expect(text.contains("q"))
        #expect(!text.contains("got \"ABC\" ("))
    }

    @Test("State and what is remembered belong to a tenant, and are forgotten by a reset")
    func tenants() async throws {
        let double = try Answering(Self.payments)
        let acme = [("X-Tenant", "acme")]
        #expect(await double.ask("GET", "/charges/7", headers: acme).hasPrefix("404 "))
        _ = await double.ask("POST", "/charges", body: #"{"amount": 9}"#, headers: acme)
        #expect(await double.ask("GET", "/charges/7", headers: acme) == #"200 {"id":"7","last":9}"#)
        #expect(await double.ask("GET", "/charges/7", headers: [("X-Tenant", "other")]).hasPrefix("404 "))
        double.service.reset()
        #expect(await double.ask("GET", "/charges/7", headers: acme).hasPrefix("404 "))
    }

    @Test("Several answers come one after another; the last stays, or they begin again")
    func sequences() async throws {
        let double = try Answering(Self.payments)
        var flaky: [String] = []
        for _ in 0..<4 { flaky.append(await double.ask("GET", "/flaky")) }
        #expect(flaky == ["503 ", "500 ", "200 ", "200 "])
        var turns: [String] = []
        for _ in 0..<4 { turns.append(await double.ask("GET", "/turns")) }
        #expect(turns == ["200 a", "200 b", "200 a", "200 b"])
    }

    @Test("A template without a value is a 500 that says where it stands")
    func failing() async throws {
        let double = try Answering(
            """
            routes:
              - on: {get: /a}
                answer: {json: {n: "${request.json.count}"}}
            """)
        let text = await double.ask("GET", "/a")
        #expect(text.hasPrefix("500 double 'pay', route GET /a: "))
        #expect(text.contains("pay.yml:3:"))
    }

    @Test(
        "What is wrong with routes is told with its place",
        arguments: [
            ("routes: [{on: {get: orders}, answer: {status: 200}}]", "AS127 pay.yml:1:21"),
            ("routes: [{on: {get: '/a/{id}/{id}'}, answer: {status: 200}}]", "AS127 pay.yml:1:21"),
            ("routes: [{on: {get: /a}}]", "AS127 pay.yml:1:10"),
            ("routes: [{on: {get: /a}, answer: {status: 99}}]", "AS127 pay.yml:1:43"),
            ("routes: [{on: {get: /a}, answers: []}]", "AS127 pay.yml:1:35"),
            ("routes: [{on: {get: /a, state: paid}, answer: {status: 200}}]", "AS128 pay.yml:1:10"),
            ("routes: [{on: {get: /a}, answer: {text: '${reqest.path}'}}]", "AS129 pay.yml:1:44"),
            ("routes: [{on: {get: /a}, answer: {stauts: 200}}]", "AS010 pay.yml:1:35"),
        ])
    func problems(text: String, problem: String) throws {
        let bag = DiagnosticBag()
        _ = Answering.read(text, bag)
        #expect(bag.all.map { "\($0.code) \($0.location?.description ?? "")" } == [problem])
    }

    @Test(
        "Paths are compared by segments",
        arguments: [
            ("/a/{id}", ["a", "7"], true), ("/a/{id}", ["a", ""], false),
            ("/a/{id}", ["a", "7", "b"], false),
            ("/a/*", ["a", "x"], true), ("/a/**", ["a"], true), ("/a/**", ["a", "b", "c"], true),
            ("/a/**", ["b"], false), ("/", [""], true),
        ])
    func paths(pattern: String, path: [String], fits: Bool) throws {
        #expect((try RoutePath(pattern).parameters(in: path) != nil) == fits)
    }
}

/// A double that is asked without a socket.
private struct Answering {
    let service: any DoubleService

    static func read(_ text: String, _ bag: DiagnosticBag) -> [DoubleSpec] {
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "pay.yml", bag: bag) else { return [] }
        let pair = YAMLNode.Pair(
            key: YAMLNode(.string("pay"), at: yaml.root.location, scalarText: "pay"), value: yaml.root)
        return DoubleReader(yaml).read(YAMLNode(.mapping([pair]), at: yaml.root.location))
    }

    init(_ text: String) throws {
        let bag = DiagnosticBag()
        let spec = try #require(Self.read(text, bag).first)
        #expect(bag.all.isEmpty)
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var start = DoubleStart(
            name: "pay", location: spec.location,
            scope: TemplateScope(
                names: ["env": ["TOKEN": "secret"]], environment: environment, random: SeededRandom(seed: 1)),
            clock: DoubleClock { 0 }, reactor: try Reactor())
        service = try #require(spec.options).service(&start)
    }

    func ask(
        _ method: String, _ target: String, body: String = "", headers: [(String, String)] = []
    ) async -> String {
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        let response = await service.answer(request)
        return "\(response.status) " + String(decoding: response.body, as: UTF8.self)
    }
}
