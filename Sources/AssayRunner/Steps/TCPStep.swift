internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// One thing done with a plain TCP connection; the one implementation for tests and load.
    func perform(_ plan: PlannedTCP, _ step: PlannedStep) async -> StepEnd {
        intendedAt = 0
        let name = plan.action.connection
        if case .connect(let connecting) = plan.action.wish { return await connect(connecting, plan, step) }
        guard
            let (stream, connection) = stream(
                name, { if case .tcp(let connection) = $0 { connection } else { nil } })
        else {
            return unable(
                step, expected: "a connection '\(name)' to be open",
                actual: "no step before this one opened it, or it is closed",
                at: plan.action.connectionLocation)
        }
        let reporting = StreamReport(name, masker: context.masker)
        var end = StepEnd()
        switch plan.action.wish {
        case .connect: break
        case .send(let payload, let within):
            end = await send(payload, within, stream, connection, plan, step)
        case .receive(let reception, let within):
            end = await receive(reception, within, stream, connection, plan, step)
        case .endSending:
            connection.endSending()
            end = settled(Answer(), step) { reporting.report("end sending", "ended", took: 0) }
        case .ended(let within, let how): end = await ended(within, how, connection, plan, step)
        case .close(let how):
            let left = connection.unreadBytes
            self.end(stream, resetting: how == .reset)
            return settled(Answer(), step) {
                reporting.report(
                    how == .fin ? "close" : "reset", left > 0 ? "\(left) bytes unread" : "closed", took: 0)
            }
        }
        return finished(end, stream, step)
    }

    // MARK: connecting

    private func connect(_ connecting: TCPConnecting, _ plan: PlannedTCP, _ step: PlannedStep) async
        -> StepEnd
    {
        let name = plan.action.connection
        func refuse(_ actual: String, at location: SourceLocation?) -> StepEnd {
            meter?.rate(step, TCPSeries.failed, hit: true)
            return unable(step, expected: "the connection '\(name)' to be made", actual: actual, at: location)
        }
        if stream(name, { if case .tcp = $0 { true } else { nil } }) != nil {
            return refuse(
                "a connection of that name is still open; close it first, or name this one otherwise",
                at: plan.action.connectionLocation)
        }
        let written: String
        do {
            written = try text(connecting.address, step.names)
        } catch {
            return refuse(error.message, at: error.location)
        }
        guard let address = TCPAddress(written) else {
            return refuse(
                "'\(Shown.text(written, limit: 60))' is no address like HOST:PORT",
                at: connecting.address.location)
        }
        let origin = HTTPOrigin(
            host: address.host, port: address.port, isSecure: connecting.isSecure || address.isSecure)
        let begin = Reactor.monotonicNow()
        let made = await TCPConnection.connect(
            to: origin, with: plan.connect, until: begin &+ connecting.within.nanoseconds, in: scope,
            on: reactor)
        let took = Reactor.monotonicNow() - begin
        let reporting = StreamReport(name, masker: context.masker)
        switch made {
        case .failure(let failure):
            let end = broken(failure, expected: "a connection to \(written)", step) {
                reporting.report(
                    "connect \(written)", "\(failure.outcome.name): \(failure.note)",
                    outcome: failure.outcome,
                    took: took)
            }
            if !end.isCancelled { meter?.rate(step, TCPSeries.failed, hit: true) }
            return end
        case .success(let connection):
            let stream = StreamSession(name, .tcp(connection), opener: step, openedAt: connection.openedAt)
            streams.append(stream)
            meter?.record(step, TCPSeries.connecting, took)
            var answer = Answer()
            answer.durationNanoseconds = took
            let end = settled(answer, step) {
                reporting.report(
                    "connect \(written)", "connected in \(shortText(nanoseconds: Double(took)))", took: took)
            }
            stream.hasFailed = end.hasFailed
            return end
        }
    }

    // MARK: sending

    private func send(
        _ payload: TCPPayload, _ within: Duration, _ stream: StreamSession, _ connection: TCPConnection,
        _ plan: PlannedTCP, _ step: PlannedStep
    ) async -> StepEnd {
        let bytes: [UInt8]
        do {
            bytes = try plan.payload ?? rendered(payload, step)
        } catch {
            let told = (error as? TemplateError).map { StepError($0.message, at: $0.location) }
            let known = told ?? (error as? StepError) ?? StepError("\(error)")
            return unable(
                step, expected: "something to send", actual: known.message,
                at: known.location ?? step.step.location)
        }
        let begin = Reactor.monotonicNow()
        if stream.sentAt == 0 { stream.sentAt = begin }
        let failure = await connection.send(bytes, until: begin &+ within.nanoseconds, in: scope)
        let took = Reactor.monotonicNow() - begin
        let reporting = StreamReport(plan.action.connection, masker: context.masker)
        let what = "send \(ByteCount(bytes.count).shortText)"
        if let failure {
            return broken(failure, expected: "all of \(bytes.count) bytes to be sent", step) {
                reporting.report(
                    what, "\(failure.outcome.name): \(failure.note)", sent: bytes, outcome: failure.outcome,
                    took: took)
            }
        }
        var answer = Answer()
        answer.durationNanoseconds = took
        answer.facts = JSONObject([("length", .int(Int64(bytes.count)))])
        return settled(answer, step) { reporting.report(what, "sent", sent: bytes, took: took) }
    }

    private func rendered(_ payload: TCPPayload, _ step: PlannedStep) throws -> [UInt8] {
        try payload.bytes(
            text: { try text($0, step.names) }, value: { try evaluate($0, step.names) },
            file: { path in
                try Files.read(path.hasPrefix("/") ? path : context.projectFolder + "/" + path)
            })
    }

    // MARK: receiving

    private func receive(
        _ reception: TCPReception, _ within: Duration, _ stream: StreamSession, _ connection: TCPConnection,
        _ plan: PlannedTCP, _ step: PlannedStep
    ) async -> StepEnd {
        let ending: TCPConnection.Ending
        do {
            ending = try self.ending(reception, step)
        } catch {
            let told = (error as? TemplateError).map { StepError($0.message, at: $0.location) }
            let known = told ?? (error as? StepError) ?? StepError("\(error)")
            return unable(
                step, expected: reception.name, actual: known.message,
                at: known.location ?? step.step.location)
        }
        let begin = Reactor.monotonicNow()
        let result = await connection.receive(
            ending, limitBytes: reception.limitBytes, until: begin &+ within.nanoseconds, in: scope)
        let reporting = StreamReport(plan.action.connection, masker: context.masker)
        let what = "receive \(reception.name)"
        switch result {
        case .failure(let failure):
            return broken(failure, expected: "\(reception.name) within \(within.shortText)", step) {
                reporting.report(
                    what, "\(failure.outcome.name): \(failure.note)", received: connection.unread,
                    outcome: failure.outcome, took: Reactor.monotonicNow() - begin)
            }
        case .success(let message):
            let took = max(0, message.at - begin)
            meter?.record(step, TCPSeries.waiting, took)
            if stream.sentAt > 0, message.at >= stream.sentAt {
                meter?.record(step, TCPSeries.roundTrip, message.at - stream.sentAt)
                stream.sentAt = 0
            }
            var bytes = message.bytes
            if case .line = reception.end, bytes.last == 13 { bytes.removeLast() }
            return settled(answer(bytes, took, plan), step) {
                reporting.report(
                    what, "\(ByteCount(bytes.count).shortText) after \(shortText(nanoseconds: Double(took)))",
                    received: bytes, took: took)
            }
        }
    }

    private func answer(_ bytes: [UInt8], _ took: Int64, _ plan: PlannedTCP) -> Answer {
        var answer = Answer()
        let text = String(decoding: bytes, as: UTF8.self)
        answer.text = text
        answer.json = try? JSON(parsing: bytes)
        answer.durationNanoseconds = took
        var facts = JSONObject([("text", .string(text)), ("length", .int(Int64(bytes.count)))])
        if plan.wantsHex { facts["hex"] = .string(hexadecimal(bytes)) }
        answer.facts = facts
        return answer
    }

    private func ending(_ reception: TCPReception, _ step: PlannedStep) throws -> TCPConnection.Ending {
        switch reception.end {
        case .delimiter(let template):
            let mark = Array(try text(template, step.names).utf8)
            guard !mark.isEmpty else { throw StepError("`until` is empty", at: template.location) }
            return .known(.delimiter(mark))
        case .hexDelimiter(let template):
            let digits = try text(template, step.names)
            guard let mark = hexadecimalBytes(digits), !mark.isEmpty else {
                throw StepError(
                    "'\(Shown.text(digits, limit: 40))' is not hexadecimal", at: template.location)
            }
            return .known(.delimiter(mark))
        case .line: return .known(.delimiter([10]))
        case .pattern(let pattern): return .search { bytes throws(StreamEnd) in try pattern.end(in: bytes) }
        case .length(let template):
            let value = try evaluate(template, step.names)
            guard let count = value.intValue, count >= 0 else {
                throw StepError(
                    "`length` needs a whole number, found \(Shown.value(value))", at: step.step.location)
            }
            return .known(.length(Int(clamping: count)))
        case .prefix(let prefix): return .known(.prefix(LengthPrefix(prefix)))
        case .idle(let pause): return .idle(pause)
        case .close: return .close
        }
    }

    private func ended(
        _ within: Duration, _ how: TCPEnding?, _ connection: TCPConnection, _ plan: PlannedTCP,
        _ step: PlannedStep
    ) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        let end = await connection.ended(until: begin &+ within.nanoseconds, in: scope)
        let took = Reactor.monotonicNow() - begin
        let reporting = StreamReport(plan.action.connection, masker: context.masker)
        let found: TCPEnding? = end.outcome == .closedEarly ? .fin : end.outcome == .reset ? .reset : nil
        guard let found, how == nil || how == found else {
            let wanted = how.map { "the peer to close (\($0.rawValue))" } ?? "the peer to close"
            return broken(end, expected: wanted, step) {
                reporting.report(
                    "expect close", "\(end.outcome.name): \(end.note)", received: connection.unread,
                    outcome: end.outcome, took: took)
            }
        }
        var answer = Answer()
        answer.durationNanoseconds = took
        answer.facts = JSONObject([("length", .int(Int64(connection.unreadBytes)))])
        return settled(answer, step) {
            reporting.report(
                "expect close", found == .fin ? "closed" : "reset", received: connection.unread, took: took)
        }
    }
}

extension Pattern {
    /// Where the first match ends, counted in bytes; `nil` without one, and for an empty one.
    ///
    /// Bytes that are not UTF-8 are looked at as Latin-1, in which every byte is a character.
    func end(in bytes: ArraySlice<UInt8>) throws(StreamEnd) -> Int? {
        do {
            let whole = Self.wholeCharacters(bytes)
            if let text = String(validating: whole, as: UTF8.self) {
                return try firstMatch(in: text).flatMap {
                    $0.range.upperBound > 0 ? $0.range.upperBound : nil
                }
            }
            let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
            guard let match = try firstMatch(in: text), match.range.upperBound > 0 else { return nil }
            var (count, place) = (0, 0)
            for byte in bytes where place < match.range.upperBound {
                place += byte < 0x80 ? 1 : 2
                count += 1
            }
            return count
        } catch {
            throw StreamEnd(.protocolError, "the expression cannot be looked for: \(error)")
        }
    }

    /// Without the begin of a character whose rest is still to come.
    private static func wholeCharacters(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for back in 1...3 where bytes.count >= back {
            let byte = bytes[bytes.endIndex - back]
            if byte < 0x80 { break }
            guard byte >= 0xC0 else { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            return length > back ? bytes.dropLast(back) : bytes
        }
        return bytes
    }
}
