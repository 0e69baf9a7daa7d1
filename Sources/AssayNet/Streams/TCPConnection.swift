internal import AssayCore
public import AssayWire

/// A plain TCP (or TLS) connection that messages are cut out of.
///
/// Bytes are read as they come and kept until somebody asks for them, within the limit of a message; beyond that the
/// peer has to wait. Belongs to its reactor's thread.
public final class TCPConnection {
    /// A message and its times, CLOCK_MONOTONIC nanoseconds.
    public struct Message: Sendable, Equatable {
        public var bytes: [UInt8]
        /// When the piece was seen that holds its first byte, delimiter or prefix included; 0 of an empty message.
        public var firstByteAt: Int64
        /// When the piece was seen that holds its last byte.
        public var at: Int64
    }

    /// How a message ends.
    public enum Ending {
        case known(MessageEnd)
        /// When nothing has come for so long, and something before.
        case idle(Duration)
        /// When the peer ends the connection.
        case close
        /// Where a search ends: how many bytes of those that came it takes; `nil` while it finds nothing.
        ///
        /// Throws what is told when it cannot be searched any further.
        case search((ArraySlice<UInt8>) throws(StreamEnd) -> Int?)
    }

    public let openedAt: Int64
    public let connectingNanoseconds: Int64
    public let tlsNanoseconds: Int64
    private let link: StreamLink
    private var inbox = Inbox()
    private var isReceiving = false
    /// Messages since the loop turned.
    private var takenInTurn = 0
    private static let takenATurn = 64

    /// Opens a connection.
    ///
    /// - Parameter deadline: for all of it, CLOCK_MONOTONIC nanoseconds.
    public static func connect(
        to origin: HTTPOrigin, with options: ConnectOptions, until deadline: Int64,
        in scope: CancelScope? = nil, on reactor: Reactor
    ) async -> Result<TCPConnection, StreamEnd> {
        // In a task of its own, for the reason that HTTPClient has.
        let dialed = await Task(executorPreference: reactor) {
            await reactor.dial(origin, with: options, forwards: false, until: deadline, in: scope)
        }.value
        switch dialed {
        case .failure(let failure): return .failure(StreamEnd(failure))
        case .success(let dialed):
            return .success(TCPConnection(dialed))
        }
    }

    private init(_ dialed: Dialed) {
        link = StreamLink(dialed.channel)
        openedAt = Reactor.monotonicNow()
        connectingNanoseconds = dialed.connectingNanoseconds
        tlsNanoseconds = dialed.tlsNanoseconds
        link.start(self)
    }

    /// How many bytes went out so far, and came.
    public var bytesSent: Int { link.bytesSent }
    public var bytesReceived: Int { link.bytesReceived }
    /// How the peer ended it, when it did and all that came before was read.
    public var end: StreamEnd? { link.end }
    /// Bytes that came and that nobody has asked for.
    public var unreadBytes: Int { inbox.count }

    /// Ends the connection.
    ///
    /// - Parameter resetting: by RST, so that what was not delivered is lost.
    public func close(resetting: Bool = false) { link.close(resetting: resetting) }

    /// Tells the peer that nothing more will come; reading goes on.
    public func endSending() { link.channel.shutdownWriting() }

    /// Sends all of it; see ``StreamLink/send(_:until:in:)``.
    public func send(
        _ bytes: [UInt8], until deadline: Int64, in scope: CancelScope? = nil
    ) async -> StreamEnd? {
        await link.send(bytes, until: deadline, in: scope)
    }

    // MARK: receiving

    /// The next message.
    ///
    /// What came of an unfinished one is kept for the next call.
    /// - Parameters:
    ///   - limitBytes: of the message.
    ///   - deadline: CLOCK_MONOTONIC nanoseconds.
    public func receive(
        _ ending: Ending, limitBytes: Int, until deadline: Int64, in scope: CancelScope? = nil
    ) async -> Result<Message, StreamEnd> {
        // Messages go to those who asked for them in turn.
        while isReceiving {
            switch await link.changed.wait(until: deadline, in: scope) {
            // What the peer sends wakes too, so the time is looked at besides.
            case .ready where Reactor.monotonicNow() < deadline || !isReceiving: continue
            case .ready, .timeout: return .failure(late())
            case .cancelled: return .failure(.cancelled)
            }
        }
        isReceiving = true
        defer {
            isReceiving = false
            link.changed.notifyAll()
        }
        inbox.capacity = limitBytes + Inbox.spareBytes
        takenInTurn += 1
        if takenInTurn >= Self.takenATurn {
            takenInTurn = 0
            if await link.turn(in: scope) == .cancelled { return .failure(.cancelled) }
        } else {
            link.receiveAll()
        }
        var search: MessageSearch?
        if case .known(let end) = ending { search = MessageSearch(end, limitBytes: limitBytes) }
        var looked = -1
        while true {
            if inbox.count != looked || link.end != nil {
                looked = inbox.count
                do throws(StreamEnd) {
                    if let message = try find(ending, &search, limitBytes) {
                        link.receiveAll()
                        return .success(message)
                    }
                } catch {
                    return .failure(error)
                }
                if let end = link.end { return .failure(told(end)) }
            }
            var until = deadline
            var isIdleTimer = false
            if case .idle(let pause) = ending, inbox.count > 0 {
                until = min(deadline, inbox.lastAt &+ pause.nanoseconds)
                isIdleTimer = until < deadline
            }
            // A peer that never pauses wakes it before the deadline does.
            if !isIdleTimer, Reactor.monotonicNow() >= deadline { return .failure(late()) }
            // What was taken out of a full inbox may have made room.
            link.receiveSoon()
            switch await link.changed.wait(until: until, in: scope) {
            case .ready: continue
            case .timeout where isIdleTimer:
                if Reactor.monotonicNow() &- inbox.lastAt >= idle(ending) {
                    return .success(inbox.take(0..<inbox.count, consuming: inbox.count))
                }
            case .timeout: return .failure(late())
            case .cancelled: return .failure(.cancelled)
            }
        }
    }

    /// Waits until the peer ends the connection; what it sends before stays to be asked for.
    ///
    /// - Returns: how; ``Outcome/timeout`` when it did not.
    public func ended(until deadline: Int64, in scope: CancelScope? = nil) async -> StreamEnd {
        inbox.capacity = max(inbox.capacity, 16 << 20)
        link.receiveAll()
        while true {
            if let end = link.end { return end }
            guard Reactor.monotonicNow() < deadline else {
                return StreamEnd(.timeout, "the peer did not end the connection in time")
            }
            switch await link.changed.wait(until: deadline, in: scope) {
            case .ready: continue
            case .timeout: return StreamEnd(.timeout, "the peer did not end the connection in time")
            case .cancelled: return .cancelled
            }
        }
    }

    private func idle(_ ending: Ending) -> Int64 {
        if case .idle(let pause) = ending { pause.nanoseconds } else { .max }
    }

    /// - Returns: `nil` when more must come.
    private func find(
        _ ending: Ending, _ search: inout MessageSearch?, _ limitBytes: Int
    ) throws(StreamEnd) -> Message? {
        switch ending {
        case .known:
            switch search?.find(in: inbox.bytes) {
            case .message(let range, let consumed)?: return inbox.take(range, consuming: consumed)
            case .tooLong(let announced)?:
                throw StreamEnd(
                    .tooLarge,
                    announced.map { "a message of \($0) bytes is announced, over the limit of \(limitBytes)" }
                        ?? "the message is longer than the limit of \(limitBytes) bytes")
            case .badPrefix?: throw StreamEnd(.protocolError, "the prefix is no length")
            case .needMore?, nil: return nil
            }
        case .search(let look):
            if let count = try look(inbox.bytes) { return inbox.take(0..<count, consuming: count) }
        case .close:
            if let end = link.end, end.outcome == .closedEarly {
                return inbox.take(0..<inbox.count, consuming: inbox.count)
            }
        case .idle: break
        }
        guard inbox.count <= limitBytes else {
            throw StreamEnd(.tooLarge, "\(inbox.count) bytes came, over the limit of \(limitBytes)")
        }
        return nil
    }

    private func told(_ end: StreamEnd) -> StreamEnd {
        let rest = inbox.count == 1 ? "1 byte" : "\(inbox.count) bytes"
        return StreamEnd(end.outcome, "\(end.note) after \(rest) of the message")
    }

    private func late() -> StreamEnd {
        let rest = inbox.count == 1 ? "1 byte" : "\(inbox.count) bytes"
        return StreamEnd(.timeout, "no whole message in time; \(rest) of it came")
    }

    /// The bytes that came and were not taken, for a report of what there is in place of a message.
    public var unread: ArraySlice<UInt8> { inbox.bytes }
}

extension TCPConnection: StreamTaker {
    func take(_ bytes: [UInt8], at: Int64) { inbox.append(bytes, at: at) }
    func ended(_ end: StreamEnd) {}
    var isFull: Bool { inbox.count >= inbox.capacity }
}
