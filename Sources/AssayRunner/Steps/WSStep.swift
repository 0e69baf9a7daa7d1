internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// One thing done with a WebSocket; the one implementation for tests and load.
    func perform(_ plan: PlannedWebSocket, _ step: PlannedStep) async -> StepEnd {
        intendedAt = 0
        let name = plan.action.socket
        if case .open(let opening) = plan.action.wish { return await open(opening, plan, step) }
        guard
            let (stream, connection) = stream(
                name, { if case .ws(let connection) = $0 { connection } else { nil } })
        else {
            return unable(
                step, expected: "a WebSocket '\(name)' to be open",
                actual: "no step before this one opened it, or it is closed", at: plan.action.socketLocation)
        }
        let socket = WebSocketConversation(self, connection, plan, step)
        let end: StepEnd
        switch plan.action.wish {
        case .open: return StepEnd()
        case .send(let payload, let within): end = await socket.send(payload, within)
        case .receive(let filter, let within): end = await socket.receive(filter, within)
        case .ask(let payload, let filter, let within): end = await socket.ask(payload, filter, within)
        case .listen(let filter, let length, let count): end = await socket.listen(filter, length, count)
        case .ended(let within): end = await socket.ended(within)
        case .close(let code, let reason, let within):
            end = await socket.close(code, reason, within)
            if end.hasFailed { stream.hasFailed = true }
            self.end(stream)
            return end
        }
        return finished(end, stream, step)
    }

    // MARK: opening

    private func open(
        _ opening: WebSocketOpeningWish, _ plan: PlannedWebSocket, _ step: PlannedStep
    ) async -> StepEnd {
        let name = plan.action.socket
        func refuse(_ actual: String, at location: SourceLocation?) -> StepEnd {
            meter?.rate(step, WebSocketSeries.failed, hit: true)
            return unable(
                step, expected: "the WebSocket '\(name)' to be opened", actual: actual, at: location)
        }
        if stream(name, { if case .ws = $0 { true } else { nil } }) != nil {
            return refuse(
                "a WebSocket of that name is still open; close it first, or name this one otherwise",
                at: plan.action.socketLocation)
        }
        guard var http = plan.request else { return StepEnd() }
        var opening = opening
        if let hook = opening.hook {
            switch await self.opening(hook, http, opening.protocols, step) {
            case .success((let changed, let protocols)): (http, opening.protocols) = (changed, protocols)
            case .failure(let end): return end
            }
        }
        var request: WebSocketRequest
        do {
            request = try handshake(opening, http, step)
        } catch {
            let told = (error as? TemplateError).map { StepError($0.message, at: $0.location) }
            let known = told ?? (error as? StepError) ?? StepError("\(error)")
            return refuse(known.message, at: known.location ?? step.step.location)
        }
        if let limit = opening.messageBytes {
            request.limits = WebSocketLimits(frameBytes: limit, messageBytes: limit)
        }
        let begin = Reactor.monotonicNow()
        let (deadline, seed) = (begin &+ opening.within.nanoseconds, random.next())
        let (reactor, scope, asked, connect) = (reactor, scope, request, http.connect)
        // In a task of its own: a task never gives back the memory of its deepest frames, and none is deeper than these.
        let (opened, connection) = await Task(executorPreference: reactor) {
            await WebSocketConnection.open(
                asked, via: connect, random: SeededRandom(seed: seed), until: deadline, in: scope,
                on: reactor)
        }.value
        return settle(opened, connection, request, from: begin, plan, step)
    }

    /// The handshake's request with everything in it computed.
    private func handshake(
        _ opening: WebSocketOpeningWish, _ plan: PlannedHTTP, _ step: PlannedStep
    ) throws -> WebSocketRequest {
        let names = step.names
        let origin: HTTPOrigin
        var target: [UInt8]
        if let known = plan.origin {
            origin = known
            target = try bytes(of: plan.target, names, .url)
        } else {
            let parts = try URLParts(parsingWebSocket: text(plan.action.url, names))
            origin = HTTPOrigin(parts)
            target = Array(parts.target.utf8)
        }
        join(try bytes(of: plan.query, names, .value), to: &target)
        let path = String(decoding: target, as: UTF8.self)
        var headers = try plan.headerLines.map { line in
            let value = try bytes(of: line.value, names, .plain)
            guard isHeaderName(line.name), isHeaderValue(value) else {
                throw StepError(
                    "the value of header \(line.name) holds a control character", at: step.step.location)
            }
            return (name: line.name, value: String(decoding: value, as: UTF8.self))
        }
        if let cookies = cookies(plan, for: origin, target: path, leavingOut: []),
            !headers.contains(where: { $0.name.lowercased() == "cookie" })
        {
            headers.append((name: "Cookie", value: String(decoding: cookies, as: UTF8.self)))
        }
        let protocols = try opening.protocols.map { try text($0, names) }
        for word in protocols where word.isEmpty || !word.utf8.allSatisfy(isTokenByte) {
            throw StepError(
                "'\(Shown.text(word, limit: 40))' is no subprotocol: letters and digits without spaces")
        }
        return WebSocketRequest(
            origin: origin, target: path, headers: headers, protocols: protocols,
            deflate: opening.deflate?.offer)
    }

    private func settle(
        _ opened: WebSocketOpening, _ connection: WebSocketConnection?, _ request: WebSocketRequest,
        from begin: Int64, _ plan: PlannedWebSocket, _ step: PlannedStep
    ) -> StepEnd {
        let now = Reactor.monotonicNow()
        func report() -> ExchangeReport {
            var exchange = Exchange(
                outcome: opened.failure?.outcome ?? .answered, at: begin, note: opened.failure?.note)
            exchange.status = opened.status
            exchange.endAt = now
            var report = ExchangeReport(
                exchange, method: "GET", origin: request.origin, request: opened.request,
                responseHead: opened.responseHead, responseBody: opened.body, masked: context.masker.mask)
            let shown = "GET \(request.origin)"
            if report.summary.hasPrefix(shown) {
                report.summary = "GET \(request.address)\(report.summary.dropFirst(shown.count))"
            }
            return report
        }
        let isStatusJudged = step.checks.contains {
            if case .status = $0.check.subject { true } else { false }
        }
        var end: StepEnd
        if let failure = opened.failure, !(isStatusJudged && failure.outcome == .upgradeRefused) {
            end = broken(
                StreamEnd(failure.outcome, failure.note), expected: "a WebSocket to \(request.address)", step,
                report)
        } else {
            var answer = Answer()
            answer.status = opened.status
            if plan.needs.contains(.answer) {
                answer.headers = opened.headers.fields.map { Answer.Header($0.name, $0.value) }
            }
            answer.text = String(decoding: opened.body, as: UTF8.self)
            if !opened.body.isEmpty { answer.json = try? JSON(parsing: opened.body) }
            answer.durationNanoseconds = now - begin
            var facts = JSONObject()
            if let selected = opened.selectedProtocol { facts["protocol"] = .string(selected) }
            answer.facts = facts
            end = settled(answer, step, report)
        }
        guard !end.isCancelled else {
            connection?.abort()
            return end
        }
        guard let connection else {
            meter?.rate(step, WebSocketSeries.failed, hit: end.hasFailed)
            meter?.count(step, WebSocketSeries.bytesSent, by: opened.bytesSent)
            meter?.count(step, WebSocketSeries.bytesReceived, by: opened.bytesReceived)
            return end
        }
        let stream = StreamSession(
            plan.action.socket, .ws(connection), opener: step, openedAt: connection.openedAt)
        stream.hasFailed = end.hasFailed
        streams.append(stream)
        meter?.record(step, WebSocketSeries.connecting, now - begin)
        meter?.count(step, WebSocketSeries.bytesSent, by: opened.bytesSent)
        meter?.count(step, WebSocketSeries.bytesReceived, by: opened.bytesReceived)
        countBytes(stream)
        return end
    }
}
