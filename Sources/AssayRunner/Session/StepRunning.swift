internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// What one try of a step came to; thrown where it ends a step early.
struct StepEnd: Error {
    var mismatches: [Mismatch] = []
    /// Where its exchange departs from a contract: told of the step, and no reason to end the pass or to try again, for
    /// that changes with no answer.
    var drifts: [Mismatch] = []
    var exchange: ExchangeReport?
    /// The pass cannot go on: there was no answer, or a capture found nothing.
    var isBroken = false
    var isCancelled = false
    /// Its failure is in the meter already.
    var isCounted = false
    /// Results of the steps inside.
    var children: [StepResult] = []

    static func failure(_ subject: String, expected: String, actual: String, at location: SourceLocation?)
        -> StepEnd
    {
        StepEnd(
            mismatches: [Mismatch(subject: subject, expected: expected, actual: actual, location: location)],
            isBroken: true)
    }

    static func failure(_ error: TemplateError) -> StepEnd {
        failure("template", expected: "a value", actual: error.message, at: error.location)
    }

    static let cancelled = StepEnd(isBroken: true, isCancelled: true)

    var hasFailed: Bool { isBroken || !mismatches.isEmpty }

    /// Whether it, or a step inside it, departs from a contract.
    var hasDrift: Bool { !drifts.isEmpty || children.contains(where: \.hasDrift) }
}

extension Session {
    /// Runs steps in order.
    ///
    /// In a test the first failed step ends the pass. In load a failed check is counted and the pass goes on, as
    /// users of load testers expect; a step without an answer, or a capture that finds nothing, ends it.
    func run(_ steps: [PlannedStep]) async -> Flow {
        if journal == nil { return await measure(steps) }
        for step in steps {
            let end = await run(step)
            if end.isCancelled { return .cancelled }
            if end.hasFailed {
                skip(steps, after: step)
                return .failed
            }
        }
        return .finished
    }

    /// Runs steps in load: plain requests and pauses go a shorter way, all others the full one.
    func measure(_ steps: [PlannedStep]) async -> Flow {
        for planned in steps {
            let step = planned.tags.isEmpty ? planned : measured(planned)
            let flow: Flow
            switch step.action {
            case .http(let plan) where step.isPlain: flow = await measure(plan, step)
            case .think(let action): flow = await pause(action, step)
            case .ws(let plan) where step.isPlain: flow = await measure(plan, step)
            default: flow = await measureFully(step)
            }
            if flow != .finished { return flow }
        }
        return .finished
    }

    // Apart, so that its large frame exists only while such a step runs.
    @inline(never)
    private func measureFully(_ step: PlannedStep) async -> Flow {
        let end = await run(step)
        return end.isCancelled ? .cancelled : end.isBroken ? .failed : .finished
    }

    /// Apart as well: of sessions there are many that wait, and each would pay for the frames of all other kinds.
    @inline(never)
    private func measure(_ plan: PlannedWebSocket, _ step: PlannedStep) async -> Flow {
        let end = await perform(plan, step)
        count(end, step)
        return end.isCancelled ? .cancelled : end.isBroken ? .failed : .finished
    }

    private func skip(_ steps: [PlannedStep], after failed: PlannedStep) {
        guard let journal, let place = steps.firstIndex(where: { $0 === failed }) else { return }
        for step in steps[(place + 1)...] {
            journal.add(
                StepResult(
                    name: step.step.name, kind: step.step.action.keyword, location: step.step.location,
                    status: .skipped, startedAtNanoseconds: Reactor.monotonicNow() - journal.startedAt,
                    durationNanoseconds: 0, isCleanup: journal.inCleanup))
        }
    }

    /// One step with its retries, journal entry and cleanup.
    private func run(_ step: PlannedStep) async -> StepEnd {
        let begin = journal == nil ? 0 : Reactor.monotonicNow()
        var attempts = 1
        var end = await perform(step)
        if let eventually = step.step.eventually, end.hasFailed, !end.isCancelled {
            let deadline = Reactor.monotonicNow() &+ eventually.within.nanoseconds
            while end.hasFailed, !end.isCancelled, Reactor.monotonicNow() < deadline {
                let next = Reactor.monotonicNow() &+ eventually.every.nanoseconds
                if await reactor.sleep(until: min(next, deadline), in: scope) == .cancelled {
                    end = .cancelled
                    break
                }
                attempts += 1
                end = await perform(step)
            }
        }
        if !end.hasFailed { cleanup.append(contentsOf: step.cleanup) }
        guard let journal else {
            count(end, step)
            return end
        }
        journal.add(
            StepResult(
                name: step.step.name, kind: step.step.action.keyword, location: step.step.location,
                status: end.hasFailed || end.hasDrift ? .failed : .passed,
                startedAtNanoseconds: begin - journal.startedAt,
                durationNanoseconds: Reactor.monotonicNow() - begin, exchange: end.exchange,
                mismatches: end.isCancelled ? [] : end.mismatches + end.drifts, isCleanup: journal.inCleanup,
                attempts: attempts,
                children: end.children))
        return end
    }

    /// Counts the failure of a step in load; requests and commands count their own, with the exchange.
    private func count(_ end: StepEnd, _ step: PlannedStep) {
        guard !end.isCancelled, !end.isCounted, let first = end.mismatches.first else { return }
        switch step.action {
        case .http, .redis: return
        default: break
        }
        let reason = first.subject == step.step.action.keyword ? "not done" : first.subject
        meter?.failure(reason, step, end.mismatches) { end.exchange }
    }

    /// Runs the registered cleanup in reverse order, whatever came before: on a scope of its own, with its own bound.
    ///
    /// - Returns: whether all of it succeeded.
    func runCleanup(within bound: Duration) async -> Bool {
        let steps = cleanup
        cleanup = []
        guard !steps.isEmpty else { return true }
        let before = scope
        scope = CancelScope(on: reactor)
        journal?.inCleanup = true
        let timer = ScopeTimer(scope, on: reactor, after: bound)
        var succeeded = true
        for step in steps.reversed() {
            let end = await run(measured(step))
            succeeded = succeeded && !end.hasFailed
        }
        timer.cancel()
        journal?.inCleanup = false
        scope = before
        return succeeded
    }

    private func perform(_ step: PlannedStep) async -> StepEnd {
        switch step.action {
        case .http(let http):
            if let hooks = http.action.hooks {
                await perform(hooks, http, step)
            } else {
                await perform(http, step)
            }
        case .sql(let action): await perform(action, step)
        case .redis(let plan): await perform(plan, step)
        case .call(let plan): await perform(plan, step)
        case .sse(let plan): await perform(plan, step)
        case .tcp(let plan): await perform(plan, step)
        case .ws(let plan): await perform(plan, step)
        case .factory(let action): await perform(action, step)
        case .fixture(let action): await perform(action, step)
        case .truncate(let action): await perform(action, step)
        case .remove(let rows): await remove(rows, step)
        case .run(let action): await perform(action, step)
        case .log(let action): await perform(action, step)
        case .double(let action): await perform(action, step)
        case .think(let action): await perform(action, step)
        case .print(let text): await perform(text, step)
        case .repeat(let plan): await perform(plan, step)
        case .parallel(let plan): await perform(plan, step)
        case .if(let condition, let hook, let then, let otherwise):
            await perform(condition, hook, then, otherwise, step)
        case .hook(let action): await perform(action, step)
        case .group(let group): await perform(group)
        case .metric: settled(step)
        case .script: .failure("script", expected: "a load", actual: "a test", at: step.step.location)
        case .use(let plan): await perform(plan, step)
        }
    }

    // MARK: judging

    /// Judges all checks and takes all captures of a step from a whole answer.
    func settle(_ answer: Answer, _ step: PlannedStep, _ end: inout StepEnd) {
        let filling = filling(step.names)
        let isLater = step.step.expectation.followsCaptures
        if !isLater { for check in step.checks { judge(check, answer, filling, &end) } }
        for capture in step.captures { take(capture, answer, filling, &end) }
        if isLater { for check in step.checks { judge(check, answer, filling, &end) } }
        if !step.metrics.isEmpty { record(answer, step, &end) }
    }

    /// A step that asks nothing.
    private func settled(_ step: PlannedStep) -> StepEnd {
        var end = StepEnd()
        settle(Answer(), step, &end)
        return end
    }

    func judge(_ check: PlannedCheck, _ answer: Answer, _ filling: TemplateFilling, _ end: inout StepEnd) {
        var found: [Mismatch]
        do {
            found = try check.check.judge(answer, filling: filling, external: context.external)
        } catch {
            found = [problem(error, subject: check.check.subject.name, at: check.check.location)]
        }
        meter?.check(check.index, passed: found.isEmpty)
        end.mismatches += found
        if check.check.isRequired, !found.isEmpty { end.isBroken = true }
    }

    func take(_ capture: PlannedCapture, _ answer: Answer, _ filling: TemplateFilling, _ end: inout StepEnd) {
        do {
            let taken = try capture.capture.take(from: answer, filling: filling) {
                Int.random(in: 0..<$0, using: &random)
            }
            switch taken {
            case .success(let value): variables[capture.slot] = value
            case .failure(let failure):
                if case .takes(let value) = capture.capture.whenAbsent {
                    variables[capture.slot] = value
                    return
                }
                end.mismatches.append(failure.mismatch)
                end.isBroken = true
            }
        } catch {
            let subject = "capture '\(capture.capture.name)'"
            end.mismatches.append(problem(error, subject: subject, at: capture.capture.location))
            end.isBroken = true
        }
    }

    private func problem(_ error: any Error, subject: String, at location: SourceLocation) -> Mismatch {
        let text = (error as? TemplateError)?.message ?? "\(error)"
        return Mismatch(
            subject: subject, expected: "a value to compare with", actual: text, location: location)
    }
}
