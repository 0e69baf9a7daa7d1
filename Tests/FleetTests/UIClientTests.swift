import AssayFormats
import FleetCore
import Testing

@testable import fleet_worker

/// test_ui_client_endpoints_mapping
@Suite("The client of the UI")
struct UIClientTests {
    private static func asked(
        as version: WireVersion = .v2, defect: Defect? = nil, status: Int = 200, _ answer: JSON,
        _ use: (UIClient) async throws(UITrouble) -> Void
    ) async -> (calls: [UICall], trouble: UITrouble?) {
        let mock = MockUI([(status, answer)])
        let client = UIClient(mock, worker: "w1", version: version, defect: defect)
        do throws(UITrouble) { try await use(client) } catch { return (mock.calls, error) }
        return (mock.calls, nil)
    }

    @Test("Each function asks one endpoint, with what the contract wants")
    func mapping() async throws {
        let lock = HeldLock(resource: "account:a", token: "k")
        let account: JSON = ["id": "a", "username": "u", "status": "active", "proxy": .null]
        let cases:
            [(call: UICall, schema: String?, answer: JSON, (UIClient) async throws(UITrouble) -> Void)] = [
                (
                    UICall(method: "GET", target: "/api/v1/aggregates/accounts?ids=a", body: nil), nil,
                    ["accounts": [account]],
                    { client async throws(UITrouble) in
                        #expect(
                            try await client.accounts(["a"]) == [
                                .init(id: "a", username: "u", status: "active", hasProxy: false)
                            ])
                    }
                ),
                (
                    UICall(method: "GET", target: "/api/v1/media", body: nil), nil,
                    ["media": [["id": "m", "sha256": "00"]]],
                    { client async throws(UITrouble) in
                        #expect(try await client.media() == [.init(id: "m", hash: "00")])
                    }
                ),
                (
                    UICall(method: "GET", target: "/api/v1/media/m/content", body: nil), nil, 5,
                    { client async throws(UITrouble) in #expect(try await client.content(of: "m") == [0x35]) }
                ),
                (
                    UICall(
                        method: "POST", target: "/api/v1/tasks/pull",
                        body: ["worker_id": "w1", "limit": 3, "lease_ms": 500]), "tasks/v2/pull",
                    ["tasks": []],
                    { client async throws(UITrouble) in
                        #expect(try await client.pull(limit: 3, leaseMilliseconds: 500).isEmpty)
                    }
                ),
                (
                    UICall(
                        method: "POST", target: "/api/v1/tasks/t1/status",
                        body: ["status": "running", "worker_id": "w1"]), "status/v2/update",
                    ["id": "t1", "status": "running"],
                    { client async throws(UITrouble) in
                        try await client.report("t1", StatusUpdate(.running, by: "w1"))
                    }
                ),
                (
                    UICall(
                        method: "POST", target: "/api/v1/locks",
                        body: ["resource": "account:a", "owner": "w1", "ttl_ms": 500]), "locks/v2/acquire",
                    ["token": "k"],
                    { client async throws(UITrouble) in
                        #expect(try await client.lock("account:a", milliseconds: 500) == lock)
                    }
                ),
                (
                    UICall(
                        method: "POST", target: "/api/v1/locks/account:a/renew",
                        body: ["token": "k", "ttl_ms": 500]),
                    "locks/v2/renew", [:],
                    { client async throws(UITrouble) in try await client.renew(lock, milliseconds: 500) }
                ),
                (
                    UICall(method: "POST", target: "/api/v1/locks/account:a/release", body: ["token": "k"]),
                    "locks/v2/release", .null,
                    { client async throws(UITrouble) in try await client.release(lock) }
                ),
            ]
        for (call, schema, answer, use) in cases {
            let (calls, trouble) = await Self.asked(answer, use)
            #expect(trouble == nil, "\(call.target)")
            #expect(calls == [call])
            if let schema, let body = call.body {
                #expect(try Contracts.violations(of: body, by: schema).isEmpty, "\(call.target)")
            }
        }
    }

    @Test("A worker of v1 sends what v1 has, and no more")
    func v1() async throws {
        let (pulls, _) = await Self.asked(as: .v1, ["tasks": []]) { client async throws(UITrouble) in
            _ = try await client.pull(limit: 1, leaseMilliseconds: 500)
        }
        #expect(pulls.first?.body == ["worker_id": "w1", "limit": 1])
        var update = StatusUpdate(.failed, by: "w1", message: "no")
        update.progress = 50
        update.errorCode = "x"
        update.result = [:]
        let sent = update
        let (reports, _) = await Self.asked(as: .v1, ["status": "failed"]) { client async throws(UITrouble) in
            try await client.report("t1", sent)
        }
        #expect(reports.first?.body == ["status": "failed", "worker_id": "w1", "message": "no"])
    }

    @Test("A lock of somebody else is none of ours; other refusals are trouble")
    func refusals() async throws {
        let (_, none) = await Self.asked(status: 409, ["error": "locked"]) { client async throws(UITrouble) in
            #expect(try await client.lock("r", milliseconds: 10) == nil)
        }
        #expect(none == nil)
        let (_, refused) = await Self.asked(status: 503, ["error": "locks_unavailable"]) {
            client async throws(UITrouble) in _ = try await client.lock("r", milliseconds: 10)
        }
        #expect(refused == .refused(status: 503, error: "locks_unavailable"))
        #expect(refused?.description == "the UI refuses: 503 locks_unavailable")
    }

    @Test(
        "Answers that the contract does not have are told with their place",
        arguments: [
            (#"{"tasks": {}}"#, "tasks is no list"), (#"{"tasks": [{}]}"#, "tasks[0].type is a text"),
            (
                #"{"tasks": [{"type": "sleep", "status": "queued"}]}"#,
                "tasks[0].type is a known type, found 'sleep'"
            ),
            (
                #"{"tasks": [{"type": "login", "status": "in_progress"}]}"#,
                "tasks[0].status is a known status, found 'in_progress'"
            ),
            (
                #"{"tasks": [{"type": "login", "status": "queued", "payload": 5}]}"#,
                "tasks[0].payload is an object"
            ),
        ])
    func misfits(answer: String, reason: String) async throws {
        let (_, trouble) = await Self.asked(try JSON(parsing: answer)) { client async throws(UITrouble) in
            _ = try await client.pull(limit: 1, leaseMilliseconds: 500)
        }
        #expect(trouble == .misfit(reason))
    }

    @Test("A UI that does not answer is unreachable")
    func unreachable() async throws {
        let client = UIClient(MockUI([]), worker: "w1", version: .v2)
        await #expect(throws: UITrouble.unreachable("connection-refused")) { try await client.media() }
    }

    @Test("Planted: a member of a request by another name, which its schema refuses")
    func planted() async throws {
        let (calls, _) = await Self.asked(defect: .requestRenamed, ["status": "running"]) {
            client async throws(UITrouble) in try await client.report("t", StatusUpdate(.running, by: "w1"))
        }
        let body = try #require(calls.first?.body)
        #expect(try !Contracts.violations(of: body, by: "status/v1/update").isEmpty)
    }
}
