internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// What one step says and hears on an open WebSocket.
struct WebSocketConversation {
    private let session: Session
    private let connection: WebSocketConnection
    private let plan: PlannedWebSocket
    private let step: PlannedStep
    private let begin = Reactor.monotonicNow()

    init(
        _ session: Session, _ connection: WebSocketConnection, _ plan: PlannedWebSocket, _ step: PlannedStep
    ) {
        self.session = session
        self.connection = connection
        self.plan = plan
        self.step = step
    }

    private var reporting: StreamReport {
        StreamReport(plan.action.socket, masker: session.context.masker)
    }

    private var elapsed: Int64 { Reactor.monotonicNow() - begin }

    private func broken(
        _ failure: WebSocketFailure, expected: String, _ report: () -> ExchangeReport
    ) -> StepEnd {
        session.broken(StreamEnd(failure.outcome, failure.note), expected: expected, step, report)
    }

    // MARK: sending

    func send(_ payload: WebSocketPayload, _ within: Duration) async -> StepEnd {
        let (failed, bytes) = await put(payload, within)
        if let failed { return failed }
        var answer = Answer()
        answer.durationNanoseconds = elapsed
        answer.facts = JSONObject([("length", .int(Int64(bytes.count)))])
        return session.settled(answer, step) {
            reporting.report("send \(payload.name)", "sent", sent: bytes, took: elapsed)
        }
    }

    /// - Returns: the end of the step when it was not sent, and the bytes.
    private func put(
        _ payload: WebSocketPayload, _ within: Duration
    ) async -> (failed: StepEnd?, bytes: [UInt8]) {
        let bytes: [UInt8]
        do {
            bytes = try plan.payload ?? rendered(payload)
        } catch {
            let told = (error as? TemplateError).map { StepError($0.message, at: $0.location) }
            let known = told ?? (error as? StepError) ?? StepError("\(error)")
            let end = session.unable(
                step, expected: "something to send", actual: known.message,
                at: known.location ?? step.step.location)
            return (end, [])
        }
        let deadline = begin &+ within.nanoseconds
        let failure: WebSocketFailure?
        if payload.kind == .ping {
            failure = await connection.ping(bytes, until: deadline, in: session.scope)
        } else {
            let kind = payload.kind == .text ? WebSocketKind.text : .binary
            failure = await connection.send(
                kind, bytes, fragmentBytes: payload.fragmentBytes, until: deadline, in: session.scope)
        }
        guard let failure else {
            session.meter?.count(step, WebSocketSeries.sent)
            return (nil, bytes)
        }
        let end = broken(failure, expected: "all of \(bytes.count) bytes to be sent") {
            reporting.report(
                "send \(payload.name)", "\(failure)", sent: bytes, outcome: failure.outcome, took: elapsed)
        }
        return (end, bytes)
    }

    private func rendered(_ payload: WebSocketPayload) throws -> [UInt8] {
        let bytes = try payload.content.bytes(
            text: { try session.text($0, step.names) }, value: { try session.evaluate($0, step.names) },
            file: { path in
                try Files.read(path.hasPrefix("/") ? path : session.context.projectFolder + "/" + path)
            })
        if payload.kind == .ping, bytes.count > 125 {
            throw StepError("\(bytes.count) bytes are more than the 125 that a ping can carry")
        }
        if payload.kind == .text, String(validating: bytes, as: UTF8.self) == nil {
            throw StepError("the bytes are not UTF-8, which a text message must be; say `kind: binary`")
        }
        return bytes
    }

    // MARK: receiving

    func ask(_ payload: WebSocketPayload, _ filter: MessageFilter, _ within: Duration) async -> StepEnd {
        // What came before the question is no answer to it.
        let stale = connection.discardWaiting()
        let sentAt = Reactor.monotonicNow()
        let (failed, bytes) = await put(payload, within)
        if let failed { return failed }
        return await wait(
            filter, within, what: "send \(payload.name) and receive \(filter.text)", sent: bytes,
            from: sentAt,
            passed: PassedMessages(stale), as: .roundTrip)
    }

    func receive(_ filter: MessageFilter, _ within: Duration) async -> StepEnd {
        await wait(
            filter, within, what: "receive \(filter.text)", sent: [], from: begin, passed: PassedMessages(0),
            as: .waiting)
    }

    private func wait(
        _ filter: MessageFilter, _ within: Duration, what: String, sent: [UInt8], from start: Int64,
        passed: PassedMessages, as series: WebSocketSeries
    ) async -> StepEnd {
        var passed = passed
        while true {
            let failure: WebSocketFailure
            switch await connection.receive(until: begin &+ within.nanoseconds, in: session.scope) {
            case .failure(let end) where end.outcome == .timeout:
                failure = WebSocketFailure(.timeout, "within \(within.shortText) \(passed.told)")
            case .failure(let end): failure = WebSocketFailure(end.outcome, "\(end.note); \(passed.told)")
            case .success(let message):
                if let end = quickEnd(message, from: start, series) { return end }
                let answer = answer(message, ["passed-over": passed.count])
                do {
                    let mismatches = try judge(message, answer)
                    guard mismatches.isEmpty else {
                        passed.add(message, mismatches)
                        guard filter.isStrict else { continue }
                        failure = WebSocketFailure(
                            .protocolError, "the next message is another: \(passed.why)")
                        break
                    }
                } catch {
                    return .failure((error as? TemplateError) ?? TemplateError("AS538", "\(error)"))
                }
                return received(message, answer, from: start, what, sent, passed, series)
            }
            return broken(failure, expected: filter.text) {
                reporting.report(
                    what, "\(failure)", sent: sent, received: passed.dump, outcome: failure.outcome,
                    took: elapsed)
            }
        }
    }

    /// In load, where any message will do and its checks have a form that is judged on its bytes.
    private func quickEnd(
        _ message: WebSocketMessage, from start: Int64, _ series: WebSocketSeries
    ) -> StepEnd? {
        guard session.journal == nil, plan.filter.isEmpty, message.kind != .pong || asksForPong,
            let fast = step.fast, fast.statuses.isEmpty
        else { return nil }
        let took = max(0, message.arrivedAt - start)
        let bytes = message.bytes
        let holds = session.judgeFast(fast, nanoseconds: took, step) {
            (try? session.scratch.tape.parse(unsafe bytes.span.bytes)) != nil
        }
        guard holds else { return nil }
        session.meter?.record(step, series, took)
        return StepEnd()
    }

    private func received(
        _ message: WebSocketMessage, _ answer: Answer, from start: Int64, _ what: String, _ sent: [UInt8],
        _ passed: PassedMessages, _ series: WebSocketSeries
    ) -> StepEnd {
        var answer = answer
        let took = max(0, message.arrivedAt - start)
        session.meter?.record(step, series, took)
        answer.durationNanoseconds = took
        return session.settled(answer, step) {
            let others = passed.count > 0 ? ", \(passed.count) passed over" : ""
            let size = ByteCount(message.bytes.count).shortText
            return reporting.report(
                what, "\(message.kind) of \(size) after \(shortText(nanoseconds: Double(took)))" + others,
                sent: sent, received: message.bytes, took: took)
        }
    }

    /// - Returns: why the message is not the one; empty when it is. A pong is the one only for who asks for it.
    private func judge(_ message: WebSocketMessage, _ answer: Answer) throws -> [Mismatch] {
        if message.kind == .pong, !asksForPong {
            return [Mismatch(subject: "kind", expected: "a message", actual: "a pong", location: nil)]
        }
        guard !plan.filter.isEmpty else { return [] }
        let filling = session.filling(step.names)
        for check in plan.filter {
            let found = try check.judge(answer, filling: filling, external: session.context.external)
            if !found.isEmpty { return found }
        }
        return []
    }

    private var asksForPong: Bool {
        if case .ask(let payload, let filter, _) = plan.action.wish, payload.kind == .ping {
            return filter.checks.isEmpty || namesKind
        }
        return namesKind
    }

    private var namesKind: Bool {
        plan.filter.contains { if case .measured("kind") = $0.subject { true } else { false } }
    }

    private func answer(_ message: WebSocketMessage?, _ more: [String: Int]) -> Answer {
        var answer = Answer()
        var facts = JSONObject()
        if let message {
            facts["kind"] = .string(message.kind.rawValue)
            facts["length"] = .int(Int64(message.bytes.count))
            if plan.needs.contains(.text) || session.journal != nil {
                answer.text = message.text
                facts["text"] = answer.text.map { .string($0) }
            }
            if plan.needs.contains(.json) { answer.json = try? JSON(parsing: message.bytes) }
            if plan.needs.contains(.hex) { facts["hex"] = .string(hexadecimal(message.bytes)) }
        }
        for (name, count) in more { facts[name] = .int(Int64(count)) }
        answer.facts = facts
        return answer
    }

    func listen(_ filter: MessageFilter, _ length: Duration, _ wanted: Int?) async -> StepEnd {
        let deadline = begin &+ length.nanoseconds
        let what = "listen for \(length.shortText)"
        var count = 0
        var last: WebSocketMessage?
        var passed = PassedMessages(0)
        listening: while count < wanted ?? .max {
            switch await connection.receive(until: deadline, in: session.scope) {
            case .failure(let end) where end.outcome == .timeout: break listening
            case .failure(let end):
                // A peer that closes as the protocol wants it has said all it wanted to.
                if case .closed(let code, _)? = connection.end, Self.isOrderly(code) { break listening }
                return broken(end, expected: "messages for \(length.shortText)") {
                    reporting.report(
                        what, "\(end) after \(count) messages", received: passed.dump, outcome: end.outcome,
                        took: elapsed)
                }
            case .success(let message):
                do {
                    let mismatches = try judge(message, answer(message, [:]))
                    guard mismatches.isEmpty else {
                        passed.add(message, mismatches)
                        continue
                    }
                } catch {
                    return .failure((error as? TemplateError) ?? TemplateError("AS538", "\(error)"))
                }
                count += 1
                last = message
            }
        }
        let took = elapsed
        var answer = answer(last, ["count": count, "passed-over": passed.count])
        answer.durationNanoseconds = took
        let rate = took > 0 ? Double(count) * 1e9 / Double(took) : 0
        answer.facts?["per-second"] = .double((rate * 10).rounded() / 10)
        return session.settled(answer, step) {
            reporting.report(
                what, "\(count) messages" + (passed.count > 0 ? ", \(passed.count) others" : ""),
                received: last?.bytes ?? [], took: took)
        }
    }

    private static func isOrderly(_ code: WebSocketCloseCode?) -> Bool {
        code == nil || code == .some(.normal) || code == .some(.goingAway)
    }

    // MARK: ending

    func close(_ code: Int, _ reason: Template?, _ within: Duration) async -> StepEnd {
        var said = ""
        do throws(TemplateError) {
            if let reason { said = try session.text(reason, step.names) }
        } catch {
            return .failure(error)
        }
        let end = await connection.close(
            WebSocketCloseCode(UInt16(code)), reason: said, until: begin &+ within.nanoseconds,
            in: session.scope)
        return ended(end, what: "close with \(code)", expected: "the peer to answer the close")
    }

    func ended(_ within: Duration) async -> StepEnd {
        guard let end = await connection.closed(until: begin &+ within.nanoseconds, in: session.scope) else {
            if session.scope.isCancelled { return .cancelled }
            let note = "within \(within.shortText) it did not; \(connection.waitingMessages) messages wait"
            return broken(WebSocketFailure(.timeout, note), expected: "the peer to close") {
                reporting.report("expect close", note, outcome: .timeout, took: elapsed)
            }
        }
        return ended(end, what: "expect close", expected: "the peer to close")
    }

    private func ended(_ end: WebSocketEnd, what: String, expected: String) -> StepEnd {
        switch end {
        case .failed(let failure):
            return broken(failure, expected: expected) {
                reporting.report(what, "\(failure)", outcome: failure.outcome, took: elapsed)
            }
        case .closed(let code, let reason):
            var answer = Answer()
            var facts = JSONObject([("reason", .string(reason))])
            if let code { facts["code"] = .int(Int64(code.rawValue)) }
            answer.facts = facts
            answer.durationNanoseconds = elapsed
            return session.settled(answer, step) {
                let told = code.map { "\($0)" } ?? "without a code"
                return reporting.report(
                    what, "closed \(told)" + (reason.isEmpty ? "" : ": \(reason)"), took: elapsed)
            }
        }
    }
}

/// Messages that came and were not the one: how many, and the last few.
private struct PassedMessages {
    private(set) var count: Int
    private var last: [WebSocketMessage] = []
    private var mismatch: Mismatch?
    private static let kept = 3

    init(_ count: Int) { self.count = count }

    mutating func add(_ message: WebSocketMessage, _ mismatches: [Mismatch]) {
        count += 1
        if last.count == Self.kept { last.removeFirst() }
        last.append(message)
        mismatch = mismatches.first
    }

    /// One under the other; a report bounds what is shown of them.
    var dump: [UInt8] { Array(last.map(\.bytes).joined(separator: [10])) }

    var why: String {
        mismatch.map { "\($0.subject): expected \($0.expected), found \($0.actual)" } ?? ""
    }

    var told: String {
        guard count > 0 else { return "no message came" }
        let messages = count == 1 ? "1 message was" : "\(count) messages were"
        return "\(messages) passed over" + (mismatch == nil ? "" : "; of the last, \(why)")
    }
}
