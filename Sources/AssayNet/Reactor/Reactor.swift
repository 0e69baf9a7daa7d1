internal import AssayWire
internal import CLinux
internal import Synchronization

/// One core's event loop, and the executor of every task that prefers it.
///
/// Tasks started with `Task(executorPreference: reactor)` run on the reactor's thread only, so whatever they share is
/// touched by one thread and needs no lock. A socket that is not ready or a pause suspends the task; the same loop
/// resumes it. Times are CLOCK_MONOTONIC nanoseconds.
///
/// `@unchecked Sendable`: all state but the foreign queue belongs to the thread that runs ``run(_:)``.
public final class Reactor: TaskExecutor, @unchecked Sendable {
    let epoll: Int32
    private let wakeDescriptor: Int32
    private let thread = Atomic<UInt>(0)
    private let foreign = Mutex<[UnownedJob]>([])
    private let foreignPending = Atomic<Bool>(false)
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    /// How many of ``running`` have been begun.
    private var begun = 0
    private var stopped = false
    private var events: [clinux_event]
    private var due: [Int32] = []
    var waits: WaitTable
    var channels: [Channel?] = []
    var channelGenerations: [UInt32] = []
    var freeChannels: [Int] = []
    /// Writes frames of calls on time, in the loop; made by the first call.
    var framePacer: FramePacer?
    /// Connections with frames that tasks of this turn have made, to be sent together when all have run.
    private var turnEnds: [HTTP2Connection] = []
    private var endingTurn: [HTTP2Connection] = []
    /// Heads of requests in HTTP/2, for all connections; made by the first.
    private(set) lazy var http2Fields = HTTP2FieldCache()

    /// The time at which the events being handled were seen; refreshed once a turn of the loop.
    public internal(set) var now: Int64
    /// Where responses are read into; contents are valid until the next suspension.
    let input: InputBuffer
    /// Of names that are being looked up.
    var lookUps: [String: Resolver.Answer] = [:]
    /// Of connections that may be resumed.
    let tlsSessions = TLSSessionStore()
    /// Where requests are rendered; contents are valid until the next suspension.
    public let output: OutputBuffer

    private static let wakeToken = UInt64.max

    /// - Throws: ``SystemError`` when the kernel gives no descriptors.
    public init() throws(SystemError) {
        epoll = try SystemError.check(clinux_epoll_create(), "epoll_create1")
        wakeDescriptor = try SystemError.check(clinux_eventfd(), "eventfd")
        _ = try SystemError.check(
            clinux_epoll_add(epoll, wakeDescriptor, UInt32(CLINUX_IN), Self.wakeToken), "epoll_ctl")
        now = clinux_monotonic()
        events = [clinux_event](repeating: clinux_event(), count: 512)
        waits = WaitTable(now: now)
        input = InputBuffer(capacityBytes: 256 * 1024)
        output = OutputBuffer()
    }

    deinit {
        closeDescriptor(wakeDescriptor)
        closeDescriptor(epoll)
    }

    /// CLOCK_MONOTONIC right now, nanoseconds; ``now`` is cheaper and right for what the loop has just seen.
    public static func monotonicNow() -> Int64 { clinux_monotonic() }

    // MARK: executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
            return
        }
        foreign.withLock { $0.append(job) }
        wake()
    }

    /// Whether the calling thread is the one that runs this loop.
    public var isCurrent: Bool { thread.load(ordering: .relaxed) == currentThreadIdentity() }

    private func wake() {
        if !foreignPending.exchange(true, ordering: .acquiringAndReleasing) { writeOne(to: wakeDescriptor) }
    }

    // MARK: loop

    /// Runs `body` and every task on this reactor in the calling thread until `body` returns.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
        precondition(thread.load(ordering: .relaxed) == 0, "a reactor runs in one thread, once at a time")
        thread.store(currentThreadIdentity(), ordering: .relaxed)
        defer { thread.store(0, ordering: .relaxed) }
        stopped = false
        let outcome = Box<Result>()
        Task(executorPreference: self) {
            outcome.value = await body()
            self.stopped = true
        }
        while !stopped { turn() }
        guard let value = outcome.value else {
            preconditionFailure("the reactor stopped before its body returned")
        }
        return value
    }

    private func turn() {
        takeForeignJobs()
        runReadyJobs()
        if !turnEnds.isEmpty { endTurn() }
        if stopped { return }
        let timeout: Int64
        if !ready.isEmpty {
            timeout = 0
        } else if let deadline = waits.nextDeadline() {
            timeout = max(0, deadline - clinux_monotonic())
        } else {
            timeout = -1
        }
        takeEvents(waiting: framePacer.map { $0.timeout(atMost: timeout) } ?? timeout)
    }

    /// Lets a connection send once the tasks that are ready have run.
    func sendAtTurnEnd(_ connection: HTTP2Connection) { turnEnds.append(connection) }

    private func endTurn() {
        swap(&turnEnds, &endingTurn)
        for connection in endingTurn { connection.endTurn() }
        endingTurn.removeAll(keepingCapacity: true)
    }

    private func takeEvents(waiting nanoseconds: Int64) {
        let count = waitForEvents(epoll, &events, nanoseconds: nanoseconds)
        now = clinux_monotonic()
        if let framePacer { framePacer.fire(at: now) }
        fireTimers()
        for index in 0..<count {
            handle(events[index])
            if let framePacer { framePacer.fireIfDue() }
        }
    }

    private func runReadyJobs() {
        let executor = unsafe asUnownedTaskExecutor()
        if running.isEmpty { swap(&ready, &running) }
        // A job may come back here by `turnWithin()`: what is left of the jobs is run there.
        while begun < running.count {
            let job = running[begun]
            begun += 1
            unsafe job.runSynchronously(on: executor)
            if let framePacer { framePacer.fireIfDue() }
        }
        running.removeAll(keepingCapacity: true)
        begun = 0
    }

    /// One turn of the loop from within a task that runs for long and cannot suspend; it does not wait for events.
    ///
    /// Other tasks run during the call; the caller makes sure that they meet nothing half done.
    public func turnWithin() {
        precondition(isCurrent, "only a task of the reactor can let others run")
        takeForeignJobs()
        runReadyJobs()
        takeEvents(waiting: 0)
        runReadyJobs()
        if !turnEnds.isEmpty { endTurn() }
    }

    private func takeForeignJobs() {
        guard foreignPending.load(ordering: .relaxed) else { return }
        foreignPending.store(false, ordering: .sequentiallyConsistent)
        foreign.withLock { jobs in
            ready.append(contentsOf: jobs)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    private func fireTimers() {
        waits.due(at: now, &due)
        guard !due.isEmpty else { return }
        for wait in due { waits.end(wait, .timeout) }
        due.removeAll(keepingCapacity: true)
    }

    private func handle(_ event: clinux_event) {
        if event.token == Self.wakeToken {
            drain(wakeDescriptor)
            return
        }
        let slot = Int(event.token & 0xFFFF_FFFF)
        guard slot < channels.count, channelGenerations[slot] == UInt32(event.token >> 32),
            let channel = channels[slot]
        else { return }  // closed by an earlier event of this turn
        channel.becameReady(event.events)
    }
}

/// A place for a value that one thread writes and reads.
private final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
