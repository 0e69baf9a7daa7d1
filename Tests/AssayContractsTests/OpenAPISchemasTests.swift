import AssayContracts
import AssayFormats
import Testing

@Suite("OpenAPI schemas")
struct OpenAPISchemasTests {
    static let added: JSON = [
        "type": "object", "required": ["id"],
        "properties": [
            "id": ["type": "string"], "note": ["type": "string", "nullable": true],
            "kind": ["type": "string", "nullable": true, "enum": ["a", nil]],
            "left": ["type": "number", "minimum": 0, "exclusiveMinimum": true],
            "twin": ["$ref": "#/components/schemas/Added", "maxProperties": 0],
        ],
    ]
    static let responses: JSON = [
        "200": ["content": ["application/json": ["schema": ["$ref": "#/components/schemas/Added"]]]],
        "4XX": ["$ref": "#/components/responses/Problem"], "default": ["description": "no content"],
    ]
    static let problem: JSON = [
        "content": ["application/problem+json; charset=utf-8": ["schema": ["required": ["title"]]]]
    ]
    static let document: JSON = [
        "openapi": "3.0.3",
        "paths": [
            "/inventory/add-items": [
                "parameters": [], "post": ["operationId": "addItems", "responses": responses],
            ]
        ],
        "components": ["schemas": ["Added": added], "responses": ["Problem": problem]],
    ]

    static func compiled(
        _ name: String, status: Int? = nil, in document: JSON = document
    ) throws -> JSONSchema {
        let pointer = try OpenAPISchemas.schema(named: name, in: document, status: status)
        return try JSONSchema(compiling: document, at: "contracts/openapi.yaml#" + pointer)
    }

    @Test(
        "a schema is found by its name, by an operation and by a pointer",
        arguments: ["Added", "addItems", "/components/schemas/Added"])
    func found(name: String) throws {
        let schema = try Self.compiled(name)
        #expect(schema.accepts(["id": "x"]))
        let violation = try #require(schema.violations(of: [:]).first)
        #expect(violation.schemaPath == "contracts/openapi.yaml#/components/schemas/Added/required")
    }

    @Test("the status says which response is meant, by class and through a shared response")
    func status() throws {
        let schema = try Self.compiled("addItems", status: 422)
        #expect(schema.accepts(["title": "no"]))
        #expect(!schema.accepts(["id": "x"]))
    }

    static let cases: [(value: JSON, holds: Bool)] = [
        (["id": "x", "note": nil], true), (["id": "x", "note": 1], false), (["id": nil], false),
        (["id": "x", "kind": nil], true), (["id": "x", "kind": "b"], false),
        (["id": "x", "left": 0], false), (["id": "x", "left": 0.5], true),
        (["id": "x", "twin": ["id": "y"]], true), (["id": "x", "twin": [:]], false),
    ]

    @Test("3.0 has nullable, boolean bounds and references that stand alone", arguments: cases)
    func openAPI30(value: JSON, holds: Bool) throws {
        #expect(try Self.compiled("Added").accepts(value) == holds)
    }

    @Test("3.1 is draft 2020-12: nullable means nothing, null is a type, references have company")
    func openAPI31() throws {
        let document: JSON = [
            "openapi": "3.1.0",
            "components": [
                "schemas": [
                    "Text": ["type": ["string", "null"]], "Number": ["type": "number", "nullable": true],
                    "Short": ["$ref": "#/components/schemas/Text", "maxLength": 1],
                ]
            ],
        ]
        #expect(try Self.compiled("Text", in: document).accepts(nil))
        #expect(try !Self.compiled("Number", in: document).accepts(nil))
        #expect(try !Self.compiled("Short", in: document).accepts("ab"))
    }

    @Test("a schema that is not there is told with what is")
    func absent() {
        let name = #expect(throws: SchemaError.self) {
            try OpenAPISchemas.schema(named: "adItems", in: Self.document)
        }
        #expect(name?.actual == "'adItems'; there are Added, addItems")
        let status = #expect(throws: SchemaError.self) {
            try OpenAPISchemas.schema(named: "addItems", in: Self.document, status: 500)
        }
        #expect(
            status?.description.contains("expected a schema of application/json, found no content") == true)
    }

    @Test("a file with a schema of its own can refer into the document")
    func fromOutside() throws {
        let schema = try JSONSchema(
            compiling: ["items": ["$ref": "openapi.yaml#/components/schemas/Added"]],
            at: "contracts/list.json",
            documents: SchemaDocuments { $0 == "contracts/openapi.yaml" ? Self.document : nil })
        #expect(schema.accepts([["id": "x", "note": nil]]))
        #expect(!schema.accepts([["note": nil]]))
    }
}
