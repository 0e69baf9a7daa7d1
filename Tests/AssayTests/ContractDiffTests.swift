import AssayContracts
import AssayCore
import AssayNet
import Testing

@testable import Assay

private let hasGit = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].contains {
    Files.kind(of: $0) == .file
}

@Suite("What `assay contract diff` compares")
struct ContractDiffTests {
    private static let schema = """
        $schema: https://json-schema.org/draft/2020-12/schema
        type: object
        required: [id]
        properties: {id: {type: string}, note: {type: string}}
        """
    private static let document = """
        openapi: 3.1.0
        info: {title: Shop, version: "1"}
        paths:
          /orders:
            post:
              requestBody: {content: {application/json: {schema: {$ref: order.schema.yml}}}}
              responses: {"201": {description: Made}}
        """

    private func folder(_ files: [String: String], _ name: String = #function) throws -> TestFolder {
        let folder = try TestFolder(name)
        for (path, text) in files { try folder.write(text + "\n", path) }
        return folder
    }

    /// What is wrong with the words of a command line, without the folder's own path.
    private func problem(_ folder: TestFolder, since: String? = nil, _ operands: String...) -> String {
        var job = ContractDiffJob()
        job.since = since
        job.operands = operands.map { folder.path + "/" + $0 }
        job.project = folder.path
        do throws(Diagnostics) {
            let pairs = try job.pairs()
            return pairs.map(\.name).joined(separator: ", ")
        } catch {
            return error.all.map { $0.rendered() }.joined(separator: "\n")
                .split(separator: folder.path + "/", omittingEmptySubsequences: false).joined()
        }
    }

    @Test("files and folders that cannot be compared are told")
    func problems() throws {
        let folder = try folder([
            "shop.yml": Self.document.split(separator: "$ref: order.schema.yml").joined(
                separator: "type: object"),
            "order.schema.yml": Self.schema, "values.yml": "price: 5", "swagger.json": #"{"swagger": "2.0"}"#,
            "broken.schema.json": "{\n  \"type\": }", "a/notes.txt": "", "b/notes.txt": "",
        ])
        #expect(
            problem(folder, "values.yml", "shop.yml") == """
                error[AS450]: 'values.yml' is neither an OpenAPI document nor a JSON Schema
                  fix: OpenAPI documents have `openapi`, schemas have keywords like `type` or `$ref`
                """)
        #expect(
            problem(folder, "swagger.json", "shop.yml") == """
                error[AS450]: 'swagger.json' is neither an OpenAPI document nor a JSON Schema: it is Swagger 2
                  fix: convert it to OpenAPI 3
                """)
        #expect(
            problem(folder, "none.yml", "shop.yml") == "error[AS452]: there is no file or folder 'none.yml'")
        #expect(
            problem(folder, "a", "shop.yml") == """
                error[AS451]: 'a' is a folder and 'shop.yml' is a file: they have nothing to compare
                  fix: name two files, or two folders
                """)
        #expect(
            problem(folder, "broken.schema.json", "shop.yml") == """
                error[AS463]: the contract is not JSON: expected a value, found '}'
                  broken.schema.json:2:11
                """)
        #expect(
            problem(folder, "a", "b") == """
                error[AS456]: there is no contract below 'b', nor was there one in 'a'
                  fix: contracts are OpenAPI documents, and schemas that have `$schema` or end with .schema.json
                """)
        #expect(
            problem(folder, "a") == """
                error[AS462]: 'a' alone is compared with itself when it has versions v1, v2, …
                  fix: name OLD and NEW, or say --since REVISION
                """)
    }

    @Test("folders are paired by name, without examples and Assay's own files; versions follow each other")
    func folders() throws {
        let folder = try folder([
            "orders/v1/order.schema.yml": Self.schema, "orders/v2/order.schema.yml": Self.schema,
            "orders/v10/order.schema.yml": Self.schema, "orders/v10/new.schema.json": "{}",
            "orders/v1/golden/order.json": #"{"$schema": "x"}"#, "orders/v1/waivers.yml": "",
            "orders/v1/.hidden.schema.json": "{}",
        ])
        #expect(problem(folder, "orders/v1", "orders/v10") == "new.schema.json, order.schema.yml")
        #expect(
            problem(folder, "orders")
                == "v1 → v2 order.schema.yml, v2 → v10 new.schema.json, v2 → v10 order.schema.yml")
    }

    @Test("what a version does not have is compared with the last one that has it")
    func skipped() throws {
        let folder = try folder([
            "orders/v1/order.schema.yml": Self.schema, "orders/v1/line.schema.yml": Self.schema,
            "orders/v2/order.schema.yml": Self.schema, "orders/v3/line.schema.yml": Self.schema,
            "orders/v3/order.schema.yml": Self.schema,
        ])
        #expect(
            problem(folder, "orders")
                == "v1 → v2 line.schema.yml, v1 → v2 order.schema.yml, v1 → v3 line.schema.yml, "
                + "v2 → v3 order.schema.yml")
    }

    @Test("of two kinds, and schemas that refer to nothing, are told")
    func kinds() throws {
        let folder = try folder([
            "shop.yml": Self.document, "order.schema.yml": Self.schema,
            "lost.schema.yml": "{$ref: '#/$defs/A'}",
        ])
        func said(_ old: String, _ new: String) -> String {
            var job = ContractDiffJob()
            job.operands = [folder.path + "/" + old, folder.path + "/" + new]
            do throws(Diagnostics) {
                return "\(try job.compared(today: "2026-11-21").summary)"
            } catch {
                return error.all.map { $0.rendered() }.joined(separator: "\n")
                    .split(separator: folder.path + "/", omittingEmptySubsequences: false).joined()
            }
        }
        #expect(
            said("shop.yml", "order.schema.yml")
                == "error[AS451]: 'shop.yml' is an OpenAPI document and 'order.schema.yml' is a JSON Schema: they have nothing to compare"
        )
        #expect(
            said("order.schema.yml", "lost.schema.yml") == """
                error[AS457]: this schema cannot be used: expected a reference to a schema that exists, found '#/$defs/A', and there is no '#/$defs/A'
                  lost.schema.yml:1:1
                """)
        #expect(said("shop.yml", "shop.yml") == "no changes")
    }

    @Test("a revision is read with what it refers to", .enabled(if: hasGit, "git is not installed"))
    func revision() throws {
        let folder = try folder([
            "contracts/shop.yml": Self.document, "contracts/order.schema.yml": Self.schema,
            "assay.yml": "assay: 1\nproject: shop\nlevels: {e2e: {scenarios: tests}}",
        ])
        try git("init -q -b main .; git add -A; git commit -qm one; git tag v1.0", in: folder)
        try folder.write(
            Self.schema.split(separator: "[id]").joined(separator: "[id, note]") + "\n",
            "contracts/order.schema.yml")
        try folder.write(Self.schema, "contracts/new.schema.yml")
        var job = ContractDiffJob()
        job.since = "v1.0"
        job.operands = [folder.path + "/contracts/shop.yml"]
        let report = try job.compared(today: "2026-11-21")
        let finding = try #require(report.entries.first?.finding)
        #expect(finding.rule == "request-property-became-required")
        #expect(finding.old?.file == "v1.0:\(folder.path)/contracts/order.schema.yml")
        #expect(finding.new?.file == "\(folder.path)/contracts/order.schema.yml")
        job.operands = []
        job.project = folder.path
        let all = try job.compared(today: "2026-11-21")
        #expect(
            all.entries.map(\.finding.rule).sorted()
                == ["document-added", "property-became-required", "request-property-became-required"])
        #expect(
            problem(folder, since: "nope", "contracts") == """
                error[AS453]: git knows no revision 'nope'
                  fix: name a branch, tag or commit; a CI checkout may have to fetch it first
                """)
        #expect(
            problem(folder, since: "v1.0", "contracts/new.schema.yml") == """
                error[AS455]: 'contracts/new.schema.yml' is not in revision 'v1.0'
                  fix: compare a revision that has it; a new file breaks nobody
                """)
    }

    @Test("a project that is named must be there, even when both versions are files")
    func namedProject() throws {
        let folder = try folder(["a.schema.json": "{}", "waivers.yml": "waivers: []"])
        var job = ContractDiffJob()
        job.operands = [folder.path + "/a.schema.json", folder.path + "/a.schema.json"]
        #expect(throws: Never.self) { try job.compared(today: "2026-11-21") }
        job.project = "/nope"
        for waivers in [nil, folder.path + "/waivers.yml"] {
            job.waivers = waivers
            do throws(Diagnostics) {
                _ = try job.compared(today: "2026-11-21")
                Issue.record("the project is not there")
            } catch {
                #expect(error.all.map(\.message) == ["there is no project at '/nope'"])
            }
        }
    }

    @Test("outside a repository there are no revisions", .enabled(if: hasGit, "git is not installed"))
    func outside() throws {
        var job = ContractDiffJob()
        job.since = "main"
        job.operands = ["/etc/hostname"]
        #expect(throws: Diagnostics.self) { try job.pairs() }
        do {
            _ = try job.pairs()
        } catch {
            #expect(
                error.all.map { $0.rendered() } == [
                    "error[AS454]: --since needs a git repository around '/etc', and git says: fatal: not a git repository (or any of the parent directories): .git"
                ])
        }
    }

    private func git(_ script: String, in folder: TestFolder) throws {
        let reactor = try Reactor()
        let own = [
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_AUTHOR_NAME", "n"),
            ("GIT_AUTHOR_EMAIL", "n@example.org"),
            ("GIT_COMMITTER_NAME", "n"), ("GIT_COMMITTER_EMAIL", "n@example.org"),
        ]
        let spec = ProcessSpec(
            command: ["sh", "-ec", "git " + script],
            environment: Host.environment.filter { !$0.name.hasPrefix("GIT_") } + own, folder: folder.path)
        let ended: ProcessResult? = reactor.run { try? await ChildProcess.runToEnd(spec, on: reactor) }
        #expect(ended?.status.isSuccess == true)
    }
}
