internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// A stream of events or a connection that steps opened by name, from there to its end.
final class StreamSession {
    enum Transport {
        case sse(SSEConnection)
        case tcp(TCPConnection)
        case ws(WebSocketConnection)
    }

    let name: String
    let transport: Transport
    /// The step that opened it, which its figures belong to.
    let opener: PlannedStep
    let openedAt: Int64
    /// A step on it failed.
    var hasFailed = false
    /// It was closed by a step, or with its pass.
    private(set) var isOver = false
    /// When something was sent that no message answered yet; 0 for nothing.
    var sentAt: Int64 = 0
    private var countedSent = 0
    private var countedReceived = 0
    private var countedMessages = 0

    init(_ name: String, _ transport: Transport, opener: PlannedStep, openedAt: Int64) {
        self.name = name
        self.transport = transport
        self.opener = opener
        self.openedAt = openedAt
    }

    func close(resetting: Bool = false) {
        isOver = true
        switch transport {
        case .sse(let connection): connection.close()
        case .tcp(let connection): connection.close(resetting: resetting)
        case .ws(let connection): connection.leave()
        }
    }

    /// Messages that came since it was asked last.
    func takeMessages(_ all: Int) -> Int {
        defer { countedMessages = all }
        return all - countedMessages
    }

    /// What went each way since it was asked last.
    func takeBytes() -> (sent: Int, received: Int) {
        let (sent, received) =
            switch transport {
            case .sse(let connection): (connection.bytesSent, connection.bytesReceived)
            case .tcp(let connection): (connection.bytesSent, connection.bytesReceived)
            case .ws(let connection): (connection.bytesSent, connection.bytesReceived)
            }
        defer { (countedSent, countedReceived) = (sent, received) }
        return (sent - countedSent, received - countedReceived)
    }
}

extension Session {
    /// Ends what the pass opened, whatever came of it.
    func endStreams() {
        guard !streams.isEmpty else { return }
        for stream in streams where !stream.isOver { end(stream) }
        streams.removeAll()
    }

    /// Ends one and counts it.
    func end(_ stream: StreamSession, resetting: Bool = false) {
        stream.close(resetting: resetting)
        countBytes(stream)
        // What was cut off with the run says nothing.
        guard let meter, !scope.isCancelled else { return }
        let length = Reactor.monotonicNow() - stream.openedAt
        switch stream.transport {
        case .sse:
            meter.record(stream.opener, SSESeries.session, length)
            meter.rate(stream.opener, SSESeries.failed, hit: stream.hasFailed)
        case .tcp:
            meter.record(stream.opener, TCPSeries.session, length)
            meter.rate(stream.opener, TCPSeries.failed, hit: stream.hasFailed)
        case .ws:
            meter.record(stream.opener, WebSocketSeries.session, length)
            meter.rate(stream.opener, WebSocketSeries.failed, hit: stream.hasFailed)
        }
    }

    /// Counts what went over it since the last time.
    func countBytes(_ stream: StreamSession) {
        guard let meter else { return }
        let (sent, received) = stream.takeBytes()
        switch stream.transport {
        case .sse:
            meter.count(stream.opener, SSESeries.bytesSent, by: sent)
            meter.count(stream.opener, SSESeries.bytesReceived, by: received)
        case .tcp:
            meter.count(stream.opener, TCPSeries.bytesSent, by: sent)
            meter.count(stream.opener, TCPSeries.bytesReceived, by: received)
        case .ws(let connection):
            meter.count(stream.opener, WebSocketSeries.bytesSent, by: sent)
            meter.count(stream.opener, WebSocketSeries.bytesReceived, by: received)
            meter.count(
                stream.opener, WebSocketSeries.received,
                by: stream.takeMessages(connection.messagesReceived))
        }
    }

    /// The one that a step goes on with.
    func stream<Connection>(
        _ name: String, _ connection: (StreamSession.Transport) -> Connection?
    ) -> (stream: StreamSession, connection: Connection)? {
        for stream in (inheritedStreams + streams).reversed() where stream.name == name && !stream.isOver {
            if let connection = connection(stream.transport) { return (stream, connection) }
        }
        return nil
    }

    /// Tells the end of a step that could not be done, and counts it.
    func broken(
        _ end: StreamEnd, expected: String, _ step: PlannedStep, _ report: () -> ExchangeReport
    ) -> StepEnd {
        if end.outcome == .cancelled, scope.isCancelled { return .cancelled }
        let actual = "\(end.outcome.name): \(end.note)"
        var result = StepEnd.failure(
            "outcome", expected: expected, actual: context.masker.mask(actual), at: step.step.location)
        for check in step.checks { meter?.check(check.index, passed: false) }
        if journal != nil { result.exchange = report() }
        if let meter {
            meter.failure(end.outcome.name, step, result.mismatches) { report() }
            result.isCounted = true
        }
        return result
    }

    /// Judges what a step answers, and counts what does not hold.
    func settled(
        _ answer: Answer, _ step: PlannedStep, _ report: () -> ExchangeReport
    ) -> StepEnd {
        var end = StepEnd()
        settle(answer, step, &end)
        if journal != nil || meter != nil && end.hasFailed { end.exchange = report() }
        return end
    }

    /// A step that leaves its stream open: what it came to counts for the stream, unless the step may be tried again.
    func finished(_ end: StepEnd, _ stream: StreamSession, _ step: PlannedStep) -> StepEnd {
        if end.hasFailed, !end.isCancelled, step.step.eventually == nil { stream.hasFailed = true }
        countBytes(stream)
        return end
    }

    /// A failure to do what nobody has asked the peer for yet.
    func unable(_ step: PlannedStep, expected: String, actual: String, at location: SourceLocation?)
        -> StepEnd
    {
        for check in step.checks { meter?.check(check.index, passed: false) }
        return .failure(step.step.action.keyword, expected: expected, actual: actual, at: location)
    }
}
