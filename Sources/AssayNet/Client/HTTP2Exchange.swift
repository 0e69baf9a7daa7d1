internal import AssayCore
internal import AssayWire

/// One user's exchange on a connection of HTTP/2; made once and used again and again.
final class HTTP2Exchange: HTTP2Stream {
    /// The wait of the task that awaits the response.
    var wait: Int32 = -1
    /// When the task asked for it; it is sent when the tasks of the same turn have run.
    var askedAt: Int64 = 0
    /// What the connection, or the time, made of it; `nil` while only the stream's end decides.
    var failure: (outcome: Outcome, note: String?)?
    /// What the peer said when it was closing the connection.
    var farewell: String?

    /// Nothing was sent.
    func failToBegin(_ note: String) {
        askedAt = Reactor.monotonicNow()
        forget()
        failure = (.notSent, note)
    }

    /// The peer did not look at the request, so that it may be sent again whatever its method.
    var wasUnprocessed: Bool { failure == nil && (end == .refused || end == .goneAway) }

    /// A whole response has come.
    var isAnswered: Bool { failure == nil && end == .whole }

    /// It broke before anything of an answer had come, as a kept connection does when the server was closing it.
    var brokeUnanswered: Bool {
        (failure?.outcome == .reset || failure?.outcome == .closedEarly) && !hasBegun
    }

    /// Something of an answer has come, if only an interim one.
    var hasBegun: Bool { firstByteAt > 0 || status > 0 }

    /// What came of it.
    var result: Exchange {
        let (outcome, note) = judged
        var exchange = Exchange(outcome: outcome, at: sentAt > 0 ? sentAt : askedAt, note: note)
        exchange.isHTTP2 = true
        exchange.status = outcome == .answered ? status : 0
        exchange.writtenAt = writtenAt > 0 ? writtenAt : exchange.sentAt
        exchange.firstByteAt = firstByteAt > 0 ? max(firstByteAt, exchange.sentAt) : 0
        exchange.endAt = max(endAt, exchange.sentAt)
        exchange.bytesSent = bytesSent
        exchange.bytesReceived = bytesReceived
        return exchange
    }

    private var judged: (Outcome, String?) {
        if let failure { return failure }
        switch end {
        case .whole: return (.answered, nil)
        case .reset(let code): return (.streamReset, "the peer reset the stream: \(code)")
        case .refused: return (.streamReset, "the peer reset the stream: REFUSED_STREAM, twice")
        case .goneAway:
            return (.goneAway, "the peer is closing the connection" + (farewell.map { ": \($0)" } ?? ""))
        case .malformed(let reason): return (.protocolError, reason)
        case .tooLarge(let reason): return (.tooLarge, reason)
        case .bodyFailed(let reason): return (.notSent, reason)
        case .cancelled, nil: return (.cancelled, nil)
        }
    }
}

/// How a request goes out that is more than bytes in one go; see ``RequestDelivery``.
struct HTTP2Delivery {
    /// From the last byte of the request to the first one of the answer, nanoseconds.
    let firstByteNanoseconds: Int64
    /// How long the body waits for `100 Continue`; 0 for not at all.
    let continueNanoseconds: Int64
    let source: HTTP2Upload?

    /// - Throws: ``SystemError`` when the body cannot be read.
    init(_ delivery: RequestDelivery) throws(SystemError) {
        firstByteNanoseconds = delivery.firstByteNanoseconds
        continueNanoseconds = delivery.continueNanoseconds
        if let upload = delivery.upload { source = try HTTP2Upload(upload) } else { source = nil }
    }
}

/// An upload as a session of HTTP/2 reads it.
final class HTTP2Upload: HTTP2BodySource {
    private let upload: any HTTPUpload
    private let byteCount: Int?
    private var sent = 0
    private var piece: [UInt8] = []

    init(_ upload: any HTTPUpload) throws(SystemError) {
        self.upload = upload
        byteCount = upload.byteCount
        try upload.rewind()
    }

    func read(into room: inout MutableRawSpan) -> HTTP2BodyPiece {
        piece.removeAll(keepingCapacity: true)
        do throws(SystemError) {
            try upload.read(into: &piece, atMost: room.byteCount)
        } catch {
            return .failed("the body cannot be read: \(error)")
        }
        for place in piece.indices { room.storeBytes(of: piece[place], toByteOffset: place, as: UInt8.self) }
        sent += piece.count
        return .bytes(piece.count, isLast: piece.isEmpty || sent == byteCount)
    }
}
