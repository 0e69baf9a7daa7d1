internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// One thing done with a stream of events; the one implementation for tests and load.
    func perform(_ plan: PlannedSSE, _ step: PlannedStep) async -> StepEnd {
        intendedAt = 0
        let name = plan.action.stream
        if case .open(let opening) = plan.action.wish { return await open(opening, plan, step) }
        guard
            let (stream, connection) = stream(
                name, { if case .sse(let connection) = $0 { connection } else { nil } })
        else {
            return unable(
                step, expected: "a stream '\(name)' to be open",
                actual: "no step before this one opened it, or it is closed", at: plan.action.streamLocation)
        }
        let end: StepEnd
        switch plan.action.wish {
        case .open: return StepEnd()
        case .receive(let filter, let within):
            end = await receive(filter, within, connection, plan, step)
        case .listen(let filter, let length): end = await listen(filter, length, connection, plan, step)
        case .ended(let within): end = await ended(within, connection, plan, step)
        case .close:
            self.end(stream)
            return settled(facts(of: connection, nil, [:]), step) {
                StreamReport(name, masker: context.masker).report(
                    "close", "\(connection.eventCount) events in all", took: 0)
            }
        }
        return finished(end, stream, step)
    }

    // MARK: opening

    private func open(_ opening: SSEOpening, _ plan: PlannedSSE, _ step: PlannedStep) async -> StepEnd {
        let name = plan.action.stream
        func refuse(_ actual: String, at location: SourceLocation?) -> StepEnd {
            meter?.rate(step, SSESeries.failed, hit: true)
            return unable(step, expected: "the stream '\(name)' to be opened", actual: actual, at: location)
        }
        if stream(name, { if case .sse = $0 { true } else { nil } }) != nil {
            return refuse(
                "a stream of that name is still open; close it first, or name this one otherwise",
                at: plan.action.streamLocation)
        }
        guard let http = plan.request else { return StepEnd() }
        let request: SSERequest
        if let fixed = http.fixed, let origin = http.origin {
            request = SSERequest(to: origin, fixed, with: http.connect)
        } else {
            switch render(http, step) {
            case .failure(let error): return refuse(error.message, at: error.location)
            case .success(let origin): request = SSERequest(to: origin, requestBytes, with: http.connect)
            }
        }
        let lastID = (try? opening.lastEventID.map { try text($0, step.names) }) ?? nil
        let connection = SSEConnection(request, lastID: lastID ?? "", options: opening.options, on: reactor)
        let begin = Reactor.monotonicNow()
        watch(connection, from: begin, step)
        let opened = await connection.open(until: begin &+ opening.within.nanoseconds, in: scope)
        return settle(opened, connection, request, from: begin, plan, step)
    }

    /// Counts events as they come, whether or not a step waits for them.
    private func watch(_ connection: SSEConnection, from begin: Int64, _ step: PlannedStep) {
        guard let meter else { return }
        var isFirst = true
        connection.watch = { [unowned connection] events, _ in
            guard events > 0 else { return }
            meter.count(step, SSESeries.received, by: events)
            if isFirst { meter.record(step, SSESeries.firstEvent, connection.firstEventAt - begin) }
            isFirst = false
        }
    }

    private func settle(
        _ opened: SSEConnection.Opened, _ connection: SSEConnection, _ request: SSERequest, from begin: Int64,
        _ plan: PlannedSSE, _ step: PlannedStep
    ) -> StepEnd {
        let now = Reactor.monotonicNow()
        let method = plan.request?.action.method ?? "GET"
        func report(_ outcome: Outcome, _ note: String?) -> ExchangeReport {
            var exchange = Exchange(outcome: outcome, at: begin, note: note)
            exchange.status = connection.status
            exchange.endAt = now
            return ExchangeReport(
                exchange, method: method, origin: request.origin, request: request.bytes,
                responseHead: connection.head, responseBody: connection.body, masked: context.masker.mask)
        }
        let isStatusJudged = step.checks.contains {
            if case .status = $0.check.subject { true } else { false }
        }
        var end: StepEnd
        switch opened {
        case .failed(let failure):
            end = broken(failure, expected: "a stream of events", step) {
                report(failure.outcome, failure.note)
            }
        case .refused(let why) where !isStatusJudged || connection.status == 200:
            end = broken(StreamEnd(.protocolError, why), expected: "a stream of events", step) {
                report(.protocolError, why)
            }
        case .refused, .stream:
            var answer = facts(of: connection, nil, [:])
            answer.text = String(decoding: connection.body, as: UTF8.self)
            if !connection.body.isEmpty { answer.json = try? JSON(parsing: connection.body) }
            answer.durationNanoseconds = now - begin
            end = settled(answer, step) { report(.answered, nil) }
        }
        if end.isCancelled { return end }
        if case .stream = opened {
            let stream = StreamSession(
                plan.action.stream, .sse(connection), opener: step, openedAt: connection.openedAt)
            stream.hasFailed = end.hasFailed
            streams.append(stream)
            meter?.record(step, SSESeries.connecting, now - begin)
            countBytes(stream)
        } else {
            connection.close()
            meter?.rate(step, SSESeries.failed, hit: end.hasFailed)
        }
        return end
    }

    /// What is said of the stream itself.
    private func facts(
        of connection: SSEConnection, _ event: ServerSentEvent?, _ more: [String: Int]
    ) -> Answer {
        var answer = Answer()
        answer.status = connection.status
        answer.headers = HTTPHeaders(head: connection.head).fields.map { Answer.Header($0.name, $0.value) }
        var facts = JSONObject()
        facts["count"] = .int(Int64(connection.eventCount))
        if let event {
            facts["event"] = .string(event.type)
            facts["id"] = .string(event.lastID)
            facts["data"] = .string(event.data)
            answer.text = event.data
            answer.json = try? JSON(parsing: Array(event.data.utf8))
            // An event is fields too, and they come first.
            answer.headers =
                [.init("event", event.type), .init("id", event.lastID)]
                + answer.headers.filter { !["event", "id"].contains($0.name.lowercased()) }
        }
        for (name, count) in more { facts[name] = .int(Int64(count)) }
        answer.facts = facts
        return answer
    }

    // MARK: events

    /// - Returns: why the event is not the one; empty when it is.
    private func judge(
        _ arrival: SSEConnection.Arrival, _ connection: SSEConnection, _ plan: PlannedSSE, _ step: PlannedStep
    ) throws -> [Mismatch] {
        guard !plan.filter.isEmpty else { return [] }
        let answer = facts(of: connection, arrival.event, [:])
        let filling = filling(step.names)
        for check in plan.filter {
            let found = try check.judge(answer, filling: filling, external: context.external)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func receive(
        _ filter: EventFilter, _ within: Duration, _ connection: SSEConnection, _ plan: PlannedSSE,
        _ step: PlannedStep
    ) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        let what = "receive \(filter.text)"
        let reporting = StreamReport(plan.action.stream, masker: context.masker)
        var passed = PassedEvents()
        while true {
            let next = await connection.next(until: begin &+ within.nanoseconds, in: scope)
            let failure: StreamEnd
            switch next {
            case .cancelled: return .cancelled
            case .timeout: failure = StreamEnd(.timeout, "within \(within.shortText) \(passed.told)")
            case .ended(let end):
                let outcome = end.isClean ? Outcome.closedEarly : end.outcome
                failure = StreamEnd(outcome, "\(end.note); \(passed.told)")
            case .event(let arrival):
                do {
                    let mismatches = try judge(arrival, connection, plan, step)
                    if !mismatches.isEmpty {
                        passed.add(arrival.event, mismatches, keeps: journal != nil || meter != nil)
                        continue
                    }
                } catch {
                    return .failure((error as? TemplateError) ?? TemplateError("AS057", "\(error)"))
                }
                return received(arrival, from: begin, passed.count, connection, plan, step) { took in
                    let text =
                        "an event '\(arrival.event.type)' after \(shortText(nanoseconds: Double(took)))"
                    let others = passed.count > 0 ? ", \(passed.count) passed over" : ""
                    return reporting.report(what, text + others, events: [arrival.event], took: took)
                }
            }
            return broken(failure, expected: filter.text, step) {
                reporting.report(
                    what, "\(failure.outcome.name): \(failure.note)", events: passed.last,
                    outcome: failure.outcome, took: Reactor.monotonicNow() - begin)
            }
        }
    }

    private func received(
        _ arrival: SSEConnection.Arrival, from begin: Int64, _ passed: Int, _ connection: SSEConnection,
        _ plan: PlannedSSE, _ step: PlannedStep, _ report: (Int64) -> ExchangeReport
    ) -> StepEnd {
        let took = max(0, arrival.at - begin)
        meter?.record(step, SSESeries.waiting, took)
        var answer = facts(of: connection, arrival.event, ["passed-over": passed])
        answer.durationNanoseconds = took
        return settled(answer, step) { report(took) }
    }

    private func listen(
        _ filter: EventFilter, _ length: Duration, _ connection: SSEConnection, _ plan: PlannedSSE,
        _ step: PlannedStep
    ) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        let deadline = begin &+ length.nanoseconds
        let reporting = StreamReport(plan.action.stream, masker: context.masker)
        let what = "listen for \(length.shortText)"
        var count = 0
        var last: ServerSentEvent?
        var passed = PassedEvents()
        listening: while true {
            switch await connection.next(until: deadline, in: scope) {
            case .cancelled: return .cancelled
            case .timeout: break listening
            case .ended(let end) where end.isClean: break listening
            case .ended(let end):
                return broken(end, expected: "a stream of events", step) {
                    reporting.report(
                        what, "\(end.outcome.name) after \(count) events", events: passed.last,
                        outcome: end.outcome, took: Reactor.monotonicNow() - begin)
                }
            // What comes behind the time waits for the next step.
            case .event(let arrival):
                do {
                    let mismatches = try judge(arrival, connection, plan, step)
                    guard mismatches.isEmpty else {
                        passed.add(arrival.event, mismatches, keeps: journal != nil)
                        continue
                    }
                } catch {
                    return .failure((error as? TemplateError) ?? TemplateError("AS057", "\(error)"))
                }
                count += 1
                last = arrival.event
            }
        }
        let took = Reactor.monotonicNow() - begin
        var answer = facts(of: connection, last, ["count": count, "passed-over": passed.count])
        answer.durationNanoseconds = took
        return settled(answer, step) {
            reporting.report(
                what, "\(count) events" + (passed.count > 0 ? ", \(passed.count) others" : ""),
                events: last.map { [$0] } ?? [], took: took)
        }
    }

    private func ended(
        _ within: Duration, _ connection: SSEConnection, _ plan: PlannedSSE, _ step: PlannedStep
    ) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        let reporting = StreamReport(plan.action.stream, masker: context.masker)
        var count = 0
        while true {
            let failure: StreamEnd
            switch await connection.next(until: begin &+ within.nanoseconds, in: scope) {
            case .cancelled: return .cancelled
            case .event:
                count += 1
                continue
            case .timeout:
                failure = StreamEnd(
                    .timeout, "within \(within.shortText) the server did not; \(count) events came")
            case .ended(let end) where end.isClean:
                let took = Reactor.monotonicNow() - begin
                var answer = facts(of: connection, nil, ["count": count])
                answer.durationNanoseconds = took
                return settled(answer, step) {
                    reporting.report("expect close", "\(end.note) after \(count) events", took: took)
                }
            case .ended(let end): failure = end
            }
            return broken(failure, expected: "the server to end the stream", step) {
                reporting.report(
                    "expect close", "\(failure.outcome.name): \(failure.note)", outcome: failure.outcome,
                    took: Reactor.monotonicNow() - begin)
            }
        }
    }
}

/// Events that came and were not the one: how many, and the last few.
private struct PassedEvents {
    private(set) var count = 0
    private(set) var last: [ServerSentEvent] = []
    private var why: Mismatch?
    private static let kept = 3

    mutating func add(_ event: ServerSentEvent, _ mismatches: [Mismatch], keeps: Bool) {
        count += 1
        guard keeps else { return }
        if last.count == Self.kept { last.removeFirst() }
        last.append(event)
        why = mismatches.first
    }

    var told: String {
        guard count > 0 else { return "no event came" }
        let events = count == 1 ? "1 event was" : "\(count) events were"
        return "\(events) passed over"
            + (why.map { "; of the last, \($0.subject): expected \($0.expected), found \($0.actual)" } ?? "")
    }
}

extension SSEOpening {
    fileprivate var options: SSEConnection.Options {
        var options = SSEConnection.Options()
        options.reconnects = reconnects
        options.pause = pause
        if let eventBytes { options.eventBytes = eventBytes }
        return options
    }
}
