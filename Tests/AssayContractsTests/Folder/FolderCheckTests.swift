import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite struct FolderCheckTests {
    /// Each check with what does not hold, as `name: rule place expected actual`.
    private static func told(_ changes: [String: String?]) throws -> [String: [String]] {
        let bag = DiagnosticBag()
        let folder = try #require(ContractFolder.read(ExampleFolder.files(changes), bag))
        _ = ContractBook([folder], bag)
        let checks = folder.checks(problems: bag.all, today: "2026-11-21")
        return Dictionary(
            checks.map { check in
                (
                    check.name,
                    check.findings.map { "\($0.rule) \($0.place): \($0.expected), \($0.actual)" }
                )
            }, uniquingKeysWith: +)
    }

    @Test("everything of the folder is looked at, and holds")
    func holds() throws {
        let told = try Self.told([
            // What v2 asks for and v1 did not breaks readers, so the family promises nothing here.
            "contracts.yml": ExampleFolder.manifest.replacing(
                "compatibility: FULL", with: "compatibility: NONE"),
            "status/v2/golden/update.json": #"{"status": "done", "at": 1}"#,
            "status/v2/golden/update.long.json": #"{"status": "done", "at": 1, "by": {"name": "x"}}"#,
            "status/v2/golden/update/short.json": #"{"status": "running", "at": 1}"#,
            "golden/status/v1/updated.yml": "ok: true\n",
            "golden/status/update.json": #"{"status": "done", "at": 1}"#,
            "status/golden/notes.md": "nothing",
        ])
        #expect(told.values.allSatisfy { $0.isEmpty }, "\(told)")
        #expect(
            told.keys.sorted() == [
                "example golden/status/update.json", "example golden/status/v1/updated.yml",
                "example status/v2/golden/update.json", "example status/v2/golden/update.long.json",
                "example status/v2/golden/update/short.json", "manifest contracts/contracts.yml",
                "schema common/v1/error.schema.json", "schema common/v1/person.schema.json",
                "schema events/v1/done.schema.json", "schema status/v1/update.schema.json",
                "schema status/v1/updated.schema.json", "schema status/v2/update.schema.json",
            ])
    }

    @Test("an example that does not hold is told with its line and that of the schema")
    func example() throws {
        let changes = ["status/v2/golden/update.json": "{\n  \"status\": \"lost\",\n  \"at\": 1\n}"]
        let folder = try #require(ContractFolder.read(ExampleFolder.files(changes), DiagnosticBag()))
        let check = try #require(
            folder.checks(problems: [], today: "2026-11-21").first {
                $0.name == "example status/v2/golden/update.json"
            })
        #expect(
            check.findings == [
                .init(
                    "example", place: "contracts/status/v2/golden/update.json:2 $.status",
                    expected: #"one of ["running","done"]"#, actual: #""lost""#,
                    schemaPath: "contracts/status/v2/update.schema.json#/properties/status/enum",
                    location: check.findings.first?.location)
            ])
        #expect(check.findings.first?.location?.line == 5 && check.contract == "status")
    }

    @Test("an example of nothing is told, and the manifest can say what it is of")
    func unknown() throws {
        let file = ["golden/old.json": #"{"status": 1}"#]
        let told = try Self.told(file)
        #expect(
            told["example golden/old.json"] == [
                "example schema: a schema that it is an example of, none of its name; say it with `golden:` in the manifest"
            ])
        let named = file.merging(
            [
                "contracts.yml": ExampleFolder.manifest
                    + "\ngolden: {golden/old.json: status/v1/update.schema.json}"
            ]
        ) { $1 }
        let held = try Self.told(named)
        #expect(held["example golden/old.json"] == [])
    }

    @Test("a schema that cannot be used is a result of its own")
    func schema() throws {
        let told = try Self.told(["events/v1/done.schema.json": #"{"type": 5}"#])
        #expect(told["schema events/v1/done.schema.json"]?.count == 1)
        #expect(told["schema common/v1/error.schema.json"] == [])
    }

    @Test(
        "versions are held to what the family promises, with schemas and examples",
        arguments: [
            ("NONE", [], []), ("FORWARD", [], []),
            ("BACKWARD", ["v2"], ["example-backward"]), ("FULL", ["v2"], ["example-backward"]),
        ])
    func versions(_ mode: String, _ broken: [String], _ rules: [String]) throws {
        let told = try Self.told([
            "contracts.yml": ExampleFolder.manifest.replacing(
                "status: {compatibility: FULL}", with: "status: \(mode)"),
            "status/v1/golden/update.json": #"{"status": "done"}"#,
            "status/v2/golden/update.json": #"{"status": "done", "at": 1}"#,
        ])
        let compared = told["versions of status, \(mode)"] ?? []
        #expect(compared.isEmpty == broken.isEmpty, "\(compared)")
        let examples = told.filter { $0.key.contains(" read by ") }.values.flatMap { $0 }
        #expect(examples.map { $0.split(separator: " ")[0] } == rules.map { Substring($0) })
    }

    @Test(
        "a schema that a version skips is held to the last version that has it, as are its examples",
        arguments: [("BACKWARD", "v1", "v3", "backward"), ("FORWARD", "v3", "v1", "forward")])
    func skippedVersion(_ mode: String, _ written: String, _ reader: String, _ rule: String) throws {
        let types = ["v1": "string", "v3": "integer"]
        let told = try Self.told([
            "contracts.yml": ExampleFolder.manifest.replacing("common: NONE", with: "orders: \(mode)"),
            "orders/v1/a.schema.json": #"{"type": "string"}"#,
            "orders/v2/b.schema.json": "{}",
            "orders/v3/a.schema.json": #"{"type": "integer"}"#,
            "orders/\(written)/golden/a.json": types[written] == "string" ? #""x""# : "1",
        ])
        #expect(told["versions of orders, \(mode)"]?.count == 1)
        let examples = told["example orders/\(written)/golden/a.json read by \(reader)"] ?? []
        #expect(examples.map { $0.prefix { $0 != " " } } == ["example-\(rule)"])
    }

    @Test("folders of versions may have zeros before their numbers, and are ordered by these")
    func leadingZeros() throws {
        let texts = [
            "things/v02/a.schema.json": #"{"type": "integer"}"#,
            "things/v1/a.schema.json": #"{"type": "string"}"#,
            "things/v010/a.schema.json": #"{"type": "boolean"}"#,
        ]
        #expect(
            ContractFiles(texts: texts).versions(of: "things").map(\.description) == ["v1", "v02", "v010"])
        let told = try Self.told(texts)
        #expect(
            told["versions of things, BACKWARD"]?.map { $0.split(separator: ": ")[1] } == [
                "v02 to be compatible with v1, the type was string and is integer",
                "v010 to be compatible with v02, the type was integer and is boolean",
            ])
    }

    @Test(
        "a waiver lets a change that breaks pass until its day",
        arguments: [("2026-12-31", 0, 0), ("2026-11-20", 1, 1)])
    func waivers(_ until: String, _ changes: Int, _ expired: Int) throws {
        let waiver = """
            - {rule: property-became-required, file: status/update.schema.json, reason: agreed, until: \(until)}
            """
        let told = try Self.told([
            "contracts.yml": ExampleFolder.manifest.replacing("{compatibility: FULL}", with: "BACKWARD"),
            "waivers.yml": waiver,
            "status/v2/update.schema.json":
                #"{"type": "object", "required": ["status", "at"], "properties": {"at": {}}}"#,
            "status/v1/update.schema.json":
                #"{"type": "object", "required": ["status"], "properties": {"at": {}}}"#,
        ])
        #expect(told["versions of status, BACKWARD"]?.count == changes, "\(told)")
        #expect(told["waivers waivers.yml"]?.count == expired)
    }

    @Test("answers of the contract are those of every route that does not say otherwise")
    func commonAnswers() throws {
        let book = ExampleFolder.book([
            "contracts.yml": ExampleFolder.manifest.replacing(
                "    routes:", with: "    answers: {503: common/error.schema.json, 404: none}\n    routes:")
        ])
        func rules(_ path: String, _ status: Int, _ body: String) -> [String] {
            book.judge(
                ContractExchange(
                    request: .init(method: "GET", path: path),
                    response: .init(status: status, body: Array(body.utf8))),
                contract: ContractReference("ui-api")
            ).map(\.rule.rawValue)
        }
        #expect(rules("/api/v1/tasks/5", 503, #"{"error": 1}"#) == [])
        #expect(rules("/api/v1/tasks/5", 503, "{}") == ["response-body"])
        #expect(rules("/api/v1/tasks/5", 404, "{}") == [])
        #expect(rules("/api/v1/tasks", 404, "{}") == ["response-body"])
    }
}
