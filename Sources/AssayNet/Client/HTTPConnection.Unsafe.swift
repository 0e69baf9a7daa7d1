internal import AssayCore
internal import AssayWire

/// One HTTP/1.1 connection that a user keeps between requests.
///
/// The response's bytes stay where they were read until the next suspension: in the reactor's buffer when all came at
/// once, else in ``head`` and ``body``, which this connection owns.
final class HTTPConnection {
    private let channel: Channel
    private var reactor: Reactor { channel.reactor }
    private(set) var parser = HTTP1ResponseParser()
    /// Bytes not consumed by the parser, kept over a suspension: an unfinished head or chunk line.
    private var unread: [UInt8] = []
    /// The head, when it was not read in one piece with the body.
    private var ownHead: [UInt8] = []
    /// The body, when it is more than one piece or had to be kept over a suspension.
    private var ownBody: [UInt8] = []
    /// Head and body in the reactor's buffer; valid until the next suspension.
    private var sharedHead = 0..<0
    private var sharedBody = 0..<0
    private var keptBytes = 0
    private(set) var isUsable = true
    private(set) var wasUsed = false

    init(_ channel: Channel) { self.channel = channel }

    /// Whether a request may be sent: the peer has not closed and nothing unexpected is waiting.
    var isAlive: Bool { isUsable && !channel.peerClosed && !channel.isReadable }

    func close() {
        isUsable = false
        channel.close()
    }

    // MARK: the response, until the next suspension

    func withHead<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if !ownHead.isEmpty { return unsafe ownHead.withUnsafeBytes { unsafe body($0) } }
        return unsafe body(UnsafeRawBufferPointer(rebasing: reactor.input.memory[sharedHead]))
    }

    func withBody<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if sharedBody.isEmpty { return unsafe ownBody.withUnsafeBytes { unsafe body($0) } }
        return unsafe body(UnsafeRawBufferPointer(rebasing: reactor.input.memory[sharedBody]))
    }

    /// Replaces the body, when it was decoded.
    func replaceBody(_ bytes: [UInt8]) {
        ownBody = bytes
        sharedBody = 0..<0
    }

    // MARK: exchange

    /// Sends what stands in the reactor's output buffer and reads one response.
    ///
    /// - Parameters:
    ///   - toHead: the method is HEAD.
    ///   - keepsBody: `false` drops body bytes as they come.
    func exchange(
        toHead: Bool, keepsBody: Bool, limits: HTTP1Limits, until deadline: Int64, in scope: CancelScope?
    ) async -> Exchange {
        wasUsed = true
        parser.begin(toHead: toHead)
        unread.removeAll(keepingCapacity: true)
        ownHead.removeAll(keepingCapacity: true)
        if ownBody.capacity > 16 * 1024 { ownBody = [] } else { ownBody.removeAll(keepingCapacity: true) }
        sharedHead = 0..<0
        sharedBody = 0..<0
        keptBytes = 0
        var exchange = Exchange(outcome: .answered, at: Reactor.monotonicNow())
        if let failure = await send(&exchange, until: deadline, in: scope) {
            return fail(&exchange, failure.0, failure.1)
        }
        while true {
            switch await channel.readable(until: deadline, in: scope) {
            case .ready: break
            case .timeout: return fail(&exchange, .timeout, "no whole response in time")
            case .cancelled: return fail(&exchange, .cancelled, nil)
            }
            if channel.isClosed { return fail(&exchange, .cancelled, nil) }
            switch receiveOnce(&exchange, keepsBody: keepsBody, limits: limits) {
            case .more: continue
            case .done:
                exchange.status = parser.status
                exchange.endAt = exchange.endAt == exchange.sentAt ? reactor.now : exchange.endAt
                if !parser.keepsAlive { close() }
                return exchange
            case .failed(let outcome, let note): return fail(&exchange, outcome, note)
            }
        }
    }

    private func fail(_ exchange: inout Exchange, _ outcome: Outcome, _ note: String?) -> Exchange {
        exchange.outcome = outcome
        exchange.note = note
        exchange.endAt = Reactor.monotonicNow()
        close()
        return exchange
    }

    /// One send in the common case; what the kernel does not take at once is kept and sent later.
    private func send(
        _ exchange: inout Exchange, until deadline: Int64, in scope: CancelScope?
    ) async -> (Outcome, String?)? {
        let count = reactor.output.count
        exchange.bytesSent = count
        var sent = 0
        switch unsafe transmit(channel.descriptor, reactor.output.bytes) {
        case .moved(let moved): sent = moved
        case .later: break
        case .failed(let errno): return sendFailure(errno)
        case .end: break
        }
        if sent == count {
            exchange.writtenAt = exchange.sentAt
            return nil
        }
        let rest = Array(reactor.output.contents[sent...])
        var place = 0
        channel.isWritable = false
        while place < rest.count {
            switch await channel.writable(until: deadline, in: scope) {
            case .ready: break
            case .timeout: return (.timeout, "the peer did not take the whole request in time")
            case .cancelled: return (.cancelled, nil)
            }
            let result = unsafe rest.withUnsafeBytes { bytes in
                unsafe transmit(channel.descriptor, UnsafeRawBufferPointer(rebasing: bytes[place...]))
            }
            switch result {
            case .moved(let moved): place += moved
            case .later: channel.isWritable = false
            // A server may answer and close without reading everything: its answer is worth reading.
            case .failed: place = rest.count
            case .end: place = rest.count
            }
        }
        exchange.writtenAt = Reactor.monotonicNow()
        return nil
    }

    private func sendFailure(_ errno: Int32) -> (Outcome, String?) {
        (.reset, SystemError(call: "send", errno: errno).description)
    }

    private enum Progress {
        case more
        case done
        case failed(Outcome, String?)
    }

    private func receiveOnce(_ exchange: inout Exchange, keepsBody: Bool, limits: HTTP1Limits) -> Progress {
        let memory = unsafe reactor.input.memory
        var isEnd = false
        var count = 0
        switch unsafe receive(channel.descriptor, into: memory) {
        case .moved(let moved):
            count = moved
            // Less than was asked for: the socket is empty, so no second call is needed to find that out.
            if moved < memory.count, !channel.peerClosed { channel.isReadable = false }
        case .later:
            channel.isReadable = false
            return .more
        case .end: isEnd = true
        case .failed(let errno):
            return .failed(.reset, SystemError(call: "recv", errno: errno).description)
        }
        exchange.bytesReceived += count
        if exchange.firstByteAt == 0, count > 0 { exchange.firstByteAt = reactor.now }
        exchange.endAt = max(reactor.now, exchange.sentAt)
        if unread.isEmpty {
            return unsafe consume(
                UnsafeRawBufferPointer(rebasing: memory[0..<count]), shared: true, isEnd: isEnd, keepsBody, limits)
        }
        // SAFETY: the bytes are copied out of the shared buffer before anything else can read into it.
        unsafe unread.append(contentsOf: memory[0..<count])
        let joined = unread
        unread.removeAll(keepingCapacity: true)
        return unsafe joined.withUnsafeBytes {
            unsafe consume($0, shared: false, isEnd: isEnd, keepsBody, limits)
        }
    }

    /// - Parameter shared: the bytes begin the reactor's buffer, so ranges of it may be kept until the next suspension.
    private func consume(
        _ bytes: UnsafeRawBufferPointer, shared: Bool, isEnd: Bool, _ keepsBody: Bool, _ limits: HTTP1Limits
    ) -> Progress {
        var place = 0
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[place...])
            let (event, consumed) = unsafe parser.next(rest.bytes, isEnd: isEnd, limits: limits)
            let begin = place
            place += consumed
            switch event {
            case .needMore:
                if place < bytes.count { unsafe unread.append(contentsOf: bytes[place...]) }
                keepShared(bytesFrom: shared)
                return .more
            case .head:
                if shared { sharedHead = (place - parser.headLength)..<place } else {
                    unsafe ownHead.append(contentsOf: bytes[(place - parser.headLength)..<place])
                }
            case .body(let range):
                guard keepsBody else { continue }
                let absolute = (begin + range.lowerBound)..<(begin + range.upperBound)
                if shared, sharedBody.isEmpty, ownBody.isEmpty {
                    sharedBody = absolute
                } else {
                    keepSharedBody()
                    unsafe ownBody.append(contentsOf: bytes[absolute])
                }
            case .end:
                // Bytes behind the response were not asked for: the connection cannot be trusted any more.
                if place < bytes.count { isUsable = false }
                return .done
            case .failed(let error):
                if error == .endedEarly {
                    let nothing = unsafe exchangeIsUntouched && bytes.isEmpty
                    return .failed(
                        .closedEarly,
                        nothing ? "the peer closed without an answer" : "the peer closed inside the response")
                }
                return .failed(error.isLimit ? .tooLarge : .protocolError, error.description)
            }
        }
    }

    private var exchangeIsUntouched: Bool { parser.status == 0 && unread.isEmpty }

    /// Copies what lies in the shared buffer, because the task is about to suspend.
    private func keepShared(bytesFrom shared: Bool) {
        guard shared else { return }
        if !sharedHead.isEmpty {
            unsafe ownHead.append(contentsOf: reactor.input.memory[sharedHead])
            sharedHead = 0..<0
        }
        keepSharedBody()
    }

    private func keepSharedBody() {
        guard !sharedBody.isEmpty else { return }
        unsafe ownBody.append(contentsOf: reactor.input.memory[sharedBody])
        sharedBody = 0..<0
    }
}
