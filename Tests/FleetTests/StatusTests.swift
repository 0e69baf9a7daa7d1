import AssayFormats
import FleetCore
import Testing

@testable import fleet_ui

/// test_status_update_endpoints (200/400/401)
@Suite("Status updates")
struct StatusTests {
    private static func begun(_ variables: [String: String] = [:]) async throws -> (UIBed, String) {
        let bed = try UIBed(variables)
        let task = try await bed.task()
        #expect(await bed.pull("w1") == [task])
        return (bed, task)
    }

    @Test("From handed out to done: 200 each time, as the schema and the golden files say")
    func done() async throws {
        let (bed, task) = try await Self.begun()
        for status in ["running", "succeeded"] {
            let answer = await bed.report(task, status)
            #expect(answer.status == 200)
            #expect(answer.json["status"]?.stringValue == status)
            #expect(try Contracts.violations(of: answer.json, by: "status/v2/updated").isEmpty)
            try Contracts.expectGolden(answer.json, "status/v2/golden/updated.\(status)")
        }
        let seen = await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2)
        #expect(seen.json["completions"] == 1)
        #expect(try Contracts.violations(of: seen.json, by: "tasks/v2/task").isEmpty)
        try Contracts.expectGolden(seen.json, "tasks/v2/golden/task")
        let old = await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v1)
        try Contracts.expectGolden(old.json, "tasks/v1/golden/task")
    }

    @Test(
        "What is no update is answered 400 with every member that is wrong",
        arguments: [
            ("{}", ["status", "worker_id"]), (#"{"status": "queued", "worker_id": "w1"}"#, ["status"]),
            (#"{"status": "asleep", "worker_id": "w1"}"#, ["status"]),
            (#"{"status": "running", "worker_id": ""}"#, ["worker_id"]),
            (#"{"status": "running", "worker": "w1"}"#, ["worker_id"]),
            (
                #"{"status": 5, "worker_id": "w1", "progress": 101, "message": 1}"#,
                ["message", "progress", "status"]
            ),
            (
                #"{"status": "failed", "worker_id": "w1", "result": [], "error_code": 5}"#,
                ["error_code", "result"]
            ),
        ])
    func bad(body: String, members: [String]) async throws {
        let (bed, task) = try await Self.begun()
        let answer = await bed.ask("POST", "/api/v1/tasks/\(task)/status", try JSON(parsing: body))
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?.objectValue?.keys.sorted() == members)
        #expect(try Contracts.violations(of: answer.json, by: "common/v1/error").isEmpty)
    }

    @Test("No JSON, or none that is an object: 400", arguments: [JSON.array([]), .string("running"), .null])
    func noObject(body: JSON) async throws {
        let (bed, task) = try await Self.begun()
        #expect(await bed.ask("POST", "/api/v1/tasks/\(task)/status", body).status == 400)
        #expect(await bed.ask("POST", "/api/v1/tasks/\(task)/status").json["error"] == "bad_json")
    }

    @Test("Without a token 401, without the task 404")
    func refused() async throws {
        let (bed, task) = try await Self.begun()
        let body: JSON = ["status": "running", "worker_id": "w1"]
        #expect(await bed.ask("POST", "/api/v1/tasks/\(task)/status", body, authorization: nil).status == 401)
        #expect(await bed.ask("POST", "/api/v1/tasks/task-99/status", body).status == 404)
        #expect(await bed.ask("GET", "/api/v1/tasks/\(task)", as: .v2).json["status"] == "assigned")
    }

    @Test("Another worker's word does not count: 409")
    func otherWorker() async throws {
        let (bed, task) = try await Self.begun()
        let answer = await bed.report(task, "running", by: "w2")
        #expect(answer.status == 409)
        #expect(answer.json == ["error": "other_worker", "worker_id": "w1"])
    }

    @Test("Every change that there is, and none besides", arguments: TaskState.allCases)
    func machine(from: TaskState) {
        let allowed: [TaskState: Set<TaskState>] = [
            .queued: [.cancelled], .assigned: [.running, .failed, .cancelled],
            .running: [.running, .succeeded, .failed, .cancelled],
        ]
        for to in TaskState.allCases {
            #expect(from.mayBecome(to) == (allowed[from]?.contains(to) ?? false), "\(from) → \(to)")
        }
    }

    @Test("What has ended stays: 409, but the same word again is only heard again")
    func final() async throws {
        let (bed, task) = try await Self.begun()
        _ = await bed.report(task, "running")
        _ = await bed.report(task, "failed")
        let again = await bed.report(task, "failed")
        #expect(again.status == 200)
        #expect(again.json["repeated"] == true)
        let other = await bed.report(task, "succeeded")
        #expect(other.status == 409)
        #expect(other.json == ["error": "illegal_transition", "from": "failed", "to": "succeeded"])
    }

    @Test("What waits can be cancelled, and is not handed out any more")
    func cancelled() async throws {
        let bed = try UIBed()
        let task = try await bed.task()
        #expect(await bed.report(task, "running").status == 409)
        #expect(await bed.report(task, "cancelled").status == 200)
        #expect(await bed.pull("w1").isEmpty)
    }

    @Test(
        "Planted: a status that no contract has, a word that is none, a word that is gone",
        arguments: [
            ("status-undocumented", "running", 202, "running"),
            ("enum-renamed", "running", 200, "in_progress"),
            ("enum-removed", "cancelled", 400, nil),
        ])
    func planted(defect: String, status: String, code: Int, told: String?) async throws {
        let (bed, task) = try await Self.begun(["FLEET_DEFECT": defect])
        let answer = await bed.report(task, status)
        #expect(answer.status == code)
        #expect(answer.json["status"]?.stringValue == told)
        if told == "in_progress" {
            #expect(try !Contracts.violations(of: answer.json, by: "status/v2/updated").isEmpty)
        }
    }
}
