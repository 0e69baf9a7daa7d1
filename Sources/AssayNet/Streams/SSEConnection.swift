internal import AssayCore
public import AssayWire

/// A stream of server-sent events over HTTP/1.1, cleartext or TLS.
///
/// Events are read as they come and kept until somebody asks for them, within bounds; beyond those the server has to
/// wait. Belongs to its reactor's thread.
public final class SSEConnection {
    /// An event and when it was whole, CLOCK_MONOTONIC nanoseconds.
    public struct Arrival: Sendable, Equatable {
        public var event: ServerSentEvent
        public var at: Int64
    }

    public struct Options: Sendable {
        /// Of one event.
        public var eventBytes = 1 << 20
        /// Events and their bytes that are kept unasked for.
        public var waitingEvents = 10_000
        public var waitingBytes = 8 << 20
        /// How often a stream that ends is asked for again, from its last event on; 0 for never.
        public var reconnects = 0
        /// Before that, as long as the server says nothing else by `retry`.
        public var pause = Duration.seconds(3)
        public init() {}
    }

    /// What asking for a stream came to.
    public enum Opened: Sendable {
        case stream
        /// The server answered something else: its status, or why it is no stream.
        case refused(String)
        case failed(StreamEnd)
    }

    public enum Next: Sendable, Equatable {
        case event(Arrival)
        /// There are no more events.
        case ended(StreamEnd)
        case timeout
        case cancelled
    }

    /// Times of the first connection.
    public private(set) var connectingNanoseconds: Int64 = 0
    public private(set) var tlsNanoseconds: Int64 = 0
    /// When the head of the first answer was there; 0 before.
    public private(set) var openedAt: Int64 = 0
    /// When the first event came; 0 before.
    public private(set) var firstEventAt: Int64 = 0
    /// Events that came, asked for or not.
    public private(set) var eventCount = 0
    /// How often it was asked for again.
    public private(set) var reconnectCount = 0
    /// Told of events and bytes as they come.
    public var watch: ((_ events: Int, _ bytes: Int) -> Void)?

    private let reactor: Reactor
    private let request: SSERequest
    private let options: Options
    private var link: StreamLink?
    private var response: SSEResponse
    private var waiting: [Arrival] = []
    /// Of the next in ``waiting``.
    private var nextPlace = 0
    private var waitingBytes = 0
    private var isClosed = false
    /// Why the last connecting failed.
    private var refused: StreamEnd?
    private let reconnected: Signal
    private var isReconnecting = false
    /// When the stream that has ended is asked for again, CLOCK_MONOTONIC nanoseconds; `nil` while it goes on.
    private var dueAt: Int64?
    /// What was taken since the loop turned: an event counts one, and one more for each 4 KiB.
    private var takenInTurn = 0
    private static let takenATurn = 64
    private var earlier = (sent: 0, received: 0)

    /// - Parameter lastID: where the server is to go on, for the answers to `Last-Event-ID`.
    public init(_ request: SSERequest, lastID: String = "", options: Options = Options(), on reactor: Reactor)
    {
        self.reactor = reactor
        self.request = request
        self.options = options
        reconnected = reactor.makeSignal()
        response = SSEResponse(events: SSEParser(eventBytes: options.eventBytes, lastID: lastID))
    }

    public var status: Int { response.status }
    /// The head of the last answer, as it came.
    public var head: [UInt8] { response.head }
    /// The begin of an answer that is no stream.
    public var body: [UInt8] { response.body }
    /// Of the last event that had one.
    public var lastEventID: String { response.events.lastID }
    public var commentCount: Int { response.events.commentCount }
    public var bytesSent: Int { earlier.sent + (link?.bytesSent ?? 0) }
    public var bytesReceived: Int { earlier.received + (link?.bytesReceived ?? 0) }
    /// How the server ended it; `nil` while it goes on.
    public var end: StreamEnd? { refused ?? response.end ?? link?.end }

    /// Asks for the stream and waits for the head of the answer; of one that is no stream, for its body too.
    ///
    /// - Parameter deadline: CLOCK_MONOTONIC nanoseconds.
    public func open(until deadline: Int64, in scope: CancelScope? = nil) async -> Opened {
        await connect(request, until: deadline, in: scope)
    }

    /// Ends the stream.
    public func close() {
        isClosed = true
        link?.close()
    }

    /// The next event, in the order of the stream; connects again where that is wanted.
    ///
    /// Events that came by the deadline are given behind it too; later ones wait for the next call. The loop turns
    /// now and then, however fast they come.
    /// - Parameter deadline: CLOCK_MONOTONIC nanoseconds.
    public func next(until deadline: Int64, in scope: CancelScope? = nil) async -> Next {
        while true {
            if nextPlace < waiting.count {
                guard waiting[nextPlace].at <= deadline else { return .timeout }
                guard let link, takenInTurn >= Self.takenATurn else { return .event(takeWaiting()) }
                takenInTurn = 0
                if await link.turn(in: scope) == .cancelled { return .cancelled }
                continue
            }
            guard let link, !isClosed else { return .ended(.closedHere) }
            if let end, !isReconnecting {
                guard mayReconnect(after: end) else { return .ended(end) }
                isReconnecting = true
                let next = await reconnect(until: deadline, in: scope)
                isReconnecting = false
                reconnected.notifyAll()
                if let next { return next }
                continue
            }
            // Comments and parts of events wake too.
            guard Reactor.monotonicNow() < deadline else { return .timeout }
            switch await (isReconnecting ? reconnected : link.changed).wait(until: deadline, in: scope) {
            case .ready: continue
            case .timeout: return .timeout
            case .cancelled: return .cancelled
            }
        }
    }

    /// Takes the next of ``waiting``, which there is.
    private func takeWaiting() -> Arrival {
        let wasFull = isFull
        let arrival = waiting[nextPlace]
        let count = arrival.event.data.utf8.count
        nextPlace += 1
        waitingBytes -= count
        takenInTurn += 1 + count / 4096
        if nextPlace == waiting.count || nextPlace > 1000 {
            waiting.removeFirst(nextPlace)
            nextPlace = 0
        }
        // Not at once: whoever takes events would never come to an end of them.
        if wasFull, !isFull { link?.receiveSoon() }
        return arrival
    }

    // MARK: connecting

    private func connect(
        _ request: SSERequest, until deadline: Int64, in scope: CancelScope?
    ) async -> Opened {
        let reactor = reactor
        // In a task of its own, for the reason that HTTPClient has.
        let dialed = await Task(executorPreference: reactor) {
            await reactor.dial(
                request.origin, with: request.options, offering: ["http/1.1"], until: deadline, in: scope)
        }.value
        switch dialed {
        case .failure(let failure): return .failed(StreamEnd(failure))
        case .success(let dialed):
            if openedAt == 0 {
                connectingNanoseconds = dialed.connectingNanoseconds
                tlsNanoseconds = dialed.tlsNanoseconds
            }
            let link = StreamLink(dialed.channel)
            self.link = link
            link.start(self)
            let bytes = dialed.forwarding?.forwarded(request.bytes) ?? request.bytes
            // An answer may come before the whole request went, and then says more than a broken sending.
            if let end = await link.send(bytes, until: deadline, in: scope), !response.hasHead {
                link.close()
                return .failed(end)
            }
            return await answer(link, until: deadline, in: scope)
        }
    }

    private func answer(_ link: StreamLink, until deadline: Int64, in scope: CancelScope?) async -> Opened {
        while true {
            if response.isStream {
                if openedAt == 0 { openedAt = Reactor.monotonicNow() }
                return .stream
            }
            if let end {
                link.close()
                return response.refusal.map { .refused($0) } ?? .failed(end)
            }
            switch await link.changed.wait(until: deadline, in: scope) {
            case .ready: continue
            case .timeout:
                link.close()
                return response.refusal.map { .refused($0) }
                    ?? .failed(StreamEnd(.timeout, "no answer in time"))
            case .cancelled:
                link.close()
                return .failed(.cancelled)
            }
        }
    }

    private func mayReconnect(after end: StreamEnd) -> Bool {
        guard reconnectCount < options.reconnects else { return false }
        return ![.cancelled, .tooLarge, .protocolError, .tlsCertificate].contains(end.outcome)
    }

    /// Before the stream is asked for again.
    private var pause: Duration {
        response.events.retryMilliseconds.map { Duration.milliseconds($0) } ?? options.pause
    }

    /// - Returns: what ends the waiting; `nil` when the stream goes on.
    private func reconnect(until deadline: Int64, in scope: CancelScope?) async -> Next? {
        let due = dueAt ?? Reactor.monotonicNow() &+ pause.nanoseconds
        // Kept, so that callers of less patience than the pause come to its end together.
        dueAt = due
        switch await reactor.sleep(until: min(due, deadline), in: scope) {
        case .cancelled: return .cancelled
        default: if due > deadline { return .timeout }
        }
        guard !isClosed else { return .ended(.closedHere) }
        reconnectCount += 1
        refused = nil
        dueAt = nil
        if let link {
            earlier = (earlier.sent + link.bytesSent, earlier.received + link.bytesReceived)
            link.close()
        }
        let id = lastEventID
        response = SSEResponse(
            events: SSEParser(
                eventBytes: options.eventBytes, lastID: id,
                retryMilliseconds: response.events.retryMilliseconds))
        switch await connect(request.resuming(after: id), until: deadline, in: scope) {
        case .stream: return nil
        // So a server says that there is nothing more to come (WHATWG HTML §9.2.3).
        case .refused where status == 204:
            reconnectCount = options.reconnects
            refused = StreamEnd(.answered, "the server has no more events")
            return nil
        case .refused(let why):
            refused = StreamEnd(.protocolError, "asked again, \(why)")
            return nil
        case .failed(let end) where end.outcome == .cancelled: return .cancelled
        case .failed(let end):
            refused = end
            return nil
        }
    }
}

extension SSEConnection: StreamTaker {
    func take(_ bytes: [UInt8], at: Int64) { take(bytes, isEnd: false, at: at) }

    func ended(_ end: StreamEnd) {
        if end.outcome == .closedEarly { take([], isEnd: true, at: reactor.now) }
        if dueAt == nil { dueAt = reactor.now &+ pause.nanoseconds }
    }

    var isFull: Bool {
        waiting.count - nextPlace >= options.waitingEvents || waitingBytes >= options.waitingBytes
    }

    private func take(_ bytes: [UInt8], isEnd: Bool, at: Int64) {
        var arrived: [ServerSentEvent] = []
        response.receive(bytes, isEnd: isEnd, into: &arrived)
        if !arrived.isEmpty, firstEventAt == 0 { firstEventAt = at }
        eventCount += arrived.count
        for event in arrived {
            waitingBytes += event.data.utf8.count
            waiting.append(Arrival(event: event, at: at))
        }
        if response.end != nil, dueAt == nil { dueAt = at &+ pause.nanoseconds }
        watch?(arrived.count, bytes.count)
    }
}
