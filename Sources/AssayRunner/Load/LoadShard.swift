internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayScript

/// One reactor's share of a load: its meter, its rows of the feeds, and a driver for each schedule.
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
    let scratch = Scratch()
    /// Of a script; `nil` of every other load.
    private(set) var scripts: ScriptUsers?
    /// Those of its users whose steps call functions.
    private var hookUsers: HookUsers?
    /// Feeds of which every row was given out, by their places in the profile.
    private(set) var usedUp: Set<Int> = []
    /// Where the set-up left its factories; each user has a stripe of the numbers behind that.
    private let factoryState: FactoryState
    /// Of users that have left and may come back: their numbers go on.
    private var left: [Int: (factoryState: FactoryState?, visits: UInt64, passes: Int)] = [:]
    private var cursors: [FeedCursor]
    /// Passes that read their number.
    private var numbered = 0
    private var drivers: [ScheduleDriver] = []
    private var running = 0
    private let ended: Signal
    private var isStopping = false

    /// - Parameter rowCounters: by feed, shared by all shards of the run.
    init(
        on reactor: Reactor, _ work: LoadWork, context: RunContext, segment: Segment, startedAt: Int64,
        outer: [JSON?], factoryState: FactoryState, rowCounters: [RowCounter]
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
        cursors = work.profile.feeds.enumerated().map { place, feed in
            FeedCursor(
                feed, segment: segment, random: LoadWork.random(work.seed, .feed(place)),
                counter: rowCounters[place])
        }
        drivers = work.schedules.map { ScheduleDriver($0, of: self) }
        hookUsers = work.hooks.map(makeHookUsers)
        if let script = work.script {
            scripts = ScriptUsers(
                script,
                series: ScriptSeries(
                    meter, keys: work.scriptKeys, owners: work.scriptOwners, apart: work.scriptTags),
                on: reactor, scope: scope)
        }
    }

    private func makeHookUsers(_ hooks: HookWork) -> HookUsers {
        let series = ScriptSeries(
            meter, keys: ScriptTagKeys(), owners: work.scriptOwners, apart: work.scriptTags)
        let users = ScriptUsers(hooks.script, series: series, on: reactor, scope: scope)
        return HookUsers(hooks, users, on: reactor, within: scope)
    }

    /// Lets no pass begin any more; running ones may end.
    func stop() {
        isStopping = true
        for driver in drivers { driver.stop() }
    }

    /// The same for schedules with a scenario that reads one of these feeds.
    func endSchedules(reading feeds: Set<Int>) {
        for driver in drivers
        where driver.plan.scenarios.contains(where: { !feeds.isDisjoint(with: work.feedsRead[$0]) }) {
            driver.stop()
        }
    }

    /// Ends running passes too; they are not counted.
    func cancel() {
        stop()
        scope.cancel()
    }

    /// Drives the share from start to end; returns when every user of every schedule has ended.
    func run() async {
        running = drivers.count
        for driver in drivers {
            let bound = ReactorBound((shard: self, driver: driver), on: reactor)
            Task(executorPreference: reactor) {
                let (shard, driver) = bound.value
                await driver.run()
                shard.running -= 1
                shard.ended.notifyAll()
            }
        }
        while running > 0 { await ended.wait() }
        scope.cancel()
        drivers.removeAll()
        scripts?.end()
        hookUsers?.end()
    }

    // MARK: users

    /// A session for a user that comes, for the first time or again.
    func session(for user: VirtualUser) -> Session {
        let before = left[user.number]
        user.passesBegun = before?.passes ?? 0
        let session = Session(
            on: reactor, context: context, scope: user.scope,
            random: LoadWork.random(work.seed, .user(user.number, visit: before?.visits ?? 0)),
            scratch: scratch, meter: meter)
        session.hooks = hookUsers.map { SessionHooks($0, on: reactor) }
        session.factoryState =
            before?.factoryState
            ?? factoryState.stripe(user.number, of: work.factoryStripes(segments: segment.count))
        return session
    }

    /// Closes what the user has open, and keeps what it needs when it comes again.
    func leave(_ session: Session, _ user: VirtualUser) {
        let state = session.factoryState.hasDrawn ? session.factoryState : nil
        left[user.number] = (state, (left[user.number]?.visits ?? 0) + 1, user.passesBegun)
        user.leave()
        session.closeConnections()
        if let script = session.script { scripts?.giveBack(script) }
        session.script = nil
    }

    func userStarted() {
        meter.userStarted()
        work.script?.progress.userCame()
    }

    func userEnded() {
        meter.userEnded()
        work.script?.progress.userLeft()
    }

    // MARK: scripts

    /// Makes the users of a script that its schedules need at one time.
    ///
    /// - Returns: why there is no such user.
    func prepareScripts() async -> ScriptException? {
        guard let scripts else { return nil }
        return await scripts.prepare(work.plannedScriptUsers(of: segment))
    }

    /// Gives a session a user; what is wrong with it is told when its first pass begins.
    func makeScriptUser(_ session: Session) async {
        if case .success(let user)? = await scripts?.take(for: session) { session.script = user }
    }

    // MARK: feeds

    /// Gives a pass its rows.
    ///
    /// - Returns: `false` when a feed has none left.
    func setRows(of scenario: Int, _ session: Session, _ user: VirtualUser) -> Bool {
        let slots = work.scenarios[scenario].outerSlots
        for place in work.feedsRead[scenario] {
            guard let row = row(of: place, session, user) else {
                usedUp.insert(place)
                // Other reactors stop when the run sees it; here nothing may begin.
                if work.profile.feeds[place].atEnd == .fail { stop() }
                return false
            }
            session.variables[slots[outer.count + place]] = .object(work.profile.feeds[place].rows[row])
        }
        return true
    }

    /// Tells a pass which it is.
    func setFigures(_ scenario: PlannedScenario, _ session: Session, _ user: VirtualUser) {
        let number = segment.index + numbered * segment.count
        numbered += 1
        session.variables[scenario.outerSlots[scenario.outerSlots.count - 1]] = [
            "user": .int(Int64(user.number)), "iteration": .int(Int64(user.passesBegun)),
            "number": .int(Int64(number)),
        ]
    }

    private func row(of feed: Int, _ session: Session, _ user: VirtualUser) -> Int? {
        guard cursors[feed].keepsRow else {
            return cursors[feed].next(of: user.number, using: &session.random)
        }
        if user.rows.isEmpty { user.rows = [Int?](repeating: nil, count: cursors.count) }
        if let row = user.rows[feed] { return row }
        let row = cursors[feed].next(of: user.number, using: &session.random)
        user.rows[feed] = row
        return row
    }
}
