import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite struct ContractFolderTests {
    @Test("the example folder is in order") func order() { #expect(ExampleFolder.problems() == []) }

    @Test("a version is a v and numbers, and 10 comes after 9")
    func versions() {
        #expect(["v1", "v2.10", "v10"].map { ContractVersion($0)?.description } == ["v1", "v2.10", "v10"])
        #expect(["", "v", "2", "v1.", "v1.x", "v-1", "v1.2.3.4.5"].allSatisfy { ContractVersion($0) == nil })
        let sorted = ["v10", "v2", "v9", "v2.10", "v2.9"].compactMap { ContractVersion($0) }.sorted()
        #expect(sorted.map(\.description) == ["v2", "v2.9", "v2.10", "v9", "v10"])
    }

    @Test("a path without a version means the highest that is not above the version asked for")
    func resolving() throws {
        let folder = try #require(ContractFolder.read(ExampleFolder.files(), DiagnosticBag()))
        let contract = try #require(folder.contracts.first)
        #expect(contract.versions.map(\.description) == ["v1", "v2"])
        guard case .routes(let routes) = contract.terms, case .schema(let path) = routes[0].request else {
            Issue.record("no schema")
            return
        }
        #expect(folder.resolve(path, version: nil) == "status/v2/update.schema.json")
        #expect(folder.resolve(path, version: ContractVersion("v1")) == "status/v1/update.schema.json")
        #expect(folder.resolve(path, version: ContractVersion("v7")) == "status/v2/update.schema.json")
        #expect(
            folder.compatibility(of: "status") == "FULL" && folder.compatibility(of: "events") == "BACKWARD")
        #expect(folder.versionedFamilies.map(\.name) == ["common", "events", "status"])
    }

    /// The manifest with one text in place of another.
    private static func manifest(_ old: String, _ new: String) -> [String: String?] {
        ["contracts.yml": ExampleFolder.manifest.replacing(old, with: new)]
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var changes: [String: String?]
        var said: String
    }

    static let faults: [Fault] = [
        Fault(
            testDescription: "no manifest", changes: ["contracts.yml": nil],
            said:
                "AS415 the folder 'contracts' has no manifest (write contracts/contracts.yml, or name the folder that has it)"
        ),
        Fault(
            testDescription: "a file that is not there",
            changes: manifest("request: status/update.schema.json", "request: status/updat.schema.json"),
            said:
                "AS416 11:18 contract 'ui-api' names 'status/updat.schema.json', which is not in contracts (did you mean 'status/v1/update.schema.json'?)"
        ),
        Fault(
            testDescription: "a folder vN that is not there",
            changes: manifest("events/v1/done", "events/v3/done"),
            said:
                "AS416 27:27 contract 'events' names 'events/v3/done.schema.json', which is not in contracts ('events' has v1)"
        ),
        Fault(
            testDescription: "a version that is not there",
            changes: manifest("provider: ui\n", "provider: ui\n    version: v7\n"),
            said:
                "AS417 3:3 contract 'ui-api' is of version v7, and its files have v1 and v2"
        ),
        Fault(
            testDescription: "the same route twice",
            changes: manifest(
                "on: {get: \"/api/v1/tasks/{id}\"}", "on: {post: \"/api/v1/tasks/{number}/status\"}"),
            said:
                "AS418 22:20 contract 'ui-api' has POST /api/v1/tasks/{number}/status twice: on line 8 as /api/v1/tasks/{id}/status (keep one of them)"
        ),
        Fault(
            testDescription: "nothing to hold to",
            changes: manifest("    messages: {task-done: events/v1/done.schema.json}\n", ""),
            said:
                "AS419 24:3 contract 'events' says nothing that both sides could hold to (give it `openapi: FILE`, `routes:` or `messages:`)"
        ),
        Fault(
            testDescription: "both forms",
            changes: manifest("    routes:\n", "    openapi: x.yaml\n    routes:\n"),
            said: "AS419 8:5 a contract 'ui-api' has both 'openapi' and 'routes' (keep one of them)"),
        Fault(
            testDescription: "a parameter within a segment",
            changes: manifest("tasks/{id}/status", "tasks/t-{id}/status"),
            said:
                "AS420 8:20 expected parameters that fill a segment, like `/{id}/`, found the segment 't-{id}'"
        ),
        Fault(
            testDescription: "a path parameter that the path does not have",
            changes: manifest("parameters: {id: integer}", "parameters: {ident: integer}"),
            said:
                "AS420 9:22 POST /api/v1/tasks/{id}/status has no parameter 'ident'"
        ),
        Fault(
            testDescription: "a star in the middle", changes: manifest("/static/*", "/*/static"),
            said:
                "AS420 6:25 '/*/static' is no path to ignore: expected one that begins with `/`, with `*` at most at its end"
        ),
        Fault(
            testDescription: "a status that is none", changes: manifest("200: status", "2000: status"),
            said:
                "AS421 13:11 '2000' is no status (write a number from 100 to 599, a class like 4XX, or `default`)"
        ),
        Fault(
            testDescription: "a schema that cannot be used",
            changes: ["common/v1/error.schema.json": "{\n  \"type\": \"objekt\"\n}"],
            said:
                "AS422 2:3 the schema contracts/common/v1/error.schema.json#/type expects one of null, boolean, object, array, number, integer, string, found \"objekt\""
        ),
        Fault(
            testDescription: "a version without its v",
            changes: manifest("provider: ui\n", "provider: ui\n    version: 2\n"),
            said: "AS423 5:14 expected a version like `v2`, found the number 2 (write v2)"),
        Fault(
            testDescription: "a file that is no JSON",
            changes: ["common/v1/error.schema.json": "{\n  \"type\" \"object\"\n}"],
            said:
                "AS428 2:10 'contracts/common/v1/error.schema.json' is no JSON: expected ':' after the member's name, found '\"'"
        ),
        Fault(
            testDescription: "a family without a folder",
            changes: manifest("status: {compat", "state: {compat"),
            said:
                "AS430 29:3 there is no folder 'state' with versions v1, v2, … in contracts (did you mean 'status'?)"
        ),
        Fault(
            testDescription: "an unknown key", changes: manifest("consumers: [worker]", "consumer: [worker]"),
            said: "AS010 5:5 'consumer' is not known in a contract 'ui-api' (did you mean 'consumers'?)"),
    ]

    @Test("a fault of the manifest is told with its place", arguments: faults)
    func tells(_ fault: Fault) { #expect(ExampleFolder.problems(fault.changes).contains(fault.said)) }

    @Test("a contract named in two folders is told once, at the second")
    func twice() throws {
        let bag = DiagnosticBag()
        let first = try #require(ContractFolder.read(ExampleFolder.files(), bag))
        var other = ExampleFolder.files()
        other.folder = "more"
        let second = try #require(ContractFolder.read(other, bag))
        _ = ContractBook([first, second], bag)
        #expect(
            bag.all.map { "\($0.code) \($0.message)" } == [
                "AS424 contract 'ui-api' is written twice: it is in contracts/contracts.yml too",
                "AS424 contract 'events' is written twice: it is in contracts/contracts.yml too",
            ])
    }

    @Test(
        "a use of a contract that there is not is told where it is written",
        arguments: [
            (
                "ui-apy",
                "AS425 4:9 service 'ui' is bound to contract 'ui-apy', which no manifest has (did you mean 'ui-api'?)"
            ),
            (
                "ui-api@v9",
                "AS417 4:9 service 'ui' is bound to ui-api@v9, and contract 'ui-api' has v1 and v2"
            ),
            (
                "events",
                "AS429 4:9 service 'ui' is bound to contract 'events', which is of messages and judges no requests (name one with `openapi` or `routes`, or `none`)"
            ),
        ])
    func uses(_ name: String, _ said: String) throws {
        let use = ContractBook.Use(
            try #require(ContractReference(parsing: name)), user: "service 'ui'",
            location: SourceLocation(file: "assay.yml", line: 4, column: 9))
        #expect(ExampleFolder.problems(uses: [use]) == [said])
    }
}
