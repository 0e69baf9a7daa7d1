import AssayContracts
import AssayFormats
import Testing

@Suite("Schemas of one document")
struct JSONSchemaSetTests {
    static let document: JSON = [
        "openapi": "3.0.3",
        "components": [
            "schemas": [
                "User": [
                    "type": "object", "required": ["id", "name", "password", "token"],
                    "properties": [
                        "id": ["type": "integer", "readOnly": true], "name": ["type": "string"],
                        "password": ["type": "string", "writeOnly": true],
                        "token": ["$ref": "#/components/schemas/Token"],
                    ],
                ],
                "Token": ["type": "string", "readOnly": true],
                "Admin": [
                    "required": ["id", "level"],
                    "allOf": [
                        ["$ref": "#/components/schemas/User"],
                        ["properties": ["level": ["type": "integer", "readOnly": true]]],
                    ],
                ],
                "Users": ["type": "array", "items": ["$ref": "#/components/schemas/User"]],
                "Broken": ["$ref": "#/components/schemas/None"],
                "a/b": ["type": "integer"],
            ]
        ],
        "paths": ["/a%20{x}": ["get": ["schema": ["type": "boolean"]]]],
    ]

    /// The judge of values that are not built.
    private static func acceptsOnTape(_ schema: JSONSchema, _ value: JSON) throws -> Bool {
        var tape = JSONTape()
        try tape.parse(Array(value.rendered().utf8))
        return schema.accepts(tape)
    }

    static let sent: [(schema: String, value: JSON, plain: Bool, request: Bool, response: Bool)] = [
        ("User", ["name": "a", "password": "b"], false, true, false),
        ("User", ["id": 1, "name": "a", "token": "t"], false, false, true),
        ("User", ["id": 1, "name": "a", "token": "t", "password": "b"], true, true, false),
        ("User", ["id": "x", "name": "a", "password": "b"], false, false, false),
        ("Admin", ["name": "a", "password": "b"], false, true, false),
        ("Admin", ["id": 1, "level": 2, "name": "a", "token": "t"], false, false, true),
        ("Users", [["name": "a", "password": "b"]], false, true, false),
    ]

    @Test("read-only members are not wanted in requests, write-only ones not in responses", arguments: sent)
    func uses(schema: String, value: JSON, plain: Bool, request: Bool, response: Bool) throws {
        for (use, holds) in [(SchemaUse.plain, plain), (.request, request), (.response, response)] {
            let set = try JSONSchemaSet(compiling: Self.document, at: "api.yml", use: use)
            let compiled = try set.schema(at: "/components/schemas/" + schema)
            #expect(compiled.accepts(value) == holds, "\(use)")
            #expect(try Self.acceptsOnTape(compiled, value) == holds, "\(use)")
        }
    }

    @Test("a write-only member in a response is told by name")
    func writeOnly() throws {
        let set = try JSONSchemaSet(compiling: Self.document, at: "api.yml", use: .response)
        let found = try set.schema(at: "/components/schemas/User").violations(
            of: ["id": 1, "name": "a", "token": "t", "password": "b"])
        #expect(
            found.map(\.description) == [
                "$: expected no member 'password', which is write-only, found an object with id, name, token, password "
                    + "(api.yml#/components/schemas/User/properties)"
            ])
    }

    @Test("one broken schema does not spoil the others")
    func broken() throws {
        let set = try JSONSchemaSet(compiling: Self.document, at: "api.yml")
        for _ in 0..<2 {
            #expect(throws: SchemaError.self) { try set.schema(at: "/components/schemas/Broken") }
            #expect(try set.schema(at: "/components/schemas/a~1b").accepts(1))
        }
        #expect(try set.schema(at: "/paths/~1a%20{x}/get/schema").accepts(true))
        let error = #expect(throws: SchemaError.self) { try set.schema(at: "/nowhere") }
        #expect(error?.description.contains("'#/nowhere'") == true)
    }

    static let dialect: [(schema: JSON, value: JSON, holds: Bool)] = [
        (["type": "string", "nullable": true], nil, true),
        (["type": "string", "nullable": true, "enum": ["a"]], nil, false),
        (["type": "string", "nullable": true, "enum": ["a", nil]], nil, true),
        (["nullable": true, "allOf": [["type": "string"]]], nil, true),
        (["nullable": true, "allOf": [["type": "string"]]], 1, false),
        (["minimum": 3, "exclusiveMinimum": true], 3, false),
        (["minimum": 3, "exclusiveMinimum": false], 3, true),
        (["type": "string", "example": 3], "a", true),
        (["$ref": "#/components/schemas/Token", "type": "integer"], "a", true),
        (["type": "integer", "format": "int32"], 2_147_483_648, false),
        (["type": "integer", "format": "int64"], 2_147_483_648, true),
        (["type": "integer", "format": "int64"], 1e30, false),
        (["type": "number", "format": "float"], 1e300, false),
        (["type": "number", "format": "double"], 1e300, true),
        (["type": "string", "format": "byte"], "a", false),
        (["type": "string", "format": "byte"], "aGk=", true),
        (["type": "string", "format": "binary"], "\u{1}", true),
        (["type": "string", "format": "password"], "x", true),
        (["type": "integer"], 1.0, true),
        (["const": 1], 2, true),
    ]

    @Test("OpenAPI 3.0 has its own words", arguments: dialect)
    func openAPI30(schema: JSON, value: JSON, holds: Bool) throws {
        let document: JSON = [
            "openapi": "3.0.3",
            "components": ["schemas": ["S": schema, "Token": ["type": "string"]]],
        ]
        let set = try JSONSchemaSet(compiling: document, assertsFormats: true)
        let compiled = try set.schema(at: "/components/schemas/S")
        #expect(compiled.accepts(value) == holds)
        #expect(try Self.acceptsOnTape(compiled, value) == holds)
    }

    @Test("an exclusive bound in OpenAPI 3.0 is a flag; a number is read as newer drafts mean it")
    func exclusiveNumber() throws {
        let document: JSON = [
            "openapi": "3.0.3",
            "components": ["schemas": ["S": ["exclusiveMinimum": 3], "T": ["exclusiveMinimum": "3"]]],
        ]
        let set = try JSONSchemaSet(compiling: document, at: "a.yml")
        #expect(try set.schema(at: "/components/schemas/S").accepts(3) == false)
        #expect(try set.schema(at: "/components/schemas/S").accepts(4))
        let error = #expect(throws: SchemaError.self) { try set.schema(at: "/components/schemas/T") }
        #expect(
            error?.description
                == "a.yml#/components/schemas/T/exclusiveMinimum: expected true or false, as in OpenAPI 3.0 and draft 4, "
                + "found \"3\"")
        #expect(throws: SchemaError.self) {
            try JSONSchema(compiling: [
                "$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": 3,
            ])
        }
    }

    static let pets: [(value: JSON, said: String)] = [
        (
            ["kind": "cat", "lives": "x"],
            "$.lives: expected integer, found string \"x\" (p.yml#/components/schemas/Cat/properties/lives/type)"
        ),
        (
            ["kind": "hound"],
            "$: expected a member 'bark', found an object with kind (p.yml#/components/schemas/Dog/required)"
        ),
        (
            ["kind": "fish"],
            "$: expected a member 'kind' that is one of Cat, Dog, cat, hound, found \"fish\" "
                + "(p.yml#/components/schemas/Pet/oneOf)"
        ),
        (
            ["lives": 1],
            "$: expected a member 'kind' that is one of Cat, Dog, cat, hound, found none "
                + "(p.yml#/components/schemas/Pet/oneOf)"
        ),
    ]

    @Test("a discriminator says which schema was meant", arguments: pets)
    func discriminator(value: JSON, said: String) throws {
        let document: JSON = [
            "openapi": "3.1.0",
            "components": [
                "schemas": [
                    "Pet": [
                        "oneOf": [
                            ["$ref": "#/components/schemas/Cat"], ["$ref": "#/components/schemas/Dog"],
                        ],
                        "discriminator": [
                            "propertyName": "kind",
                            "mapping": ["cat": "Cat", "hound": "#/components/schemas/Dog"],
                        ],
                    ],
                    "Cat": ["required": ["lives", "kind"], "properties": ["lives": ["type": "integer"]]],
                    "Dog": ["required": ["bark"]],
                ]
            ],
        ]
        let set = try JSONSchemaSet(compiling: document, at: "p.yml")
        let found = try set.schema(at: "/components/schemas/Pet").violations(of: value)
        #expect(found.map(\.description) == [said])
    }
}
