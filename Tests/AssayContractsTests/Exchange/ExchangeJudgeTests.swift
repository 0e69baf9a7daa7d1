import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Exchanges judged by an OpenAPI document")
struct ExchangeJudgeTests {
    static let orders = """
        /orders:
          post:
            requestBody:
              required: true
              content:
                application/json: {schema: {$ref: "#/components/schemas/Order"}}
                application/x-www-form-urlencoded:
                  schema:
                    type: object
                    required: [id]
                    additionalProperties: false
                    properties: {id: {type: integer}, tags: {type: array, items: {type: string}}, meta: {type: object}}
                  encoding: {tags: {style: form, explode: false}}
                multipart/form-data:
                  schema:
                    type: object
                    required: [file, count]
                    properties:
                      file: {type: string, format: binary}
                      count: {type: integer}
                      meta: {type: object, required: [a]}
                      more: {type: array, items: {type: integer}}
                text/*: {schema: {type: string, maxLength: 3}}
                image/png: {schema: {type: string, format: binary}}
            responses:
              "201":
                description: made
                headers:
                  Location: {required: true, schema: {type: string, format: uri-reference}}
                  X-Left: {schema: {type: integer}}
                content:
                  application/json: {schema: {$ref: "#/components/schemas/Order"}}
                  text/plain: {schema: {type: integer}}
              4XX:
                description: no
                content: {application/problem+json: {schema: {type: object, required: [title]}}}
              "204": {description: nothing}
          get:
            responses:
              default: {description: ok, content: {application/json: {}}}
        """
    static let components = """
        components:
          schemas:
            Order:
              type: object
              required: [id, quantity]
              properties:
                id: {type: string, readOnly: true}
                quantity: {type: integer, minimum: 1}
                note: {type: string}
                key: {type: string, writeOnly: true}
        """

    static func document() throws -> APIDocument {
        try Exchange.document(orders, version: "3.0.3", more: components)
    }

    static let multipart = """
        --b1\r
        Content-Disposition: form-data; name="file"; filename="a.png"\r
        Content-Type: image/png\r
        \r
        \u{1}\r
        --b1\r
        content-disposition: form-data; name=count\r
        \r
        COUNT\r
        --b1\r
        Content-Disposition: form-data; name="meta"\r
        \r
        {"a": 1}\r
        --b1\r
        Content-Disposition: form-data; name="more"\r
        \r
        1\r
        --b1\r
        Content-Disposition: form-data; name="more"\r
        \r
        2\r
        --b1--\r

        """

    static func multipart(count: String) -> String {
        multipart.split(separator: "COUNT", omittingEmptySubsequences: false).joined(separator: count)
    }

    static let requests: [(type: String?, body: String?, said: [String])] = [
        ("application/json; charset=utf-8", #"{"quantity": 1, "key": "k"}"#, []),
        (
            "application/json", #"{"quantity": 0}"#,
            ["request-body body $.quantity: expected at least 1, found 0"]
        ),
        ("application/json", nil, ["request-body body: expected a body of ONE, found none"]),
        ("application/json", "", ["request-body body: expected a body of ONE, found none"]),
        (nil, nil, ["request-body body: expected a body of ONE, found none"]),
        (nil, "{}", ["request-media-type header Content-Type: expected ONE, found none"]),
        (
            "application/xml", "<a/>",
            ["request-media-type header Content-Type: expected ONE, found 'application/xml'"]
        ),
        ("json", "{}", ["request-media-type header Content-Type: expected ONE, found 'json'"]),
        (
            "application/json", "{",
            [
                "body-unreadable body: expected JSON: a member's name in double quotes, found the end of the text at 1:2"
            ]
        ),
        ("application/x-www-form-urlencoded", "id=7&tags=a,b&meta=%7B%7D", []),
        (
            "application/x-www-form-urlencoded", "id=x&other=1",
            [
                "request-body body $.id: expected integer, found string \"x\"",
                "request-body body $.other: expected nothing: no value is accepted here, found \"1\"",
            ]
        ),
        (
            "application/x-www-form-urlencoded", "tags=a",
            ["request-body body $: expected a member 'id', found an object with tags"]
        ),
        ("multipart/form-data; boundary=b1", multipart(count: "3"), []),
        (
            "multipart/form-data; boundary=\"b1\"", multipart(count: "x"),
            ["request-body body $.count: expected integer, found string \"x\""]
        ),
        (
            "multipart/form-data", multipart(count: "3"),
            ["body-unreadable body: expected a boundary in the Content-Type, found none"]
        ),
        (
            "multipart/form-data; boundary=b2", multipart(count: "3"),
            ["body-unreadable body: expected parts between lines '--b2', found none that end"]
        ),
        ("text/csv", "abc", []), ("text/csv", "", []),
        (
            "text/csv", "abcd",
            ["request-body body $: expected at most 3 characters, found 4: \"abcd\""]
        ),
        ("image/png", "\u{1}\u{2}", []),
    ]

    static let types =
        "one of application/json, application/x-www-form-urlencoded, multipart/form-data, text/*, image/png"

    @Test("the body of a request is judged by its media type", arguments: requests)
    func request(type: String?, body: String?, said: [String]) throws {
        let exchange = Exchange.request(
            "POST /orders", type.map { "Content-Type: " + $0 } ?? "", body: body)
        let findings = try Self.document().judge(exchange, contract: "orders")
        let expected = said.map {
            $0.split(separator: "ONE", omittingEmptySubsequences: false).joined(separator: Self.types)
        }
        #expect(Exchange.said(findings) == expected)
        #expect(findings.allSatisfy { $0.side == .request && $0.operation == "POST /orders" })
    }

    static let responses: [(status: Int, headers: String, body: String, said: [String])] = [
        (201, "Location: /orders/1\nContent-Type: application/json", #"{"id": "1", "quantity": 1}"#, []),
        (201, "location: /orders/1\ncontent-type: text/plain", "7", []),
        (
            201, "Content-Type: application/json\nX-Left: x", #"{"quantity": 1, "key": "k"}"#,
            [
                "response-header header Location: expected a header 'Location', found none",
                "response-header header X-Left: expected integer, found string \"x\"",
                "response-body body $: expected no member 'key', which is write-only, found an object with quantity, key",
                "response-body body $: expected a member 'id', found an object with quantity, key",
            ]
        ),
        (
            201, "Location: /\nContent-Type: text/plain", "seven",
            ["response-body body $: expected integer, found string \"seven\""]
        ),
        (
            201, "Location: /\nContent-Type: text/html", "x",
            [
                "response-media-type header Content-Type: expected one of application/json, text/plain, found 'text/html'"
            ]
        ),
        (
            201, "Location: /", "",
            ["response-body body: expected a body of one of application/json, text/plain, found none"]
        ),
        (
            201, "Location: /", "x",
            [
                "response-media-type header Content-Type: expected one of application/json, text/plain, found none"
            ]
        ),
        (404, "Content-Type: application/problem+json", #"{"title": "gone"}"#, []),
        (
            422, "Content-Type: application/problem+json", "[]",
            ["response-body body $: expected object, found array []"]
        ),
        (
            404, "Content-Type: application/json", "{}",
            [
                "response-media-type header Content-Type: expected application/problem+json, found 'application/json'"
            ]
        ),
        (204, "", "", []),
        (500, "", "", ["response-status status: expected one of 201, 4XX, 204, found 500"]),
        (200, "", "", ["response-status status: expected one of 201, 4XX, 204, found 200"]),
    ]

    @Test("a response is judged by its status, headers and body", arguments: responses)
    func response(status: Int, headers: String, body: String, said: [String]) throws {
        var exchange = Exchange.request(
            "POST /orders", "Content-Type: application/json", body: #"{"quantity": 1}"#)
        exchange.response = .init(
            status: status, headers: Exchange.headers(headers), body: Array(body.utf8))
        let findings = try Self.document().judge(exchange, contract: "orders")
        #expect(Exchange.said(findings) == said)
        #expect(findings.allSatisfy { $0.side == .response })
    }

    @Test("HEAD is judged as GET without its body; statuses without bodies have none")
    func head() throws {
        var exchange = Exchange.request("HEAD /orders")
        exchange.response = .init(status: 200, headers: [.init("Content-Type", "text/html")])
        #expect(try Self.document().judge(exchange, contract: "orders").isEmpty)
        exchange.request.method = "GET"
        exchange.response = .init(status: 304)
        #expect(try Self.document().judge(exchange, contract: "orders").isEmpty)
        exchange.response = .init(
            status: 200, headers: [.init("Content-Type", "application/json")], body: [0x7B])
        let findings = try Self.document().judge(exchange, contract: "orders")
        #expect(findings.map(\.rule) == [.bodyUnreadable])
    }

    @Test(
        "a request that no operation has is told with what there is; CORS preflights are let be",
        arguments: [
            ("GET /order", "", ["operation-unknown path: expected a path of api/jobs.yaml, found /order"]),
            (
                "PUT /orders", "",
                ["operation-unknown method: expected one of POST, GET for /orders, found PUT"]
            ),
            ("OPTIONS /orders", "Access-Control-Request-Method: POST", []),
            (
                "OPTIONS /orders", "",
                ["operation-unknown method: expected one of POST, GET for /orders, found OPTIONS"]
            ),
        ])
    func unknown(line: String, headers: String, said: [String]) throws {
        let findings = try Self.document().judge(Exchange.request(line, headers), contract: "orders")
        #expect(Exchange.said(findings) == said)
        #expect(findings.allSatisfy { $0.operation.isEmpty && $0.contract == "orders" })
    }

    @Test("a finding names the schema and where it is written")
    func places() throws {
        let exchange = Exchange.request(
            "POST /orders", "Content-Type: application/json", body: #"{"quantity": 0}"#)
        let finding = try #require(try Self.document().judge(exchange, contract: "orders").first)
        #expect(finding.schemaPath == "api/jobs.yaml#/components/schemas/Order/properties/quantity/minimum")
        #expect(finding.location?.description == "api/jobs.yaml:51:44")
        var missing = Exchange.request(
            "POST /orders", "Content-Type: application/json", body: #"{"quantity": 1}"#)
        missing.response = .init(status: 500)
        let status = try #require(try Self.document().judge(missing, contract: "orders").first)
        #expect(status.place == "status")
    }

    @Test("strict judging tells bodies that are not described and credentials that are missing")
    func strict() throws {
        let document = try Exchange.document(
            """
            /a:
              get:
                security: [{token: []}, {key: [], basic: []}]
                responses: {200: {description: ok}, 401: {description: who}}
            """,
            more: """
                components:
                  securitySchemes:
                    token: {type: http, scheme: bearer}
                    key: {type: apiKey, in: query, name: key}
                    basic: {type: http, scheme: basic}
                """)
        func said(_ line: String, _ headers: String, _ status: Int, body: String = "") -> [String] {
            var exchange = Exchange.request(line, headers, body: "x")
            exchange.response = .init(status: status, body: Array(body.utf8))
            #expect(document.judge(exchange, contract: "a").isEmpty)
            exchange.request.body = body.isEmpty ? nil : Array(body.utf8)
            return Exchange.said(document.judge(exchange, contract: "a", judging: .init(isStrict: true)))
        }
        let security =
            "request-security security: expected credentials of one of token, basic and key, found none"
        #expect(said("GET /a", "", 200) == [security])
        #expect(said("GET /a", "", 401).isEmpty)
        #expect(said("GET /a", "Authorization: Bearer x", 200).isEmpty)
        #expect(said("GET /a?key=1", "Authorization: basic x", 200).isEmpty)
        #expect(said("GET /a", "Authorization: Basic x", 200) == [security])
        #expect(
            said("GET /a", "Authorization: Bearer x", 200, body: "ab") == [
                "request-body body: expected no body, found 2 bytes",
                "response-body body: expected no body, found 2 bytes",
            ])
    }
}
