import AssayContracts
import AssayFormats
import AssayNet
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

@Suite("The worker's addresses")
struct WorkerTests {
    private static func ask(
        _ service: fleet_worker.Service, _ method: String, _ target: String, _ body: JSON? = nil
    ) async -> (status: Int, json: JSON, text: String) {
        let request = HTTPRequest(
            method: method, target: target, body: body.map { Array($0.rendered().utf8) } ?? [])
        let response = await service.answer(request)
        let text = String(decoding: response.body, as: UTF8.self)
        return (response.status, (try? JSON(parsing: text)) ?? .null, text)
    }

    private static func service(
        limits: JobManager.Limits = .init()
    ) throws -> (fleet_worker.Service, Orchestrator) {
        let orchestrator = try UIBed().worker(limits: limits)
        return (fleet_worker.Service(orchestrator, isPulling: false), orchestrator)
    }

    @Test("Health and metrics are answered 200")
    func healthAndMetrics() async throws {
        let (service, _) = try Self.service()
        let health = await Self.ask(service, "GET", "/api/v1/health")
        #expect(health.status == 200)
        #expect(health.json["worker_id"] == "w1")
        let metrics = await Self.ask(service, "GET", "/api/v1/metrics")
        #expect(metrics.status == 200)
        #expect(metrics.text.contains("fleet_worker_jobs_running 0\n"))
    }

    @Test("A job is started, looked at, run, and cannot be stopped any more")
    func job() async throws {
        let (service, orchestrator) = try Self.service()
        let started = await Self.ask(
            service, "POST", "/api/v1/jobs", ["type": "login", "account_ids": ["acc-001"]])
        #expect(started.status == 202)
        #expect(started.json["status"] == "queued")
        #expect(
            await Self.ask(service, "GET", "/api/v1/jobs?status=queued").json["jobs"]?.arrayValue?.count == 1)
        _ = await orchestrator.runNext()
        #expect(await Self.ask(service, "GET", "/api/v1/jobs/job-1").json["status"] == "succeeded")
        #expect(await Self.ask(service, "POST", "/api/v1/jobs/job-1/stop").status == 409)
        #expect(await Self.ask(service, "GET", "/api/v1/jobs").json["jobs"]?.arrayValue?.count == 1)
    }

    @Test("One that waits is stopped")
    func stop() async throws {
        let (service, _) = try Self.service()
        _ = await Self.ask(service, "POST", "/api/v1/jobs", ["type": "login", "account_ids": ["acc-001"]])
        let answer = await Self.ask(service, "POST", "/api/v1/jobs/job-1/stop")
        #expect(answer.status == 200)
        #expect(answer.json["status"] == "cancelled")
    }

    @Test("Refusals say why")
    func refusals() async throws {
        let (service, _) = try Self.service(limits: .init(running: 1, queued: 1))
        let request: JSON = ["type": "login", "account_ids": ["acc-001"]]
        #expect(await Self.ask(service, "POST", "/api/v1/jobs", ["type": "sleep"]).status == 400)
        #expect(await Self.ask(service, "POST", "/api/v1/jobs").status == 400)
        #expect(await Self.ask(service, "POST", "/api/v1/jobs", request).status == 202)
        let full = await Self.ask(service, "POST", "/api/v1/jobs", request)
        #expect(full.status == 429)
        #expect(full.json == ["error": "too_many_jobs", "reason": "1 jobs wait"])
        #expect(await Self.ask(service, "GET", "/api/v1/jobs?status=asleep").status == 400)
        #expect(await Self.ask(service, "GET", "/api/v1/jobs/job-9").status == 404)
        #expect(await Self.ask(service, "POST", "/api/v1/jobs/job-9/stop").status == 404)
        #expect(await Self.ask(service, "GET", "/nowhere").status == 404)
        #expect(await Self.ask(service, "DELETE", "/api/v1/jobs").status == 405)
    }

    @Test("Pulling is begun and ended")
    func pulling() async throws {
        let (service, _) = try Self.service()
        #expect(await Self.ask(service, "GET", "/api/v1/pull").json == ["pulling": false])
        #expect(await Self.ask(service, "POST", "/api/v1/pull/start").json == ["pulling": true])
        #expect(await Self.ask(service, "POST", "/api/v1/pull/stop").json == ["pulling": false])
    }

    @Test("The document in contracts/ is the one that is served; `fleet-worker --openapi` prints it")
    func document() async throws {
        let (service, _) = try Self.service()
        let served = await Self.ask(service, "GET", "/openapi.json").json
        #expect(served == (try Contracts.json("worker/v1/openapi.json")))
    }

    @Test("Answers are as the document says, example by example")
    func answers() async throws {
        let (service, orchestrator) = try Self.service()
        func violations(_ json: JSON, _ name: String) throws -> [String] {
            try JSONSchema(
                compiling: OpenAPIDocument.json, at: "openapi.json#/components/schemas/\(name)"
            ).violations(of: json).map(\.description)
        }
        for (type, payload, _) in OrchestratorTests.requests {
            let request: JSON = [
                "type": .string(type.rawValue), "account_ids": ["acc-001"], "payload": payload,
            ]
            #expect(try violations(request, "JobRequest").isEmpty, "\(type)")
            let answer = await Self.ask(service, "POST", "/api/v1/jobs", request)
            #expect(try violations(answer.json, "Job").isEmpty)
            _ = await orchestrator.runNext()
        }
        #expect(try violations(await Self.ask(service, "GET", "/api/v1/jobs").json, "JobList").isEmpty)
        #expect(try violations(await Self.ask(service, "GET", "/api/v1/health").json, "Health").isEmpty)
        #expect(try violations(await Self.ask(service, "GET", "/api/v1/jobs/x").json, "Error").isEmpty)
        // What the service refuses, the document does too.
        for body in [
            #"{"type": "sleep", "account_ids": ["a"]}"#, #"{"type": "warmup", "account_ids": ["a"]}"#,
        ] {
            #expect(try !violations(JSON(parsing: body), "JobRequest").isEmpty)
        }
    }
}
