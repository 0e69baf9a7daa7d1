import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Places of schemas and values in their files")
struct SchemaPlacesTests {
    static let json = """
        {
          "type": "object",
          "required": ["id"],
          "properties": {
            "id": {"type": "integer"}, "é": {"maxLength": 2},
            "a/b~c": {"enum": [1, 2]}
          }
        }
        """

    static let yaml = """
        type: object
        required: [id]
        properties:
          id: {type: integer}
          é: {maxLength: 2}
          "a/b~c":
            enum: [1, 2]
        """

    static func read(_ text: String, _ file: String) throws -> SchemaDocument {
        let bag = DiagnosticBag()
        let document = try #require(SchemaDocument(reading: Array(text.utf8), file: file, bag: bag))
        #expect(bag.all.isEmpty)
        return document
    }

    static let places:
        [(pointer: String, json: String?, jsonName: String?, yaml: String?, yamlName: String?)] = [
            ("", "1:1", "1:1", "1:1", "1:1"),
            ("/type", "2:11", "2:3", "1:7", "1:1"),
            ("/required/0", "3:16", "3:16", "2:12", "2:12"),
            ("/properties/id/type", "5:20", "5:12", "4:14", "4:8"),
            ("/properties/é/maxLength", "5:51", "5:38", "5:18", "5:7"),
            ("/properties/a~1b~0c/enum/1", "6:27", "6:27", "7:15", "7:15"),
            ("/properties/a~1b~0c/enum", "6:23", "6:15", "7:11", "7:5"),
            ("/properties/none", nil, nil, nil, nil),
            ("/required/01", nil, nil, nil, nil),
            ("/type/0", nil, nil, nil, nil),
        ]

    @Test("JSON Pointers lead to values and to names, in JSON and in YAML", arguments: places)
    func pointers(
        pointer: String, json: String?, jsonName: String?, yaml: String?, yamlName: String?
    ) throws {
        let first = try #require(try Self.read(Self.json, "s.json").positions)
        let second = try #require(try Self.read(Self.yaml, "s.yml").positions)
        func text(_ place: AssayCore.SourceLocation?) -> String? { place.map { "\($0.line):\($0.column)" } }
        #expect(text(first.location(of: pointer)) == json)
        #expect(text(first.nameLocation(of: pointer)) == jsonName)
        #expect(text(second.location(of: pointer)) == yaml)
        #expect(text(second.nameLocation(of: pointer)) == yamlName)
    }

    @Test("of what is missing, the nearest place that exists is told")
    func nearest() throws {
        let places = try #require(try Self.read(Self.json, "s.json").positions)
        #expect("\(places.nearestLocation(of: "/properties/id/minimum/x"))" == "s.json:5:5")
        #expect("\(places.nearestLocation(of: "/none"))" == "s.json:1:1")
        #expect(places.line(3) == #"  "required": ["id"],"#)
        #expect(places.line(99) == nil)
    }

    @Test("places on a long line, of repeated names and of names that only Unicode holds for equal")
    func longLine() throws {
        let names = (0..<200).map { "\"é\($0)\": \($0)" }.joined(separator: ", ")
        let text = "{\n{\(names), \"\\u00e9\": [1, 2], \"e\u{301}\": 3, \"é7\": 4}".replacing(
            "{\n{", with: "{\n")
        let places = try DocumentPositions(parsingJSON: Array(text.utf8), file: "s.json")
        let line = text.split(separator: "\n")[1]
        /// Of the last place where it stands; columns count scalars.
        func column(of part: String) -> Int? {
            let scalars = Array(line.unicodeScalars)
            return scalars.indices.last { scalars[$0...].starts(with: part.unicodeScalars) }.map { $0 + 1 }
        }
        func told(_ pointer: String) -> Int? { places.nameLocation(of: pointer)?.column }
        for number in [0, 5, 100, 199] { #expect(told("/é\(number)") == column(of: "\"é\(number)\"")) }
        #expect(told("/é7") == column(of: "\"é7\": 4"))
        #expect(told("/é") == column(of: "\"\\u00e9\""))
        #expect(told("/é/1") == column(of: "2], "))
        #expect(told("/e\u{301}") == column(of: "\"e\u{301}\""))
        #expect(places.nameLocation(of: "/é7")?.line == 2)
    }

    @Test("violations say where the keyword stands and where the value stands")
    func violations() throws {
        let schema = try JSONSchema(
            compiling: try Self.read(Self.json, "orders.schema.json"), at: "orders.schema.json")
        let text = Array("{\n  \"é\": \"long\",\n  \"a/b~c\": 3\n}".utf8)
        let places = try DocumentPositions(parsingJSON: text, file: "order.json")
        let found = schema.violations(of: try JSON(parsing: text), positions: places)
        #expect(
            found.map { "\($0.instanceLocation.map { "\($0)" } ?? "?"): \($0) [\($0.instancePointer)]" } == [
                "order.json:1:1: $: expected a member 'id', found an object with é, a/b~c (orders.schema.json:3:3) []",
                #"order.json:2:3: $["é"]: expected at most 2 characters, found 4: "long" (orders.schema.json:5:38) [/é]"#,
                #"order.json:3:3: $["a/b~c"]: expected one of [1,2], found 3 (orders.schema.json:6:15) [/a~1b~0c]"#,
            ])
        #expect(
            found[2].diagnostic().message
                == #"not as its schema says: $["a/b~c"]: expected one of [1,2], found 3 (orders.schema.json:6:15)"#
        )
        #expect(found[2].diagnostic().code == "AS142")
        #expect(
            found[2].diagnostic().location
                == AssayCore.SourceLocation(file: "order.json", line: 3, column: 3, length: 7))
    }

    static let wrong: [(text: String, said: String)] = [
        ("{\n  \"type\": \"strnig\"\n}", "s.json:2:3"),
        ("{\"properties\": {\"a\":\n {\"pattern\": \"(\"}}}", "s.json:2:3"),
        ("{\"$defs\": {},\n \"$ref\": \"#/$defs/x\"}", "s.json:2:2"),
        ("{\"items\":\n  3}", "s.json:1:2"),
        ("{\"$schema\": \"nowhere\"}", "s.json:1:2"),
    ]

    @Test("what is wrong with a schema says line and column", arguments: wrong)
    func broken(text: String, said: String) throws {
        let document = try Self.read(text, "s.json")
        let error = #expect(throws: SchemaError.self) { try JSONSchema(compiling: document, at: "s.json") }
        #expect(error?.location.map { "\($0)" } == said)
        #expect(error?.diagnostic().code == "AS140")
    }

    @Test("the diagnostic of a schema has its exact text")
    func diagnostic() throws {
        let document = try Self.read("{\n  \"minLength\": -1\n}", "s.json")
        let error = #expect(throws: SchemaError.self) { try JSONSchema(compiling: document, at: "s.json") }
        #expect(
            error?.diagnostic().message
                == "this schema cannot be used: expected a whole number from 0, found -1")
        #expect(
            SchemaError(place: "a#/b", expected: "c", actual: "d").diagnostic().message
                == "a#/b: this schema cannot be used: expected c, found d")
    }

    @Test("a document that is no JSON says where")
    func unreadable() {
        let bag = DiagnosticBag()
        #expect(SchemaDocument(reading: Array("{\n  \"a\": }".utf8), file: "s.json", bag: bag) == nil)
        #expect(
            bag.all.map { "\($0.code) \($0.location.map { "\($0)" } ?? "") \($0.message) | \($0.line ?? "")" }
                == [
                    "AS141 s.json:2:8 this is not JSON: expected a value, found '}' |   \"a\": }"
                ])
        #expect(SchemaDocument(reading: Array("a: [".utf8), file: "s.yml", bag: bag) == nil)
        #expect(bag.all.count == 2)
    }
}
