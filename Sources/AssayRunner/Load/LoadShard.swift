internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// One reactor's share of a load: its users, its meter, its stripe of the schedule.
///
/// Belongs to its reactor's thread.
final class LoadShard {
    let reactor: Reactor
    let work: LoadWork
    let context: RunContext
    let segment: Segment
    let meter: Meter
    /// Ends every running pass at once.
    let scope: CancelScope
    /// Set-up's captures, in the order of ``LoadWork/outerNames``.
    let outer: [JSON?]
    /// Where the set-up left its factories; each user has a stripe of the numbers behind that.
    let factoryState: FactoryState
    /// Of users that have left and may come back: their numbers go on.
    private var factoryStates: [Int: FactoryState] = [:]
    private let scratch = Scratch()
    private let ended: Signal
    /// No pass begins any more.
    private(set) var isStopping = false
    private var users: [Int: VirtualUser] = [:]
    private var idle: [VirtualUser] = []
    private var created = 0
    private var passesLeft = 0
    private var nextRow = 0

    /// After a pass that got no answer at all a user waits this long: a dead service must not be hammered in a loop.
    private static let pauseAfterNothing: Int64 = 100_000_000

    init(
        on reactor: Reactor, _ work: LoadWork, context: RunContext, segment: Segment, startedAt: Int64,
        outer: [JSON?], factoryState: FactoryState
    ) {
        self.reactor = reactor
        self.work = work
        self.context = context
        self.segment = segment
        self.outer = outer
        self.factoryState = factoryState
        meter = Meter(layout: work.layout, startedAt: startedAt)
        scope = CancelScope(on: reactor)
        ended = reactor.makeSignal()
        nextRow = segment.index
    }

    /// Lets no pass begin any more; running ones may end.
    func stop() {
        guard !isStopping else { return }
        isStopping = true
        for user in users.values { user.stop() }
        conductorScope.cancel()
    }

    /// Ends running passes too; they are not counted.
    func cancel() {
        stop()
        scope.cancel()
    }

    private lazy var conductorScope = CancelScope(on: reactor)

    /// Drives the share from start to end; returns when every user has ended.
    func run() async {
        switch work.schedule {
        case .users(let schedule): await conduct(schedule)
        case .arrivals(let schedule, let maximum): await conduct(schedule, maximumUsers: maximum)
        case .iterations(let schedule): conduct(schedule)
        }
        // The schedule is over (or stopped): what runs may end within bounds.
        if case .iterations = work.schedule, !isStopping {
            while !users.isEmpty, !isStopping { await ended.wait(in: conductorScope) }
        }
        stop()
        let deadline = Reactor.monotonicNow() &+ work.profile.gracefulStop.nanoseconds
        while !users.isEmpty {
            if await ended.wait(until: deadline, in: scope) == .timeout { break }
            if scope.isCancelled { break }
        }
        scope.cancel()
        while !users.isEmpty { await ended.wait() }
    }

    // MARK: schedules

    private func conduct(_ schedule: UserSchedule) async {
        let start = meter.startedAt
        for change in schedule.changes(of: segment) {
            let due = start + change.atNanoseconds
            if Reactor.monotonicNow() < due {
                if await reactor.sleep(until: due, in: conductorScope) == .cancelled { return }
            }
            if isStopping { return }
            switch change.kind {
            case .start:
                meter.late(by: Reactor.monotonicNow() - due)
                let user = VirtualUser(number: change.user, signal: reactor.makeSignal())
                begin(user) { shard, user in await shard.runUntilStopped(user) }
            case .stop: users[change.user]?.stop()
            }
        }
        _ = await reactor.sleep(until: start + schedule.lengthNanoseconds, in: conductorScope)
    }

    private func conduct(_ schedule: ArrivalSchedule, maximumUsers: Int) async {
        let start = meter.startedAt
        // Each segment may have its share of the users, the first ones one more when it does not divide.
        let limit = max(1, (maximumUsers - segment.index + segment.count - 1) / segment.count)
        for arrival in schedule.starts(of: segment) {
            let due = start + arrival.atNanoseconds
            if Reactor.monotonicNow() < due {
                if await reactor.sleep(until: due, in: conductorScope) == .cancelled { return }
            }
            if isStopping { return }
            if let user = idle.popLast() {
                user.give(due)
            } else if created < limit {
                let user = VirtualUser(
                    number: segment.index + created * segment.count, signal: reactor.makeSignal())
                created += 1
                user.give(due)
                begin(user) { shard, user in await shard.runArrivals(user) }
            } else {
                meter.drop()
            }
        }
        _ = await reactor.sleep(until: start + schedule.lengthNanoseconds, in: conductorScope)
    }

    private func conduct(_ schedule: IterationSchedule) {
        passesLeft = schedule.count(of: segment)
        for number in schedule.users(of: segment) {
            let user = VirtualUser(number: number, signal: reactor.makeSignal())
            if case .each(let each) = schedule.work { user.passes = each }
            begin(user) { shard, user in await shard.runCounted(user) }
        }
    }

    // MARK: users

    private func begin(
        _ user: VirtualUser, _ body: @escaping @Sendable (LoadShard, VirtualUser) async -> Void
    ) {
        users[user.number] = user
        let bound = ReactorBound((shard: self, user: user), on: reactor)
        Task(executorPreference: reactor) {
            let (shard, user) = bound.value
            await body(shard, user)
            shard.users[user.number] = nil
            shard.ended.notifyAll()
        }
    }

    private func session(for user: VirtualUser) -> Session {
        let session = Session(
            on: reactor, context: context, scope: CancelScope(on: reactor, within: scope),
            random: SeededRandom(seed: work.seed).split(UInt64(user.number)), scratch: scratch, meter: meter)
        session.factoryState =
            factoryStates[user.number]
            ?? factoryState.stripe(user.number, of: work.factoryStripes(segments: segment.count))
        return session
    }

    private func runUntilStopped(_ user: VirtualUser) async {
        let session = session(for: user)
        meter.userStarted()
        while !user.isStopped, !isStopping, await pass(session, user, due: 0) {}
        leave(session, user)
    }

    private func runCounted(_ user: VirtualUser) async {
        let session = session(for: user)
        meter.userStarted()
        while !isStopping, takePass(user), await pass(session, user, due: 0) {}
        leave(session, user)
    }

    private func takePass(_ user: VirtualUser) -> Bool {
        if let own = user.passes {
            user.passes = own - 1
            return own > 0
        }
        passesLeft -= 1
        return passesLeft >= 0
    }

    private func runArrivals(_ user: VirtualUser) async {
        let session = session(for: user)
        while let due = user.take() {
            meter.userStarted()
            let goesOn = await pass(session, user, due: due)
            meter.userEnded()
            guard goesOn else { break }
            if isStopping || user.isStopped { break }
            idle.append(user)
            _ = await user.signal.wait(in: session.scope)
        }
        session.scope.leave()
        session.closeConnections()
    }

    private func leave(_ session: Session, _ user: VirtualUser) {
        if session.factoryState.hasDrawn { factoryStates[user.number] = session.factoryState }
        meter.userEnded()
        session.scope.leave()
        session.closeConnections()
    }

    /// One pass of one scenario.
    ///
    /// - Returns: `false` when the user was cancelled.
    private func pass(_ session: Session, _ user: VirtualUser, due: Int64) async -> Bool {
        let place = work.scenarios.count == 1 ? 0 : work.pick?.draw(using: &session.random) ?? 0
        let scenario = work.scenarios[place]
        session.begin(scenario)
        if work.layout.hasCalls { session.title = "\(scenario.name) \(user.number)" }
        set(session, scenario, user)
        let begin = Reactor.monotonicNow()
        if due > 0 {
            meter.late(by: begin - due)
            session.intendedAt = due
        }
        var flow = Flow.failed
        do {
            try session.setVariables(scenario.variables, names: scenario.names)
            flow = await session.measure(scenario.steps)
        } catch {
            meter.failure(
                "variables", scenario.steps[0],
                [
                    Mismatch(
                        subject: "vars", expected: "a value", actual: error.message, location: error.location)
                ]
            ) { nil }
        }
        if !session.cleanup.isEmpty { await cleanUp(session) }
        session.endStreams()
        if !session.calls.isEmpty { await endCalls(session, failed: flow == .failed) }
        if flow == .failed, !session.hasTriedCall { meter.callDropped() }
        if flow == .cancelled || session.scope.isCancelled { return false }
        // What ended the pass was seen at the start of this turn of the loop.
        let length = max(0, reactor.now - begin)
        meter.iteration(place, nanoseconds: length, isBroken: flow == .failed)
        if flow == .failed, length < Self.pauseAfterNothing, due == 0 {
            let pause = begin + Self.pauseAfterNothing
            return await reactor.sleep(until: pause, in: session.scope) != .cancelled
        }
        return true
    }

    @inline(never)
    private func cleanUp(_ session: Session) async { _ = await session.runCleanup(within: .seconds(10)) }

    @inline(never)
    private func endCalls(_ session: Session, failed: Bool) async { await session.endCalls(failed: failed) }

    private func set(_ session: Session, _ scenario: PlannedScenario, _ user: VirtualUser) {
        for (place, slot) in scenario.outerSlots.enumerated() { session.variables[slot] = outer[place] }
        if let slot = scenario.indexSlot { session.variables[slot] = .int(Int64(user.number)) }
        guard let feed = work.profile.feed, !feed.rows.isEmpty, let slot = scenario.feedSlot else { return }
        session.variables[slot] = .object(feed.rows[row(of: feed, session, user)])
    }

    /// Which row of the feed; rows are striped over segments like everything else.
    private func row(of feed: LoadProfile.Feed, _ session: Session, _ user: VirtualUser) -> Int {
        if feed.per == .user, let row = user.feedRow { return row }
        let row: Int
        switch feed.pick {
        case .inOrder where feed.per == .user: row = user.number % feed.rows.count
        case .inOrder:
            row = nextRow % feed.rows.count
            nextRow += segment.count
        case .random: row = session.random.integer(in: 0...(feed.rows.count - 1))
        }
        user.feedRow = row
        return row
    }
}

/// One virtual user of a shard: its number, and what its schedule tells it.
final class VirtualUser {
    let number: Int
    let signal: Signal
    private(set) var isStopped = false
    /// Passes it still has to make; `nil` when they are shared or unbounded.
    var passes: Int?
    var feedRow: Int?
    private var due: Int64?

    init(number: Int, signal: Signal) {
        self.number = number
        self.signal = signal
    }

    /// The pass that runs is the last.
    func stop() {
        isStopped = true
        signal.notifyAll()
    }

    /// Hands over the next arrival.
    func give(_ due: Int64) {
        self.due = due
        signal.notifyAll()
    }

    func take() -> Int64? {
        defer { due = nil }
        return due
    }
}
