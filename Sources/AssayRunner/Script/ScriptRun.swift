internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayScript

/// What a load of a script has besides its schedule: users made beforehand, `setup()` and `teardown()`.
///
/// Lives on the first reactor's thread, like the run itself.
final class ScriptRun {
    private let work: ScriptWork
    private let profile: LoadProfile
    private let shards: [ReactorBound<LoadShard>]
    private let reactors: [Reactor]
    private let stopping: LoadStop
    private var setUpDone = ScriptProgress.SetUp()
    private let began = Reactor.monotonicNow()

    init(
        _ work: ScriptWork, _ profile: LoadProfile, _ shards: [ReactorBound<LoadShard>],
        _ reactors: [Reactor], _ stopping: LoadStop
    ) {
        self.work = work
        self.profile = profile
        self.shards = shards
        self.reactors = reactors
        self.stopping = stopping
    }

    /// Makes the users and calls `setup()`.
    ///
    /// - Returns: why there can be no load.
    func setUp() async -> StepResult? {
        let (first, stopping) = (reactors[0], stopping)
        work.progress.whenAborted {
            Task(executorPreference: first) { stopping.stop(gracefully: false) }
        }
        let scope = CancelScope(on: first)
        stopping.attach(setup: scope)
        defer { stopping.attach(setup: nil) }
        let begin = Reactor.monotonicNow()
        if let exception = await prepare() {
            work.log.write(
                ScriptLog.Line(.error, exception.text, fields: [ScriptTag("source", "stacktrace")]))
            return step("init", begin, exception.mismatch("the script's own code"))
        }
        setUpDone.users = work.progress.madeUsers
        if let stopped = self.stopped(begin) { return stopped }
        guard work.runsSetup else { return nil }
        switch await shards[0].value.scriptApart(
            "setup", phase: .setup, nil, within: profile.setupTimeout, in: scope)
        {
        case .returned(let data):
            setUpDone.data = data
            return stopped(begin)
        case .failed(let mismatch): return step("setup", begin, mismatch)
        case .interrupted:
            return stopped(begin) ?? step("setup", begin, interrupted)
        }
    }

    private var interrupted: Mismatch {
        Mismatch(subject: "setup()", expected: "to return", actual: "it was interrupted")
    }

    /// Nobody waits for a load that will not be.
    private func stopped(_ begin: Int64) -> StepResult? {
        guard stopping.isStopped || work.progress.abort != nil else { return nil }
        let reason = work.progress.abort.map {
            $0.reason.map { "the script ended it: \($0)" } ?? "the script ended it"
        }
        return step(
            "setup", begin,
            Mismatch(subject: "setup()", expected: "to return", actual: reason ?? "it was stopped"))
    }

    /// Makes the users; a stop ends it, also while one's code runs.
    private func prepare() async -> ScriptException? {
        // Reading files, options and programs is over: a load needs half of that code, and memory is counted at its peak.
        ScriptEngine.letGoOfCode()
        var tasks: [Task<ScriptException?, Never>] = []
        for (reactor, shard) in zip(reactors, shards) {
            tasks.append(Task(executorPreference: reactor) { await shard.value.prepareScripts() })
        }
        var exception: ScriptException?
        for task in tasks {
            let found = await task.value
            exception = exception ?? found
        }
        return exception
    }

    /// Lets the schedules begin now.
    ///
    /// - Returns: the start of the run.
    func begin() async -> Int64 {
        let start = Reactor.monotonicNow()
        setUpDone.length = start - began
        work.progress.begin(at: start, after: setUpDone)
        for (reactor, shard) in zip(reactors, shards) {
            let data = setUpDone.data
            await Task(executorPreference: reactor) {
                shard.value.meter.startedAt = start
                shard.value.scripts?.data = data
            }.value
        }
        return start
    }

    /// Calls `teardown()`, whatever ended the load.
    ///
    /// - Returns: what went wrong in it.
    func tearDown() async -> StepResult? {
        guard work.runsTeardown else { return nil }
        let begin = Reactor.monotonicNow()
        let scope = CancelScope(on: reactors[0])
        stopping.attach(teardown: scope)
        defer { stopping.attach(teardown: nil) }
        let end = await shards[0].value.scriptApart(
            "teardown", phase: .teardown, setUpDone.data, within: profile.teardownTimeout, in: scope)
        if case .failed(let mismatch) = end { return step("teardown", begin, mismatch) }
        return nil
    }

    private func step(_ name: String, _ begin: Int64, _ mismatch: Mismatch) -> StepResult {
        StepResult(
            name: name, kind: "script", location: mismatch.location ?? profile.location, status: .failed,
            startedAtNanoseconds: 0, durationNanoseconds: Reactor.monotonicNow() - begin,
            mismatches: [mismatch])
    }
}

extension LoadWork {
    /// Users of a script that a reactor's share of its schedules has at one time, graceful ends included: so many are made before
    /// the load.
    func plannedScriptUsers(of shard: Segment) -> Int {
        let spans = schedules.map { schedule -> (from: Int64, to: Int64, users: Int) in
            let length = schedule.length ?? .max / 4
            return (
                schedule.startAfter, schedule.startAfter &+ length &+ schedule.gracefulStop.nanoseconds,
                schedule.readyUsers(of: shard)
            )
        }
        return spans.map { span in
            spans.filter { $0.from <= span.from && span.from <= $0.to }.reduce(0) { $0 + $1.users }
        }.max() ?? 0
    }
}

extension PlannedSchedule {
    /// A reactor's share: users belong to reactors by their numbers in the run, so that small schedules are spread over them.
    func segment(of shard: Segment) -> Segment {
        Segment(
            index: (shard.index + shard.count - firstUser % shard.count) % shard.count, count: shard.count)
    }

    /// Users of a reactor's share that are there from its start, or as many as there will be.
    fileprivate func readyUsers(of shard: Segment) -> Int {
        let segment = segment(of: shard)
        guard case .arrivals(_, let most, let ready) = kind else { return segment.share(of: maximumUsers) }
        let sharing = min(most, segment.count)
        guard segment.index < sharing else { return 0 }
        return Segment(index: segment.index, count: sharing).share(of: ready)
    }
}

extension Segment {
    /// How many of `count` belong to it: one in ``count``, the first ones one more when it does not divide.
    func share(of count: Int) -> Int { (count - index + self.count - 1) / self.count }
}
