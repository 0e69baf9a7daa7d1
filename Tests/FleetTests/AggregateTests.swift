import AssayFormats
import AssayWire
import FleetCore
import Testing

@testable import fleet_ui

/// test_aggregate_endpoints_consistency
@Suite("Aggregates")
struct AggregateTests {
    private static func bed() async throws -> UIBed {
        let bed = try UIBed(["FLEET_ACCOUNTS": "4", "FLEET_MEDIA": "3"])
        _ = try await bed.task(
            "bulk", account: "acc-001", payload: ["media": ["media-001", "media-003"], "per_account": 2])
        _ = try await bed.task("login", account: "acc-001")
        _ = try await bed.task("warmup", account: "acc-002", payload: ["actions": 3])
        _ = await bed.pull("w1", limit: 1)
        _ = await bed.report("task-1", "running")
        return bed
    }

    static let endpoints = [
        ("accounts", "/api/v1/aggregates/accounts"), ("account", "/api/v1/aggregates/accounts/acc-001"),
        ("summary", "/api/v1/aggregates/summary"), ("media", "/api/v1/media"),
    ]

    @Test(
        "Each is as its schema and its golden file say, in both versions", arguments: endpoints,
        WireVersion.allCases)
    func schemas(endpoint: (schema: String, path: String), version: WireVersion) async throws {
        let answer = await (try await Self.bed()).ask("GET", endpoint.path, as: version)
        #expect(answer.status == 200)
        #expect(answer.headers[WireVersion.header] == version.rawValue)
        #expect(
            try Contracts.violations(of: answer.json, by: "aggregates/\(version)/\(endpoint.schema)").isEmpty)
        try Contracts.expectGolden(answer.json, "aggregates/\(version)/golden/\(endpoint.schema)")
    }

    @Test("An account alone is what it is among all")
    func oneOfAll() async throws {
        let bed = try await Self.bed()
        let all =
            await bed.ask("GET", "/api/v1/aggregates/accounts", as: .v2).json["accounts"]?.arrayValue ?? []
        #expect(all.count == 4)
        for account in all {
            let id = account["id"]?.stringValue ?? ""
            #expect(await bed.ask("GET", "/api/v1/aggregates/accounts/\(id)", as: .v2).json == account)
        }
        #expect(await bed.ask("GET", "/api/v1/aggregates/accounts/acc-009").status == 404)
    }

    @Test("Totals are the sums of what is listed")
    func totals() async throws {
        let bed = try await Self.bed()
        let answer = await bed.ask("GET", "/api/v1/aggregates/accounts", as: .v2).json
        let accounts = answer["accounts"]?.arrayValue ?? []
        let tasks = accounts.flatMap { $0["tasks"]?.arrayValue ?? [] }
        for state in TaskState.allCases {
            let listed = tasks.filter { $0["status"]?.stringValue == state.rawValue }.count
            #expect(answer["totals"]?["tasks"]?[state.rawValue]?.intValue == Int64(listed), "\(state)")
        }
        let proxies = accounts.filter { $0["proxy"] != .some(.null) }.count
        #expect(answer["totals"]?["proxies"]?.intValue == Int64(proxies))
        #expect(
            await bed.ask("GET", "/api/v1/aggregates/summary", as: .v2).json["totals"] == answer["totals"])
    }

    @Test("Only the accounts that are asked for, with their own sums")
    func some() async throws {
        let answer = await (try await Self.bed()).ask(
            "GET", "/api/v1/aggregates/accounts?ids=acc-002,acc-009")
        #expect(answer.json["accounts"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["acc-002"])
        #expect(answer.json["totals"]?["accounts"] == 1)
    }

    @Test("Accounts come and go, their tasks with them")
    func comeAndGo() async throws {
        let bed = try await Self.bed()
        let account: JSON = ["id": "a1", "username": "ann", "status": "paused"]
        #expect(await bed.ask("POST", "/api/v1/accounts", account).status == 201)
        #expect(await bed.ask("POST", "/api/v1/accounts", account).status == 409)
        #expect(
            await bed.ask("POST", "/api/v1/accounts", ["id": "a b", "status": "gone"]).json["fields"]?
                .objectValue?.keys.sorted() == ["id", "status", "username"])
        let task = try await bed.task(account: "a1")
        #expect(await bed.ask("DELETE", "/api/v1/accounts/a1").status == 204)
        #expect(await bed.ask("DELETE", "/api/v1/accounts/a1").status == 404)
        #expect(await bed.ask("GET", "/api/v1/tasks/\(task)").status == 404)
    }

    @Test(
        "A planted change of the form is a violation of the schema",
        arguments: [("field-renamed", "accounts[0]"), ("type-changed", "totals")])
    func planted(defect: String, place: String) async throws {
        let bed = try UIBed(["FLEET_DEFECT": defect])
        let answer = await bed.ask("GET", "/api/v1/aggregates/accounts")
        let violations = try Contracts.violations(of: answer.json, by: "aggregates/v1/accounts")
        #expect(violations.contains { $0.contains(place) }, "\(violations)")
    }

    @Test("Media have the bytes that their hash says")
    func media() async throws {
        let bed = try UIBed(["FLEET_MEDIA": "2"])
        let media = bed.ui.roster.media
        #expect(Set(media.map(\.hash)).count == 2)
        let answer = await bed.ask("GET", "/api/v1/media/media-002/content")
        #expect(answer.status == 200)
        #expect(answer.body == media[1].content)
        #expect(await bed.ask("GET", "/api/v1/media/media-003/content").status == 404)
    }
}
