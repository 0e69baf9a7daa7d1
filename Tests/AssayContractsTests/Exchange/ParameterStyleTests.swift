import AssayContracts
import AssayFormats
import Testing

/// Parameters in every style of OpenAPI's "Style Examples".
@Suite("Parameters of exchanges")
struct ParameterStyleTests {
    static let kinds = [
        "int": "{type: integer}", "text": "{type: string, minLength: 1}", "flag": "{type: boolean}",
        "list": "{type: array, items: {type: integer}, maxItems: 3}",
        "words": "{type: array, items: {type: string, enum: [blue, black, brown]}}",
        "rgb": """
        {type: object, required: [R], additionalProperties: false, properties: {R: {type: integer}, G: {type: integer},
        B: {type: integer}}}
        """,
        "either": "{anyOf: [{type: integer}, {type: string, pattern: '^v[0-9]+$'}]}",
        "nullable": "{type: [integer, 'null']}", "any": "{}",
        "textOrList": "{anyOf: [{type: string}, {type: array, items: {type: string}, minItems: 2}]}",
    ]

    /// place, style, explode, kind, request, whether it holds
    static let cases: [(place: String, style: String, kind: String, text: String, holds: Bool)] = [
        // path
        ("path", "simple", "int", "5", true), ("path", "simple", "int", "x", false),
        ("path", "simple", "text", "a%2Fb", true), ("path", "simple", "flag", "true", true),
        ("path", "simple", "flag", "1", false), ("path", "simple", "list", "1,2,3", true),
        ("path", "simple", "list", "1,2,3,4", false), ("path", "simple", "rgb", "R,100,G,200", true),
        ("path", "simple*", "rgb", "R=100,G=200", true), ("path", "simple", "rgb", "R,x", false),
        ("path", "label", "int", ".5", true), ("path", "label", "int", "5", false),
        ("path", "label", "words", ".blue,black", true), ("path", "label*", "words", ".blue.black", true),
        ("path", "label", "words", ".blue.black", true), ("path", "label*", "words", ".blue.red", false),
        ("path", "label", "rgb", ".R,100,G,200", true), ("path", "label*", "rgb", ".R=100.G=200", true),
        ("path", "matrix", "int", ";p=5", true), ("path", "matrix", "int", ";q=5", false),
        ("path", "matrix", "int", "5", false), ("path", "matrix", "words", ";p=blue,black", true),
        ("path", "matrix*", "words", ";p=blue;p=black", true),
        ("path", "matrix*", "words", ";p=blue;p=red", false),
        ("path", "matrix", "rgb", ";p=R,100,G,200", true), ("path", "matrix*", "rgb", ";R=100;G=200", true),
        // query
        ("query", "form*", "int", "p=5", true), ("query", "form*", "int", "p=x", false),
        ("query", "form*", "int", "", false), ("query", "form*", "text", "p=a+b%20c", true),
        ("query", "form*", "text", "p=", false), ("query", "form*", "list", "p=1&p=2", true),
        ("query", "form*", "list", "p=1,2", false), ("query", "form*", "list", "p=1&p=x", false),
        ("query", "form", "list", "p=1,2", true), ("query", "form", "list", "p=1%2C2", true),
        ("query", "form", "words", "p=blue,black", true), ("query", "form", "words", "p=blue,red", false),
        ("query", "form", "words", "p=", true), ("query", "form*", "rgb", "R=1&G=2&other=3", true),
        ("query", "form*", "rgb", "G=2", false), ("query", "form*", "rgb", "other=3", false),
        ("query", "form", "rgb", "p=R,100,G,200", true), ("query", "form", "rgb", "p=R,100,X,200", false),
        ("query", "spaceDelimited", "list", "p=1%202", true),
        ("query", "spaceDelimited", "list", "p=1+2", true),
        ("query", "spaceDelimited", "list", "p=1,2", false),
        ("query", "spaceDelimited", "rgb", "p=R%201%20G%202", true),
        ("query", "spaceDelimited*", "list", "p=1&p=2", true),
        ("query", "pipeDelimited", "list", "p=1|2", true),
        ("query", "pipeDelimited", "list", "p=1%7C2", true),
        ("query", "pipeDelimited", "rgb", "p=R|1|G|2", true),
        ("query", "pipeDelimited", "list", "p=1|x", false),
        ("query", "deepObject*", "rgb", "p[R]=1&p[G]=2", true),
        ("query", "deepObject*", "rgb", "p[G]=2", false),
        ("query", "deepObject*", "rgb", "p%5BR%5D=1", true), ("query", "deepObject*", "rgb", "p[R]=x", false),
        ("query", "form*", "either", "p=5", true), ("query", "form*", "either", "p=v5", true),
        ("query", "form*", "either", "p=w", false), ("query", "form*", "nullable", "p=", true),
        ("query", "form*", "nullable", "p=null", true), ("query", "form*", "nullable", "p=x", false),
        ("query", "form*", "any", "p=5&p=6", true), ("query", "form*", "textOrList", "p=a", true),
        ("query", "form*", "textOrList", "p=a&p=b", true),
        // header
        ("header", "simple", "int", "5", true), ("header", "simple", "int", "x", false),
        ("header", "simple", "list", "1, 2,3", true), ("header", "simple", "list", "1\nP: 2", true),
        ("header", "simple", "list", "1,x", false), ("header", "simple", "rgb", "R,100,G,200", true),
        ("header", "simple*", "rgb", "R=100,G=200", true), ("header", "simple", "text", "a, b", true),
        // cookie
        ("cookie", "form*", "int", "a=b; p=5", true), ("cookie", "form*", "int", "p=x", false),
        ("cookie", "form*", "int", "q=5", false), ("cookie", "form", "list", "p=1,2", true),
        ("cookie", "form", "rgb", "p=R,100,G,200", true),
    ]

    @Test("a value is read from its text in its style", arguments: cases)
    func styles(place: String, style: String, kind: String, text: String, holds: Bool) throws {
        let isExploded = style.hasSuffix("*")
        let schema = try #require(Self.kinds[kind])
        let path = place == "path" ? "/a/{p}" : "/a"
        let document = try Exchange.document(
            """
            "\(path)":
              get:
                parameters:
                  - name: p
                    in: \(place)
                    required: true
                    style: \(isExploded ? String(style.dropLast()) : style)
                    explode: \(isExploded)
                    schema: \(schema)
                responses: {200: {description: ok}}
            """)
        let exchange =
            switch place {
            case "path": Exchange.request("GET /a/" + text)
            case "query": Exchange.request("GET /a?" + text)
            case "header": Exchange.request("GET /a", "P: " + text)
            default: Exchange.request("GET /a", "Cookie: " + text)
            }
        let said = Exchange.said(document.judge(exchange, contract: "a"))
        #expect(said.isEmpty == holds, "\(said)")
        let rule = place == "header" ? "request-header header p" : "request-parameter \(place) p"
        #expect(said.allSatisfy { $0.hasPrefix(rule) }, "\(said)")
    }

    static let mixed = """
        /a:
          get:
            parameters:
              - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {ids: {type: array,
                 items: {type: integer}}, range: {type: object, properties: {from: {type: integer}}}}}}
              - {name: where, in: query, content: {application/json: {schema: {type: object, required: [a]}}}}
              - {name: empty, in: query, allowEmptyValue: true, schema: {type: integer}}
              - {name: X-Meta, in: header, content: {application/json: {schema: {type: array}}}}
              - {name: Authorization, in: header, required: true, schema: {type: integer}}
              - {name: page, in: query, required: true, schema: {type: integer}}
            responses: {200: {description: ok}}
        """

    @Test(
        "JSON in parameters, deeper objects, empty values and what must be there",
        arguments: [
            ("page=1&filter[ids][]=1&filter[ids][]=2&filter[range][from]=3", "", []),
            (
                "page=1&filter[ids][0]=1&filter[ids][1]=x", "",
                ["request-parameter query filter $.ids[1]: expected integer, found string \"x\""]
            ),
            (
                "page=1&filter[range][from]=x", "",
                ["request-parameter query filter $.range.from: expected integer, found string \"x\""]
            ),
            ("page=1&where=%7B%22a%22%3A1%7D", "X-Meta: []", []),
            (
                "page=1&where={}", "",
                ["request-parameter query where: expected a member 'a', found an object without members"]
            ),
            (
                "page=1&where=x", "X-Meta: {}",
                [
                    "request-parameter query where: expected JSON: a value, found 'x' in 'x'",
                    "request-header header X-Meta: expected array, found object {}",
                ]
            ),
            ("page=1&empty=", "", []), ("page=1&empty", "", []),
            ("", "", ["request-parameter query page: expected a query parameter 'page', found none"]),
            ("page=1&other=2", "", []),
        ])
    func mixed(query: String, headers: String, said: [String]) throws {
        let document = try Exchange.document(Self.mixed)
        let findings = document.judge(Exchange.request("GET /a?" + query, headers), contract: "a")
        #expect(Exchange.said(findings) == said)
    }

    @Test("strict judging tells query parameters that are not described")
    func strict() throws {
        let document = try Exchange.document(Self.mixed)
        let exchange = Exchange.request("GET /a?page=1&filter[ids][]=1&other=2&other=3&filters[a]=1")
        let findings = document.judge(exchange, contract: "a", judging: ContractJudging(isStrict: true))
        let known = "expected only the query parameters filter, where, empty, page"
        #expect(
            Exchange.said(findings) == [
                "request-parameter query other: \(known), found 'other'",
                "request-parameter query filters[a]: \(known), found 'filters[a]'",
            ])
    }
}
