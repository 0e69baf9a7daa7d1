internal import AssayCore
internal import AssayWire

/// One connection to a Redis server: commands go out in one piece, replies come back in their order.
final class RedisConnection {
    private let channel: Channel
    private let limits: RESPLimits
    private let pushes: RedisPushes
    private var parser = RESPParser()
    private(set) var subscriptions = RedisSubscriptions()
    private(set) var isUsable = true
    /// The exchange that runs or ran last.
    private(set) var last = Exchange(outcome: .cancelled, at: 0)
    /// Replies to it so far, in the order of the commands.
    private(set) var replies: [RESPValue] = []
    private var awaited: ArraySlice<Awaited> = []
    private var confirmations: [RESPValue] = []
    private var replyBytes = 0
    private var replyElements = 0
    /// The kernel took nothing of what was to be sent, so no command can have been executed.
    private(set) var brokeUnsent = false

    /// What answers a command.
    enum Awaited {
        case reply
        /// So many pushes of a kind.
        case confirmations(kind: String, count: Int)
    }

    init(_ channel: Channel, limits: RESPLimits, pushes: RedisPushes) {
        self.channel = channel
        self.limits = limits
        self.pushes = pushes
    }

    func close() {
        isUsable = false
        channel.close()
    }

    /// Whether commands may be sent; takes in what came unasked since the last exchange.
    ///
    /// A value that is no push answers nothing, so the connection is out of step and of no more use.
    func isReady() -> Bool {
        guard isUsable, !channel.isClosed else { return false }
        awaited = []
        // Bounded, because pushes may come faster than they are read.
        for _ in 0..<64 where channel.isReadable || channel.peerClosed {
            if case .failed = receiveOnce() { isUsable = false }
            guard isUsable else { return false }
        }
        return true
    }

    // MARK: exchange

    /// Sends commands and reads what answers each; what came of it is ``last`` and ``replies``.
    ///
    /// Reads while it writes: a server may stop taking commands until its replies are taken.
    func exchange(_ bytes: [UInt8], _ awaited: [Awaited], timeout: Int64, in scope: CancelScope?) async {
        begin(awaited)
        let deadline = last.sentAt.addingReportingOverflow(timeout)
        let end = deadline.overflow ? .max : deadline.partialValue
        var sent = 0
        while true {
            if sent < bytes.count, !send(bytes, &sent) { return }
            if channel.isReadable {
                switch receiveOnce() {
                case .more: break
                case .done where sent < bytes.count:
                    return fail(.protocolError, "replies came before their commands were sent")
                case .done: return
                case .failed(let outcome, let note): return fail(outcome, note)
                }
            }
            if channel.isReadable { continue }
            let wake =
                sent < bytes.count
                ? await channel.readableOrWritable(until: end, in: scope)
                : await channel.readable(until: end, in: scope)
            if wake == .timeout { return fail(.timeout, timeoutNote(sent < bytes.count)) }
            if wake == .cancelled || channel.isClosed { return fail(.cancelled, nil) }
        }
    }

    private func begin(_ awaited: [Awaited]) {
        self.awaited = awaited[...]
        replies.removeAll()
        replies.reserveCapacity(min(awaited.count, 1024))
        confirmations.removeAll()
        (replyBytes, replyElements) = (0, 0)
        brokeUnsent = false
        last = Exchange(outcome: .answered, at: Reactor.monotonicNow())
    }

    private func fail(_ outcome: Outcome, _ note: String?) {
        last.outcome = outcome
        last.note = note
        last.endAt = Reactor.monotonicNow()
        close()
    }

    private func timeoutNote(_ isSending: Bool) -> String {
        if isSending { return "the server did not take all commands in time" }
        let all = replies.count + awaited.count
        return all == 1 ? "no reply in time" : "\(replies.count) of \(all) replies came in time"
    }

    /// - Returns: `false` when nothing was sent and nothing can be.
    private func send(_ bytes: [UInt8], _ sent: inout Int) -> Bool {
        let result = unsafe bytes.withUnsafeBytes { bytes in
            // SAFETY: the rest is within the array, which is alive for the call.
            unsafe channel.transmit(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
        switch result {
        case .moved(let count): sent += count
        case .later: break
        case .failed(let errno) where sent == 0:
            brokeUnsent = true
            fail(.reset, SystemError(call: "send", errno: errno).description)
            return false
        // What the server said before it closed is worth reading; its end is seen there too.
        case .failed, .end:
            sent = bytes.count
            channel.isReadable = true
        }
        last.bytesSent = sent
        if sent == bytes.count { last.writtenAt = Reactor.monotonicNow() }
        return true
    }

    // MARK: receiving

    private enum Progress {
        case more
        case done
        case failed(Outcome, String?)
    }

    private func receiveOnce() -> Progress {
        let memory = unsafe channel.reactor.input.memory
        let count: Int
        switch unsafe channel.receive(into: memory) {
        case .moved(let moved): count = moved
        case .later: return .more
        case .end:
            return .failed(.closedEarly, brokenNote("the server closed the connection"))
        case .failed(let errno):
            return .failed(.reset, brokenNote(SystemError(call: "recv", errno: errno).description))
        }
        let now = max(channel.reactor.now, last.sentAt)
        last.bytesReceived += count
        if last.firstByteAt == 0 { last.firstByteAt = now }
        last.endAt = now
        // SAFETY: the bytes are read before anything else can be received into the reactor's buffer.
        return unsafe consume(UnsafeRawBufferPointer(rebasing: memory[0..<count]).bytes)
    }

    private func brokenNote(_ reason: String) -> String {
        if awaited.isEmpty { return reason }
        // Servers say why they close, like `ERR max number of clients reached`.
        if let words = replies.last?.errorText { return "\(reason) after '\(words)'" }
        return reason + " before its reply: the command may have been executed"
    }

    private func consume(_ bytes: RawSpan) -> Progress {
        let wasAwaiting = !awaited.isEmpty
        var place = 0
        while place < bytes.byteCount {
            let (event, consumed) = parser.next(
                bytes.extracting(place..<bytes.byteCount), limits: limits)
            place += consumed
            switch event {
            case .needMore: break
            case .value(let value): if let failure = take(value) { return failure }
            case .failed(let error):
                return .failed(error.isLimit ? .tooLarge : .protocolError, error.description)
            }
        }
        return wasAwaiting && awaited.isEmpty ? .done : .more
    }

    /// - Returns: a failure that the value is.
    private func take(_ value: RESPValue) -> Progress? {
        if case .push(let elements) = value.bare {
            if !confirms(elements, value) { pushes.add(value, length: parser.valueLength) }
            return nil
        }
        guard awaited.popFirst() != nil else {
            isUsable = false
            return nil
        }
        replyBytes += parser.valueLength
        replyElements += parser.valueElements
        guard replyBytes <= limits.valueBytes, replyElements <= limits.elements else {
            return .failed(
                .tooLarge,
                "the replies together are over \(limits.valueBytes) bytes or \(limits.elements) elements")
        }
        replies.append(value)
        return nil
    }

    /// Whether a push says that a subscription began or ended, and answers a command by that.
    private func confirms(_ elements: [RESPValue], _ value: RESPValue) -> Bool {
        guard let first = elements.first?.bytes else { return false }
        let kind = String(decoding: first, as: UTF8.self)
        if elements.count > 1, let channel = elements[1].bytes { subscriptions.note(kind, channel) }
        guard case .confirmations(kind, let count)? = awaited.first else { return false }
        confirmations.append(value)
        guard confirmations.count == count else { return true }
        replies.append(count == 1 ? value : .array(confirmations))
        confirmations.removeAll()
        awaited.removeFirst()
        return true
    }
}
