import AssayContracts
import AssayCore
import AssayFormats
import Testing

@testable import Assay

@Suite("Test runs as verifications")
struct RunVerificationTests {
    static let manifest = """
        assay: 1
        contracts:
          ui-api:
            provider: ui
            consumers: [worker, bot]
            routes:
              - on: {post: "/tasks/{id}/status"}
                request: status/v1/update.schema.json
                answers: {200: status/v1/done.schema.json, 401: none}
          files-api:
            provider: ui
            openapi: ui/openapi.yaml
        """
    static let texts = [
        "contracts.yml": manifest,
        "status/v1/update.schema.json": #"{"$ref": "../../common/id.schema.json#/$defs/id"}"#,
        "status/v1/done.schema.json": "{}",
        "common/id.schema.json": #"{"$defs": {"id": {"type": "string"}}}"#,
        "common/other.schema.json": "{}",
        "ui/openapi.yaml": "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n",
    ]

    static func book(_ texts: [String: String] = texts) throws -> ContractBook {
        let bag = DiagnosticBag()
        let folder = try #require(ContractFolder.read(ContractFiles(texts: texts), bag))
        let book = ContractBook([folder], bag)
        try #require(bag.all.map(\.message).isEmpty)
        return book
    }

    private static func record(_ departures: [String]) -> RunRecord {
        var record = RunRecord(
            header: RunHeader(
                kind: .test, project: "shop", name: "pr", startedAtMilliseconds: 0, seed: 1,
                assayVersion: "1",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        let place = SourceLocation(file: "a.yml", line: 1, column: 1)
        let step = StepResult(
            name: "a", kind: "http", location: place, status: .failed, startedAtNanoseconds: 0,
            durationNanoseconds: 1,
            mismatches: departures.map { name in
                Mismatch(
                    subject: "status", expected: "200", actual: "500",
                    contract: ContractDrift(
                        rule: "response-status", side: .response, contract: name, operation: "GET /",
                        culprit: "service 'ui'"))
            } + [Mismatch(subject: "status", expected: "200", actual: "500")])
        record.tests = [
            TestResult(
                level: "e2e", scenario: "a", location: place, status: .failed, startedAtNanoseconds: 0,
                durationNanoseconds: 1, steps: [step])
        ]
        return record
    }

    @Test("each consumer of a contract that judged something has a row; a departure fails it")
    func rows() throws {
        let verifications = RunVerifications(
            book: try Self.book(), project: "shop", consumerVersion: "w2", providerVersion: "u7")
        let judged: [ContractReference: Int] = [
            ContractReference("ui-api"): 12, ContractReference("files-api"): 1,
            ContractReference("unknown"): 3,
        ]
        let rows = verifications.rows(
            judged, Self.record(["ui-api", "ui-api"]), at: 5, folder: ".assay/runs/1")
        #expect(rows.map(\.consumer) == ["shop", "worker", "bot"])
        #expect(rows.map(\.contract) == ["files-api", "ui-api", "ui-api"])
        #expect(rows.map(\.isSuccessful) == [true, false, false])
        #expect(
            rows.map(\.detail) == [
                "1 exchange", "2 departures in 12 exchanges", "2 departures in 12 exchanges",
            ])
        #expect(
            rows.allSatisfy {
                $0.provider == "ui" && $0.providerVersion == "u7" && $0.consumerVersion == "w2"
            })
        #expect(
            rows.allSatisfy {
                $0.atMilliseconds == 5 && $0.runFolder == ".assay/runs/1" && $0.content.count == 64
            })
        #expect(rows[0].content != rows[1].content)
        #expect(
            verifications.rows([ContractReference("ui-api"): 0], Self.record([]), at: 5, folder: "").isEmpty)
    }

    @Test("a departure from one version of a contract does not fail the row of another")
    func versions() throws {
        let verifications = RunVerifications(
            book: try Self.book(), project: "shop", consumerVersion: "w2", providerVersion: "u7")
        let judged: [ContractReference: Int] = [
            ContractReference("ui-api"): 4, ContractReference("ui-api", version: ContractVersion("v1")): 2,
        ]
        let rows = verifications.rows(judged, Self.record(["ui-api@v1"]), at: 5, folder: "")
            .filter { $0.consumer == "bot" }
        #expect(rows.map(\.contract) == ["ui-api", "ui-api@v1"])
        #expect(rows.map(\.detail) == ["4 exchanges", "1 departure in 2 exchanges"])
        #expect(rows.map(\.isSuccessful) == [true, false])
    }

    @Test(
        "the content of a contract changes with what it says, and with nothing else",
        arguments: [
            ("status/v1/update.schema.json", #"{"$ref": "../../common/id.schema.json#/$defs/other"}"#, true),
            ("common/id.schema.json", #"{"$defs": {"id": {"type": "integer"}}}"#, true),
            ("common/id.schema.json", "{ \"$defs\": {\"id\": {\"type\":   \"string\"}}}", false),
            ("common/other.schema.json", #"{"type": "string"}"#, false),
            ("ui/openapi.yaml", "openapi: 3.1.0\ninfo: {title: y, version: '1'}\npaths: {}\n", false),
            ("contracts.yml", manifest.replacing("401: none", with: "403: none"), true),
            ("contracts.yml", manifest.replacing("[worker, bot]", with: "[worker]"), false),
        ])
    func content(_ file: String, _ text: String, _ changes: Bool) throws {
        func hash(_ texts: [String: String]) throws -> String {
            MatrixStore.hash(parts: try #require(Self.book(texts).content(of: ContractReference("ui-api"))))
        }
        var changed = Self.texts
        changed[file] = text.replacing("$defs/other", with: "$defs/id\", \"title\": \"x")
        #expect(try (hash(changed) != hash(Self.texts)) == changes)
    }

    @Test("of several contracts of one provider the first that has the operation judges")
    func judge() throws {
        let book = try Self.book()
        let all = [ContractReference("files-api"), ContractReference("ui-api")]
        #expect(
            book.judge(of: .init(method: "POST", path: "/tasks/7/status"), among: all)
                == ContractReference("ui-api"))
        #expect(book.judge(of: .init(method: "GET", path: "/tasks/7/status"), among: all) == nil)
    }
}
