internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// Sends a request and judges its answer; the one implementation for tests and load.
    func perform(_ plan: PlannedHTTP, _ step: PlannedStep) async -> StepEnd {
        if let failure = prepare(plan, step) { return failure }
        await send(plan)
        var end = judge(plan, step) ?? StepEnd()
        if let contracts = context.contracts, http.last.outcome == .answered {
            end.drifts = judge(plan, step, by: contracts, isAsExpected: !end.hasFailed)
        }
        return end
    }

    /// The same in load, where nothing but the end matters: the frames of waiting users stay small.
    func measure(_ plan: PlannedHTTP, _ step: PlannedStep) async -> Flow {
        if prepare(plan, step) != nil { return .failed }
        await send(plan)
        guard let end = judge(plan, step) else { return .finished }
        return end.isCancelled ? .cancelled : end.isBroken ? .failed : .finished
    }

    /// Renders the request, if it is not constant, and finds its origin.
    private func prepare(_ plan: PlannedHTTP, _ step: PlannedStep) -> StepEnd? {
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

    private func send(_ plan: PlannedHTTP) async {
        await http.exchange(
            with: plan.origin ?? requestOrigin, via: plan.connect, toHead: plan.toHead,
            isIdempotent: plan.isIdempotent,
            timeout: plan.timeoutNanoseconds, in: scope
        ) { output in
            output.append(plan.fixed ?? self.requestBytes)
        }
    }

    /// - Returns: `nil` when all is well and there is nothing to tell.
    private func judge(_ plan: PlannedHTTP, _ step: PlannedStep) -> StepEnd? {
        let exchange = http.last
        let origin = plan.origin ?? requestOrigin
        let intended = intendedAt
        intendedAt = 0
        if exchange.outcome == .cancelled { return .cancelled }
        meter?.exchange(exchange, step, intendedAt: intended)
        guard exchange.outcome == .answered else { return unanswered(exchange, plan, step, origin) }
        if journal == nil, judgeFast(exchange, step) {
            meter?.slow(exchange, step) { self.report(exchange, plan, origin) }
            return nil
        }
        return judgeWhole(exchange, plan, step, origin)
    }

    private func unanswered(
        _ exchange: Exchange, _ plan: PlannedHTTP, _ step: PlannedStep, _ origin: HTTPOrigin
    ) -> StepEnd {
        var end = StepEnd.failure(
            "outcome", expected: "an answer",
            actual: exchange.outcome.name + (exchange.note.map { ": \($0)" } ?? ""), at: step.step.location)
        if journal != nil { end.exchange = report(exchange, plan, origin) }
        meter?.failure(exchange.outcome.name, step, end.mismatches) { self.report(exchange, plan, origin) }
        return end
    }

    // MARK: judging on the response's bytes

    /// Judges checks and takes captures without building values.
    ///
    /// - Returns: `false` when something failed or has no fast form; then nothing has been counted or captured.
    private func judgeFast(_ exchange: Exchange, _ step: PlannedStep) -> Bool {
        guard let fast = step.fast else { return false }
        for codes in fast.statuses where !codes.contains(exchange.status) { return false }
        for matcher in fast.durations {
            guard matcher.judge(.int(exchange.serviceNanoseconds), subject: "duration").isEmpty else {
                return false
            }
        }
        if fast.needsBody {
            let isJSON = http.withBody { bytes in (try? scratch.tape.parse(bytes)) != nil }
            guard isJSON else { return false }
            for literal in fast.literals {
                guard let node = scratch.tape.node(at: literal.path),
                    scratch.tape.equals(node, literal.wanted)
                else { return false }
            }
            for capture in fast.captures {
                guard let value = scratch.tape.value(at: capture.path) else { return false }
                variables[capture.slot] = value
            }
        }
        meter?.checksHeld(fast.checks)
        return true
    }

    // MARK: judging a whole answer

    private func judgeWhole(
        _ exchange: Exchange, _ plan: PlannedHTTP, _ step: PlannedStep, _ origin: HTTPOrigin
    ) -> StepEnd {
        var answer = Answer()
        answer.status = exchange.status
        answer.headers = http.headers.fields.map { Answer.Header($0.name, $0.value) }
        let body = http.body
        answer.text = String(decoding: body, as: UTF8.self)
        if !body.isEmpty { answer.json = try? JSON(parsing: body) }
        answer.durationNanoseconds = exchange.serviceNanoseconds
        var end = StepEnd()
        settle(answer, step, &end)
        if journal != nil { end.exchange = report(exchange, plan, origin) }
        if !end.mismatches.isEmpty, let meter {
            meter.failure(end.mismatches[0].subject, step, end.mismatches) {
                self.report(exchange, plan, origin)
            }
        }
        return end
    }

    private func report(_ exchange: Exchange, _ plan: PlannedHTTP, _ origin: HTTPOrigin) -> ExchangeReport {
        ExchangeReport(
            exchange, method: plan.action.method, origin: origin, request: plan.fixed ?? requestBytes,
            responseHead: http.headBytes, responseBody: http.body, masked: context.masker.mask)
    }

    // MARK: rendering

    /// Writes the request into ``requestBytes``.
    func render(_ plan: PlannedHTTP, _ step: PlannedStep) -> Result<HTTPOrigin, StepError> {
        do {
            let names = step.names
            var target: [UInt8]
            let origin: HTTPOrigin
            if let known = plan.origin {
                origin = known
                target = try bytes(of: plan.target, names, .url)
            } else {
                let text = String(decoding: try address(of: plan.target, names), as: UTF8.self)
                let parts = try URLParts(parsing: text)
                origin = HTTPOrigin(parts)
                target = Array(parts.target.utf8)
            }
            join(try bytes(of: plan.query, names, .value), to: &target)
            let body = try body(of: plan.body, names)
            var head = RequestHead(
                method: plan.action.method, target: target, authority: origin.authority, reusing: requestBytes
            )
            for line in plan.headerLines {
                let value = try bytes(of: line.value, names, .plain)
                guard isHeaderValue(value) else {
                    throw StepError(
                        "the value of header \(line.name) holds a control character", at: step.step.location)
                }
                head.add(line.name, value)
            }
            requestBytes = head.finished(body: body, method: plan.action.method)
            return .success(origin)
        } catch let error as TemplateError {
            return .failure(StepError(error.message, at: error.location ?? step.step.location))
        } catch let error as StepError {
            return .failure(error)
        } catch {
            return .failure(StepError("\(error)", at: plan.action.url.location))
        }
    }

    /// A whole URL. A value is a part of its path or query once the origin stands before it, and a `#` in it is one of
    /// its characters; the fragment of a URL that is a value, and one that is written, ends the address.
    private func address(of segments: [TextSegment], _ names: NameTable) throws -> [UInt8] {
        var text: [UInt8] = []
        for segment in segments {
            if case .bytes(let written) = segment {
                text += written
                if written.contains(UInt8(ascii: "#")) { break }
                continue
            }
            let value = try bytes(of: [segment], names, .plain)
            guard let scheme = text.firstRange(of: "://".utf8),
                text[scheme.upperBound...].contains(where: {
                    $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
                })
            else {
                text += value
                continue
            }
            for byte in value {
                if byte == UInt8(ascii: "#") { text += "%23".utf8 } else { text.append(byte) }
            }
        }
        return text
    }

    private enum Place { case plain, url, value }

    private func bytes(of segments: [TextSegment], _ names: NameTable, _ place: Place) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for segment in segments {
            let value: JSON
            switch segment {
            case .bytes(let known):
                bytes += known
                continue
            case .slot(let slot):
                guard let found = variables[slot] else { throw unset(slot, names) }
                value = found
            case .expression(let expression): value = try evaluate(expression, names)
            }
            let text = value.templateText
            switch place {
            case .plain: bytes += text.utf8
            case .url: appendEncodingInvalid(text.utf8, to: &bytes)
            case .value: appendEncodingValue(text.utf8, to: &bytes)
            }
        }
        return bytes
    }

    private func unset(_ slot: Int, _ names: NameTable) -> StepError {
        let name = names.all.first { $0.slot == slot }?.name ?? "?"
        return StepError("${\(name)} has no value: the step that captures it did not run")
    }

    private func body(of plan: PlannedHTTP.BodyPlan, _ names: NameTable) throws -> [UInt8]? {
        switch plan {
        case .none: return nil
        case .text(let segments): return try bytes(of: segments, names, .plain)
        case .form(let fields):
            var body: [UInt8] = []
            for field in fields {
                if !body.isEmpty { body.append(UInt8(ascii: "&")) }
                appendEncodingValue(field.name.utf8, to: &body)
                body.append(UInt8(ascii: "="))
                for segment in field.value {
                    if case .bytes(let text) = segment {
                        appendEncodingValue(text, to: &body)
                    } else {
                        body += try bytes(of: [segment], names, .value)
                    }
                }
            }
            return body
        case .file(let segments):
            let path = String(decoding: try bytes(of: segments, names, .plain), as: UTF8.self)
            return try Files.read(path.hasPrefix("/") ? path : context.projectFolder + "/" + path)
        case .json(let segments):
            var body: [UInt8] = []
            for segment in segments {
                switch segment {
                case .bytes(let known): body += known
                case .slot(let slot):
                    guard let value = variables[slot] else { throw unset(slot, names) }
                    value.write(into: &body)
                case .value(let template): try evaluate(template, names).write(into: &body)
                }
            }
            return body
        }
    }
}
