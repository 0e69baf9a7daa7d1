import AssayFormats
import Testing

@testable import AssayContracts

@Suite("Adding to OpenAPI documents")
struct APIMergeTests {
    /// What somebody wrote.
    static let existing = """
        {"openapi": "3.1.0", "info": {"title": "Jobs", "description": "Written by hand", "version": "7"},
         "paths": {
          "/jobs/{id}": {
           "parameters": [{"$ref": "#/components/parameters/Tenant"}],
           "get": {"operationId": "readJob", "summary": "Read a job", "parameters": [
              {"name": "id", "in": "path", "required": true, "description": "which", "schema": {"type": "integer"}}],
            "responses": {
              "200": {"description": "the job", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
              "4XX": {"$ref": "#/components/responses/Problem"}}}}},
         "components": {
          "parameters": {"Tenant": {"name": "x-tenant", "in": "header", "required": true, "schema": {"type": "string"}}},
          "responses": {"Problem": {"description": "no", "content": {"application/*": {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}}},
          "schemas": {"Job": {"type": "object", "description": "one job", "required": ["id", "kind"],
             "properties": {"id": {"type": "integer", "description": "its id"}, "kind": {"type": "string"}}}},
          "securitySchemes": {"token": {"type": "http", "scheme": "Bearer", "description": "ask ops"}}}}
        """

    static func merged(_ exchanges: [ObservedExchange], into text: String = existing) throws -> APIMerge {
        let existing = try JSON(parsing: text)
        let known = existing["paths"]?.objectValue?.keys ?? []
        return APIMerge(existing, adding: APIInference().document(of: exchanges, known: known).document)
    }

    static let bearer = [("Authorization", "Bearer aaaa1111"), ("X-Tenant", "acme"), ("X-Trace", "1")]

    @Test("traffic that the document describes changes nothing, byte for byte")
    func nothing() throws {
        let merge = try Self.merged([
            exchange(
                "GET", "/jobs/1", nil, 200, #"{"id": 1, "kind": "bulk"}"#, headers: [("X-Tenant", "acme")]),
            exchange("GET", "/jobs/2", nil, 404, #"{"error": "none"}"#, headers: [("X-Tenant", "acme")]),
        ])
        #expect(merge.added.isEmpty)
        #expect(merge.document.rendered() == (try JSON(parsing: Self.existing)).rendered())
    }

    @Test("what is new is added as optional and told, and what was written stays")
    func additions() throws {
        let merge = try Self.merged([
            exchange(
                "GET", "/jobs/1?full=true", nil, 200,
                #"{"id": 1, "kind": "bulk", "owner": {"id": 3, "name": "ann"}}"#,
                headers: Self.bearer, answerHeaders: [("ETag", "a")]),
            exchange("GET", "/jobs/1?full=true", nil, 304, headers: Self.bearer),
            exchange(
                "POST", "/jobs", #"{"kind": "bulk"}"#, 201, #"{"id": 1, "kind": "bulk"}"#,
                headers: Self.bearer),
            exchange(
                "PUT", "/jobs/1",
                #"{"job": {"id": 1, "kind": "x", "note": "y"}, "old": {"id": 2, "kind": "x", "note": "y"}}"#,
                204),
            exchange("PUT", "/jobs/2", #"{"job": {"id": 1, "kind": "x", "note": "y"}}"#, 204),
        ])
        #expect(
            merge.added == [
                "POST /jobs", "GET /jobs/{id}: query full", "GET /jobs/{id}: header X-Trace",
                "GET /jobs/{id}: status 200, header ETag", "schema Job: member owner",
                "GET /jobs/{id}: status 304", "schema Job: member note", "PUT /jobs/{id}",
            ])
        let document = merge.document
        let read = document["paths"]?["/jobs/{id}"]?["get"]
        #expect(read?["operationId"] == "readJob" && read?["summary"] == "Read a job")
        #expect(read?["parameters"]?[0]?["description"] == "which")
        #expect(read?["parameters"]?[1] == ["name": "full", "in": "query", "schema": ["type": "boolean"]])
        let job = document["components"]?["schemas"]?["Job"]
        #expect(job?["description"] == "one job" && job?["required"] == ["id", "kind"])
        #expect(job?["properties"]?["id"]?["description"] == "its id")
        #expect(job?["properties"]?["note"] == ["type": "string"])
        #expect(document["paths"]?["/jobs"]?["post"]?["security"] == [["token": []]])
        #expect(document["components"]?["securitySchemes"]?.objectValue?.keys == ["token"])
        let put = document["paths"]?["/jobs/{id}"]?["put"]?["requestBody"]?["content"]?["application/json"]?[
            "schema"]
        #expect(put?["properties"]?["job"] == ["$ref": "#/components/schemas/Job"])
    }

    @Test("another thing of the same name gets a name of its own")
    func names() throws {
        let merge = try Self.merged([
            exchange("GET", "/a", nil, 200, #"{"job": {"x": 1, "y": 2}, "jobs": [{"x": 1, "y": 2}]}"#)
        ])
        #expect(merge.document["components"]?["schemas"]?.objectValue?.keys == ["Job", "Job2"])
        #expect(
            merge.document["paths"]?["/a"]?["get"]?["responses"]?["200"]?["content"]?["application/json"]?[
                "schema"]?["properties"]?["job"]
                == ["$ref": "#/components/schemas/Job2"])
    }

    @Test(
        "a document of OpenAPI 3.0 gets its own dialect",
        arguments: [
            (["1", "null"], #"{"type": "integer", "nullable": true}"#), (["null"], "{}"),
            (["1", "\"a\""], #"{"anyOf": [{"type": "integer"}, {"type": "string"}]}"#),
            (["1", "\"a\"", "null"], "{}"),
            (["[]"], #"{"type": "array", "items": {}}"#),
            (
                [#"[["a", 1], ["b", 2]]"#],
                #"{"type": "array", "items": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "minItems": 2, "maxItems": 2}}"#
            ),
        ])
    func oldDialect(_ values: [String], _ expected: String) throws {
        let merge = try Self.merged(
            values.map { exchange("GET", "/a", nil, 200, "{\"v\": \($0)}") },
            into: #"{"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {}}"#)
        let found = merge.document["paths"]?["/a"]?["get"]?["responses"]?["200"]?["content"]?[
            "application/json"]?["schema"]?["properties"]?["v"]
        #expect(found == (try JSON(parsing: expected)))
    }

    @Test("null beside a reference in the dialect of 3.0")
    func oldReference() throws {
        let body = #"{"buyer": {"id": 1, "n": 1}, "seller": {"id": 1, "n": 1}}"#
        let merge = try Self.merged(
            [
                exchange("GET", "/a", nil, 200, body),
                exchange("GET", "/a", nil, 200, #"{"buyer": {"id": 1, "n": 1}, "seller": null}"#),
            ],
            into: #"{"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {}}"#)
        let found = merge.document["paths"]?["/a"]?["get"]?["responses"]?["200"]?["content"]?[
            "application/json"]?["schema"]?["properties"]?["seller"]
        #expect(found == ["allOf": [["$ref": "#/components/schemas/Buyer"]], "nullable": true])
    }

    @Test("a document that is none is left as it is, and gets what is new")
    func odd() throws {
        for text in [
            "{}", "[]", "null", #"{"paths": 3}"#, #"{"paths": {"/a": null}}"#,
            #"{"paths": {"/a": {"get": {"responses": []}}}}"#,
        ] {
            let merge = try Self.merged([exchange("GET", "/a", nil, 200, "{}")], into: text)
            #expect(!merge.added.isEmpty || text.contains("get"), "\(text)")
        }
    }
}
