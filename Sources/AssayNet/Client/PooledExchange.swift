internal import AssayCore
internal import AssayWire

/// How an exchange is to be made, whatever the version.
struct PooledRequest {
    var keepsBody: Bool
    var isIdempotent: Bool
    var toHead: Bool
    /// From sending to the last byte.
    var timeout: Int64
    var delivery: RequestDelivery?
}

/// What an exchange that was not plain HTTP/1.1 left; an object, because most users make none.
final class PooledExchange {
    /// Where the answer is, or what there is in place of one.
    enum Answer {
        /// In the connection, until the next suspension.
        case http1(Exchange)
        /// In the stream.
        case http2
        case none(Exchange)
    }

    /// Used again and again.
    let stream = HTTP2Exchange()
    var answer = Answer.none(Exchange(outcome: .cancelled, at: 0))
    /// The connection of HTTP/1 that the response is read from.
    var http1: HTTPConnection?
    /// Of the connection that was used last.
    var peer: HTTPPeer?
    var connecting: Int64 = 0
    var handshaking: Int64 = 0
    var waited: Int64 = 0

    /// Lets go of the answer: another exchange follows it.
    func forget() {
        http1 = nil
        answer = .none(Exchange(outcome: .cancelled, at: 0))
    }

    func begin() {
        http1 = nil
        peer = nil
        connecting = 0
        handshaking = 0
        waited = 0
    }

    /// Nothing was sent.
    func fail(_ outcome: Outcome, _ note: String?, at begin: Int64, isHTTP2: Bool) {
        var exchange = Exchange(outcome: outcome, at: begin, note: note)
        exchange.isHTTP2 = isHTTP2
        exchange.endAt = Reactor.monotonicNow()
        answer = .none(exchange)
    }

    /// What came of the exchange.
    var result: Exchange {
        var exchange =
            switch answer {
            case .http1(let exchange), .none(let exchange): exchange
            case .http2: stream.result
            }
        exchange.connectingNanoseconds = connecting
        exchange.tlsNanoseconds = handshaking
        exchange.waitingNanoseconds = waited
        return exchange
    }

    private var isStream: Bool { if case .http2 = answer { true } else { false } }

    var setsCookies: Bool { http1?.parser.setsCookies ?? (isStream && stream.setsCookies) }

    var head: [UInt8] {
        if let http1 { return unsafe http1.withHead { unsafe [UInt8]($0) } }
        return isStream ? stream.head : []
    }

    var body: [UInt8] {
        if let http1 { return unsafe http1.withBody { unsafe [UInt8]($0) } }
        return isStream ? stream.body : []
    }
}
