public import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayScenario

/// Drives a load over one or more reactors and tells what happened, second by second.
public struct LoadRun: Sendable {
    private let work: LoadWork
    private let context: RunContext
    private let reactors: [Reactor]
    /// What ends the run before its schedule does.
    private let stopping: LoadStop
    private let interval: Int64 = 1_000_000_000

    /// - Parameter reactors: the first runs the caller; the others must be running in threads of their own.
    public init(_ work: LoadWork, context: RunContext, reactors: [Reactor], stop: LoadStop) {
        self.work = work
        self.context = context
        self.reactors = reactors
        stopping = stop
    }

    /// What the run came to, beyond the intervals.
    public struct Ending: Sendable {
        public var failures: [FailureGroup]
        public var slowest: [ExchangeSample]
        public var lengthNanoseconds: Int64
        public var interrupted: Bool
        /// Set-up steps that failed; then there was no load.
        public var setupFailure: StepResult?
        /// A step of the teardown, or of the cleanup of the set-up, that failed; it changes nothing of what was measured.
        public var teardownFailure: StepResult?
        /// Metrics of which computed tags would have made too many series.
        public var overflows: [SeriesOverflow] = []
        /// Values of the user's own metrics that were none, by metric.
        public var metricFailures: [String: UInt64] = [:]
        /// Between what the user's own gauges were, by series: points have the last value of each second only.
        public var gaugeRanges: [Series: GaugeRange] = [:]
        /// What counters of the user's own came to beside the whole counts of the points: a part of one, or what they fell below
        /// zero.
        public var untoldCounts: [Series: Double] = [:]
        /// Feeds whose rows had all been given out.
        public var usedUpFeeds: [UsedUpFeed] = []
    }

    /// A feed that ended its schedules.
    public struct UsedUpFeed: Sendable, Equatable {
        public var name: String
        public var rows: Int
        /// As its profile wants it.
        public var isFailure: Bool
    }

    /// Runs to the end of the schedule, or until it is stopped.
    ///
    /// - Parameter report: is given each interval as it ends, with the series that appeared in it: they come behind those
    ///   that were known before. Answers whether to go on.
    public func run(_ report: (_ interval: Interval, _ appeared: [Series]) -> Bool) async -> Ending {
        await work.sounds.prepare(context.sounds)
        var outer: [JSON?] = work.outerNames.map { _ in nil }
        var factoryState = FactoryState(fixtures: context.fixtures)
        var setup: ApartRun?
        if let steps = work.setup {
            let run = ApartRun(steps, of: work, context: context, on: reactors[0], factoryState)
            setup = run
            stopping.attach(setup: run.scope)
            let failure = await run.run(outer, within: work.profile.setupTimeout)
            stopping.attach(setup: nil)
            if let failure {
                _ = await run.cleanUp()
                return Ending(
                    failures: [], slowest: [], lengthNanoseconds: 0, interrupted: stopping.isStopped,
                    setupFailure: failure)
            }
            outer = run.values(of: work.outerNames)
            factoryState = run.factoryState
        }
        var ending = await drive(outer, factoryState, report)
        if let steps = work.teardown {
            let stripes = work.factoryStripes(segments: reactors.count)
            let run = ApartRun(
                steps, of: work, context: context, on: reactors[0],
                factoryState.stripe(stripes - 1, of: stripes))
            ending.teardownFailure = await run.run(outer, within: work.profile.teardownTimeout)
            let failed = await run.cleanUp()
            ending.teardownFailure = ending.teardownFailure ?? failed
        }
        // What the steps of the set-up registered to be taken back was needed until now.
        if let failed = await setup?.cleanUp() { ending.teardownFailure = ending.teardownFailure ?? failed }
        return ending
    }

    private func drive(
        _ outer: [JSON?], _ factoryState: FactoryState, _ report: (Interval, [Series]) -> Bool
    ) async -> Ending {
        let (work, context, count) = (work, context, reactors.count)
        var startedAt = Reactor.monotonicNow()
        let began = startedAt
        let rowCounters = work.profile.feeds.map { _ in RowCounter() }
        var shards: [ReactorBound<LoadShard>] = []
        for (index, reactor) in reactors.enumerated() {
            let segment = Segment(index: index, count: count)
            shards.append(
                await Task(executorPreference: reactor) {
                    ReactorBound(
                        LoadShard(
                            on: reactor, work, context: context, segment: segment, startedAt: began,
                            outer: outer, factoryState: factoryState, rowCounters: rowCounters),
                        on: reactor)
                }.value)
        }
        var table = SeriesTable(
            planned: work.layout.series, limit: work.layout.seriesLimit, reactors: count)
        // The making of users and their set-up can be stopped, too.
        stopping.attach(shards, reactors)
        let script = work.script.map { ScriptRun($0, work.profile, shards, reactors, stopping) }
        if let failure = await script?.setUp() {
            let length = Reactor.monotonicNow() - startedAt
            let points = table.join(await drain(shards))
            let interval = Interval(atNanoseconds: 0, lengthNanoseconds: length, points: points)
            _ = report(interval, Array(table.series[work.layout.series.count...]))
            var ending = await collect(shards, length: length)
            ending.setupFailure = failure
            return ending
        }
        if let script { startedAt = await script.begin() }
        let own = reactors[0]
        let finished = own.makeSignal()
        let remaining = Countdown(count, finished)
        for (reactor, shard) in zip(reactors, shards) {
            Task(executorPreference: own) {
                await Task(executorPreference: reactor) { await shard.value.run() }.value
                remaining.countDown()
            }
        }
        var teardownFailure: StepResult?
        var at: Int64 = 0
        var bounds = (work.search?.bounds ?? [])[...]
        var isLast = false
        while !isLast {
            // An interval never crosses from one step of a rising load into the next.
            while let bound = bounds.first, bound <= at { bounds.removeFirst() }
            let end = min(at + interval, bounds.first ?? .max)
            if !remaining.isDone { _ = await finished.wait(until: startedAt + end) }
            // What ends while points are drained has an interval of its own.
            isLast = remaining.isDone
            if isLast { teardownFailure = await script?.tearDown() }
            let now = isLast ? Reactor.monotonicNow() - startedAt : end
            let told = table.series.count
            let points = table.join(await drain(shards))
            let interval = Interval(atNanoseconds: at, lengthNanoseconds: now - at, points: points)
            await endSchedules(of: shards)
            if !report(interval, Array(table.series[told...])) {
                // A script's run ends at once, as k6 ends it.
                stopping.stop(gracefully: script == nil)
            }
            at = now
        }
        var ending = await collect(shards, length: Reactor.monotonicNow() - startedAt)
        ending.overflows = table.overflows
        ending.teardownFailure = teardownFailure
        return ending
    }

    private func drain(_ shards: [ReactorBound<LoadShard>]) async -> [MeterPart] {
        var parts: [MeterPart] = []
        for (reactor, shard) in zip(reactors, shards) {
            parts.append(await Task(executorPreference: reactor) { shard.value.meter.drain() }.value)
        }
        return parts
    }

    /// Ends on every reactor what reads a feed that one of them found used up.
    private func endSchedules(of shards: [ReactorBound<LoadShard>]) async {
        let places = await usedUp(shards)
        if places.isEmpty { return }
        if places.contains(where: { work.profile.feeds[$0].atEnd == .fail }) {
            return stopping.stop(gracefully: true)
        }
        for (reactor, shard) in zip(reactors, shards) {
            await Task(executorPreference: reactor) { shard.value.endSchedules(reading: places) }.value
        }
    }

    /// Feeds of which a shard found no row left, by their places in the profile.
    private func usedUp(_ shards: [ReactorBound<LoadShard>]) async -> Set<Int> {
        guard !work.profile.feeds.isEmpty else { return [] }
        var places: Set<Int> = []
        for (reactor, shard) in zip(reactors, shards) {
            places.formUnion(await Task(executorPreference: reactor) { shard.value.usedUp }.value)
        }
        return places
    }

    private func told(_ places: Set<Int>) -> [UsedUpFeed] {
        places.sorted().map { place in
            let feed = work.profile.feeds[place]
            return UsedUpFeed(name: feed.name, rows: feed.rows.count, isFailure: feed.atEnd == .fail)
        }
    }

    private func collect(_ shards: [ReactorBound<LoadShard>], length: Int64) async -> Ending {
        var failures: [FailureGroup] = []
        var slowest: [ExchangeSample] = []
        var metricFailures: [String: UInt64] = [:]
        var gaugeRanges: [Series: GaugeRange] = [:]
        var untoldCounts: [Series: Double] = [:]
        for (reactor, shard) in zip(reactors, shards) {
            let figures = await Task(executorPreference: reactor) {
                (ranges: shard.value.meter.gaugeRanges(), counts: shard.value.meter.untoldCounts())
            }.value
            gaugeRanges.merge(figures.ranges) { $0.joined($1) }
            untoldCounts.merge(figures.counts, uniquingKeysWith: +)
            let samples = await Task(executorPreference: reactor) { shard.value.meter.samples() }.value
            failures += samples.failures
            slowest += samples.slowest
            metricFailures.merge(samples.metricFailures, uniquingKeysWith: +)
        }
        slowest.sort { $0.exchange.serviceNanoseconds > $1.exchange.serviceNanoseconds }
        var ending = Ending(
            failures: merged(failures), slowest: Array(slowest.prefix(5)), lengthNanoseconds: length,
            interrupted: stopping.isInterrupted)
        ending.metricFailures = metricFailures
        ending.gaugeRanges = gaugeRanges
        ending.untoldCounts = untoldCounts
        ending.usedUpFeeds = told(await usedUp(shards))
        return ending
    }
}

/// Signals when several things are done; touched by tasks of one reactor.
private final class Countdown: Sendable {
    private let left: ReactorBound<Left>
    private let finished: Signal

    private final class Left {
        var count: Int
        init(_ count: Int) { self.count = count }
    }

    init(_ count: Int, _ finished: Signal) {
        left = finished.bound(Left(count))
        self.finished = finished
    }

    var isDone: Bool { left.value.count == 0 }

    func countDown() {
        left.value.count -= 1
        if isDone { finished.notifyAll() }
    }
}
