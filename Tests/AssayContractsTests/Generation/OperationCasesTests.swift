import AssayContracts
import AssayFormats
import Testing

private let shop = """
    openapi: 3.1.0
    info: {title: shop, version: "1"}
    servers: [{url: "http://localhost/api"}]
    paths:
      /orders:
        post:
          parameters:
            - {name: dry, in: query, schema: {type: boolean}}
            - {name: X-Tenant, in: header, required: true, schema: {type: string, minLength: 2}}
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: "#/components/schemas/Order"}
                examples: {two: {value: {item: pen, quantity: 2}}}
          responses: {"201": {description: made}}
      /orders/special:
        get: {responses: {"200": {description: one}}}
      /orders/{id}:
        get:
          parameters:
            - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
            - {name: fields, in: query, schema: {type: array, items: {enum: [item, quantity]}}, explode: false}
            - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {size: {type: integer}}}}
          responses: {"200": {description: one}}
    components:
      schemas:
        Order:
          type: object
          required: [item, quantity]
          properties:
            item: {type: string, minLength: 1, maxLength: 8}
            quantity: {type: integer, minimum: 1, maximum: 100}
            gift: {type: boolean}
          additionalProperties: false
    """

private func document(_ text: String = shop) throws -> APIDocument {
    let bag = DiagnosticBag()
    let yaml = try YAMLDocument(parsing: Array(text.utf8), file: "shop.yaml")
    return try #require(APIDocument.read(YAMLReading(yaml, bag: bag)))
}

private func cases(_ operation: String, seed: UInt64 = 1, limit: Int = 60) throws -> OperationCases {
    let document = try document()
    let found = try #require(document.operations.first { $0.name == operation })
    return OperationCases(document, found, options: CaseOptions(seed: seed, limit: limit))
}

@Suite("Requests to probe an operation with")
struct OperationCasesTests {
    @Test("valid requests come of examples, of every bound and by chance, and the document accepts each")
    func valid() throws {
        let cases = try cases("POST /orders").valid().get()
        #expect(cases.count == 60)
        #expect(Set(cases.map(\.phase)) == [.examples, .coverage, .random])
        let document = try document()
        for found in cases {
            let request = found.draft.request(basePath: "/api")
            let findings = document.judge(ContractExchange(request: request), contract: "shop")
            #expect(findings.isEmpty, "\(found.what): \(findings)")
            #expect(request.path == "/api/orders")
            #expect((request.header("X-Tenant")?.count ?? 0) >= 2)
        }
        let told = Set(cases.map(\.what))
        for wanted in [
            "body: the example 'two'", "required parts only", "query dry is false",
            "body $.quantity at its maximum",
            "header X-Tenant just above its least length",
        ] { #expect(told.contains(wanted), "\(told)") }
    }

    @Test("the same seed makes the same requests, another one others")
    func seeds() throws {
        let first = try cases("POST /orders", seed: 5).valid().get()
        #expect(try cases("POST /orders", seed: 5).valid().get() == first)
        #expect(try cases("POST /orders", seed: 6).valid().get() != first)
    }

    @Test("invalid requests say why they are, and the document refuses each")
    func invalid() throws {
        let cases = try cases("POST /orders").invalid()
        let document = try document()
        for found in cases where found.reason?.rule != .unknownMethod {
            let exchange = ContractExchange(request: found.draft.request(basePath: "/api"))
            #expect(!document.judge(exchange, contract: "shop").isEmpty, "\(found.what)")
        }
        let told = cases.compactMap(\.reason).map { "\($0.rule.rawValue) \($0.place): \($0.words)" }
        for wanted in [
            "missing-header header X-Tenant: the header 'X-Tenant' is left out, which is required",
            "missing-body body: the body is left out, which is required",
            "missing-member body $.item: the member 'item' is left out, which is required",
            "wrong-type query dry: a text is sent where boolean is asked for",
            "below-minimum body $.quantity: 0 is sent where at least 1 is allowed",
            "too-short body $.item: 0 characters are sent where at least 1 is asked for",
            "wrong-media-type header Content-Type: a body of text/plain is sent where application/json is described",
            "malformed-json body: the body is no JSON: it ends too early",
            "unknown-method method: the method PATCH is used, which /orders does not have",
        ] { #expect(told.contains(wanted), "\(told.joined(separator: "\n"))") }
        #expect(told.contains { $0.hasPrefix("additional-member body $.assay-none-of-these") })
    }

    @Test(
        "arguments stand in path and query in their styles, and never make another operation of the request")
    func styles() throws {
        let operation = try cases("GET /orders/{id}")
        let requests = try operation.valid().get().map { $0.draft.request() }
        #expect(requests.allSatisfy { $0.path.hasPrefix("/orders/") && $0.path != "/orders/special" })
        let queries = Set(requests.compactMap(\.query))
        #expect(queries.contains("fields=item,quantity") || queries.contains { $0.contains("fields=item") })
        #expect(queries.contains { $0.contains("filter%5Bsize%5D=") })
        #expect(operation.invalid().contains { $0.draft.request().path == "/orders/abc" })
    }

    @Test("smaller cases stay of their kind")
    func shrinks() throws {
        let operation = try cases("POST /orders")
        let valid = try #require(try operation.valid().get().last)
        let document = try document()
        for smaller in operation.smaller(than: valid) {
            let exchange = ContractExchange(request: smaller.draft.request(basePath: "/api"))
            #expect(document.judge(exchange, contract: "").isEmpty)
        }
        let invalid = try #require(
            operation.invalid().first {
                $0.reason?.place == "body $.quantity" && $0.reason?.rule == .wrongType
            })
        let smallest = operation.smaller(than: invalid)
        #expect(!smallest.isEmpty)
        for smaller in smallest {
            let exchange = ContractExchange(request: smaller.draft.request(basePath: "/api"))
            #expect(document.judge(exchange, contract: "").map(\.place) == ["body $.quantity"])
        }
    }

    @Test("an operation of which nothing can be made says why")
    func impossible() throws {
        let text = shop.replacing("minLength: 1, maxLength: 8", with: "pattern: '^(?=x)y$'")
        let document = try document(text)
        let operation = OperationCases(document, document.operations[0], options: CaseOptions(seed: 1))
        #expect(
            operation.valid()
                == .failure(
                    GenerationProblem(
                        reason: "body: the pattern ^(?=x)y$ has a group that looks around or changes modes")))
    }

    @Test("an example that does not hold its own schema is not sent as a valid request")
    func wrongExamples() throws {
        let text = shop.replacing("{item: pen, quantity: 2}", with: "{item: pen, quantity: 0}")
        let document = try document(text)
        let operation = OperationCases(document, document.operations[0], options: CaseOptions(seed: 1))
        let cases = try operation.valid().get()
        #expect(!cases.isEmpty && !cases.contains { $0.what.contains("'two'") })
    }

    @Test("a value that somebody named is used as it is")
    func named() throws {
        let document = try document()
        let operation = try #require(document.operations.first { $0.name == "GET /orders/{id}" })
        let cases = OperationCases(document, operation, options: CaseOptions(seed: 1, values: ["id": "77"]))
        #expect(try cases.valid().get().allSatisfy { $0.draft.request().path == "/orders/77" })
    }
}
