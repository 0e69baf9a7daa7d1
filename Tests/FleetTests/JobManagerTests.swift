import AssayFormats
import FleetCore
import Testing

@testable import fleet_worker

/// test_job_manager_lifecycle
@Suite("The job manager")
struct JobManagerTests {
    private static func submitted(_ count: Int, _ limits: JobManager.Limits = .init()) throws -> JobManager {
        var jobs = JobManager(limits: limits)
        for _ in 0..<count { _ = try jobs.submit(.login, accounts: ["a"], payload: [:]) }
        return jobs
    }

    @Test("Queued, running, succeeded")
    func succeeds() throws {
        var jobs = try Self.submitted(1)
        #expect(jobs["job-1"]?.state == .queued)
        #expect(jobs.startNext()?.id == "job-1")
        #expect(jobs["job-1"]?.state == .running)
        jobs.progress("job-1", done: 1, of: 2)
        jobs.finish("job-1", .success(["ok": true]))
        #expect(jobs["job-1"]?.state == .succeeded)
        #expect(jobs["job-1"]?.json["progress"] == ["done": 1, "total": 2])
        #expect(jobs["job-1"]?.json["result"] == ["ok": true])
        #expect(jobs.running == 0)
    }

    @Test("What went wrong is kept")
    func fails() throws {
        var jobs = try Self.submitted(1)
        _ = jobs.startNext()
        jobs.finish("job-1", .failure(RunFault(code: "no_proxy", message: "account 'a' has no proxy")))
        #expect(jobs["job-1"]?.json["status"] == "failed")
        #expect(jobs["job-1"]?.json["error_code"] == "no_proxy")
        // What ended has ended.
        jobs.finish("job-1", .success([:]))
        #expect(jobs["job-1"]?.state == .failed)
        #expect(jobs.running == 0)
    }

    @Test("Stopped while it waits it never runs")
    func stopQueued() throws {
        var jobs = try Self.submitted(2)
        #expect(try jobs.stop("job-1").state == .cancelled)
        #expect(jobs.startNext()?.id == "job-2")
        #expect(throws: JobManager.Refusal.ended(.cancelled)) { try jobs.stop("job-1") }
        #expect(throws: JobManager.Refusal.unknown) { try jobs.stop("job-9") }
    }

    @Test("Stopped while it runs it is told to, and ends cancelled")
    func stopRunning() throws {
        var jobs = try Self.submitted(1)
        _ = jobs.startNext()
        let job = try jobs.stop("job-1")
        #expect(job.state == .running)
        #expect(job.isStopping)
        jobs.finish("job-1", .failure(.stopped))
        #expect(jobs["job-1"]?.state == .cancelled)
    }

    @Test("Not more at a time than may run, not more waiting than may wait")
    func limits() throws {
        var jobs = try Self.submitted(3, .init(running: 2, queued: 3))
        #expect(throws: JobManager.Refusal.full(queued: 3)) {
            try jobs.submit(.login, accounts: ["a"], payload: [:])
        }
        #expect(jobs.free == 0)
        #expect(jobs.startNext() != nil)
        #expect(jobs.startNext() != nil)
        #expect(jobs.startNext() == nil)
        jobs.finish("job-1", .success([:]))
        #expect(jobs.startNext()?.id == "job-3")
        #expect(jobs.free == 0)
        jobs.finish("job-2", .success([:]))
        #expect(jobs.free == 1)
    }

    @Test("Listed in the order of their start, by state; the oldest that ended go")
    func list() throws {
        var jobs = try Self.submitted(4, .init(running: 4, queued: 10, kept: 2))
        for _ in 0..<3 { _ = jobs.startNext() }
        for id in ["job-2", "job-1", "job-3"] { jobs.finish(id, .success([:])) }
        #expect(jobs.list().map(\.id) == ["job-1", "job-3", "job-4"])
        #expect(jobs.list(.queued).map(\.id) == ["job-4"])
        #expect(jobs["job-2"] == nil)
    }
}
