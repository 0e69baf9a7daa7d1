import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Files that are part of a contract")
struct ContractContentTests {
    /// Paths of the files that the contract reaches from `a/first.schema.json`.
    private static func files(_ texts: [String: String], folder: String = "contracts") throws -> [String] {
        let manifest = """
            assay: 1
            contracts:
              api:
                provider: shop
                routes:
                  - on: {get: /}
                    answers: {200: a/first.schema.json}
            """
        let bag = DiagnosticBag()
        let all = texts.merging(["contracts.yml": manifest]) { $1 }
        let read = try #require(ContractFolder.read(ContractFiles(folder: folder, texts: all), bag))
        let book = ContractBook([read], bag)
        #expect(bag.all.map(\.message) == [], "the schemas can be used")
        return try #require(book.content(of: ContractReference("api"))).map(\.path)
    }

    private struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var first: String
        var others: [String: String]
        var reached: [String]
    }

    private static let cases: [Case] = [
        Case(
            testDescription: "by path", first: #"{"$ref": "../b/item.schema.json#/$defs/x"}"#,
            others: ["b/item.schema.json": #"{"$defs": {"x": true}}"#], reached: ["b/item.schema.json"]),
        Case(
            testDescription: "by a whole $id", first: #"{"$ref": "https://shop.test/item"}"#,
            others: [
                "b/item.schema.json": #"{"$id": "https://shop.test/item"}"#, "b/more.schema.json": "{}",
            ],
            reached: ["b/item.schema.json"]),
        Case(
            testDescription: "by a path from the document's $id",
            first: #"{"$id": "https://shop.test/v1/first", "$ref": "items/item#"}"#,
            others: ["b/item.schema.json": #"{"$id": "https://shop.test/v1/items/item"}"#],
            reached: ["b/item.schema.json"]),
        Case(
            testDescription: "by a path from the $id of a schema inside",
            first:
                #"{"$id": "https://shop.test/v1/first", "properties": {"a": {"$id": "/v2/", "items": {"$ref": "item"}}}}"#,
            others: [
                "b/item.schema.json": #"{"$id": "https://shop.test/v2/item"}"#,
                "b/old.schema.json": #"{"$id": "https://shop.test/v1/item"}"#,
            ], reached: ["b/item.schema.json"]),
        Case(
            testDescription: "by a dynamic reference",
            first: ##"{"$dynamicRef": "../b/item.schema.json#it"}"##,
            others: ["b/item.schema.json": #"{"$dynamicAnchor": "it"}"#], reached: ["b/item.schema.json"]),
        Case(
            testDescription: "from one to the next", first: #"{"$ref": "https://shop.test/item"}"#,
            others: [
                "b/item.schema.json": #"{"$id": "https://shop.test/item", "$ref": "name"}"#,
                "c/name.schema.json": #"{"$id": "https://shop.test/name"}"#,
            ], reached: ["b/item.schema.json", "c/name.schema.json"]),
    ]

    @Test(
        "every schema that a reference leads to is part of the content", arguments: cases, ["contracts", "."])
    private func reached(_ example: Case, _ folder: String) throws {
        let texts = example.others.merging(["a/first.schema.json": example.first]) { $1 }
        #expect(try Self.files(texts, folder: folder) == ["", "a/first.schema.json"] + example.reached)
    }
}
