public import AssayCore
internal import AssayWire

extension WebSocketConnection {
    /// Opens a WebSocket (RFC 6455 §4.1), also over TLS.
    ///
    /// - Parameters:
    ///   - random: for the handshake's key and the masks, so that a seed repeats them.
    ///   - deadline: for all of it, CLOCK_MONOTONIC nanoseconds.
    /// - Returns: what was answered; and the connection, when that was agreement.
    public static func open(
        _ request: WebSocketRequest, via options: ConnectOptions = .standard, random: SeededRandom,
        until deadline: Int64, in scope: CancelScope? = nil, on reactor: Reactor
    ) async -> (opening: WebSocketOpening, connection: WebSocketConnection?) {
        var random = random
        var opening = WebSocketOpening()
        let dialed: Dialed
        switch await reactor.dial(
            request.origin, with: options, offering: ["http/1.1"], forwards: false, until: deadline, in: scope
        )
        {
        case .failure(let failure):
            opening.failure = WebSocketFailure(failure.outcome, failure.note)
            return (opening, nil)
        case .success(let made): dialed = made
        }
        opening.connectingNanoseconds = dialed.connectingNanoseconds
        opening.tlsNanoseconds = dialed.tlsNanoseconds
        let key = WebSocketKey((random.next(), random.next()))
        let handshake = WebSocketHandshake(
            key: key, protocols: request.protocols, deflate: request.deflate)
        let sentAt = Reactor.monotonicNow()
        opening.request = request.head(handshake)
        let exchange = HandshakeExchange(dialed.channel)
        opening.failure = await exchange.run(opening.request, until: deadline, in: scope)
        opening.handshakeNanoseconds = Reactor.monotonicNow() - sentAt
        (opening.bytesSent, opening.bytesReceived) = (opening.request.count, exchange.received)
        opening.status = exchange.parser.status
        opening.responseHead = exchange.head
        opening.headers = HTTPHeaders(unread: exchange.head)
        guard opening.failure == nil else {
            opening.body = exchange.rest
            dialed.channel.close()
            return (opening, nil)
        }
        do throws(WebSocketHandshakeError) {
            let accept = WebSocketKey.accept(Crypto.sha1(key.digested))
            let agreed = try handshake.judge(opening.headers, accept: accept)
            opening.selectedProtocol = agreed.selectedProtocol
            opening.isDeflated = agreed.deflate != nil
            let connection = WebSocketConnection(
                dialed.channel, role: .client, deflate: agreed.deflate, limits: request.limits,
                inbox: request.inbox, random: random, selectedProtocol: agreed.selectedProtocol)
            connection.tellsPings = request.tellsPings
            connection.begin(with: exchange.rest)
            return (opening, connection)
        } catch {
            dialed.channel.close()
            opening.failure = WebSocketFailure(.upgradeRefused, error.description)
            return (opening, nil)
        }
    }
}

/// A handshake's request and answer on a channel.
private final class HandshakeExchange {
    private let channel: Channel
    var parser = HTTP1ResponseParser()
    private var unread: [UInt8] = []
    var head: [UInt8] = []
    /// What came behind the head: frames, or the body of a refusal.
    var rest: [UInt8] = []
    var received = 0
    private static let limits = HTTP1Limits(bodyBytes: 64 * 1024)

    init(_ channel: Channel) { self.channel = channel }

    /// - Returns: `nil` when the answer is 101.
    func run(_ request: [UInt8], until deadline: Int64, in scope: CancelScope?) async -> WebSocketFailure? {
        var sent = 0
        while sent < request.count {
            switch await channel.writable(until: deadline, in: scope) {
            case .ready where !channel.isClosed: break
            case .timeout: return WebSocketFailure(.timeout, "the peer did not take the handshake in time")
            default: return WebSocketFailure(.cancelled, "cancelled in the handshake")
            }
            guard let count = channel.send(request, from: sent) else {
                return WebSocketFailure(.reset, "the peer reset the connection in the handshake")
            }
            sent += count
        }
        parser.begin(toHead: false)
        while true {
            switch await channel.readable(until: deadline, in: scope) {
            case .ready where !channel.isClosed: break
            case .timeout:
                return head.isEmpty
                    ? WebSocketFailure(.timeout, "no answer to the handshake in time") : refusal
            default: return WebSocketFailure(.cancelled, "cancelled in the handshake")
            }
            let piece = channel.receive(limitBytes: 64 * 1024)
            if piece == nil, head.isEmpty {
                if channel.wasReset {
                    return WebSocketFailure(.reset, "the peer reset the connection in the handshake")
                }
                return WebSocketFailure(
                    channel.wasTruncated ? .tlsTruncated : .closedEarly,
                    "the peer closed the connection in the handshake")
            }
            received += piece?.count ?? 0
            unread += piece ?? []
            if let end = parse(isEnd: piece == nil) { return end.failure }
        }
    }

    private struct End { var failure: WebSocketFailure? }

    private var refusal: WebSocketFailure {
        let phrase = reasonPhrase(of: parser.status)
        return WebSocketFailure(
            .upgradeRefused,
            "the handshake was answered \(parser.status)\(phrase.isEmpty ? "" : " \(phrase)")")
    }

    /// - Returns: `nil` while more must come.
    private func parse(isEnd: Bool) -> End? {
        while true {
            let bytes = unread
            let (event, consumed) = unsafe parser.next(bytes.span.bytes, isEnd: isEnd, limits: Self.limits)
            let taken = unread[..<consumed]
            switch event {
            case .needMore:
                unread.removeFirst(consumed)
                return isEnd ? End(failure: refusal) : nil
            case .head:
                head = Array(taken.suffix(parser.headLength))
                unread.removeFirst(consumed)
                if parser.status == 101 {
                    rest = unread
                    return End(failure: nil)
                }
            case .body(let range):
                rest += unread[range]
                unread.removeFirst(consumed)
            case .end: return End(failure: refusal)
            case .failed(let error):
                // A refusal whose body is too long or broken is a refusal.
                guard head.isEmpty else { return End(failure: refusal) }
                return End(failure: WebSocketFailure(.protocolError, error.description))
            }
        }
    }
}
