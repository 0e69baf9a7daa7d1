import AssayCore
import AssayFormats
import Testing

@testable import Assay

@Suite("assay contract check")
struct ContractCheckTests {
    private static let good = """
        openapi: 3.1.0
        info: {title: A, version: "1"}
        paths:
          /a: {get: {parameters: [{$ref: "shared/limit.yaml#/Limit"}], responses: {200: {description: ok}}}}
        """
    private static let limit = "Limit: {name: limit, in: query, schema: {type: integer}}\n"

    private static func folder(_ name: String = #function) throws -> TestFolder {
        let folder = try TestFolder("check " + name)
        try folder.write(good, "api/good.yaml")
        try folder.write(limit, "api/shared/limit.yaml")
        return folder
    }

    @Test("documents are found below a folder, with what they refer to beside them")
    func documents() throws {
        let folder = try Self.folder()
        try folder.write(
            #"{"openapi": "3.0.0", "info": {"title": "B", "version": "1"}, "paths": {}}"#, "api/v2/other.json"
        )
        var check = ContractCheck(today: "2026-11-21")
        check.judge(folder.path + "/api/")
        #expect(check.problems.isEmpty && check.summary == "2 OpenAPI documents are in order")
        #expect(check.json["documents"]?[0]?["operations"] == 1 && check.json["status"] == "passed")
    }

    @Test("what is wrong is told with its place, and counted")
    func wrong() throws {
        let folder = try Self.folder()
        try folder.write("Limit: {name: limit, in: body, schema: {type: integer}}\n", "api/shared/limit.yaml")
        try folder.write("{\n  \"type\": \"text\"\n}\n", "item.schema.json")
        var check = ContractCheck(today: "2026-11-21")
        check.judge(folder.path + "/api/good.yaml")
        check.judge(folder.path + "/item.schema.json")
        #expect(check.problems.map(\.code) == ["AS153", "AS140"])
        #expect(check.problems.map { $0.location?.line } == [1, 2])
        #expect(check.problems[0].location?.file == folder.path + "/api/shared/limit.yaml")
        #expect(check.problems[0].line == "Limit: {name: limit, in: body, schema: {type: integer}}")
        #expect(check.summary == "2 errors in 1 OpenAPI document and 1 schema" && !check.isUnreadable)
    }

    @Test("a folder of contracts is judged whole, and what its documents say is told once")
    func contracts() throws {
        let folder = try Self.folder()
        try folder.write(
            """
            assay: 1
            contracts:
              a-api: {provider: a, openapi: a/openapi.yaml}
            """, "contracts/contracts.yml")
        let document = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: []\n"
        try folder.write(document, "contracts/a/openapi.yaml")
        try folder.write(#"{"type": "object", "required": ["id"]}"#, "contracts/b/v1/b.schema.json")
        try folder.write("{}", "contracts/b/v1/golden/b.json")
        var check = ContractCheck(today: "2026-11-21")
        check.judge(folder.path + "/contracts")
        #expect(
            check.problems.map { "\($0.code)" } == ["AS146", "example"],
            "\(check.problems.map { $0.rendered() })")
        #expect(check.problems.last?.message.contains("expected a member 'id'") == true)
    }

    @Test("what cannot be read at all is told apart")
    func unreadable() throws {
        let folder = try Self.folder()
        for path in ["/none.yaml", "/api/shared"] {
            var check = ContractCheck(today: "2026-11-21")
            check.judge(folder.path + path)
            #expect(check.isUnreadable && check.errorCount == 1)
            #expect(check.summary == "1 error")
        }
    }
}
