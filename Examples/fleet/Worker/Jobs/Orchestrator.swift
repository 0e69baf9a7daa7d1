internal import AssayFormats
internal import FleetCore

/// Starts jobs by their type, takes tasks of the UI, and sees both through to their end.
///
/// Used on its reactor's thread only.
final class Orchestrator {
    struct Times: Sendable {
        /// How long an action of a runner takes.
        var action: Int64 = 5
        /// How long locks and leases last without a word of this worker.
        var lease: Int64 = 10_000
        /// How long an account is waited for that somebody else works with.
        var lockPatience: Int64 = 60_000
        /// After what time it is asked for again; twice as long each time, up to ``mostLockEvery``.
        var lockEvery: Int64 = 25
        var mostLockEvery: Int64 { lockEvery * 16 }

        /// Three words in a lease: one may get lost.
        var beat: Int64 { max(1, lease / 3) }
    }

    let ui: UIClient
    let log: Log
    private(set) var jobs: JobManager
    private(set) var metrics = Metrics(prefix: "fleet_worker")
    private let times: Times
    private let pace: Pace
    private let defect: Defect?
    /// Told when a job waits to be run.
    var wake: () -> Void = {}

    init(
        _ ui: UIClient, limits: JobManager.Limits = .init(), times: Times = Times(), pace: Pace, log: Log,
        defect: Defect? = nil
    ) {
        self.ui = ui
        self.times = times
        self.pace = pace
        self.log = log
        self.defect = defect
        jobs = JobManager(limits: limits)
    }

    // MARK: starting

    enum StartRefusal: Error, Equatable {
        case faults(JSONObject)
        case full(queued: Int)
    }

    /// Starts what a request asks for: `type`, `account_ids`, `payload`.
    func start(_ request: JSON) throws(StartRefusal) -> Job {
        var faults = JSONObject()
        let type = request["type"]?.stringValue.flatMap(JobType.init)
        if type == nil {
            faults["type"] = .string("is one of \(JobType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let accounts = JobType.names(request["account_ids"], most: JobType.mostAccounts)
        if accounts == nil {
            faults["account_ids"] = .string("is a list of 1 to \(JobType.mostAccounts) different account ids")
        }
        let payload = request["payload"] ?? [:]
        for (member, fault) in type?.faults(in: payload) ?? [:] {
            faults[member == "payload" ? member : "payload.\(member)"] = fault
        }
        guard faults.isEmpty, let type, let accounts else { throw .faults(faults) }
        return try submit(type, accounts, payload, task: nil)
    }

    func stop(_ id: String) throws(JobManager.Refusal) -> Job { try jobs.stop(id) }

    /// Takes as many tasks from the UI as there is room for.
    ///
    /// - Returns: how many.
    func pullOnce() async throws(UITrouble) -> Int {
        guard jobs.free > 0 else { return 0 }
        metrics.count("pulls_total")
        let tasks = try await ui.pull(limit: min(jobs.free, 50), leaseMilliseconds: times.lease)
        for task in tasks {
            // There was room when the UI was asked; what does not fit now goes back by its lease.
            _ = try? submit(task.type, [task.account], task.payload, task: task.id)
        }
        metrics.count("tasks_pulled_total", by: tasks.count)
        return tasks.count
    }

    private func submit(
        _ type: JobType, _ accounts: [String], _ payload: JSON, task: String?
    ) throws(StartRefusal) -> Job {
        do throws(JobManager.Refusal) {
            let job = try jobs.submit(type, accounts: accounts, payload: payload, task: task)
            wake()
            return job
        } catch {
            throw .full(queued: jobs.queued)
        }
    }

    // MARK: running

    /// Runs the next job to its end.
    ///
    /// - Returns: its id; `nil` when none waits or as many run as may.
    func runNext() async -> String? {
        guard let job = jobs.startNext() else { return nil }
        let end = await run(job)
        jobs.finish(job.id, end)
        let state = jobs[job.id]?.state ?? .failed
        metrics.count("jobs_total", [("type", job.type.rawValue), ("status", state.rawValue)])
        if let task = job.task { await tell(task, end) }
        log.write(
            .info, "job ended",
            [
                ("job", .string(job.id)), ("type", .string(job.type.rawValue)),
                ("task", job.task.map { .string($0) } ?? .null), ("status", .string(state.rawValue)),
                ("error", end.fault.map { .string("\($0.code): \($0.message)") } ?? .null),
            ])
        return job.id
    }

    private func run(_ job: Job) async -> Result<JSON, RunFault> {
        var locks: [HeldLock] = []
        let run = Run(
            job, ui: ui, pace: pace, actionMilliseconds: times.action, beatMilliseconds: times.beat,
            defect: defect, isStopping: { self.jobs[job.id]?.isStopping ?? true },
            progressed: { self.jobs.progress(job.id, done: $0, of: $1) },
            beat: { progress async throws(RunFault) in try await self.beat(job, locks, progress) })
        var result: Result<JSON, RunFault>
        do throws(RunFault) {
            if let task = job.task { try await report(task, StatusUpdate(.running, by: ui.worker)) }
            // In the order of their names: no two workers wait for each other.
            for account in job.accounts.sorted() { locks.append(try await lock(account, run)) }
            result = .success(try await job.type.runner.run(run))
        } catch {
            result = .failure(error)
        }
        for lock in locks.reversed() {
            do throws(UITrouble) { try await ui.release(lock) } catch {
                log.write(.warn, "lock not released", [("reason", .string("\(error)"))])
            }
        }
        return result
    }

    private func lock(_ account: String, _ run: Run) async throws(RunFault) -> HeldLock {
        let end = pace.now() + times.lockPatience
        var every = times.lockEvery
        while true {
            do throws(UITrouble) {
                if let lock = try await ui.lock("account:\(account)", milliseconds: times.lease) {
                    return lock
                }
            } catch {
                switch error {
                // It may be better in a moment; the lease bounds how long that is hoped for.
                case .unreachable, .refused(status: 503, _): metrics.count("lock_troubles_total")
                case .refused, .misfit: throw .ui(error)
                }
            }
            metrics.count("lock_waits_total")
            guard pace.now() < end else {
                throw RunFault(code: "account_locked", message: "somebody works with account '\(account)'")
            }
            try await run.wait(every, of: 0)
            every = min(every * 2, times.mostLockEvery)
        }
    }

    /// Tells the UI that this worker lives, and keeps what it has.
    private func beat(_ job: Job, _ locks: [HeldLock], _ progress: Int) async throws(RunFault) {
        for lock in locks {
            do throws(UITrouble) { try await ui.renew(lock, milliseconds: times.lease) } catch {
                if case .refused = error { throw .lost }
            }
        }
        guard let task = job.task else { return }
        var update = StatusUpdate(.running, by: ui.worker)
        update.progress = progress
        try await report(task, update)
    }

    /// - Throws: ``RunFault/lost`` when the task is not this worker's; silence of the UI is borne until the lease ends.
    private func report(_ task: String, _ update: StatusUpdate) async throws(RunFault) {
        do throws(UITrouble) { try await ui.report(task, update) } catch {
            switch error {
            case .refused(status: 404, _), .refused(status: 409, _): throw .lost
            case .unreachable: log.write(.warn, "status not told", [("reason", .string("\(error)"))])
            case .refused, .misfit: throw .ui(error)
            }
        }
    }

    /// The end of a task, told again a few times when the UI is silent.
    private func tell(_ task: String, _ end: Result<JSON, RunFault>) async {
        var update: StatusUpdate
        switch end {
        case .success(let result):
            update = StatusUpdate(.succeeded, by: ui.worker)
            update.progress = 100
            update.result = result
        case .failure(let fault):
            guard !fault.isLost else { return }
            update = StatusUpdate(fault.isStop ? .cancelled : .failed, by: ui.worker, message: fault.message)
            update.errorCode = fault.code
        }
        for attempt in 0..<4 {
            do throws(UITrouble) { return try await ui.report(task, update) } catch {
                log.write(.warn, "end not told", [("task", .string(task)), ("reason", .string("\(error)"))])
                metrics.count("ends_not_told_total")
                guard case .unreachable = error else { return }
                await pace.sleep(100 << Int64(attempt))
            }
        }
    }
}

extension Result where Failure == RunFault {
    fileprivate var fault: RunFault? { if case .failure(let fault) = self { fault } else { nil } }
}
