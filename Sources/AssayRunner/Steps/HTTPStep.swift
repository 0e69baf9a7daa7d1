internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// Sends a request and judges its answer; the one implementation for tests and load.
    func perform(_ plan: PlannedHTTP, _ step: PlannedStep) async -> StepEnd {
        if let failure = prepare(plan, step) { return failure }
        return await performPrepared(plan, step)
    }

    /// The same of a request that ``prepare(_:_:)`` has rendered.
    func performPrepared(_ plan: PlannedHTTP, _ step: PlannedStep) async -> StepEnd {
        await send(plan, step)
        var end = judge(plan, step) ?? StepEnd()
        if let contracts = context.contracts, http.last.outcome == .answered {
            end.drifts = judge(plan, step, by: contracts, isAsExpected: !end.hasFailed)
        }
        return end
    }

    /// The same in load, where nothing but the end matters: the frames of waiting users stay small.
    func measure(_ plan: PlannedHTTP, _ step: PlannedStep) async -> Flow {
        if prepare(plan, step) != nil { return .failed }
        await send(plan, step)
        guard let end = judge(plan, step) else { return .finished }
        return end.isCancelled ? .cancelled : end.isBroken ? .failed : .finished
    }

    /// Renders the request, if it is not constant, and finds its origin.
    ///
    /// - Returns: why there is nothing to send; ``answered`` is of an earlier request then.
    func prepare(_ plan: PlannedHTTP, _ step: PlannedStep) -> StepEnd? {
        if let web { web.begin() }
        if plan.fixed != nil { return nil }
        switch render(plan, step) {
        case .success(let found):
            requestOrigin = found
            return nil
        case .failure(let error):
            intendedAt = 0
            meter?.notSent(step, error.message)
            return .failure("request", expected: "a request", actual: error.message, at: error.location)
        }
    }

    private func send(_ plan: PlannedHTTP, _ step: PlannedStep) async {
        if beginsAConversation(plan) { return await converse(plan, step) }
        await http.exchange(
            with: plan.origin ?? requestOrigin, via: plan.connect, toHead: plan.toHead,
            isIdempotent: plan.isIdempotent,
            timeout: plan.timeoutNanoseconds, in: scope
        ) { output in
            output.append(plan.fixed ?? self.requestBytes)
        }
        if http.setsCookies, plan.cookies != .off, http.last.outcome == .answered {
            remember(plan, from: plan.origin ?? requestOrigin, plan.fixed ?? requestBytes)
        }
        if plan.manner != nil, 300..<400 ~= http.last.status { await converse(plan, step, isBegun: true) }
    }

    /// Whether the request differs from what was rendered, or does not go out in one go.
    private func beginsAConversation(_ plan: PlannedHTTP) -> Bool {
        if let manner = plan.manner, !manner.beginsPlainly { return true }
        guard let web else { return false }
        return !web.jar(plan.cookies).isEmpty
    }

    /// What came of the request; the last one of several.
    var answered: Exchange { web?.verdict ?? http.last }

    /// The last request as it was sent, and where.
    func sent(_ plan: PlannedHTTP) -> (bytes: [UInt8], origin: HTTPOrigin, method: String) {
        if let last = web?.sent { return (last.bytes, last.origin, last.method) }
        return (plan.fixed ?? requestBytes, plan.origin ?? requestOrigin, plan.action.method)
    }

    /// - Returns: `nil` when all is well and there is nothing to tell.
    private func judge(_ plan: PlannedHTTP, _ step: PlannedStep) -> StepEnd? {
        let exchange = answered
        let intended = intendedAt
        intendedAt = 0
        if exchange.outcome == .cancelled { return .cancelled }
        meter?.exchange(exchange, step, intendedAt: intended)
        guard exchange.outcome == .answered else { return unanswered(exchange, plan, step) }
        if journal == nil, judgeFast(exchange, step) {
            meter?.slow(exchange, step) { self.report(exchange, plan) }
            return nil
        }
        return judgeWhole(exchange, plan, step)
    }

    private func unanswered(
        _ exchange: Exchange, _ plan: PlannedHTTP, _ step: PlannedStep
    ) -> StepEnd {
        var end = StepEnd.failure(
            "outcome", expected: "an answer",
            actual: exchange.outcome.name + (exchange.note.map { ": \($0)" } ?? ""), at: step.step.location)
        if journal != nil { end.exchange = report(exchange, plan) }
        meter?.failure(exchange.outcome.name, step, end.mismatches) { self.report(exchange, plan) }
        return end
    }

    // MARK: judging on the response's bytes

    /// Judges checks and takes captures without building values.
    ///
    /// - Returns: `false` when something failed or has no fast form; then nothing has been counted or captured.
    private func judgeFast(_ exchange: Exchange, _ step: PlannedStep) -> Bool {
        guard let fast = step.fast else { return false }
        for codes in fast.statuses where !codes.contains(exchange.status) { return false }
        return judgeFast(fast, nanoseconds: exchange.serviceNanoseconds, step) {
            http.withBody { bytes in (try? scratch.tape.parse(bytes)) != nil }
        }
    }

    /// Judges what has a fast form of any answer, and takes its captures.
    ///
    /// - Parameter parse: puts the answer's JSON on the session's tape; `false` when it is none.
    func judgeFast(
        _ fast: FastJudgement, nanoseconds: Int64, _ step: PlannedStep, parse: () -> Bool
    ) -> Bool {
        for matcher in fast.durations {
            guard matcher.judge(.int(nanoseconds), subject: "duration").isEmpty else { return false }
        }
        if fast.needsBody {
            guard parse() else { return false }
            for literal in fast.literals {
                guard let node = scratch.tape.node(at: literal.path),
                    scratch.tape.equals(node, literal.wanted)
                else { return false }
            }
            for capture in fast.captures {
                guard let value = scratch.tape.value(at: capture.path),
                    !(capture.refusesEmpty && value == .string(""))
                else { return false }
                variables[capture.slot] = value
            }
        }
        meter?.checksHeld(fast.checks)
        if !step.metrics.isEmpty { recordFast(step) }
        return true
    }

    // MARK: judging a whole answer

    private func judgeWhole(
        _ exchange: Exchange, _ plan: PlannedHTTP, _ step: PlannedStep
    ) -> StepEnd {
        var answer = Answer()
        answer.status = exchange.status
        answer.headers = http.headers.fields.map { Answer.Header($0.name, $0.value) }
        answer.cookies = cookies(plan)
        let body = http.body
        answer.text = String(decoding: body, as: UTF8.self)
        if !body.isEmpty { answer.json = try? JSON(parsing: body) }
        answer.durationNanoseconds = exchange.serviceNanoseconds
        var end = StepEnd()
        settle(answer, step, &end)
        if journal != nil { end.exchange = report(exchange, plan) }
        if !end.mismatches.isEmpty, let meter {
            meter.failure(end.mismatches[0].subject, step, end.mismatches) {
                self.report(exchange, plan)
            }
        }
        return end
    }

    func report(_ exchange: Exchange, _ plan: PlannedHTTP) -> ExchangeReport {
        let sent = sent(plan)
        return ExchangeReport(
            exchange, method: sent.method, origin: sent.origin, request: sent.bytes,
            responseHead: http.headBytes, responseBody: http.body, after: web?.hops ?? [],
            retold: retelling(plan), masked: context.masker.mask)
    }
}
