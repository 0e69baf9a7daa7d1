/// Something that a pass waits for: it keeps the loop alive until it has left.
protocol LoopMember: AnyObject {
    /// Deals with one thing that has happened; called by the loop after ``EventLoop/signal(_:)``.
    func turn(_ runtime: ScriptRuntime) throws(ScriptThrow)
    /// The pass ends before this has: it may say its last words within a moment, or leave at once.
    func passEnds(_ runtime: ScriptRuntime)
    /// Nothing of it runs any more; it lets go of everything of the script's.
    func passIsOver()
}

/// What a pass of a script still has to do: promises, timers, requests and sockets that are under way.
///
/// As in k6 a pass is over when nothing is left. Each thing that happens is dealt with by itself, with the promises that it
/// settles; when something throws, or a promise is rejected that nobody handles, the pass ends and the rest is called off.
/// Belongs to its runtime's thread.
final class EventLoop {
    typealias Job = (ScriptRuntime) throws(ScriptThrow) -> Void

    private var queue: [Job] = []
    private var members: [ObjectIdentifier: any LoopMember] = [:]
    private var signaled: Set<ObjectIdentifier> = []
    var timers = TimerQueue<ScriptTimer>()
    /// Taken out of the queue, until it has fired.
    private var firing: TimerQueue<ScriptTimer>.Entry?
    /// Of timers; never given out twice by one runtime.
    private var lastID = 0

    /// How long sockets have to close when their pass has failed.
    private static let closingNanoseconds: Int64 = 2_000_000_000
    /// More timers than that do not belong into code outside of functions.
    private static let mostInitialTimers = 10_000

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    private var isIdle: Bool { queue.isEmpty && members.isEmpty && timers.isEmpty }

    // MARK: what happens

    func post(_ job: @escaping Job) { queue.append(job) }

    func join(_ member: any LoopMember) { members[ObjectIdentifier(member)] = member }

    func leave(_ member: any LoopMember) {
        members[ObjectIdentifier(member)] = nil
        signaled.remove(ObjectIdentifier(member))
    }

    /// Lets a member have a turn; once, however often it is said before.
    func signal(_ member: any LoopMember) {
        let key = ObjectIdentifier(member)
        guard members[key] != nil, signaled.insert(key).inserted else { return }
        post { [weak self, weak member] runtime throws(ScriptThrow) in
            guard let self, let member, signaled.remove(key) != nil else { return }
            try member.turn(runtime)
        }
    }

    /// Work beside the script.
    ///
    /// - Parameters:
    ///   - work: runs on the reactor; it may hold nothing of the script's.
    ///   - done: is told the result, as a thing that happened.
    ///   - dropped: is given the result instead when the pass has ended meanwhile; it may hold nothing of the script's.
    func begin<Result>(
        _ runtime: ScriptRuntime, _ work: @escaping () async -> Result,
        then done: @escaping (ScriptRuntime, Result) throws(ScriptThrow) -> Void,
        orDropped dropped: @escaping (Result) -> Void = { _ in }
    ) throws(ScriptThrow) {
        guard let host = runtime.host else { throw .error("there is nothing to wait for here") }
        let operation = Operation(done, dropped)
        join(operation)
        host.spawn { [weak self, weak operation, weak host] in
            let result = await work()
            guard let self, let operation, operation.isWanted else { return dropped(result) }
            operation.result = result
            signal(operation)
            host?.wake()
        }
    }

    /// Work that came to something, or is under way.
    private final class Operation<Result>: LoopMember {
        var result: Result?
        private var done: ((ScriptRuntime, Result) throws(ScriptThrow) -> Void)?
        private let dropped: (Result) -> Void
        /// Somebody waits for its result.
        var isWanted: Bool { done != nil }

        init(
            _ done: @escaping (ScriptRuntime, Result) throws(ScriptThrow) -> Void,
            _ dropped: @escaping (Result) -> Void
        ) {
            self.done = done
            self.dropped = dropped
        }

        func turn(_ runtime: ScriptRuntime) throws(ScriptThrow) {
            guard let result, let done else { return }
            self.done = nil
            runtime.eventLoop.leave(self)
            try done(runtime, result)
        }

        /// Its end is not waited for, and nobody is told of it.
        func passEnds(_ runtime: ScriptRuntime) {
            passIsOver()
            runtime.eventLoop.leave(self)
        }

        func passIsOver() {
            guard done != nil else { return }
            done = nil
            if let result { dropped(result) }
        }
    }

    // MARK: running

    /// Deals with everything that happens until nothing is left.
    ///
    /// - Returns: why it ended early: a promise was rejected and nobody handled it.
    func run(_ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptException? {
        while !isIdle {
            if let host = runtime.host, timers.nextDue <= host.monotonicNow { postTimer() }
            if queue.isEmpty {
                try wait(runtime, until: timers.nextDue)
            } else {
                try runBatch(runtime)
                if let rejection = try runtime.takeRejection() { return rejection }
            }
        }
        return nil
    }

    /// What has happened so far, each with its promises.
    private func runBatch(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        let batch = queue
        queue = []
        for (index, job) in batch.enumerated() {
            do throws(ScriptThrow) {
                try runtime.checkpoint()
                try job(runtime)
                try runtime.runJobs()
            } catch {
                queue = Array(batch[(index + 1)...]) + queue
                throw error
            }
        }
    }

    private func wait(_ runtime: ScriptRuntime, until deadline: Int64) throws(ScriptThrow) {
        guard let host = runtime.host else { throw .error("there is nothing to wait for here") }
        try runtime.wait { [weak self] in
            // Something may have happened on the way here.
            if self?.queue.isEmpty == true { await host.pause(until: deadline) }
        }
    }

    /// The same for code outside of functions, in which nothing may wait: the time of its timers passes at once.
    ///
    /// It ends early as well when a promise was rejected.
    func runInitially(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        var count = 0
        while !isIdle {
            if queue.isEmpty { postTimer() }
            count += 1
            guard count <= Self.mostInitialTimers, !queue.isEmpty else {
                throw .error("the timers of the init context never come to an end")
            }
            try runBatch(runtime)
            if !runtime.rejections.isEmpty { return }
        }
    }

    // MARK: timers

    /// Forgets a timer, also one that is about to fire or firing.
    func clear(_ id: Int) {
        if !timers.remove(id), let firing, firing.id == id { firing.payload.isCleared = true }
    }

    /// Lets the first timer fire, due or not.
    private func postTimer() {
        guard firing == nil, let timer = timers.take(at: .max) else { return }
        firing = timer
        post { [weak self] runtime throws(ScriptThrow) in
            defer { self?.firing = nil }
            try self?.fire(timer, runtime)
        }
    }

    private func fire(_ timer: TimerQueue<ScriptTimer>.Entry, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        let script = timer.payload
        guard !script.isCleared else { return }
        let global = runtime.global
        defer { runtime.free(global) }
        let result: ScriptValue
        do throws(ScriptThrow) {
            result = try runtime.call(script.callback.value, this: global, script.arguments.map(\.value))
        } catch {
            again(timer, runtime)
            throw error
        }
        runtime.free(result)
        again(timer, runtime)
    }

    private func again(_ timer: TimerQueue<ScriptTimer>.Entry, _ runtime: ScriptRuntime) {
        guard let interval = timer.interval, !timer.payload.isCleared else { return }
        var next = timer
        next.due = (runtime.host?.monotonicNow ?? timer.due) &+ interval
        timers.add(next)
    }

    // MARK: the end

    /// Calls off what is left when a pass has ended before its work, with a moment for sockets to close.
    func end(_ runtime: ScriptRuntime) {
        guard !isIdle else { return }
        stopTimers(runtime)
        if !runtime.isCancelled(), let host = runtime.host {
            for member in members.values { member.passEnds(runtime) }
            let deadline = host.monotonicNow &+ Self.closingNanoseconds
            while !(members.isEmpty && queue.isEmpty), !runtime.isCancelled(), host.monotonicNow < deadline {
                do throws(ScriptThrow) {
                    if queue.isEmpty { try wait(runtime, until: deadline) }
                } catch { break }
                do throws(ScriptThrow) {
                    try runBatch(runtime)
                } catch {
                    // The pass has failed already; what fails now tells nothing new.
                    if runtime.caught(error) == nil { break }
                }
            }
            stopTimers(runtime)
        }
        for member in members.values { member.passIsOver() }
        members.removeAll()
        signaled.removeAll()
        queue.removeAll()
    }

    private func stopTimers(_ runtime: ScriptRuntime) {
        firing?.payload.isCleared = true
        firing = nil
        for timer in timers.entries {
            runtime.host?.log(
                .warning,
                "\(timer.interval == nil ? "setTimeout" : "setInterval") \(timer.id) was stopped "
                    + "because the VU iteration was interrupted")
        }
        timers.removeAll()
    }
}

/// What a timer calls.
final class ScriptTimer {
    let callback: ScriptReference
    let arguments: [ScriptReference]
    private let holding: ScriptHolding
    /// `clearTimeout` was called while it was about to fire.
    var isCleared = false

    /// - Throws: when natives hold too much already.
    init(
        _ callback: ScriptValue, _ arguments: [ScriptValue] = [], _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        holding = try runtime.hold(256 + 48 * arguments.count)
        self.callback = runtime.retain(callback)
        self.arguments = arguments.map { runtime.retain($0) }
    }
}
