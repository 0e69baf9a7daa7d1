internal import AssayCore
internal import AssayNet
internal import AssayScenario

/// Drives one schedule's share of one reactor: its users, from the first start to the last end.
///
/// Belongs to its reactor's thread.
final class ScheduleDriver {
    let plan: PlannedSchedule
    unowned let shard: LoadShard
    /// This reactor's share.
    private let segment: Segment
    /// Ends the schedule's running passes at once.
    private let scope: CancelScope
    /// Ends the wait for what the schedule does next.
    private let conductorScope: CancelScope
    private let ended: Signal
    /// No pass begins any more but of arrivals that were given to a user.
    private(set) var isStopping = false
    /// Somebody stopped the schedule: arrivals that have not begun do not begin.
    private var isBrokenOff = false
    /// Users of closed models that have not been told to leave for good.
    private var users: [Int: VirtualUser] = [:]
    private var idle: [VirtualUser] = []
    private var created = 0
    /// A further user of a script is being made.
    private var isMaking = false
    /// Users whose tasks run.
    private var running = 0
    var passesLeft = 0

    init(_ plan: PlannedSchedule, of shard: LoadShard) {
        self.plan = plan
        self.shard = shard
        segment = plan.segment(of: shard.segment)
        scope = CancelScope(on: shard.reactor, within: shard.scope)
        conductorScope = CancelScope(on: shard.reactor)
        ended = shard.reactor.makeSignal()
    }

    /// Lets no pass begin any more; running ones may end.
    func stop() {
        isBrokenOff = true
        end()
    }

    /// Lets no pass begin any more but of arrivals that were given to a user.
    private func end() {
        guard !isStopping else { return }
        isStopping = true
        for user in users.values { user.stop() }
        conductorScope.cancel()
    }

    /// Returns when every user has ended.
    func run() async {
        let start = shard.meter.startedAt &+ plan.startAfter
        if await isDue(start) {
            switch plan.kind {
            case .users(let schedule): await conduct(schedule, from: start)
            case .arrivals(let schedule, let most, let ready):
                await conduct(schedule, from: start, maximumUsers: most, readyUsers: ready)
            case .iterations(let schedule, let within):
                await conduct(schedule, until: within.map { start &+ $0 })
            }
        }
        // The schedule is over (or stopped): what runs may end within bounds.
        end()
        let deadline = Reactor.monotonicNow() &+ plan.gracefulStop.nanoseconds
        while running > 0 {
            if await ended.wait(until: deadline, in: scope) != .ready { break }
        }
        scope.cancel()
        while running > 0 { await ended.wait() }
    }

    /// Waits for a moment of the schedule.
    ///
    /// - Returns: `false` when the schedule was stopped meanwhile.
    private func isDue(_ moment: Int64) async -> Bool {
        if Reactor.monotonicNow() < moment,
            await shard.reactor.sleep(until: moment, in: conductorScope) == .cancelled
        {
            return false
        }
        return !isStopping
    }

    // MARK: models

    private func conduct(_ schedule: UserSchedule, from start: Int64) async {
        for change in schedule.changes(of: segment) {
            let due = start &+ change.atNanoseconds
            guard await isDue(due) else { return }
            let number = plan.firstUser + change.user
            switch change.kind {
            case .start:
                shard.meter.late(by: Reactor.monotonicNow() - due)
                // One that ends its last pass still goes on with the next.
                if let user = users[number], user.goOn() { continue }
                begin(makeUser(number)) { driver, user in await driver.runUntilStopped(user) }
            case .stop: users[number]?.stop(within: plan.gracefulRampDown)
            }
        }
        _ = await isDue(start &+ schedule.lengthNanoseconds)
    }

    private func conduct(
        _ schedule: ArrivalSchedule, from start: Int64, maximumUsers: Int, readyUsers: Int
    ) async {
        // Segments without a user would drop all of their starts, so those that have one share them.
        let sharing = min(maximumUsers, segment.count)
        guard segment.index < sharing else { return }
        let segment = Segment(index: segment.index, count: sharing)
        let limit = segment.share(of: maximumUsers)
        for _ in 0..<segment.share(of: readyUsers) { idle.append(makeArrivalUser(segment)) }
        for user in idle { begin(user) { driver, user in await driver.runArrivals(user) } }
        for arrival in schedule.starts(of: segment) {
            let due = start &+ arrival.atNanoseconds
            guard await isDue(due) else { return }
            if let most = schedule.mostUsers(at: arrival.atNanoseconds), busy >= segment.share(of: most) {
                drop()
            } else if let user = idle.popLast() {
                user.give(due)
            } else if shard.work.script != nil {
                // As k6: one more user at a time is made, and what finds none meanwhile is dropped.
                drop()
                if created < limit, !isMaking { makeReady(makeArrivalUser(segment)) }
            } else if created < limit {
                let user = makeArrivalUser(segment)
                user.give(due)
                begin(user) { driver, user in await driver.runArrivals(user) }
            } else {
                drop()
            }
        }
        _ = await isDue(start &+ schedule.lengthNanoseconds)
    }

    private func conduct(_ schedule: IterationSchedule, until end: Int64?) async {
        passesLeft = schedule.count(of: segment)
        for number in schedule.users(of: segment) {
            let user = makeUser(plan.firstUser + number)
            if case .each(let each) = schedule.work { user.passes = each }
            begin(user) { driver, user in await driver.runCounted(user) }
        }
        while running > 0, !isStopping {
            guard await ended.wait(until: end ?? .max, in: conductorScope) == .timeout else { continue }
            drop(passesLeft)
            return
        }
    }

    /// Counts starts of the schedule that are not made.
    private func drop(_ count: Int = 1) { shard.meter.drop(count, of: plan.scenarios) }

    /// Users of an open model that are in a pass.
    private var busy: Int { running - idle.count }

    // MARK: users

    private func makeUser(_ number: Int) -> VirtualUser {
        VirtualUser(number: number, on: shard.reactor, within: scope)
    }

    private func makeArrivalUser(_ segment: Segment) -> VirtualUser {
        let user = makeUser(plan.firstUser + segment.index + created * segment.count)
        created += 1
        return user
    }

    private func begin(
        _ user: VirtualUser, _ body: @escaping @Sendable (ScheduleDriver, VirtualUser) async -> Void
    ) {
        users[user.number] = user
        running += 1
        let bound = ReactorBound((driver: self, user: user), on: shard.reactor)
        Task(executorPreference: shard.reactor) {
            let (driver, user) = bound.value
            await body(driver, user)
            // Its number may have a new user already.
            if driver.users[user.number] === user { driver.users[user.number] = nil }
            driver.running -= 1
            driver.ended.notifyAll()
        }
    }

    private func runUntilStopped(_ user: VirtualUser) async {
        let session = shard.session(for: user)
        shard.userStarted()
        while await mayBegin(user), await pass(session, user, due: 0) {}
        shard.userEnded()
        shard.leave(session, user)
    }

    private func runCounted(_ user: VirtualUser) async {
        let session = shard.session(for: user)
        shard.userStarted()
        while (user.passes ?? passesLeft) > 0, await mayBegin(user), takePass(user),
            await pass(session, user, due: 0)
        {}
        shard.userEnded()
        shard.leave(session, user)
    }

    /// - Returns: `false` when another user has taken the last one.
    private func takePass(_ user: VirtualUser) -> Bool {
        if let own = user.passes {
            guard own > 0 else { return false }
            user.passes = own - 1
        }
        guard passesLeft > 0 else { return false }
        passesLeft -= 1
        return true
    }

    /// Makes a further user of a script, which takes a while.
    private func makeReady(_ user: VirtualUser) {
        isMaking = true
        begin(user) { driver, user in
            let session = driver.shard.session(for: user)
            await driver.shard.makeScriptUser(session)
            driver.isMaking = false
            if !driver.isStopping { driver.idle.append(user) }
            await driver.runArrivals(user, session)
        }
    }

    private func runArrivals(_ user: VirtualUser) async { await runArrivals(user, shard.session(for: user)) }

    private func runArrivals(_ user: VirtualUser, _ session: Session) async {
        while true {
            // What it was given in the schedule's last turn begins after the schedule has ended.
            guard !isBrokenOff, !user.scope.isCancelled, let due = user.take() else {
                // It was made ready, or notified by something that is over.
                guard !isStopping, await user.signal.wait(in: user.scope) == .ready else { break }
                continue
            }
            shard.userStarted()
            let goesOn = await pass(session, user, due: due)
            shard.userEnded()
            guard goesOn, !isStopping else { break }
            idle.append(user)
        }
        if user.take() != nil { drop() }
        shard.leave(session, user)
    }

    /// Waits until the user may begin its next pass.
    ///
    /// - Returns: `false` when it was told to stop.
    private func mayBegin(_ user: VirtualUser) async -> Bool {
        let due = user.mayBeginAt
        if due > 0, !user.isStopped, Reactor.monotonicNow() < due {
            switch await user.signal.wait(until: due, in: user.scope) {
            case .timeout: shard.meter.late(by: Reactor.monotonicNow() - due)
            case .ready where !user.isStopped && !isStopping:
                // It was stopped and goes on.
                return await mayBegin(user)
            default: break
            }
        }
        guard !user.isStopped, !isStopping, !user.scope.isCancelled else {
            user.hasLeft = true
            return false
        }
        return true
    }
}
