import AssayContracts
import AssayFormats
import AssayNet
import AssayWire
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

/// Schemas: folding, required members, backward compatibility.
@Suite("The contract and its versions")
struct ContractTests {
    static let families = ["aggregates", "tasks", "status", "locks"]

    /// Golden examples of a version: path of the example → path of its schema.
    private static func examples(_ version: WireVersion) throws -> [(example: String, schema: String)] {
        try families.flatMap { family in
            let folder = "\(family)/\(version)/golden"
            guard Files.kind(of: "\(Contracts.folder)/\(folder)") == .folder else {
                return [(String, String)]()
            }
            return try Files.names(in: "\(Contracts.folder)/\(folder)").sorted().map { name in
                ("\(folder)/\(name)", "\(family)/\(version)/" + name.prefix { $0 != "." })
            }
        }
    }

    @Test(
        "Every golden example holds, by its own version and by the other", arguments: WireVersion.allCases
    )
    func golden(version: WireVersion) throws {
        let examples = try Self.examples(version)
        #expect(examples.count >= 5)
        for (example, schema) in examples {
            let json = try Contracts.json(example)
            #expect(try Contracts.violations(of: json, by: schema).isEmpty, "\(example)")
            let other = schema.replacing("/\(version)/", with: version == .v1 ? "/v2/" : "/v1/")
            #expect(try Contracts.violations(of: json, by: other).isEmpty, "\(example) by \(other)")
        }
    }

    @Test("Both versions require the same members, and v2 knows all that v1 knows")
    func required() throws {
        for family in Self.families {
            for name in try Files.names(in: "\(Contracts.folder)/\(family)/v1").sorted()
            where name.hasSuffix(".json") {
                let (old, new) = (
                    try Contracts.json("\(family)/v1/\(name)"), try Contracts.json("\(family)/v2/\(name)")
                )
                #expect(old["required"] == new["required"], "\(family)/\(name)")
                let known = Set(new["properties"]?.objectValue?.keys ?? [])
                #expect(known.isSuperset(of: old["properties"]?.objectValue?.keys ?? []), "\(family)/\(name)")
            }
        }
    }

    @Test(
        "Every member that an example must have is missed by its schema", arguments: WireVersion.allCases)
    func missing(version: WireVersion) throws {
        for (example, path) in try Self.examples(version) {
            guard case .object(let members) = try Contracts.json(example) else { continue }
            for name in try Contracts.json("\(path).schema.json")["required"]?.arrayValue ?? [] {
                var less = members
                less[name.stringValue ?? ""] = nil
                let violations = try Contracts.violations(of: .object(less), by: path)
                #expect(!violations.isEmpty, "\(example) without \(name)")
            }
        }
    }

    @Test("What v2 adds is folded away for who speaks v1")
    func folding() {
        var task = FleetTask(id: "t", type: .login, account: "a", state: .assigned, payload: [:])
        task.attempt = 2
        task.lease = .init(worker: "w", milliseconds: 5)
        let added = Set(task.json(in: .v2).objectValue?.keys ?? []).subtracting(
            task.json(in: .v1).objectValue?.keys ?? [])
        #expect(added == ["attempt", "lease"])
        #expect((try? FleetTask(task.json(in: .v2), at: "task")) == task)
        task.attempt = nil
        task.lease = nil
        #expect((try? FleetTask(task.json(in: .v1), at: "task")) == task)
    }

    @Test(
        "A task of v2 with parts that are none is told",
        arguments: [
            (#"{"attempt": "2"}"#, "task.attempt is a whole number"),
            (#"{"lease": {"worker_id": "w"}}"#, "task.lease has worker_id and expires_ms"),
            (#"{"id": null}"#, "task.id is a text"),
        ])
    func wrongTask(change: String, reason: String) throws {
        let task = FleetTask(id: "t", type: .login, account: "a", state: .assigned, payload: [:])
        guard case .object(var members) = task.json(in: .v2) else { return }
        for (name, value) in try #require(JSON(parsing: change).objectValue) { members[name] = value }
        let error = #expect(throws: Misfit.self) { try FleetTask(.object(members), at: "task") }
        #expect(error?.description == reason)
    }

    @Test(
        "Old and new workers work with old and new UIs", arguments: WireVersion.allCases,
        WireVersion.allCases)
    func matrix(ui: WireVersion, worker: WireVersion) async throws {
        let bed = try UIBed(["CONTRACT_VERSION": ui.rawValue])
        let task = try await bed.task("warmup", payload: ["actions": 2])
        let orchestrator = bed.worker("old", version: worker, times: .init(action: 400, lease: 900))
        #expect(try await orchestrator.pullOnce() == 1)
        _ = await orchestrator.runNext()
        let spoken = worker.spoken(with: ui)
        let seen = await bed.ask("GET", "/api/v1/tasks/\(task)", as: worker)
        #expect(seen.json["status"] == "succeeded")
        #expect(seen.headers[WireVersion.header] == spoken.rawValue)
        #expect((seen.json["attempt"] != nil) == (spoken == .v2))
        #expect((seen.json["result"] != nil) == (spoken == .v2))
    }

    @Test("Who names no version is answered in v1; one that nobody knows is refused")
    func versions() async throws {
        let bed = try UIBed()
        #expect(await bed.ask("GET", "/api/v1/media").headers[WireVersion.header] == "v1")
        let answer = try await Self.asked(bed, "v3")
        #expect(answer.status == 400)
    }

    private static func asked(_ bed: UIBed, _ version: String) async throws -> HTTPResponse {
        var request = HTTPRequest(method: "GET", target: "/api/v1/media")
        request.headers.add("Authorization", "Bearer \(UIBed.token)")
        request.headers.add(WireVersion.header, version)
        request.peer = .loopback(port: 1)
        return await bed.ui.answer(request)
    }

    @Test("Updates are what their schemas say, and kept as golden files", arguments: WireVersion.allCases)
    func updates(version: WireVersion) throws {
        var update = StatusUpdate(.failed, by: "w1", message: "account 'a' is banned")
        update.errorCode = "account_banned"
        update.progress = 40
        let json = update.json(in: version)
        #expect(try Contracts.violations(of: json, by: "status/\(version)/update").isEmpty)
        try Contracts.expectGolden(json, "status/\(version)/golden/update.failed")
        try Contracts.expectGolden(
            StatusUpdate(.running, by: "w1").json(in: version), "status/\(version)/golden/update.running")
    }
}
