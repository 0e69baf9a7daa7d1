internal import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayReport
internal import AssayRunner
internal import AssayScenario
internal import AssayStand

/// One load while it runs: keeps the record, judges thresholds, shows progress.
///
/// Lives on the first reactor's thread.
final class LoadDrive {
    private(set) var keeper: RecordKeeper
    private let work: LoadWork
    private let context: RunContext
    private let stop: LoadStop
    private let console: Console
    private var judges: [ThresholdJudge]
    /// Of a load that rises in steps.
    private var search: StepSearch?
    private var push: LoadPush?
    private var toldVerdict: Verdict?
    private var view: LoadView
    private var live: LiveBlock
    /// Of a script, which must not write into the block.
    private let output: ScriptOutput?
    /// Why the run failed, whatever was measured: services that ended, feeds that must not have run out.
    private var deaths: [String] = []
    private(set) var ending: LoadRun.Ending?
    private var lastLine: Int64 = 0
    private let startedAt = Reactor.monotonicNow()

    /// How often a line is printed where nothing can be drawn over.
    private static let lineInterval: Int64 = 10_000_000_000

    init(
        work: LoadWork, profile: LoadProfile, context: RunContext, stop: LoadStop, console: Console,
        keeper: RecordKeeper, output: ScriptOutput? = nil
    ) {
        self.work = work
        self.context = context
        self.stop = stop
        self.console = console
        self.keeper = keeper
        self.output = output
        // The reader has refused every threshold that does not parse.
        let metrics = profile.metrics
        judges = profile.thresholds.compactMap { text in
            (try? text.threshold(metrics)).map { ThresholdJudge($0) }
        }
        search = work.search
        view = LoadView(project: keeper.record.header.project, work: work)
        live = LiveBlock(console)
    }

    func warn(descriptors: Int) {
        if work.maximumUsers + 64 > descriptors {
            add(
                .warning,
                "\(work.maximumUsers) users may need more open files than the \(descriptors) allowed here "
                    + "(raise `ulimit -n`)")
        }
    }

    /// Lets a Pushgateway know how the run goes.
    func push(to target: PushTarget?) async {
        guard let target else { return }
        do throws(SystemError) {
            push = try await LoadPush(
                target, header: keeper.record.header, plan: work.plan(reactors: 1), series: work.series)
        } catch {
            add(.warning, "nothing is pushed to \(target.shown): \(error)")
        }
    }

    private var pushState: PrometheusPush.State {
        PrometheusPush.State(thresholds: judges.map(\.resultSoFar), steps: keeper.record.steps)
    }

    private func add(_ severity: Diagnostic.Severity, _ text: String) {
        keeper.add(
            .note(Note(atNanoseconds: Reactor.monotonicNow() - startedAt, severity: severity, text: text)))
    }

    /// Takes what the run was judged by besides thresholds.
    func add(_ result: ThresholdResult) { keeper.add(.threshold(result)) }

    /// Ends the load when a service of the stand ends: there is nothing left to measure.
    func watchDeaths(of stand: Stand, on reactor: Reactor) -> CancelScope {
        let scope = CancelScope(on: reactor)
        let bound = ReactorBound((drive: self, stand: stand), on: reactor)
        Task(executorPreference: reactor) {
            let (drive, stand) = bound.value
            while let death = await stand.nextDeath(in: scope) {
                drive.deaths.append(death.text)
                drive.add(.error, death.text)
                drive.stop.stop(gracefully: false)
            }
        }
        return scope
    }

    /// Tells what services tried to reach; it counts in the verdict where the policy denies it.
    func take(_ outside: OutsideWatch) {
        let calls = outside.calls(since: startedAt)
        for call in calls { keeper.add(.note(call.note(outside.policy == .deny ? .error : .warning))) }
        guard outside.policy == .deny else { return }
        deaths += calls.map(\.text)
        if let overflow = outside.overflow { deaths.append(overflow) }
    }

    func run(on reactors: [Reactor]) async {
        let scheduling = await raise(reactors)
        let plan = work.plan(reactors: reactors.count, scheduling: scheduling)
        keeper.add(.plan(plan))
        if plan.scale != 1 {
            let whole = work.length.map { Double($0.nanoseconds) / plan.scale } ?? 0
            add(
                .warning,
                "scale \(scaleNumber(plan.scale)) of a schedule of \(shortText(nanoseconds: whole)): "
                    + "the profile was tried out, this is not its run")
        }
        for series in work.series { keeper.add(.series(series)) }
        output?.hold(console.isTerminal && !console.isQuiet)
        let run = LoadRun(work, context: context, reactors: reactors, stop: stop)
        let ending = await run.run { interval, appeared in self.take(interval, appeared) }
        await lower(reactors)
        self.ending = ending
        live.clear()
        output?.hold(false)
        tellLines()
        noteScript()
        for group in ending.failures { keeper.add(.failure(group)) }
        for feed in ending.usedUpFeeds {
            let rows = feed.rows == 1 ? "its row" : "all of its \(grouped(feed.rows)) rows"
            let text = "the feed '\(feed.name)' was used up: \(rows) had been given out"
            if feed.isFailure { deaths.append(text) }
            add(feed.isFailure ? .error : .warning, text)
        }
        if let step = ending.teardownFailure { add(.warning, "the teardown failed: \(text(of: step))") }
        let totals = LoadTotals(keeper.record)
        if totals.brokenIterations > 0 {
            add(
                .warning,
                "\(grouped(totals.brokenIterations)) of \(grouped(totals.iterations)) passes were broken off by a "
                    + "step that could not be done")
        }
        for sample in ending.slowest { keeper.add(.slow(sample)) }
        warnOfMeasuring(ending)
        for index in judges.indices { keeper.add(.threshold(judges[index].finish())) }
    }

    /// What was not measured as the files say.
    private func warnOfMeasuring(_ ending: LoadRun.Ending) {
        for overflow in ending.overflows {
            let tags = overflow.tags.map { "'\($0)'" }.joined(separator: ", ")
            add(
                .warning,
                "\(overflow.metric) has more than \(grouped(work.seriesLimit)) series by the tag \(tags): the rest is "
                    + "counted as `\(overflow.tags.first ?? "")=other` (`series-limit` allows more)")
        }
        for (name, count) in ending.metricFailures.sorted(by: { $0.key < $1.key }) {
            add(
                .warning,
                "\(grouped(count)) values of the metric '\(name)' could not be recorded; its failures say why"
            )
        }
        for judge in judges where judge.hasMatchedNothing && ending.setupFailure == nil {
            add(.warning, judge.threshold.unmatchedText(in: keeper.record.series))
        }
    }

    /// Asks the system to run the threads of calls before others.
    ///
    /// - Returns: what it gave: the least of them.
    private func raise(_ reactors: [Reactor]) async -> String {
        guard work.hasCalls else { return PacingPriority.normal.rawValue }
        var least = PacingPriority.fifo
        let order = PacingPriority.allCases
        for reactor in reactors {
            let got = await Task(executorPreference: reactor) { raisePacingPriority() }.value
            if let new = order.firstIndex(of: got), let old = order.firstIndex(of: least), new > old {
                least = got
            }
        }
        return least.rawValue
    }

    private func lower(_ reactors: [Reactor]) async {
        guard work.hasCalls else { return }
        for reactor in reactors {
            await Task(executorPreference: reactor) { lowerPacingPriority() }.value
        }
    }

    /// - Returns: whether the run goes on.
    private func take(_ interval: Interval, _ appeared: [Series]) -> Bool {
        for series in appeared { keeper.add(.series(series)) }
        let table = keeper.record.series
        keeper.add(.interval(interval))
        var goesOn = true
        for index in judges.indices where judges[index].judge(interval, series: table) == .abort {
            add(.error, "stopped by the threshold \(judges[index].threshold.text)")
            goesOn = false
        }
        if let step = search?.take(interval, series: table) {
            keeper.add(.step(step))
            if !console.isTerminal, !console.isQuiet { console.print(StepLine.render(step, view.planModel)) }
        }
        if search?.isOver == true { goesOn = false }
        push?.take(interval, appeared, pushState)
        view.add(interval, table)
        let state = view.snapshot(judges)
        if console.isTerminal {
            tellLines()
            live.draw(LoadBlock(style: console.style, width: console.width).lines(state))
        } else if !console.isQuiet, view.elapsed - lastLine >= Self.lineInterval {
            lastLine = view.elapsed
            console.print(CILine.render(state))
        }
        return goesOn
    }

    /// Lines of a script that have waited.
    private func tellLines() {
        guard let lines = output?.take(), !lines.isEmpty else { return }
        live.clear()
        for line in lines { console.complain(line) }
    }

    /// What a script said of the run counts in the verdict.
    private func noteScript() {
        guard let progress = work.script?.progress else { return }
        func words(_ ending: ScriptProgress.Ending) -> String { ending.reason.map { ": \($0)" } ?? "" }
        if let abort = progress.abort { deaths.append("the script ended the run\(words(abort))") }
        if let failure = progress.failure {
            deaths.append("the script called the run failed\(words(failure))")
        }
    }

    private func text(of failed: StepResult) -> String {
        // A step of steps says nothing itself.
        if failed.mismatches.isEmpty, let inner = failed.children.first(where: { $0.status == .failed }) {
            return text(of: inner)
        }
        return "step '\(failed.name)': "
            + (failed.mismatches.first.map { "expected \($0.subject) \($0.expected), actual \($0.actual)" }
                ?? "it failed")
    }

    /// What the run comes to by all that is known now.
    private func verdict(interrupted: Bool) -> Verdict {
        let failure = ending?.setupFailure.map(text(of:))
        return judgeLoad(
            keeper.record,
            LoadCircumstances(interrupted: interrupted, setupFailure: failure, deaths: deaths))
    }

    /// Lets the Pushgateway know how the run ended, while the stand is still up: it may be a part of it.
    func tell(interrupted: Bool) async {
        guard let push else { return }
        let verdict = verdict(interrupted: interrupted)
        toldVerdict = verdict
        await push.tell(
            PrometheusPush.State(
                thresholds: keeper.record.thresholds, steps: keeper.record.steps, verdict: verdict))
    }

    func judge(interrupted: Bool) async -> Verdict {
        let verdict = verdict(interrupted: interrupted)
        if let push {
            if toldVerdict != verdict { await tell(interrupted: interrupted) }
            if let warning = push.warning(await push.close()) { add(.warning, warning) }
        }
        keeper.add(
            .end(
                RunEnd(
                    verdict: verdict, durationNanoseconds: ending?.lengthNanoseconds ?? 0,
                    cpuNanoseconds: Usage.cpuNanoseconds, peakMemoryBytes: Usage.peakMemoryBytes)))
        return verdict
    }
}
