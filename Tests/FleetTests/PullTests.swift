import AssayFormats
import FleetCore
import Testing

@testable import fleet_ui

@Suite("Handing tasks out")
struct PullTests {
    @Test("Fifty workers get each task once, and none is left")
    func once() async throws {
        let bed = try UIBed()
        var made: Set<String> = []
        for _ in 0..<120 { made.insert(try await bed.task()) }
        var given: [String] = []
        for round in 0..<3 {
            for worker in 0..<50 { given += await bed.pull("w\(worker)", limit: round + 1) }
        }
        #expect(given.count == 120)
        #expect(Set(given) == made)
        #expect(await bed.pull("w1").isEmpty)
    }

    @Test("What a dead worker had goes to the next when the lease ends, to the millisecond")
    func lease() async throws {
        let bed = try UIBed()
        let task = try await bed.task()
        #expect(await bed.pull("dead", lease: 1000) == [task])
        bed.time.sleep(999)
        #expect(await bed.pull("w2").isEmpty)
        bed.time.sleep(1)
        #expect(await bed.pull("w2", lease: 1000) == [task])
        // The dead one comes back.
        #expect(await bed.report(task, "running", by: "dead").status == 409)
        #expect(await bed.report(task, "running", by: "w2").status == 200)
        #expect(await bed.report(task, "succeeded", by: "w2").status == 200)
        let seen = await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2).json
        #expect(seen["attempt"] == 2)
        #expect(seen["completions"] == 1)
    }

    @Test("A word in time keeps the task")
    func kept() async throws {
        let bed = try UIBed()
        let task = try await bed.task()
        _ = await bed.pull("w1", lease: 1000)
        for _ in 0..<5 {
            bed.time.sleep(900)
            #expect(await bed.report(task, "running").status == 200)
        }
        #expect(await bed.pull("w2").isEmpty)
    }

    @Test("A task that kills its workers fails in the end")
    func poison() async throws {
        let bed = try UIBed()
        let task = try await bed.task()
        for attempt in 0..<TaskBoard.mostAttempts {
            #expect(await bed.pull("w\(attempt)", lease: 100) == [task])
            bed.time.sleep(100)
        }
        #expect(await bed.pull("w9").isEmpty)
        let seen = await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2).json
        #expect(seen["status"] == "failed")
        #expect(seen["message"] == "its lease ended 5 times")
    }

    @Test("A task for one worker first is everybody's when that one is lost")
    func preferred() async throws {
        let bed = try UIBed()
        let task = try await bed.task(more: ["prefers": "w7"])
        #expect(await bed.pull("w1").isEmpty)
        #expect(await bed.pull("w7", lease: 50) == [task])
        bed.time.sleep(50)
        #expect(await bed.pull("w1") == [task])
    }

    @Test("Only tasks of the types that the worker can do, as many as it wants")
    func typesAndLimit() async throws {
        let bed = try UIBed()
        _ = try await bed.task("login")
        let warmup = try await bed.task("warmup", payload: ["actions": 1])
        let answer = await bed.ask(
            "POST", "/api/v1/tasks/pull", ["worker_id": "w1", "limit": 5, "types": ["warmup", "follow"]],
            as: .v2)
        #expect(answer.json["tasks"]?[0]?["id"]?.stringValue == warmup)
        #expect(answer.json["tasks"]?.arrayValue?.count == 1)
        #expect(try Contracts.violations(of: answer.json, by: "tasks/v2/pulled").isEmpty)
        try Contracts.expectGolden(answer.json, "tasks/v2/golden/pulled")
    }

    @Test(
        "Wrong questions are told member by member",
        arguments: [
            (#"{}"#, ["worker_id"]), (#"{"worker_id": "w1", "limit": 0}"#, ["limit"]),
            (
                #"{"worker_id": "w1", "limit": "1", "types": ["sleep"], "lease_ms": 1}"#,
                ["lease_ms", "limit", "types"]
            ),
            (#"{"worker_id": "w1", "types": []}"#, ["types"]),
        ])
    func bad(body: String, members: [String]) async throws {
        let answer = await (try UIBed()).ask("POST", "/api/v1/tasks/pull", try JSON(parsing: body))
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?.objectValue?.keys.sorted() == members)
    }

    @Test(
        "Tasks that nobody could do are not taken",
        arguments: [
            (#"{"type": "sleep", "account_id": "acc-001"}"#, ["type"]),
            (#"{"type": "login", "account_id": "nobody"}"#, ["account_id"]),
            (#"{"type": "warmup", "account_id": "acc-001", "payload": {"actions": 0}}"#, ["payload.actions"]),
            (
                #"{"type": "bulk", "account_id": "acc-001", "payload": {"media": ["a", "a"]}}"#,
                ["payload.media"]
            ),
            (
                #"{"type": "login", "account_id": "acc-001", "batch": "", "prefers": 5}"#,
                ["batch", "prefers"]
            ),
        ])
    func badTask(body: String, members: [String]) async throws {
        let answer = await (try UIBed()).ask("POST", "/api/v1/tasks", try JSON(parsing: body))
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?.objectValue?.keys.sorted() == members)
    }

    @Test("Tasks are listed by batch and status, with counts of the batch")
    func list() async throws {
        let bed = try UIBed()
        for batch in ["b1", "b1", "b2"] { _ = try await bed.task(more: ["batch": .string(batch)]) }
        _ = await bed.pull("w1", limit: 1)
        let answer = await bed.ask("GET", "/api/v1/tasks?batch=b1&status=queued", as: .v2)
        #expect(answer.json["tasks"]?.arrayValue?.count == 1)
        #expect(answer.json["counts"]?["assigned"] == 1)
        #expect(answer.json["counts"]?["queued"] == 1)
        #expect(try Contracts.violations(of: answer.json, by: "tasks/v2/list").isEmpty)
    }

    @Test("Planted: a task for two workers; a lease that does not end")
    func planted() async throws {
        let twice = try UIBed(["FLEET_DEFECT": "task-twice"])
        let task = try await twice.task()
        #expect(await twice.pull("w1") == [task])
        #expect(await twice.pull("w2") == [task])
        #expect(await twice.pull("w3").isEmpty)
        let forever = try UIBed(["FLEET_DEFECT": "lease-forever"])
        _ = try await forever.task()
        _ = await forever.pull("dead", lease: 10)
        forever.time.sleep(100_000)
        #expect(await forever.pull("w2").isEmpty)
    }

    @Test("Metrics count what happened")
    func metrics() async throws {
        let bed = try UIBed()
        _ = try await bed.task()
        _ = await bed.pull("w1")
        let text = await bed.ask("GET", "/api/v1/metrics").text
        for line in [
            "fleet_ui_tasks_handed_out_total 1", #"fleet_ui_tasks{status="assigned"} 1"#,
            "fleet_ui_lock_overlaps 0",
            #"fleet_ui_requests_total{method="POST",route="/api/v1/tasks/pull",status="200"} 1"#,
            "# TYPE fleet_ui_tasks gauge",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) in \(text)")
        }
    }
}
