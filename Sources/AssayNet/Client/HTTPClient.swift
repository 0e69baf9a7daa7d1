internal import AssayCore
public import AssayWire

/// HTTP/1.1 for one user: a kept connection to each origin, one exchange at a time.
///
/// Not `Sendable`: it lives in its user's task. The response is read through ``withHead(_:)`` and ``withBody(_:)``
/// until the next suspension.
public final class HTTPClient {
    private let reactor: Reactor
    private let limits: HTTPClientLimits
    private let wireLimits: HTTP1Limits
    private var connections: [(origin: HTTPOrigin, connection: HTTPConnection)] = []
    private var current: HTTPConnection?

    public init(on reactor: Reactor, limits: HTTPClientLimits = HTTPClientLimits()) {
        self.reactor = reactor
        self.limits = limits
        wireLimits = HTTP1Limits(bodyBytes: limits.bodyBytes)
    }

    deinit { closeAll() }

    /// Closes every connection; the client can be used again.
    public func closeAll() {
        for entry in connections { entry.connection.close() }
        connections.removeAll()
        current = nil
    }

    /// One request and its response.
    ///
    /// A kept connection that the server has closed meanwhile is replaced before anything is sent; one that breaks
    /// before the first byte of an answer is tried once more on a new connection if the request may be repeated
    /// (RFC 9110 §9.2.2).
    /// - Parameters:
    ///   - timeout: nanoseconds from sending to the last byte.
    ///   - isIdempotent: sending twice does no harm.
    ///   - render: writes the whole request into the reactor's output buffer; called again for the second try.
    public func exchange(
        with origin: HTTPOrigin, toHead: Bool = false, keepsBody: Bool = true, isIdempotent: Bool = true,
        timeout: Int64, in scope: CancelScope? = nil, render: (OutputBuffer) -> Void
    ) async -> Exchange {
        var connecting: Int64 = 0
        var isSecondTry = false
        while true {
            var connection = kept(origin)
            let isFresh = connection == nil
            if connection == nil {
                let begin = Reactor.monotonicNow()
                switch await connect(to: origin, in: scope) {
                case .success(let fresh): connection = fresh
                case .failure(let failure):
                    var exchange = Exchange(outcome: failure.outcome, at: begin, note: failure.note)
                    exchange.endAt = Reactor.monotonicNow()
                    exchange.connectingNanoseconds = exchange.endAt - begin
                    current = nil
                    return exchange
                }
                connecting += Reactor.monotonicNow() - begin
            }
            guard let connection else { preconditionFailure("connected or returned") }
            current = connection
            reactor.output.removeAll()
            render(reactor.output)
            var exchange = await connection.exchange(
                toHead: toHead, keepsBody: keepsBody, limits: wireLimits,
                until: Reactor.monotonicNow() &+ timeout, in: scope)
            exchange.connectingNanoseconds = connecting
            if !connection.isUsable { forget(connection) }
            let broke = exchange.outcome == .reset || exchange.outcome == .closedEarly
            if broke, !isFresh, !isSecondTry, isIdempotent, exchange.firstByteAt == 0 {
                isSecondTry = true
                continue
            }
            if exchange.outcome == .answered, connection.parser.hasContentEncoding, keepsBody {
                decodeBody(of: connection, &exchange)
            }
            return exchange
        }
    }

    // MARK: the response

    /// The response's head, status line and empty line included; empty when there is none.
    public func withHead<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard let current else { return unsafe body([UInt8]().span.bytes) }
        // SAFETY: the span does not leave the closure, and nothing suspends inside it.
        return unsafe current.withHead { body(unsafe $0.bytes) }
    }

    /// The response's body, decoded.
    public func withBody<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard let current else { return unsafe body([UInt8]().span.bytes) }
        // SAFETY: the span does not leave the closure, and nothing suspends inside it.
        return unsafe current.withBody { body(unsafe $0.bytes) }
    }

    /// A copy of the response's body.
    public var body: [UInt8] { unsafe current?.withBody { unsafe [UInt8]($0) } ?? [] }

    /// The response's header fields.
    public var headers: HTTPHeaders { HTTPHeaders(head: headBytes) }

    /// A copy of the response's head.
    public var headBytes: [UInt8] { unsafe current?.withHead { unsafe [UInt8]($0) } ?? [] }

    // MARK: connections

    private func kept(_ origin: HTTPOrigin) -> HTTPConnection? {
        guard let place = connections.firstIndex(where: { $0.origin == origin }) else { return nil }
        let connection = connections[place].connection
        if connection.isAlive { return connection }
        connection.close()
        connections.remove(at: place)
        return nil
    }

    private func forget(_ connection: HTTPConnection) {
        connection.close()
        connections.removeAll { $0.connection === connection }
    }

    private func connect(
        to origin: HTTPOrigin, in scope: CancelScope?
    ) async -> Result<HTTPConnection, ConnectFailure> {
        let deadline = Reactor.monotonicNow() &+ limits.connectTimeout.nanoseconds
        switch await Resolver.addresses(of: origin.host, port: origin.port, on: reactor, until: deadline, in: scope) {
        case .failure(let failure): return .failure(failure)
        case .success(let addresses):
            switch await reactor.connect(to: addresses, until: deadline, in: scope) {
            case .failure(let failure): return .failure(failure)
            case .success(let channel):
                let connection = HTTPConnection(channel)
                connections.append((origin, connection))
                return .success(connection)
            }
        }
    }

    private func decodeBody(of connection: HTTPConnection, _ exchange: inout Exchange) {
        guard let encoding = headers["content-encoding"] else { return }
        do {
            let decoded = unsafe try decodeContent(
                connection.withBody { unsafe [UInt8]($0) }, encoding: encoding, limitBytes: limits.bodyBytes)
            connection.replaceBody(decoded)
        } catch {
            exchange.outcome = error.isLimit ? .tooLarge : .protocolError
            exchange.note = "content encoding '\(encoding)': \(error)"
        }
    }
}
