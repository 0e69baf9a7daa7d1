import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import Assay
@testable import AssayDoubles

/// Doubles made of OpenAPI documents, asked without a port.
@Suite("OpenAPI doubles")
struct OpenAPIDoubleTests {
    private static let document = """
        openapi: 3.0.3
        info: {title: Payments, version: "1"}
        paths:
          /charges/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: integer}}
            get:
              parameters:
                - {name: expand, in: query, schema: {type: array, items: {type: string, enum: [card, owner]}}}
              responses:
                "200":
                  description: found
                  headers: {X-Rate: {schema: {type: integer, minimum: 5}}}
                  content: {application/json: {schema: {$ref: "#/components/schemas/Charge"}}}
                "404": {$ref: "#/components/responses/Gone"}
          /charges/recent:
            get:
              responses:
                default:
                  content:
                    application/json:
                      examples: {none: {value: []}, one: {value: [7]}}
          /charges:
            post:
              parameters:
                - {name: Idempotency-Key, in: header, required: true, schema: {type: string, format: uuid}}
                - {name: limit, in: query, required: true, schema: {type: integer, maximum: 10}}
              requestBody:
                required: true
                content: {application/json: {schema: {$ref: "#/components/schemas/Charge"}}}
              responses:
                "201": {content: {text/plain: {example: made}}}
        components:
          responses:
            Gone: {content: {application/problem+json: {example: {title: gone}}}}
          schemas:
            Charge:
              type: object
              required: [id, amount, currency]
              properties:
                id: {type: string, format: uuid, readOnly: true}
                amount: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 100}
                currency: {type: string, enum: [eur, usd]}
                mail: {type: string, format: email}
                note: {type: string, nullable: true, example: thanks}
                parent: {$ref: "#/components/schemas/Charge"}
                parts: {type: array, items: {$ref: "#/components/schemas/Charge"}}
        """

    private static func reading(_ text: String) -> (options: HTTPStubOptions?, problems: [Diagnostic]) {
        let bag = DiagnosticBag()
        let yaml = YAMLReading(parsing: Array(text.utf8), file: "pay.yaml", bag: bag)
        return (yaml.flatMap { OpenAPIDoubles.options(of: $0) }, bag.all)
    }

    private static func service(_ text: String = document) throws -> HTTPStubService {
        let found = reading(text)
        #expect(found.problems.isEmpty, "\(found.problems.map { $0.rendered() })")
        let clock = DoubleClock { 1_750_000_000_000 }
        let environment = TemplateEnvironment(
            nowMilliseconds: { clock.nowMilliseconds }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var start = DoubleStart(
            name: "pay", location: SourceLocation(file: "assay.yml", line: 1, column: 1),
            scope: TemplateScope(
                names: JSONObject(), environment: environment, random: SeededRandom(seed: 1)),
            clock: clock, reactor: try Reactor())
        return try HTTPStubService(try #require(found.options), &start)
    }

    private static func ask(
        _ service: HTTPStubService, _ method: String, _ target: String, _ headers: [(String, String)] = [],
        _ body: String = ""
    ) async -> (status: Int, type: String?, text: String, headers: HTTPHeaders) {
        let answer = await service.answer(
            HTTPRequest(method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        )
        return (
            answer.status, answer.headers["Content-Type"], String(decoding: answer.body, as: UTF8.self),
            answer.headers
        )
    }

    @Test("A schema without examples is answered with a value of its own, the same each time")
    func made() async throws {
        let answer = await Self.ask(try Self.service(), "GET", "/charges/7")
        #expect(answer.status == 200 && answer.type == "application/json")
        let json = try JSON(parsing: answer.text)
        #expect(
            json == [
                "id": "00000000-0000-4000-8000-000000000001", "amount": 1, "currency": "eur",
                "mail": "ann@example.com", "note": "thanks", "parts": [],
            ])
        #expect(answer.headers["X-Rate"] == "5")
    }

    @Test("Constant paths come before parameters, and the first example is the answer")
    func examples() async throws {
        let answer = await Self.ask(try Self.service(), "GET", "/charges/recent")
        #expect(answer.status == 200 && answer.text == "[]")
    }

    @Test(
        "Prefer chooses another response or example",
        arguments: [
            ("/charges/7", "code=404", 404, #"{"title":"gone"}"#),
            ("/charges/recent", "example=one", 200, "[7]"),
            ("/charges/recent", "code=503, example=\"one\"", 503, "[7]"),
            (
                "/charges/7", "code=500", 404,
                #"{"error":"no such response","problems":["Prefer: code=500 is not described; there are 200, 404"]}"#
            ),
            (
                "/charges/recent", "example=two", 404,
                #"{"error":"no such example","problems":["Prefer: example=two is not described; there are none, one"]}"#
            ),
        ])
    func prefer(_ target: String, _ prefer: String, _ status: Int, _ text: String) async throws {
        let answer = await Self.ask(try Self.service(), "GET", target, [("Prefer", prefer)])
        #expect(answer.status == status && answer.text == text)
    }

    private static let key = ("Idempotency-Key", "00000000-0000-4000-8000-000000000009")
    private static let json = ("Content-Type", "application/json; charset=utf-8")

    @Test("A request as described is answered; what is read-only need not be sent")
    func good() async throws {
        let answer = await Self.ask(
            try Self.service(), "POST", "/charges?limit=3", [Self.key, Self.json],
            #"{"amount": 2, "currency": "eur"}"#)
        #expect(answer.status == 201 && answer.text == "made" && answer.type == "text/plain")
    }

    @Test(
        "A request that is not as described is told what is wrong and where",
        arguments: [
            (
                "POST", "/charges", true, #"{"amount": 2, "currency": "eur"}"#, 400,
                "query limit: expected a query parameter 'limit', found none"
            ),
            (
                "POST", "/charges?limit=x", true, #"{"amount": 2, "currency": "eur"}"#, 400,
                "query limit: expected"
            ),
            (
                "POST", "/charges?limit=11", true, #"{"amount": 2, "currency": "eur"}"#, 400,
                "query limit: expected"
            ),
            (
                "POST", "/charges?limit=3", true, #"{"amount": 0, "currency": "eur"}"#, 400,
                "body $.amount: expected"
            ),
            ("POST", "/charges?limit=3", true, #"{"amount": 1}"#, 400, "body $: expected"),
            ("POST", "/charges?limit=3", true, "{", 400, "body: expected JSON"),
            (
                "POST", "/charges?limit=3", false, "", 400,
                "body: expected a body of application/json, found none"
            ),
            (
                "POST", "/charges?limit=3", false, "a=1", 415,
                "header Content-Type: expected application/json, found none"
            ),
            ("GET", "/charges/seven", false, "", 400, "path id: expected"),
            (
                "GET", "/charges/7?expand=card&expand=cat", false, "", 400,
                "query expand $[1]: expected"
            ),
        ])
    func bad(
        _ method: String, _ target: String, _ isTyped: Bool, _ body: String, _ status: Int, _ problem: String
    ) async throws {
        let headers = [Self.key] + (isTyped ? [Self.json] : [])
        let answer = await Self.ask(try Self.service(), method, target, headers, body)
        #expect(answer.status == status && answer.type == "application/json")
        let problems = (try? JSON(parsing: answer.text))?["problems"]?.arrayValue ?? []
        #expect(
            problems.count == 1 && problems.first?.stringValue?.hasPrefix(problem) == true, "\(answer.text)")
    }

    @Test("A header that is missing and a path that is unknown are told")
    func missing() async throws {
        let service = try Self.service()
        let answer = await Self.ask(
            service, "POST", "/charges?limit=3", [Self.json], #"{"amount": 2, "currency": "eur"}"#)
        #expect(
            answer.status == 400
                && answer.text.contains(
                    "header Idempotency-Key: expected a header 'Idempotency-Key', found none")
        )
        let unknown = await Self.ask(service, "GET", "/charge")
        #expect(unknown.status == 404 && unknown.text.contains("/charges"))
    }

    @Test("A reference of a schema that leads nowhere is told once for each place it is written at")
    func dangling() {
        let text = """
            openapi: 3.1.0
            info: {title: A, version: "1"}
            paths:
              /a/{id}:
                get:
                  parameters: [{name: id, in: path, required: true, schema: {$ref: "#/components/schemas/No"}}]
                  responses: {204: {description: done}}
            """
        let found = Self.reading(text)
        #expect(found.options == nil)
        #expect(found.problems.map(\.message) == ["there is no '#/components/schemas/No'"])
        #expect(found.problems.first?.location?.line == 6)
    }

    @Test(
        "A document that is wrong says where",
        arguments: [
            ("swagger: '2.0'\n", "AS145", "expected an OpenAPI document of 3.0 or 3.1, found Swagger 2.0", 1),
            (
                "openapi: 3.1.0\ninfo: {title: A, version: 1}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          $ref: '#/components/responses/A'\n",
                "AS148", "there is no '#/components/responses/A'", 8
            ),
            (
                "openapi: 3.1.0\ninfo: {title: A, version: 1}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          content:\n            application/json:\n              schema: {type: object, required: 7}\n",
                "AS154", "a schema cannot be used", 10
            ),
            (
                "openapi: 3.1.0\ninfo: {title: A, version: 1}\npaths:\n  /{a}.json:\n    get:\n      parameters: [{name: a, in: path, required: true, schema: {}}]\n      responses: {204: {description: ok}}\n",
                "AS351", "'/{a}.json' is no path of a route: '{name}' is a whole segment, found '{a}.json'", 6
            ),
            (
                "openapi: 3.1.0\ninfo: {title: A, version: 1}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          content:\n            application/json:\n              schema: {type: integer}\n              example: x\n",
                "AS155", "the example is not as its schema says: $: expected", 11
            ),
            (
                "openapi: 3.1.0\ninfo: {title: A, version: 1}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          content:\n            application/json:\n              schema: {type: string, pattern: '^[0-9]+$'}\n",
                "AS353", "what is made of the schema is not as it says: $: expected", 10
            ),
        ])
    func wrong(_ text: String, _ code: String, _ message: String, _ line: Int) {
        let found = Self.reading(text)
        #expect(found.problems.map(\.code.description) == [code])
        #expect(found.problems.first?.message.hasPrefix(message) == true, "\(found.problems)")
        #expect(found.problems.first?.location?.line == line, "\(found.problems)")
        #expect((found.options == nil) == (found.problems.first?.severity == .error))
    }
}
