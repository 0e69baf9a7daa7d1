import AssayContracts
import AssayFormats
import Testing

@Suite("Paths of OpenAPI documents")
struct APIPathTests {
    static func document(_ paths: [String], servers: String = "[]") throws -> APIDocument {
        let operations = paths.map { word in
            let parts = word.split(separator: " ")
            let names = parts[1].split(separator: "{").dropFirst().map { $0.prefix { $0 != "}" } }
            let parameters = names.map { "{name: \($0), in: path, required: true, schema: {type: string}}" }
            return """
                  "\(parts[1])":
                    \(parts[0].lowercased()):
                      parameters: [\(parameters.joined(separator: ", "))]
                      responses: {200: {description: ok}}
                """
        }
        return try ReadDocument.good(
            """
            openapi: 3.0.3
            info: {title: A, version: "1"}
            servers: \(servers)
            paths:
            \(operations.joined(separator: "\n"))
            """)
    }

    static let paths = [
        "GET /jobs/{id}", "GET /jobs/recent", "POST /jobs/{name}/start", "GET /files/{file}.{format}",
        "GET /files/{file}", "POST /files/latest", "GET /a%20b/{x}", "GET /", "GET /jobs/", "GET /v/{a}:{b}",
        "HEAD /both", "PATCH /tail/",
    ]

    static let cases: [(request: String, operation: String?, values: [String])] = [
        ("GET /jobs/7", "GET /jobs/{id}", ["id=7"]), ("GET /jobs/recent", "GET /jobs/recent", []),
        ("POST /jobs/a%2Fb/start", "POST /jobs/{name}/start", ["name=a%2Fb"]),
        ("GET /files/report.pdf", "GET /files/{file}.{format}", ["file=report", "format=pdf"]),
        ("GET /files/report", "GET /files/{file}", ["file=report"]),
        // A path of constants without the method leaves it to one with parameters.
        ("GET /files/latest", "GET /files/{file}", ["file=latest"]),
        ("POST /files/latest", "POST /files/latest", []),
        ("GET /a%20b/1", "GET /a%20b/{x}", ["x=1"]), ("GET /a b/1", "GET /a%20b/{x}", ["x=1"]),
        ("GET /", "GET /", []), ("GET /jobs/", "GET /jobs/", []), ("GET /jobs", nil, []),
        ("GET /v/1:2", "GET /v/{a}:{b}", ["a=1", "b=2"]), ("GET /v/1", nil, []),
        ("HEAD /jobs/7", "GET /jobs/{id}", ["id=7"]), ("HEAD /both", "HEAD /both", []),
        ("GET /both", nil, []), ("DELETE /jobs/7", nil, []), ("GET /jobs/7/more", nil, []),
        ("GET jobs", nil, []), ("PATCH /tail/", "PATCH /tail/", []), ("PATCH /tail", nil, []),
    ]

    @Test("a request goes to the operation whose path says most", arguments: cases)
    func match(request: String, operation: String?, values: [String]) throws {
        let document = try Self.document(Self.paths)
        let place = request.firstIndex(of: " ") ?? request.endIndex
        let found = document.match(
            method: String(request[..<place]), path: String(request[place...].dropFirst()))
        #expect(found?.operation.name == operation)
        #expect((found?.values ?? []).map { "\($0.name)=\($0.text)" } == values)
    }

    @Test(
        "base paths of servers count, and may be left out",
        arguments: [
            ("/v1/jobs", "GET /jobs"), ("/jobs", "GET /jobs"), ("/eu/jobs", "GET /jobs"), ("/v1/jobs/x", nil),
            ("/v1/v1/jobs", nil),
        ])
    func base(path: String, operation: String?) throws {
        let document = try Self.document(
            ["GET /jobs"],
            servers: """
                [{url: "https://a.example/v1/"}, {url: "/{region}", variables: {region: {default: eu}}}]
                """)
        #expect(document.match(method: "GET", path: path)?.operation.name == operation)
        #expect(document.match(method: "GET", path: path)?.values.isEmpty ?? true)
    }

    @Test("long paths with many parameters end")
    func hostile() throws {
        let document = try Self.document(["GET /{a}{b}{c}{d}/x", "GET /{e}-{f}-{g}/y"])
        let segment = String(repeating: "-", count: 200)
        #expect(document.match(method: "GET", path: "/\(segment)/z") == nil)
        #expect(document.match(method: "GET", path: String(repeating: "/\(segment)", count: 300)) == nil)
    }
}
