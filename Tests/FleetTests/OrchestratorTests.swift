import AssayFormats
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

/// test_orchestrator_start_per_type
@Suite("The orchestrator")
struct OrchestratorTests {
    static let requests: [(type: JobType, payload: JSON, result: JSON)] = [
        (.login, [:], ["sessions"]), (.warmup, ["actions": 6], ["actions"]),
        (.bulk, ["media": ["media-001", "media-002"], "per_account": 2], ["published"]),
        (.follow, ["targets": ["a", "b"]], ["followed"]), (.like, ["targets": ["a"]], ["liked"]),
    ]

    @Test("Each type starts and succeeds", arguments: requests.indices)
    func starts(index: Int) async throws {
        let (type, payload, result) = Self.requests[index]
        let worker = try UIBed().worker()
        let job = try worker.start([
            "type": .string(type.rawValue), "account_ids": ["acc-001", "acc-002"], "payload": payload,
        ])
        #expect(job.state == .queued)
        #expect(await worker.runNext() == job.id)
        let ended = try #require(worker.jobs[job.id])
        #expect(ended.state == .succeeded, "\(ended.message ?? "")")
        #expect(ended.result?.objectValue?.keys == result.arrayValue?.compactMap(\.stringValue))
        #expect(ended.done == ended.total && ended.total > 0)
        #expect(worker.metrics.value("jobs_total", [("type", type.rawValue), ("status", "succeeded")]) == 1)
    }

    @Test("There is a test for each type")
    func complete() { #expect(Set(Self.requests.map(\.type)) == Set(JobType.allCases)) }

    @Test(
        "Each type wants what it needs",
        arguments: [
            (#"{}"#, ["account_ids", "type"]), (#"{"type": "sleep", "account_ids": ["a"]}"#, ["type"]),
            (#"{"type": "login", "account_ids": []}"#, ["account_ids"]),
            (#"{"type": "login", "account_ids": ["a", "a"]}"#, ["account_ids"]),
            (#"{"type": "login", "account_ids": ["a b"]}"#, ["account_ids"]),
            (#"{"type": "login", "account_ids": ["a"], "payload": []}"#, ["payload"]),
            (
                #"{"type": "bulk", "account_ids": ["a"], "payload": {"per_account": 11}}"#,
                ["payload.media", "payload.per_account"]
            ),
            (#"{"type": "warmup", "account_ids": ["a"]}"#, ["payload.actions"]),
            (#"{"type": "warmup", "account_ids": ["a"], "payload": {"actions": 501}}"#, ["payload.actions"]),
            (#"{"type": "follow", "account_ids": ["a"], "payload": {"targets": []}}"#, ["payload.targets"]),
            (#"{"type": "like", "account_ids": ["a"], "payload": {"targets": "x"}}"#, ["payload.targets"]),
        ])
    func refuses(body: String, members: [String]) throws {
        let worker = try UIBed().worker()
        let error = #expect(throws: Orchestrator.StartRefusal.self) { try worker.start(JSON(parsing: body)) }
        guard case .faults(let faults)? = error else { return }
        #expect(faults.keys.sorted() == members)
    }

    @Test("Locks are taken for the time of the job, and given back whatever came of it")
    func locks() async throws {
        let bed = try UIBed()
        let worker = bed.worker()
        _ = try worker.start(["type": "login", "account_ids": ["acc-002", "acc-001"]])
        _ = try worker.start(["type": "login", "account_ids": ["acc-002", "nobody"]])
        _ = await worker.runNext()
        _ = await worker.runNext()
        let events = bed.ui.journal.events(of: "account:").map {
            "\($0["event"]?.stringValue ?? "") \($0["resource"]?.stringValue ?? "")"
        }
        // In the order of their names, released in the reverse.
        #expect(
            events == [
                "acquired account:acc-001", "acquired account:acc-002", "released account:acc-002",
                "released account:acc-001", "acquired account:acc-002", "acquired account:nobody",
                "released account:nobody", "released account:acc-002",
            ])
        #expect(worker.jobs["job-2"]?.errorCode == "ui")
    }

    @Test("An account that somebody works with is waited for; not for ever")
    func waits() async throws {
        let bed = try UIBed()
        let worker = bed.worker(times: .init(lockPatience: 1000, lockEvery: 100))
        let lock: JSON = ["resource": "account:acc-001", "owner": "other", "ttl_ms": 500]
        _ = await bed.ask("POST", "/api/v1/locks", lock)
        _ = try worker.start(["type": "login", "account_ids": ["acc-001"]])
        _ = await worker.runNext()
        #expect(worker.jobs["job-1"]?.state == .succeeded)
        #expect(worker.metrics.value("lock_waits_total") == 3)
        _ = await bed.ask(
            "POST", "/api/v1/locks", ["resource": "account:acc-001", "owner": "other", "ttl_ms": 5000])
        _ = try worker.start(["type": "login", "account_ids": ["acc-001"]])
        _ = await worker.runNext()
        #expect(worker.jobs["job-2"]?.errorCode == "account_locked")
    }

    @Test("A UI that has no locks for a moment is asked again")
    func locksUnavailable() async throws {
        let account: JSON = ["id": "a", "username": "u", "status": "active", "proxy": ["id": "p"]]
        let ui = MockUI([
            (503, ["error": "locks_unavailable"]), (201, ["token": "k"]), (200, ["accounts": [account]]),
            (204, .null),
        ])
        let worker = Orchestrator(
            UIClient(ui, worker: "w1", version: .v2), pace: VirtualTime().pace,
            log: Log(least: .error) { _ in })
        _ = try worker.start(["type": "login", "account_ids": ["a"]])
        _ = await worker.runNext()
        #expect(worker.jobs["job-1"]?.state == .succeeded)
        #expect(worker.metrics.value("lock_troubles_total") == 1)
    }

    @Test("Accounts that are paused, banned or without a proxy are not worked with")
    func unfit() async throws {
        let bed = try UIBed(["FLEET_ACCOUNTS": "4"])
        for state in ["paused", "banned"] {
            _ = await bed.ask(
                "POST", "/api/v1/accounts", ["id": .string(state), "username": "u", "status": .string(state)])
        }
        let worker = bed.worker()
        for (account, code) in [
            ("paused", "account_paused"), ("banned", "account_banned"), ("acc-004", "no_proxy"),
        ] {
            let job = try worker.start(["type": "login", "account_ids": [.string(account)]])
            _ = await worker.runNext()
            #expect(worker.jobs[job.id]?.errorCode == code)
        }
    }

    @Test("A job that is stopped ends after its current action")
    func stopped() async throws {
        let bed = try UIBed()
        let worker = bed.worker(times: .init(action: 100))
        _ = try worker.start(["type": "warmup", "account_ids": ["acc-001"], "payload": ["actions": 10]])
        bed.time.events = [(bed.time.now + 350, { _ = try? worker.stop("job-1") })]
        _ = await worker.runNext()
        let job = try #require(worker.jobs["job-1"])
        #expect(job.state == .cancelled)
        #expect(job.done == 3)
        #expect(await bed.ask("GET", "/api/v1/locks/account:acc-001").status == 404)
    }

    @Test("Pulled tasks are done and told, each once")
    func pulls() async throws {
        let bed = try UIBed()
        var tasks: [String] = []
        for _ in 0..<6 { tasks.append(try await bed.task("warmup", payload: ["actions": 2])) }
        let worker = bed.worker(limits: .init(running: 4))
        #expect(try await worker.pullOnce() == 4)
        #expect(try await worker.pullOnce() == 0)
        while await worker.runNext() != nil {}
        #expect(try await worker.pullOnce() == 2)
        while await worker.runNext() != nil {}
        let list = await bed.ask("GET", "/api/v1/tasks", as: .v2).json
        #expect(list["counts"]?["succeeded"] == 6)
        let completions = list["tasks"]?.arrayValue?.compactMap { $0["completions"]?.intValue }
        #expect(completions == Array(repeating: 1, count: 6))
        #expect(list["tasks"]?[0]?["result"]?["actions"] == ["feed": 1, "story": 1])
    }

    @Test("A long job keeps its lease and its lock by telling how far it is")
    func beats() async throws {
        let bed = try UIBed()
        let task = try await bed.task("warmup", payload: ["actions": 10])
        let worker = bed.worker(times: .init(action: 700, lease: 900))
        _ = try await worker.pullOnce()
        _ = await worker.runNext()
        let seen = await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2).json
        #expect(seen["status"] == "succeeded")
        #expect(seen["attempt"] == 1)
        #expect(bed.ui.metrics.value("status_updates_total", [("status", "running")]) > 10)
    }

    @Test("A worker whose task went to another tells nothing and ends its job")
    func lost() async throws {
        let bed = try UIBed()
        let task = try await bed.task("warmup", payload: ["actions": 5])
        let worker = bed.worker("slow", times: .init(action: 100, lease: 600))
        _ = try await worker.pullOnce()
        // It stands still longer than its lease; meanwhile another has done the task.
        bed.time.sleep(700)
        #expect(await bed.pull("w2", lease: 10_000) == [task])
        _ = await bed.report(task, "running", by: "w2")
        _ = await worker.runNext()
        #expect(worker.jobs["job-1"]?.errorCode == "lease_lost")
        #expect(await bed.report(task, "succeeded", by: "w2").status == 200)
        #expect(await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2).json["worker_id"] == "w2")
    }

    @Test("The end of a task is told again when the UI is silent")
    func toldAgain() async throws {
        let time = VirtualTime()
        let task: JSON = [
            "id": "t1", "type": "login", "account_id": "a", "status": "assigned", "payload": [:],
        ]
        let account: JSON = ["id": "a", "username": "u", "status": "active", "proxy": ["id": "p"]]
        let ui = MockUI([
            (200, ["tasks": [task]]), (200, ["id": "t1", "status": "running"]),
            (201, ["token": "k"]), (200, ["accounts": [account]]), (204, .null),
        ])
        let worker = Orchestrator(
            UIClient(ui, worker: "w1", version: .v2), pace: time.pace, log: Log(least: .error) { _ in })
        _ = try await worker.pullOnce()
        _ = await worker.runNext()
        #expect(worker.jobs["job-1"]?.state == .succeeded)
        #expect(ui.calls.suffix(4).allSatisfy { $0.target == "/api/v1/tasks/t1/status" })
        #expect(worker.metrics.value("ends_not_told_total") == 4)
    }
}
