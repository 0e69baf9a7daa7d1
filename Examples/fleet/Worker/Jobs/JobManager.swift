internal import AssayFormats
internal import FleetCore

enum JobState: String, CaseIterable, Sendable {
    case queued, running, succeeded, failed, cancelled
    var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}

/// Something to be done for accounts.
struct Job: Sendable {
    var id: String
    var type: JobType
    var accounts: [String]
    var payload: JSON
    /// The UI's task that asked for it; `nil` for one that was started here.
    var task: String?
    var state = JobState.queued
    var done = 0
    var total = 0
    var result: JSON?
    var errorCode: String?
    var message: String?
    /// Somebody wants it to end.
    var isStopping = false

    var json: JSON {
        var members: JSONObject = [
            "id": .string(id), "type": .string(type.rawValue), "status": .string(state.rawValue),
            "account_ids": .array(accounts.map { .string($0) }),
            "progress": ["done": .int(Int64(done)), "total": .int(Int64(total))],
            "task_id": task.map { .string($0) } ?? .null,
        ]
        if let result { members["result"] = result }
        if let errorCode { members["error_code"] = .string(errorCode) }
        if let message { members["message"] = .string(message) }
        return .object(members)
    }
}

/// Jobs from their start to their end; named as the strategy names it. It runs nothing itself.
struct JobManager {
    struct Limits: Sendable {
        var running = 4
        var queued = 100
        /// Jobs that have ended and are still told.
        var kept = 1000
    }

    enum Refusal: Error, Equatable {
        case full(queued: Int)
        case unknown
        case ended(JobState)
    }

    let limits: Limits
    private var jobs: [String: Job] = [:]
    private var order: [String] = []
    private var queue: [String] = []
    private var ended: [String] = []
    private(set) var running = 0
    private var number = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    var queued: Int { queue.count }
    /// How many more could run at once.
    var free: Int { max(0, limits.running - running - queue.count) }

    subscript(id: String) -> Job? { jobs[id] }

    /// In the order of their start.
    func list(_ state: JobState? = nil) -> [Job] {
        order.compactMap { jobs[$0] }.filter { state == nil || $0.state == state }
    }

    mutating func submit(
        _ type: JobType, accounts: [String], payload: JSON, task: String? = nil
    ) throws(Refusal) -> Job {
        guard queue.count < limits.queued else { throw .full(queued: queue.count) }
        number += 1
        let job = Job(id: "job-\(number)", type: type, accounts: accounts, payload: payload, task: task)
        jobs[job.id] = job
        order.append(job.id)
        queue.append(job.id)
        return job
    }

    /// The job to be run next; `nil` when none waits or as many run as may.
    mutating func startNext() -> Job? {
        guard running < limits.running, !queue.isEmpty else { return nil }
        let id = queue.removeFirst()
        running += 1
        jobs[id]?.state = .running
        return jobs[id]
    }

    mutating func progress(_ id: String, done: Int, of total: Int) {
        jobs[id]?.done = done
        jobs[id]?.total = total
    }

    /// One that waits is cancelled; one that runs is told to, and ends by itself.
    mutating func stop(_ id: String) throws(Refusal) -> Job {
        guard let job = jobs[id] else { throw .unknown }
        guard !job.state.isFinal else { throw .ended(job.state) }
        if job.state == .queued {
            queue.removeAll { $0 == id }
            end(id, .cancelled)
        } else {
            jobs[id]?.isStopping = true
        }
        return jobs[id] ?? job
    }

    mutating func finish(_ id: String, _ end: Result<JSON, RunFault>) {
        guard jobs[id]?.state == .running else { return }
        running -= 1
        switch end {
        case .success(let result):
            jobs[id]?.result = result
            self.end(id, .succeeded)
        case .failure(let fault):
            jobs[id]?.errorCode = fault.code
            jobs[id]?.message = fault.message
            self.end(id, fault.isStop ? .cancelled : .failed)
        }
    }

    private mutating func end(_ id: String, _ state: JobState) {
        jobs[id]?.state = state
        ended.append(id)
        while ended.count > limits.kept {
            let oldest = ended.removeFirst()
            jobs[oldest] = nil
            order.removeAll { $0 == oldest }
        }
    }
}

/// Why a job did not succeed.
struct RunFault: Error, Equatable {
    /// For programs.
    var code: String
    var message: String
    /// Somebody wanted it to end.
    var isStop = false
    /// The task is not this worker's any more: there is nobody to tell.
    var isLost = false

    static let stopped = RunFault(code: "stopped", message: "it was stopped", isStop: true)
    static let lost = RunFault(
        code: "lease_lost", message: "the task is somebody else's now", isStop: true, isLost: true)
    static func ui(_ trouble: UITrouble) -> RunFault {
        RunFault(code: "ui", message: trouble.description)
    }
}
