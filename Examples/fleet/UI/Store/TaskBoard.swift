internal import AssayFormats
internal import FleetCore

/// Tasks, whom they are lent to, and until when. Time is passed in, in milliseconds.
struct TaskBoard {
    struct Entry {
        var task: FleetTask
        var batch: String?
        /// Who is offered it first: the sessions of its account are there.
        var prefers: String?
        /// Who has it, or had it last.
        var worker: String?
        var leaseMilliseconds: Int64 = 0
        /// When it goes to somebody else; `nil` while nobody has it.
        var leaseEnds: Int64?
        var handedOut = 0
        var completions = 0
        var last: StatusUpdate?
        /// What went wrong without a word of a worker.
        var note: String?
    }

    enum Refusal: Error, Equatable {
        case unknown
        case illegal(from: TaskState)
        case otherWorker(String?)
    }

    /// More are refused: memory is bounded.
    static let most = 20_000
    /// Times that a task is handed out before it counts as failed.
    static let mostAttempts = 5

    private(set) var entries: [String: Entry] = [:]
    private(set) var order: [String] = []
    private var queue: [String] = []
    private var lent: Set<String> = []
    private let defect: Defect?

    init(defect: Defect? = nil) { self.defect = defect }

    var isFull: Bool { entries.count >= Self.most }

    /// - Returns: `false` when there is a task of that id.
    mutating func add(_ task: FleetTask, batch: String?, prefers: String?) -> Bool {
        guard entries[task.id] == nil else { return false }
        entries[task.id] = Entry(task: task, batch: batch, prefers: prefers)
        order.append(task.id)
        queue.append(task.id)
        return true
    }

    mutating func remove(where isGone: (Entry) -> Bool) {
        let gone = Set(entries.values.filter(isGone).map(\.task.id))
        for id in gone { entries[id] = nil }
        order.removeAll(where: gone.contains)
        queue.removeAll(where: gone.contains)
        lent.subtract(gone)
    }

    /// Hands tasks out, each to one worker at a time.
    ///
    /// - Parameters:
    ///   - types: those that the worker can do.
    ///   - milliseconds: how long it has them without a word.
    mutating func pull(
        by worker: String, limit: Int, types: Set<JobType>, lease milliseconds: Int64, now: Int64
    ) -> [Entry] {
        expire(now: now)
        var taken: [String] = []
        for id in queue where taken.count < limit {
            guard let entry = entries[id], types.contains(entry.task.type) else { continue }
            if let preferred = entry.prefers, entry.handedOut == 0, preferred != worker { continue }
            taken.append(id)
        }
        for id in taken {
            entries[id]?.task.state = .assigned
            entries[id]?.worker = worker
            entries[id]?.handedOut += 1
            entries[id]?.leaseMilliseconds = milliseconds
            entries[id]?.leaseEnds = now + milliseconds
            lent.insert(id)
        }
        // Planted: what one has stays in the queue for the next.
        let again = defect == .taskTwice ? Set(taken.filter { entries[$0]?.handedOut == 1 }) : []
        queue.removeAll { taken.contains($0) && !again.contains($0) }
        return taken.compactMap { entry($0, now: now) }
    }

    /// - Returns: whether it was told before: an answer may get lost, and is asked for again.
    mutating func update(
        _ id: String, _ update: StatusUpdate, now: Int64
    ) throws(Refusal) -> (entry: Entry, isRepeated: Bool) {
        expire(now: now)
        guard var entry = entries[id] else { throw .unknown }
        let state = entry.task.state
        if state.isFinal, state == update.state, entry.worker == update.worker, entry.last == update {
            return (entry, true)
        }
        guard state.mayBecome(update.state) else { throw .illegal(from: state) }
        if state == .queued {
            queue.removeAll { $0 == id }
        } else if entry.worker != update.worker {
            throw .otherWorker(entry.worker)
        }
        entry.task.state = update.state
        entry.worker = update.worker
        entry.last = update
        if update.state == .succeeded { entry.completions += 1 }
        if update.state.isFinal {
            entry.leaseEnds = nil
            lent.remove(id)
            queue.removeAll { $0 == id }
        } else {
            entry.leaseEnds = now + entry.leaseMilliseconds
        }
        entries[id] = entry
        return (self.entry(id, now: now) ?? entry, false)
    }

    /// A task with what is left of its lease.
    func entry(_ id: String, now: Int64) -> Entry? {
        guard var entry = entries[id] else { return nil }
        entry.task.attempt = entry.handedOut
        if let worker = entry.worker, let ends = entry.leaseEnds {
            entry.task.lease = .init(worker: worker, milliseconds: max(0, ends - now))
        }
        return entry
    }

    /// Takes back what was lent to workers of whom nothing was heard.
    mutating func expire(now: Int64) {
        guard defect != .leaseForever else { return }
        for id in lent.sorted() {
            guard let entry = entries[id], let ends = entry.leaseEnds, ends <= now else { continue }
            lent.remove(id)
            entries[id]?.leaseEnds = nil
            if entry.handedOut >= Self.mostAttempts {
                entries[id]?.task.state = .failed
                entries[id]?.note = "its lease ended \(entry.handedOut) times"
            } else {
                entries[id]?.task.state = .queued
                queue.append(id)
            }
        }
    }

    func counts(where isMeant: (Entry) -> Bool) -> [TaskState: Int] {
        var counts: [TaskState: Int] = [:]
        for entry in entries.values where isMeant(entry) { counts[entry.task.state, default: 0] += 1 }
        return counts
    }
}
