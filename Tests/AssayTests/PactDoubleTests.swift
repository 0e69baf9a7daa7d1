import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import Assay
@testable import AssayDoubles

/// Doubles made of pacts, and pacts made of doubles, without a port.
@Suite("Pact doubles")
struct PactDoubleTests {
    private static let clock = DoubleClock { 1_750_000_000_000 }
    private static let place = SourceLocation(file: "assay.yml", line: 1, column: 1)

    private static func start() throws -> DoubleStart {
        let environment = TemplateEnvironment(
            nowMilliseconds: { clock.nowMilliseconds }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        return DoubleStart(
            name: "orders", location: place,
            scope: TemplateScope(
                names: JSONObject(), environment: environment, random: SeededRandom(seed: 1)),
            clock: clock, reactor: try Reactor())
    }

    private static func service(_ interactions: [PactInteraction], states: [String] = []) throws
        -> PactService
    {
        let pact = Pact(consumer: "shop", provider: "orders", interactions: interactions)
        return PactService(
            PactOptions(pacts: [pact], states: states), random: SeededRandom(seed: 1), clock: clock)
    }

    private static func ask(
        _ service: any DoubleService, _ method: String, _ target: String, _ headers: [(String, String)] = [],
        _ body: String = ""
    ) async -> Served {
        await service.serve(
            HTTPRequest(method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        )
    }

    private static func order(_ description: String, state: String?, status: Int) -> PactInteraction {
        PactInteraction(
            description, states: state.map { [PactState($0)] } ?? [],
            .http(PactRequest(method: "GET", path: "/orders/7"), PactResponse(status: status)))
    }

    @Test("a request that an interaction expects is answered, with what its generators make")
    func answered() async throws {
        var response = PactResponse(status: 201, headers: [PactField("Location", ["/orders/8"])])
        response.body = .bytes(Array(#"{"id": 1}"#.utf8), type: "application/json")
        response.generators = [PactGeneratorPlace(.body, .root.member("id"), .randomInt(min: 5, max: 5))]
        var request = PactRequest(
            method: "POST", path: "/orders", body: .bytes(Array(#"{"n": 1}"#.utf8), type: nil))
        request.rules[.body].add(.integer, at: .root.member("n"))
        let service = try Self.service([PactInteraction("made", .http(request, response))])
        let served = await Self.ask(
            service, "POST", "/orders", [("Content-Type", "application/json")], #"{"n": 9}"#)
        #expect(served.response.status == 201 && served.response.headers["Location"] == "/orders/8")
        #expect(String(decoding: served.response.body, as: UTF8.self) == #"{"id":5}"#)
        #expect(served.stubName == "made" && served.isMatched)
    }

    @Test("what nobody expects is told with the closest interaction and how it differs")
    func unmatched() async throws {
        let service = try Self.service([Self.order("read", state: "it exists", status: 200)])
        let served = await Self.ask(service, "GET", "/orders/7?full=1")
        #expect(served.response.status == 404 && !served.isMatched)
        #expect(
            String(decoding: served.response.body, as: UTF8.self) == """
                no interaction matches GET /orders/7?full=1

                closest interaction 'read, given it exists'   GET /orders/7
                    query full
                      expected nothing
                      got      '1'

                """)
        #expect(
            served.nearest
                == "closest interaction 'read, given it exists' differs in query full: expected nothing, found '1'"
        )
    }

    @Test("interactions that differ in their states only are chosen by state")
    func states() async throws {
        let interactions = [
            Self.order("there", state: "it exists", status: 200),
            Self.order("gone", state: "it is gone", status: 404),
        ]
        let first = await Self.ask(try Self.service(interactions), "GET", "/orders/7")
        let named = await Self.ask(try Self.service(interactions, states: ["it is gone"]), "GET", "/orders/7")
        let asked = await Self.ask(
            try Self.service(interactions), "GET", "/orders/7", [(PactService.stateHeader, "it is gone")])
        #expect([first, named, asked].map(\.response.status) == [200, 404, 404])
    }

    @Test("messages are given for a POST of their description")
    func messages() async throws {
        let message = PactMessage(
            contents: .bytes(Array("{}".utf8), type: "application/json"), metadata: ["topic": "t"])
        let service = try Self.service([PactInteraction("made", .message(message))])
        let served = await Self.ask(service, "POST", "/", [], #"{"description": "made"}"#)
        let metadata = served.response.headers["Pact-Message-Metadata"].flatMap { Base64.decode($0) } ?? []
        #expect(try JSON(parsing: metadata) == ["topic": "t"])
        #expect(served.response.headers["Content-Type"] == "application/json")
    }

    // MARK: Writing

    private static func table(_ text: String) throws -> RouteTable {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "d.yml", bag: bag))
        let kind = DoubleReader(yaml) { _ throws(SystemError) in [] }.kind(
            yaml.root, named: "d", at: yaml.root)
        #expect(bag.all.isEmpty, "\(bag.all.map { $0.rendered() })")
        return try #require((kind as? HTTPDoubleKind)?.options as? RouteTable)
    }

    /// The interactions that a double of routes becomes when it is asked.
    private static func recorded(
        _ routes: String, _ requests: [(String, String, String)], masking secret: String = "\u{0}"
    ) async throws -> [PactInteraction] {
        let table = try table(routes)
        let recorder = PactRecorder(
            of: "d", consumer: "shop", provider: "orders", folder: "pacts", routes: table.routes)
        var start = try start()
        let front = DoubleFront(try table.service(&start), clock: clock, watch: recorder.watch)
        for (method, target, body) in requests {
            let headers = HTTPHeaders([
                ("Content-Type", "application/json"), ("X-Key", "s3cret"), ("User-Agent", "x"),
            ])
            _ = await front.answer(
                HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8)))
        }
        return recorder.interactions { $0.replacing(secret, with: "***") }
    }

    private static let routes = """
        routes:
          - on: {post: /orders, headers: {x-key: s3cret}, json: {$.sku: {type: string}, $.n: {less: 9}, $.tag: {matches: "^a"}}}
            answer: {status: 201, json: {id: "${uuid()}", state: open}}
          - on: {get: "/orders/{id}", query: {full: {type: string}}}
            answer: {json: {id: "${request.params.id}"}}
        """

    @Test("what a double answered becomes interactions with the rules that its routes say")
    func written() async throws {
        let made = try await Self.recorded(
            Self.routes,
            [
                ("POST", "/orders", #"{"sku":"b","n":2,"tag":"ab"}"#),
                ("POST", "/orders", #"{"sku":"a","n":1,"tag":"ab"}"#),
                ("GET", "/orders/7?full=1", ""), ("GET", "/nowhere", ""),
            ], masking: "s3cret")
        #expect(made.map(\.description) == ["GET /orders/{id} answers 200", "POST /orders answers 201"])
        guard case .http(let read, let found) = made[0].content,
            case .http(let request, let response) = made[1].content
        else { return }
        #expect(read.rules[.path].entries.map(\.list.rules) == [[.regex(try Pattern("^/orders/[^/]+$"))]])
        #expect(read.rules[.query].entries.map(\.list.rules) == [[.type(min: nil, max: nil)]])
        #expect(found.rules[.body].entries.map { "\($0.path)" } == ["$.id"])
        #expect(
            request.body.bytes == Array(#"{"sku":"a","n":1,"tag":"ab"}"#.utf8),
            "the first by its text is kept")
        #expect(
            request.headers == [PactField("Content-Type", ["application/json"]), PactField("x-key", ["***"])])
        #expect(
            request.rules[.header].entries.map(\.list.rules) == [[.type(min: nil, max: nil)]],
            "what is masked is open")
        #expect(
            request.rules[.body].entries.map(\.list.rules)
                == [[.type(min: nil, max: nil)], [.number], [.regex(try Pattern("^a.*"))]])
        #expect(response.status == 201 && response.rules[.body].entries.map { "\($0.path)" } == ["$.id"])
    }

    @Test("requests of a route that differ in what they have are told apart")
    func shapes() async throws {
        let routes = """
            routes:
              - on: {post: /orders}
                answer: {status: 201}
            """
        let made = try await Self.recorded(
            routes,
            [
                ("POST", "/orders", #"{"a":1}"#), ("POST", "/orders", #"{"a":2}"#),
                ("POST", "/orders", #"{"a":1,"b":[{"c":2}]}"#),
            ])
        #expect(
            made.map(\.description) == [
                "POST /orders answers 201 to {a, b: [{c}]}", "POST /orders answers 201 to {a}",
            ])
    }

    @Test(
        "what is wrong with pacts of a project is told",
        arguments: [
            ("assay: 1\nstates: {s: {us: a.yml}}\n", "AS010"), ("assay: 1\nstates: []\n", "AS012"),
        ])
    func checks(text: String, code: String) {
        guard case .failure(let found) = PactCheck.read(Array(text.utf8), file: "states.yml") else {
            Issue.record("taken")
            return
        }
        #expect(found.all.contains { "\($0.code)" == code }, "\(found.all.map { $0.rendered() })")
    }

    @Test("what cannot be read as pacts is told")
    func files() {
        guard case .failure(let found) = PactFiles.read(["/nowhere/pact.json"]) else {
            Issue.record("taken")
            return
        }
        #expect(found.all.map(\.message) == ["there is no pact '/nowhere/pact.json'"])
        #expect(found.all.map { "\($0.code)" } == ["AS480"])
    }
}
