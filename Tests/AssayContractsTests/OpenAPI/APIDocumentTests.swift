import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("OpenAPI documents")
struct APIDocumentTests {
    static func sample() throws -> APIDocument {
        try ReadDocument.good(SampleDocument.text, others: ["api/common.yaml": SampleDocument.common])
    }

    @Test("operations are there in the document's order, with what their path shares")
    func operations() throws {
        let document = try Self.sample()
        #expect(document.title == "Jobs" && document.interfaceVersion == "2" && document.version == "3.1.0")
        #expect(document.operations.map(\.name) == ["GET /jobs/{id}", "PUT /jobs/{id}", "GET /shared"])
        let get = document.operations[0]
        #expect(get.id == "getJob" && get.isDeprecated && get.tags == ["jobs"])
        #expect(get.extensions["x-sunset"] == "2027-01-01")
        #expect(get.pointer == "/paths/~1jobs~1{id}/get")
        #expect(get.location == document.location(of: get.pointer))
        #expect(get.location.line == 22)
        #expect(get.parameters.map(\.name) == ["id", "X-Tenant", "fields", "where"])
        // The operation's own replaces that of its path.
        #expect(get.parameters[1].schema?["minLength"] == 3)
        #expect(get.parameters[1].schemaPointer == "/paths/~1jobs~1{id}/get/parameters/0/schema")
        #expect(get.parameters[1].examples.map(\.value) == ["acme"])
        #expect(get.parameters[2].style == .pipeDelimited && !get.parameters[2].isExploded)
        #expect(get.parameters[3].contentType == "application/json")
        #expect(get.parameters[3].style == .form && get.parameters[3].isExploded)
        #expect(document.operations[1].parameters.map(\.pointer).last == "/components/parameters/Tenant")
    }

    @Test("responses and bodies are resolved, their classes and media types in the document's order")
    func contents() throws {
        let document = try Self.sample()
        let get = document.operations[0]
        #expect(get.responses.map(\.name) == ["200", "4XX", "default"])
        #expect(get.response(for: 404)?.name == "4XX" && get.response(for: 500)?.name == "default")
        #expect(get.responses.map(\.standardStatus) == [200, 400, 200])
        let found = get.responses[0]
        #expect(found.headers.map(\.name) == ["X-Rate"] && found.headers[0].isRequired)
        #expect(found.media[0].examples.map(\.name) == ["one", "shared"])
        #expect(found.media[0].schema == ["$ref": "#/components/schemas/Job"])
        #expect(get.responses[1].pointer == "/components/responses/Problem")
        let body = try #require(document.operations[1].body)
        #expect(body.isRequired && body.media.map(\.type) == ["application/json", "multipart/form-data"])
        #expect(body.media[1].encodings["meta"]?.contentType == "application/json")
    }

    @Test("callbacks and webhooks are kept aside")
    func aside() throws {
        let document = try Self.sample()
        #expect(document.operations[1].callbacks.map(\.name) == ["POST done {$request.query.url}"])
        #expect(document.webhooks.map(\.name) == ["POST jobDone"])
        #expect(document.match(method: "POST", path: "/jobDone") == nil)
    }

    @Test("security is that of the operation, else that of the document")
    func security() throws {
        let document = try Self.sample()
        #expect(document.operations[0].security == [[:], ["key": [], "login": ["read"]]])
        #expect(document.operations[1].security.isEmpty)
        #expect(document.operations[2].security == [["token": []]])
        #expect(
            document.securitySchemes.map(\.kind) == [
                .httpBearer, .apiKey(in: .query, name: "api_key"), .oauth2, .httpBasic, .openIdConnect,
            ])
    }

    @Test("parts of other documents are resolved against those, with their places there")
    func others() throws {
        let document = try Self.sample()
        let shared = document.operations[2]
        #expect(shared.pointer == "api/common.yaml#/paths/~1shared/get")
        let limit = shared.parameters[0]
        #expect(limit.schemaPointer == "api/common.yaml#/Limit/schema")
        #expect(limit.location.description == "api/common.yaml:7:1")
        #expect(document.location(of: "api/common.yaml#/Problem/required")?.line == 8)
        let schema = try #require(document.schema(at: "api/common.yaml#/Limit/schema", for: .request))
        #expect(schema.accepts(10) && !schema.accepts(11))
        let problem = try #require(
            document.schema(
                at: "/components/responses/Problem/content/application~1problem+json/schema", for: .response))
        #expect(!problem.accepts([:]))
    }

    @Test("requests need not have what is read-only, responses must not have what is write-only")
    func directions() throws {
        let document = try Self.sample()
        let sent = try #require(
            document.schema(
                at: "/components/requestBodies/Job/content/application~1json/schema", for: .request))
        #expect(sent.accepts(["state": "new"]) && !sent.accepts(["id": 1]))
        let got = try #require(
            document.schema(
                at: "/paths/~1jobs~1{id}/get/responses/200/content/application~1json/schema", for: .response))
        #expect(!got.accepts(["state": "new"]) && got.accepts(["id": 1, "state": "new"]))
        #expect(!got.accepts(["id": 1, "state": "new", "secret": "x"]))
    }

    static let servers: [(url: String, variables: String, paths: [String])] = [
        ("/", "", [""]), ("/api/", "", ["/api"]), ("https://a.example/v1?x=1", "", ["/v1"]),
        ("//a.example/v1", "", ["/v1"]), ("v1", "", ["/v1"]), ("./v1", "", ["/v1"]),
        ("https://a.example", "", [""]), ("{root}/v1", "root: {default: 'https://a.example/b'}", ["/b/v1"]),
        ("/{v}", "v: {default: v1}", ["/{v}"]), ("/{v}", "v: {default: v1, enum: [v2, v1]}", ["/v2", "/v1"]),
        ("/{a}/{b}", "a: {default: x, enum: [x, y]}, b: {default: ''}", ["/x", "/y"]),
    ]

    @Test("a server says which paths stand in front of all", arguments: servers)
    func basePaths(url: String, variables: String, paths: [String]) throws {
        let document = try ReadDocument.good(
            """
            openapi: 3.0.3
            info: {title: A, version: "1"}
            servers: [{url: "\(url)", variables: {\(variables)}}]
            paths: {}
            """)
        #expect(document.servers.map(\.basePaths) == [paths])
    }

    @Test("JSON documents have places too")
    func json() throws {
        let text = """
            {"openapi": "3.0.0", "info": {"title": "A", "version": "1"},
             "paths": {"/a\\ud83d\\ude00": {
               "get": {"responses": {"200": {"description": "ok"}}}}}}
            """
        let document = try ReadDocument.good(text)
        #expect(document.operations[0].location.description == "api/jobs.yaml:3:11")
        #expect(document.operations[0].path == "/a😀")
    }
}
