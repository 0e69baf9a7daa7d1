internal import AssayCore
internal import AssayWire

/// One HTTP/1.1 connection that a user keeps between requests.
///
/// The response's bytes stay where they were read until the next suspension: in the reactor's buffer when all came at
/// once, else in ``head`` and ``body``, which this connection owns.
final class HTTPConnection {
    let channel: Channel
    var reactor: Reactor { channel.reactor }
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
    private(set) var isUsable = true
    /// The exchange that runs or ran last; kept here and not in frames, which every waiting user would pay for.
    var last = Exchange(outcome: .cancelled, at: 0)
    private let limits: HTTP1Limits
    private var keepsBody = true
    /// How requests look on the way through a forward proxy.
    private let forwarding: ForwardedRequests?

    init(_ channel: Channel, limits: HTTP1Limits, forwarding: ForwardedRequests? = nil) {
        self.channel = channel
        self.forwarding = forwarding
        self.limits = limits
    }

    /// Whether a request may be sent: the peer has not closed and nothing unexpected is waiting.
    var isAlive: Bool { isUsable && !channel.peerClosed && channel.isQuiet }

    /// It broke before anything of an answer had come, as a kept connection does when the server was closing it.
    var brokeUnanswered: Bool {
        (last.outcome == .reset || last.outcome == .closedEarly) && last.firstByteAt == 0
            && parser.interimStatus == 0
    }

    /// The first line of the answer has come, and not only one of an interim response.
    var isAnswering: Bool { parser.status >= 200 || parser.status == 101 }

    func close() {
        isUsable = false
        channel.close()
    }

    /// The connection carries this exchange to its end, and no other.
    func spoil() { isUsable = false }

    /// Offers bytes to the kernel, and counts those that a body adds to the request.
    func transmit(_ bytes: [UInt8], from place: Int) -> Transfer {
        // SAFETY: the array is alive for the call.
        let result = unsafe bytes.withUnsafeBytes {
            unsafe channel.transmit(UnsafeRawBufferPointer(rebasing: $0[place...]))
        }
        if case .moved(let count) = result { last.bytesSent += count }
        return result
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

    /// Sends what stands in the reactor's output buffer and reads one response; what came of it is ``last``.
    ///
    /// - Parameters:
    ///   - toHead: the method is HEAD.
    ///   - keepsBody: `false` drops body bytes as they come.
    ///   - timeout: nanoseconds from sending to the last byte.
    ///   - delivery: how the request goes out when it is more than bytes in one go.
    func exchange(
        toHead: Bool, keepsBody: Bool, timeout: Int64, delivery: RequestDelivery? = nil,
        in scope: CancelScope?
    ) async {
        if let forwarding { reactor.output.replace(with: forwarding.forwarded(reactor.output.contents)) }
        begin(toHead: toHead, keepsBody: keepsBody)
        let deadline = last.sentAt &+ timeout
        if let delivery {
            guard await deliver(delivery, until: deadline, in: scope) else { return }
        } else if let count = sendOnce() {
            guard await push(Array(reactor.output.contents[count...]), until: deadline, in: scope) else {
                return
            }
            last.writtenAt = Reactor.monotonicNow()
        }
        if last.outcome != .answered { return }
        repeat {
            let wake = await channel.readable(until: deadline, in: scope)
            if wake != .ready || channel.isClosed {
                let isLate = wake == .timeout
                return fail(isLate ? .timeout : .cancelled, isLate ? "no whole response in time" : nil)
            }
        } while receiveOnce()
    }

    private func begin(toHead: Bool, keepsBody: Bool) {
        self.keepsBody = keepsBody
        parser.begin(toHead: toHead)
        unread.removeAll(keepingCapacity: true)
        ownHead.removeAll(keepingCapacity: true)
        if ownBody.capacity > 16 * 1024 { ownBody = [] } else { ownBody.removeAll(keepingCapacity: true) }
        sharedHead = 0..<0
        sharedBody = 0..<0
        last = Exchange(outcome: .answered, at: Reactor.monotonicNow())
    }

    func fail(_ outcome: Outcome, _ note: String?) {
        last.outcome = outcome
        last.note = note
        last.endAt = Reactor.monotonicNow()
        close()
    }

    /// The one send of the common case.
    ///
    /// - Returns: how many bytes went, when it was not all of them; `nil` when there is nothing left to send.
    func sendOnce() -> Int? {
        let count = reactor.output.count
        switch unsafe channel.transmit(reactor.output.bytes) {
        case .moved(let moved):
            last.bytesSent = moved
            return moved == count ? nil : moved
        case .later, .end: return 0
        case .failed(let errno):
            let failure = channel.failure(errno, in: "send")
            fail(failure.outcome, failure.note)
            return nil
        }
    }

    private enum Progress {
        case more
        case done
        case failed(Outcome, String?)
    }

    /// - Returns: whether more is to come.
    func receiveOnce() -> Bool {
        switch receiveAndParse() {
        case .more:
            // Interim responses are not the answer: its first byte is still to come.
            if parser.interimStatus != 0, !isAnswering, unread.isEmpty { last.firstByteAt = 0 }
            return true
        case .done:
            last.status = parser.status
            if !parser.keepsAlive { close() }
            return false
        case .failed(let outcome, let note):
            fail(outcome, note)
            return false
        }
    }

    private func receiveAndParse() -> Progress {
        let memory = unsafe reactor.input.memory
        var isEnd = false
        var count = 0
        switch unsafe channel.receive(into: memory) {
        case .moved(let moved): count = moved
        case .later: return .more
        case .end: isEnd = true
        case .failed(let errno):
            let failure = channel.failure(errno, in: "recv")
            return .failed(failure.outcome, failure.note)
        }
        last.bytesReceived += count
        if last.firstByteAt == 0, count > 0 { last.firstByteAt = max(reactor.now, last.sentAt) }
        last.endAt = max(reactor.now, last.sentAt)
        if unread.isEmpty {
            return unsafe consume(
                UnsafeRawBufferPointer(rebasing: memory[0..<count]), shared: true, isEnd: isEnd)
        }
        // SAFETY: the bytes are copied out of the shared buffer before anything else can read into it.
        unsafe unread.append(contentsOf: memory[0..<count])
        let joined = unread
        unread.removeAll(keepingCapacity: true)
        return unsafe joined.withUnsafeBytes {
            unsafe consume($0, shared: false, isEnd: isEnd)
        }
    }

    /// - Parameter shared: the bytes begin the reactor's buffer, so ranges of it may be kept until the next suspension.
    private func consume(_ bytes: UnsafeRawBufferPointer, shared: Bool, isEnd: Bool) -> Progress {
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
                if shared {
                    sharedHead = (place - parser.headLength)..<place
                } else {
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
                // A body that only the end of the connection ends may be a part of what was sent.
                if isEnd, channel.wasTruncated { return .failed(.tlsTruncated, Self.truncation) }
                // Bytes behind the response were not asked for: the connection cannot be trusted any more.
                if place < bytes.count { isUsable = false }
                return .done
            case .failed(let error):
                if error == .endedEarly {
                    let nothing = unsafe exchangeIsUntouched && bytes.isEmpty
                    if channel.wasTruncated, !nothing || channel.tls?.endedInsideRecord == true {
                        return .failed(.tlsTruncated, Self.truncation)
                    }
                    return .failed(
                        .closedEarly,
                        nothing ? "the peer closed without an answer" : "the peer closed inside the response")
                }
                return .failed(error.isLimit ? .tooLarge : .protocolError, error.description)
            }
        }
    }

    static let truncation =
        "the peer closed TCP inside the response without ending TLS (no close_notify)"

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
