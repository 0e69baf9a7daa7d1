internal import AssayCore
internal import AssayWire

/// One connection of HTTP/2 that several tasks of its reactor use at once.
///
/// Bytes are read in the loop itself as they come, one receive a readiness, and wake whose response is whole. What the
/// tasks of one turn of the loop ask for goes out together, in one send, when all of them have run.
final class HTTP2Connection: ChannelHandler {
    let channel: Channel
    let session: HTTP2Session
    private let isSecure: Bool
    var reactor: Reactor { channel.reactor }
    /// Our own bound of exchanges at once.
    private let streams: Int
    /// The same with the peer's.
    private(set) var capacity: Int
    /// Exchanges that run or are about to.
    private var used = 0
    /// An exchange has ended on it: the peer may since have closed it for having been idle.
    private(set) var wasUsed = false
    private(set) var takesRequests = true
    private(set) var isClosed = false
    /// How it ended, once it has.
    private var ending: ConnectFailure?
    /// Tells that ``room`` may have grown without an exchange that ended.
    var capacityGrew: (() -> Void)?
    /// What the kernel did not take.
    private var unsent: [UInt8] = []
    private var unsentPlace = 0
    private var isScheduled = false

    /// At most so much is handed to the kernel at once.
    private static let sendBytes = 256 * 1024

    init(_ channel: Channel, isSecure: Bool, streams: Int, options: HTTP2Options = HTTP2Options()) {
        self.channel = channel
        self.isSecure = isSecure
        self.streams = streams
        session = HTTP2Session(options, cache: channel.reactor.http2Fields)
        capacity = min(streams, session.peerStreams)
        channel.handler = self
        schedule()
        // What the peer had to say may be here already, and readiness is told once. Whoever opened it has no place on
        // it yet, so a farewell does not close it here.
        if channel.isReadable { receive() }
    }

    /// How many more exchanges it takes now.
    var room: Int { takesRequests ? capacity - used : 0 }

    /// Takes a place for an exchange; to be given back by ``giveBack()``.
    func reserve() { used += 1 }

    func giveBack() {
        used -= 1
        closeIfDone()
    }

    /// Nobody will come back to a connection that takes no requests and carries none.
    private func closeIfDone() {
        if used == 0, !takesRequests { close() }
    }

    /// Why it takes no request.
    var refusal: ConnectFailure {
        // The library's end without a fault is our own closing.
        if let failure = session.failure, failure.code != .noError {
            return ConnectFailure(failure.isLimit ? .tooLarge : .protocolError, failure.description)
        }
        if let farewell = session.goAway {
            return ConnectFailure(.goneAway, "the peer is closing the connection: \(farewell)")
        }
        return ending ?? ConnectFailure(.closedEarly, "the connection takes no requests")
    }

    /// Takes no further exchanges, and closes with the last that runs.
    func retire() { takesRequests = false }

    /// Says farewell, as far as that needs no waiting, and closes.
    func close() {
        guard !isClosed else { return }
        session.shutDown()
        flush()
        end(.cancelled, nil)
    }

    // MARK: exchange

    /// Sends the request that stands in the reactor's output buffer and awaits its response.
    ///
    /// - Parameter timeout: nanoseconds from asking to the last byte.
    /// - Returns: `false` when the connection takes no more requests and nothing was sent.
    func exchange(
        _ exchange: HTTP2Exchange, keepsBody: Bool, bodyLimitBytes: Int, timeout: Int64,
        delivery: HTTP2Delivery? = nil, in scope: CancelScope?
    ) async -> Bool {
        exchange.keepsBody = keepsBody
        exchange.bodyLimitBytes = bodyLimitBytes
        guard begin(exchange, delivery) else { return false }
        let whole = exchange.askedAt &+ timeout
        if let delivery {
            await wait(for: exchange, delivery, until: whole, in: scope)
        } else {
            while !exchange.isOver {
                let wake = await reactor.wait(until: whole, in: scope) { exchange.wait = $0 }
                exchange.wait = -1
                if wake != .ready { giveUp(exchange, wake) }
            }
        }
        wasUsed = true
        return true
    }

    private func begin(_ exchange: HTTP2Exchange, _ delivery: HTTP2Delivery?) -> Bool {
        exchange.failure = nil
        exchange.farewell = nil
        exchange.wait = -1
        exchange.askedAt = Reactor.monotonicNow()
        guard !isClosed else { return false }
        // SAFETY: what stands in the buffer is read within the call only.
        let isTaken = unsafe session.submit(
            exchange, request: reactor.output.bytes.bytes, isSecure: isSecure, source: delivery?.source,
            holdsBody: (delivery?.continueNanoseconds ?? 0) > 0)
        if isTaken {
            schedule()
            return true
        }
        if !session.takesRequests {
            takesRequests = false
            return false
        }
        exchange.failToBegin("the request's head cannot be said in HTTP/2")
        return true
    }

    // MARK: in the loop

    func channelBecameReady() {
        if channel.isWritable, !isClosed, unsentPlace < unsent.count { send() }
        if channel.isReadable, !isClosed { receive() }
        closeIfDone()
    }

    private func receive() {
        let memory = unsafe reactor.input.memory
        let now = reactor.now
        repeat {
            switch unsafe channel.receive(into: memory) {
            case .moved(let count):
                // SAFETY: the session reads the bytes within the call only.
                unsafe session.receive(UnsafeRawBufferPointer(rebasing: memory[..<count]).bytes, now: now)
                tellEvents()
            case .later: break
            case .end: return peerEnded()
            case .failed(let errno):
                let failure = channel.failure(errno, in: "recv")
                return end(failure.outcome, failure.note)
            }
        } while channel.isReadable && session.failure == nil
        if session.failure != nil || session.wantsWrite { schedule() }
    }

    /// Wakes whose exchange is over, and learns what the peer said of the connection.
    private func tellEvents() {
        guard !session.events.isEmpty else { return }
        for event in session.events {
            switch event {
            case .ended(let stream):
                // Every stream of this session was begun by `begin`.
                let exchange = unsafe unsafeDowncast(stream, to: HTTP2Exchange.self)
                if let farewell = session.goAway { exchange.farewell = farewell.description }
                if exchange.wait >= 0 { reactor.waits.end(exchange.wait, .ready) }
            case .settings:
                capacity = min(streams, session.peerStreams)
                capacityGrew?()
            case .goAway:
                takesRequests = false
                capacityGrew?()
            case .ping: break
            }
        }
        session.removeEvents()
    }

    private func peerEnded() {
        let said = session.goAway.map { " after \($0)" } ?? ""
        takesRequests = false
        let now = reactor.now
        let isInsideRecord = channel.tls?.endedInsideRecord == true
        for case let exchange as HTTP2Exchange in session.abandon() {
            let hasBegun = exchange.hasBegun
            if channel.wasTruncated, hasBegun || isInsideRecord {
                exchange.fail(.tlsTruncated, HTTPConnection.truncation, at: now)
            } else {
                let place = hasBegun ? "inside the response" : "without an answer"
                exchange.fail(.closedEarly, "the peer closed \(place)\(said)", at: now)
            }
            if exchange.wait >= 0 { reactor.waits.end(exchange.wait, .ready) }
        }
        end(.closedEarly, "the peer closed without an answer\(said)")
    }

    /// Ends the connection and every exchange on it.
    private func end(_ outcome: Outcome, _ note: String?) {
        guard !isClosed else { return }
        isClosed = true
        takesRequests = false
        ending = ConnectFailure(outcome, note ?? "the connection was closed")
        channel.close()
        // Exchanges that have ended by themselves are over, whatever became of the connection since.
        tellEvents()
        for case let exchange as HTTP2Exchange in session.abandon() {
            exchange.fail(outcome, note, at: Reactor.monotonicNow())
            if exchange.wait >= 0 { reactor.waits.end(exchange.wait, .ready) }
        }
        unsent = []
        unsentPlace = 0
        capacityGrew?()
        capacityGrew = nil
    }

    // MARK: sending

    func schedule() {
        guard !isScheduled, !isClosed else { return }
        isScheduled = true
        reactor.sendAtTurnEnd(self)
    }

    /// Sends what the tasks of the turn have asked for.
    func endTurn() {
        isScheduled = false
        guard !isClosed else { return }
        send()
        closeIfDone()
    }

    /// Sends what there is, and tells what that brought about.
    private func send() {
        flush()
        tellEvents()
        if let failure = session.failure {
            end(failure.isLimit ? .tooLarge : .protocolError, failure.description)
        }
    }

    private func flush() {
        guard sendUnsent() else { return }
        let output = reactor.output
        repeat {
            output.removeAll()
            session.takeFrames(now: Reactor.monotonicNow(), limitBytes: Self.sendBytes) { output.append($0) }
            guard output.count > 0 else { return }
            switch unsafe channel.transmit(output.bytes) {
            case .moved(let count) where count == output.count: continue
            case .moved(let count): keep(output, from: count)
            case .later: keep(output, from: 0)
            case .end, .failed: sendingFailed()
            }
            return
        } while output.count >= Self.sendBytes
    }

    private func keep(_ output: OutputBuffer, from start: Int) {
        unsafe unsent.append(contentsOf: output.bytes[start...])
        channel.isWritable = false
    }

    /// - Returns: whether all of it is gone.
    private func sendUnsent() -> Bool {
        while unsentPlace < unsent.count {
            let result = unsafe unsent.withUnsafeBytes {
                unsafe channel.transmit(UnsafeRawBufferPointer(rebasing: $0[unsentPlace...]))
            }
            switch result {
            case .moved(let count): unsentPlace += count
            case .later: return false
            case .end, .failed:
                sendingFailed()
                return false
            }
        }
        unsent.removeAll(keepingCapacity: unsent.capacity <= 64 * 1024)
        unsentPlace = 0
        return true
    }

    /// A peer that closes says why before: what it sent is worth reading.
    private func sendingFailed() {
        channel.isReadable = true
        receive()
        end(.reset, "the peer reset the connection")
    }
}
