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
        /// A teardown step that failed; it changes nothing of what was measured.
        public var teardownFailure: StepResult?
        /// Metrics of which computed tags would have made too many series.
        public var overflows: [SeriesOverflow] = []
        /// Values of the user's own metrics that were none, by metric.
        public var metricFailures: [String: UInt64] = [:]
    }

    /// Runs to the end of the schedule, or until it is stopped.
    ///
    /// - Parameter report: is given each interval as it ends, with the series that appeared in it: they come behind those
    ///   that were known before. Answers whether to go on.
    public func run(_ report: (_ interval: Interval, _ appeared: [Series]) -> Bool) async -> Ending {
        await work.sounds.prepare(context.sounds)
        var outer: [JSON?] = work.outerNames.map { _ in nil }
        var factoryState = FactoryState(fixtures: context.fixtures)
        if let setup = work.setup {
            switch await runApart(setup, outer: outer, factoryState) {
            case .success(let ended):
                outer = work.outerNames.map { ended.captured[$0] }
                factoryState = ended.factoryState
            case .failure(let failure):
                return Ending(
                    failures: [], slowest: [], lengthNanoseconds: 0, interrupted: stopping.isStopped,
                    setupFailure: failure.step)
            }
        }
        let startedAt = Reactor.monotonicNow()
        var ending = await drive(outer, factoryState, startedAt, report)
        if let teardown = work.teardown {
            let stripes = work.factoryStripes(segments: reactors.count)
            let state = factoryState.stripe(stripes - 1, of: stripes)
            if case .failure(let failure) = await runApart(teardown, outer: outer, state) {
                ending.teardownFailure = failure.step
            }
        }
        return ending
    }

    private func drive(
        _ outer: [JSON?], _ factoryState: FactoryState, _ startedAt: Int64,
        _ report: (Interval, [Series]) -> Bool
    ) async -> Ending {
        let (work, context, count) = (work, context, reactors.count)
        var shards: [ReactorBound<LoadShard>] = []
        for (index, reactor) in reactors.enumerated() {
            let segment = Segment(index: index, count: count)
            shards.append(
                await Task(executorPreference: reactor) {
                    ReactorBound(
                        LoadShard(
                            on: reactor, work, context: context, segment: segment, startedAt: startedAt,
                            outer: outer, factoryState: factoryState),
                        on: reactor)
                }.value)
        }
        let own = reactors[0]
        let finished = own.makeSignal()
        let remaining = Countdown(count, finished)
        for (reactor, shard) in zip(reactors, shards) {
            Task(executorPreference: own) {
                await Task(executorPreference: reactor) { await shard.value.run() }.value
                remaining.countDown()
            }
        }
        stopping.attach(shards, reactors)
        var table = SeriesTable(
            planned: work.layout.series, limit: work.layout.seriesLimit, reactors: count)
        var at: Int64 = 0
        var bounds = (work.search?.bounds ?? [])[...]
        while !remaining.isDone {
            // An interval never crosses from one step of a rising load into the next.
            while let bound = bounds.first, bound <= at { bounds.removeFirst() }
            let end = min(at + interval, bounds.first ?? .max)
            _ = await finished.wait(until: startedAt + end)
            let now = remaining.isDone ? Reactor.monotonicNow() - startedAt : end
            let told = table.series.count
            let points = table.join(await drain(shards))
            let interval = Interval(atNanoseconds: at, lengthNanoseconds: now - at, points: points)
            if !report(interval, Array(table.series[told...])) {
                stopping.stop(gracefully: true)
            }
            at = now
        }
        var ending = await collect(shards, length: Reactor.monotonicNow() - startedAt)
        ending.overflows = table.overflows
        return ending
    }

    private func drain(_ shards: [ReactorBound<LoadShard>]) async -> [MeterPart] {
        var parts: [MeterPart] = []
        for (reactor, shard) in zip(reactors, shards) {
            parts.append(await Task(executorPreference: reactor) { shard.value.meter.drain() }.value)
        }
        return parts
    }

    private func collect(_ shards: [ReactorBound<LoadShard>], length: Int64) async -> Ending {
        var failures: [FailureGroup] = []
        var slowest: [ExchangeSample] = []
        var metricFailures: [String: UInt64] = [:]
        for (reactor, shard) in zip(reactors, shards) {
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
        return ending
    }

    // MARK: set-up and teardown

    private struct ApartFailure: Error {
        var step: StepResult
    }

    private struct ApartEnd {
        var captured: [String: JSON]
        var factoryState: FactoryState
    }

    /// Runs steps once, as a test would, and hands over what they captured.
    private func runApart(
        _ scenario: PlannedScenario, outer: [JSON?], _ factoryState: FactoryState
    ) async -> Result<ApartEnd, ApartFailure> {
        let journal = Journal(startedAt: Reactor.monotonicNow(), masker: context.masker)
        let session = Session(
            on: reactors[0], context: context, scope: CancelScope(on: reactors[0]),
            random: SeededRandom(seed: work.seed).split(.max), scratch: Scratch(), journal: journal)
        session.factoryState = factoryState
        session.begin(scenario)
        for (name, value) in zip(work.outerNames, outer) {
            if let slot = scenario.names[name] { session.variables[slot] = value }
        }
        let flow = await session.run(scenario.steps)
        await session.endCalls(failed: flow != .finished)
        session.closeConnections()
        if flow != .finished, let failed = journal.steps.first(where: { $0.status == .failed }) {
            return .failure(ApartFailure(step: failed))
        }
        var captured: [String: JSON] = [:]
        for (name, slot) in scenario.names.all { captured[name] = session.variables[slot] }
        return .success(ApartEnd(captured: captured, factoryState: session.factoryState))
    }
}

/// Ends a load from outside: a threshold, Ctrl-C, a service that died.
///
/// Confined to the first reactor's thread, like the run itself.
public final class LoadStop: Sendable {
    private let bound: ReactorBound<State>

    private final class State {
        var shards: [(ReactorBound<LoadShard>, Reactor)] = []
        var isStopped = false
        var isInterrupted = false
    }

    public init(on reactor: Reactor) { bound = ReactorBound(State(), on: reactor) }

    var isStopped: Bool { bound.value.isStopped }
    var isInterrupted: Bool { bound.value.isInterrupted }

    func attach(_ shards: [ReactorBound<LoadShard>], _ reactors: [Reactor]) {
        bound.value.shards = Array(zip(shards, reactors))
        if isStopped { stop(gracefully: true) }
    }

    /// - Parameters:
    ///   - gracefully: running passes may end within the profile's bound; else they are cut off and not counted.
    ///   - interrupted: a person ended it, so there is no verdict on what was not run.
    public func stop(gracefully: Bool, interrupted: Bool = false) {
        let state = bound.value
        state.isStopped = true
        state.isInterrupted = state.isInterrupted || interrupted
        for (shard, reactor) in state.shards {
            Task(executorPreference: reactor) { gracefully ? shard.value.stop() : shard.value.cancel() }
        }
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
