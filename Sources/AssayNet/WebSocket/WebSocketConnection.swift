internal import AssayCore
public import AssayWire

/// An open WebSocket, of a client or a server.
///
/// What the peer sends is read in the reactor's loop as it comes: pings are answered at once whatever its owner does, messages get
/// the time of their arrival and wait in a bounded inbox. A message sent and its answer received are one `send` and one `recv`.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class WebSocketConnection: @unchecked Sendable {
    public let role: WebSocketRole
    /// The subprotocol agreed on; `nil` for none.
    public let selectedProtocol: String?
    let channel: Channel
    var reactor: Reactor { channel.reactor }
    var reader: WebSocketReader
    var writer: WebSocketWriter
    private let inboxLimits: WebSocketInboxLimits
    private var random: SeededRandom
    /// Frames that the kernel has not taken yet, from ``unsentStart`` on.
    var unsent: [UInt8] = []
    var unsentStart = 0
    /// Of the newest ping that is to be answered once what is unsent has gone; `nil` for none.
    private var waitingPong: [UInt8]?
    private static let pongRoomBytes = 64 * 1024
    private var inbox: [WebSocketMessage] = []
    private var inboxStart = 0
    private var inboxBytes = 0
    /// What was taken since the loop turned: a message counts one, and one more for each 4 KiB.
    private var takenInTurn = 0
    private static let takenATurn = 64
    /// Whoever waits for a message, for room or for the end waits for this.
    private let changed: Signal
    /// Ends waits that have no scope of their own.
    private let scope: CancelScope?
    private(set) var hasSentClose = false
    /// The peer sends nothing more that is of use.
    var isDeaf = false

    /// How it ended; `nil` while messages may go both ways.
    public private(set) var end: WebSocketEnd?
    /// When it was opened and when it ended, CLOCK_MONOTONIC nanoseconds.
    public let openedAt: Int64
    public private(set) var endedAt: Int64 = 0
    public internal(set) var bytesSent = 0
    public internal(set) var bytesReceived = 0
    /// Messages of the peer that came, pongs not among them.
    public private(set) var messagesReceived = 0
    /// Pings of the peer that were answered.
    public private(set) var pingsAnswered = 0
    /// Pings of the peer are received like messages too; they are answered either way.
    public var tellsPings = false
    /// Called when something came, was sent or ended, between tasks: it must return at once.
    public var onChange: (() -> Void)?

    init(
        _ channel: Channel, role: WebSocketRole, deflate: WebSocketDeflate?, limits: WebSocketLimits,
        inbox: WebSocketInboxLimits, random: SeededRandom, selectedProtocol: String?,
        scope: CancelScope? = nil
    ) {
        self.channel = channel
        self.scope = scope
        changed = channel.reactor.makeSignal()
        self.role = role
        self.random = random
        self.selectedProtocol = selectedProtocol
        inboxLimits = inbox
        reader = WebSocketReader(role: role, limits: limits, deflate: deflate)
        writer = WebSocketWriter(role: role, deflate: deflate)
        openedAt = Reactor.monotonicNow()
    }

    deinit { channel.close() }

    public var isOpen: Bool { end == nil && !hasSentClose }

    /// Begins to read, with what came behind the handshake.
    func begin(with bytes: [UInt8]) {
        channel.handler = self
        if !bytes.isEmpty { take(bytes) }
        if channel.isReadable { receiveAll() }
    }

    // MARK: sending

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - fragmentBytes: at most so many bytes go in a frame; `nil` for one frame.
    /// - Returns: `nil` when all of it is with the kernel.
    public func send(
        _ kind: WebSocketKind, _ payload: [UInt8], fragmentBytes: Int? = nil, until deadline: Int64 = .max,
        in scope: CancelScope? = nil
    ) async -> WebSocketFailure? {
        if let failure = notOpen { return failure }
        writer.append(kind, payload, fragmentBytes: fragmentBytes, to: &unsent) { self.mask() }
        return await flushed(until: deadline, in: scope)
    }

    /// Sends a ping; its pong is received like a message.
    public func ping(
        _ payload: [UInt8] = [], until deadline: Int64 = .max, in scope: CancelScope? = nil
    ) async -> WebSocketFailure? {
        if let failure = notOpen { return failure }
        writer.append(control: .ping, payload, to: &unsent) { self.mask() }
        return await flushed(until: deadline, in: scope)
    }

    var notOpen: WebSocketFailure? {
        if let end { return end.failure }
        return hasSentClose ? WebSocketFailure(.notSent, "the WebSocket is closed already") : nil
    }

    func mask() -> UInt32 {
        // A mask of 0 would be none.
        UInt32(truncatingIfNeeded: random.next()) | 1
    }

    func flushed(until deadline: Int64, in scope: CancelScope?) async -> WebSocketFailure? {
        flush()
        while unsentStart < unsent.count {
            if let end { return end.failure }
            switch await waitUnlessPast(deadline, in: scope) {
            case .ready: continue
            case .timeout: return WebSocketFailure(.timeout, "the peer did not take the message in time")
            case .cancelled: return WebSocketFailure(.cancelled, "cancelled while sending")
            }
        }
        return nil
    }

    /// Suspends until something has changed.
    private func wait(until deadline: Int64, in scope: CancelScope?) async -> Wake {
        await changed.wait(until: deadline, in: scope ?? self.scope)
    }

    /// The same for who waits again and again: a peer that never pauses wakes it before a deadline that is past does.
    private func waitUnlessPast(_ deadline: Int64, in scope: CancelScope?) async -> Wake {
        guard deadline == .max || Reactor.monotonicNow() < deadline else { return .timeout }
        return await wait(until: deadline, in: scope)
    }

    /// Lets the loop turn: others run and timers fire.
    private func turn(in scope: CancelScope?) async -> Wake {
        Task(executorPreference: reactor) { self.wake() }
        return await wait(until: .max, in: scope)
    }

    /// Lets whoever waits look again.
    func wake() {
        changed.notifyAll()
        onChange?()
    }

    // MARK: receiving

    /// The next message or pong, in the order of arrival; those that came before an end are given before it is told.
    ///
    /// Those that came by the deadline are given behind it too; later ones wait for the next call. The loop turns now
    /// and then, however fast they come.
    public func receive(
        until deadline: Int64 = .max, in scope: CancelScope? = nil
    ) async -> Result<WebSocketMessage, WebSocketFailure> {
        while true {
            if inboxStart < inbox.count {
                guard inbox[inboxStart].arrivedAt <= deadline else {
                    return .failure(WebSocketFailure(.timeout, "no message in time"))
                }
                guard takenInTurn >= Self.takenATurn else { return .success(takeMessage()) }
                takenInTurn = 0
                guard await turn(in: scope) == .cancelled else { continue }
                return .failure(WebSocketFailure(.cancelled, "cancelled while receiving"))
            }
            if let end { return .failure(end.failure) }
            // Pings and parts of messages wake too.
            switch await waitUnlessPast(deadline, in: scope) {
            case .ready: continue
            case .timeout: return .failure(WebSocketFailure(.timeout, "no message in time"))
            case .cancelled: return .failure(WebSocketFailure(.cancelled, "cancelled while receiving"))
            }
        }
    }

    /// Messages that wait to be received.
    public var waitingMessages: Int { inbox.count - inboxStart }

    /// Forgets the messages that wait to be received.
    ///
    /// - Returns: how many they were.
    public func discardWaiting() -> Int {
        let count = waitingMessages
        let wasFull = isFull
        inbox = []
        inboxStart = 0
        inboxBytes = 0
        if wasFull { receiveSoon() }
        return count
    }

    /// Takes the next message, which there is.
    func takeMessage() -> WebSocketMessage {
        let wasFull = isFull
        let message = inbox[inboxStart]
        inbox[inboxStart].bytes = []
        inboxStart += 1
        inboxBytes -= message.bytes.count
        takenInTurn += 1 + message.bytes.count / 4096
        if inboxStart == inbox.count {
            // An idle connection keeps nothing but a little room.
            if inbox.capacity > 16 { inbox = [] } else { inbox.removeAll(keepingCapacity: true) }
            inboxStart = 0
        } else if inboxStart > 64, inboxStart * 2 > inbox.count {
            inbox.removeFirst(inboxStart)
            inboxStart = 0
        }
        if wasFull, !isFull { receiveSoon() }
        return message
    }

    /// The peer is not read while so much waits.
    var isFull: Bool {
        inbox.count - inboxStart >= inboxLimits.messages || inboxBytes >= inboxLimits.bytes
    }

    func arrived(_ kind: WebSocketMessage.Kind, _ bytes: [UInt8]) {
        if kind != .pong, kind != .ping { messagesReceived += 1 }
        // What comes after this side has closed is of no use to it.
        guard !hasSentClose else { return }
        inbox.append(WebSocketMessage(kind: kind, bytes: bytes, arrivedAt: reactor.now))
        inboxBytes += bytes.count
    }

    func answerPing(_ payload: [UInt8]) {
        guard !hasSentClose else { return }
        if tellsPings { arrived(.ping, payload) }
        // A peer that does not read is answered its newest ping only (RFC 6455 §5.5.3), for bounded memory.
        guard unsent.count - unsentStart < Self.pongRoomBytes else {
            waitingPong = payload
            return
        }
        // One that waits is older, and goes unanswered.
        waitingPong = nil
        appendPong(payload)
    }

    private func appendPong(_ payload: [UInt8]) {
        pingsAnswered += 1
        writer.append(control: .pong, payload, to: &unsent) { self.mask() }
    }

    /// Answers the newest ping when everything before has gone.
    ///
    /// - Returns: whether there is something to send now.
    func appendWaitingPong() -> Bool {
        guard let payload = waitingPong else { return false }
        waitingPong = nil
        guard end == nil, !hasSentClose else { return false }
        appendPong(payload)
        return true
    }

    // MARK: ending

    /// Closes: says so, waits for the peer's close and for the end of the connection.
    ///
    /// - Parameter deadline: the connection is closed by then, whatever the peer does.
    /// - Returns: how it ended: the peer's own code, or ``Outcome/timeout`` when it said nothing.
    @discardableResult
    public func close(
        _ code: WebSocketCloseCode? = .normal, reason: String = "", until deadline: Int64,
        in scope: CancelScope? = nil
    ) async -> WebSocketEnd {
        if end == nil { sendClose(code, reason) }
        while end == nil {
            let wake = await waitUnlessPast(deadline, in: scope)
            if wake == .timeout {
                finish(.failed(WebSocketFailure(.timeout, "the peer did not answer the close in time")))
            } else if wake == .cancelled {
                finish(.failed(WebSocketFailure(.cancelled, "cancelled while closing")))
            }
        }
        await settle(until: min(deadline, Reactor.monotonicNow() &+ Self.lingerNanoseconds), in: scope)
        return end ?? .closed(code, reason: reason)
    }

    /// Waits until the peer closes, and for the end of the connection.
    ///
    /// - Returns: `nil` when it did not in time; the connection stays open then.
    public func closed(until deadline: Int64, in scope: CancelScope? = nil) async -> WebSocketEnd? {
        while end == nil {
            guard await waitUnlessPast(deadline, in: scope) == .ready else { return nil }
        }
        await settle(until: min(deadline, Reactor.monotonicNow() &+ Self.lingerNanoseconds), in: scope)
        return end
    }

    /// Says that it is over (1000) and sees to the rest by itself, within a second.
    public func leave() {
        guard !channel.isClosed else { return }
        if end == nil { sendClose(.normal, "") }
        Task(executorPreference: reactor) {
            await self.close(until: Reactor.monotonicNow() &+ 1_000_000_000)
        }
    }

    /// Closes at once, without a word.
    public func abort() {
        finish(.failed(WebSocketFailure(.cancelled, "the WebSocket was given up")))
        channel.close()
    }

    /// How long a connection stays open for the peer once nothing more is said on it.
    private static let lingerNanoseconds: Int64 = 1_000_000_000

    /// After a close frame both ways the server ends the connection (RFC 6455 §7.1.1); a client waits for it.
    private func settle(until deadline: Int64, in scope: CancelScope?) async {
        defer { channel.close() }
        while !channel.isClosed, unsentStart < unsent.count {
            flush()
            guard unsentStart < unsent.count, await wait(until: deadline, in: scope) == .ready else { break }
        }
        guard !channel.isClosed else { return }
        if role == .server || !isOrderly { channel.shutdownWriting() }
        while !channel.isClosed, !isDeaf || !channel.peerClosed {
            if channel.peerClosed { return }
            guard await wait(until: deadline, in: scope) == .ready else { return }
        }
    }

    private var isOrderly: Bool { if case .closed? = end { true } else { false } }

    func sendClose(_ code: WebSocketCloseCode?, _ reason: String) {
        guard !hasSentClose, !channel.isClosed else { return }
        hasSentClose = true
        writer.append(close: code, reason: reason, to: &unsent) { self.mask() }
        flush()
    }

    /// The peer closes, which is answered in kind.
    func peerCloses(_ code: WebSocketCloseCode?, _ reason: String) {
        sendClose(code, "")
        finish(.closed(code, reason: reason))
    }

    /// The peer broke a rule, which it is told.
    func peerErred(_ error: WebSocketError) {
        sendClose(error.closeCode, error.description)
        finish(.failed(WebSocketFailure(error.isLimit ? .tooLarge : .protocolError, error.description)))
    }

    func finish(_ end: WebSocketEnd) {
        guard self.end == nil else { return }
        self.end = end
        isDeaf = true
        endedAt = Reactor.monotonicNow()
        wake()
    }
}
