internal import AssayCore
public import AssayWire

/// HTTP for one user, one exchange at a time.
///
/// HTTP/1.1 over connections of the user's own, one to each origin, is done here; what is HTTP/2, shared or not kept is
/// in HTTPClient+Pools.swift. Not `Sendable`: it lives in its user's task. The response is read through
/// ``withHead(_:)`` and ``withBody(_:)`` until the next suspension.
public final class HTTPClient {
    let reactor: Reactor
    public let limits: HTTPClientLimits
    /// Of the reactor's users; `nil` where nobody shares.
    let sharedPool: HTTPPool?
    /// The client of the user that this one is a branch of.
    let parent: HTTPClient?
    /// Connections of HTTP/2 of this user and its branches, once there are any.
    var ownPool: HTTPPool?
    /// Made by the first exchange that is not plain HTTP/1.1.
    var pooled: PooledExchange?
    /// Whether a body in a content encoding that is not known here is handed out as it is, and not a failure.
    public var passesUnknownEncodings = false
    /// Whether ``peer`` is asked for.
    public var notesPeers = false
    /// Until when a connection must be open, whatever its options allow; CLOCK_MONOTONIC nanoseconds.
    public var connectDeadline: Int64 = .max
    private var connections: [(origin: HTTPOrigin, options: ConnectOptions, connection: HTTPConnection)] = []
    private var current: HTTPConnection?
    /// Of the current exchange: how long connecting took, and why there is no connection.
    private var connecting: Int64 = 0
    private var handshaking: Int64 = 0
    private var failure: Failure?

    /// What went wrong around an exchange; an object, because it is rare and users are many.
    private final class Failure {
        var exchange: Exchange
        init(_ exchange: Exchange) { self.exchange = exchange }
    }

    /// - Parameters:
    ///   - pool: of connections that users share; without one each user has its own whatever the options say.
    ///   - parent: the client of the user that this one is a branch of; both use its connections of HTTP/2.
    public init(
        on reactor: Reactor, limits: HTTPClientLimits = HTTPClientLimits(), sharing pool: HTTPPool? = nil,
        branchOf parent: HTTPClient? = nil
    ) {
        self.reactor = reactor
        self.limits = limits
        sharedPool = pool
        self.parent = parent
    }

    deinit { closeAll() }

    /// Closes every connection; the client can be used again.
    public func closeAll() {
        for entry in connections { entry.connection.close() }
        connections.removeAll()
        current = nil
        pooled = nil
        ownPool?.closeAll()
    }

    /// One request and its response; what came of it is ``last``.
    ///
    /// A kept connection that the server has closed meanwhile is replaced before anything is sent; one that breaks
    /// before the first byte of an answer is tried once more on a new connection if the request may be repeated
    /// (RFC 9110 §9.2.2).
    /// - Parameters:
    ///   - options: how a connection to the origin is opened; kept ones of other options are not used.
    ///   - timeout: nanoseconds from sending to the last byte.
    ///   - isIdempotent: sending twice does no harm.
    ///   - delivery: how the request goes out when it is more than bytes in one go.
    ///   - render: writes the whole request into the reactor's output buffer; called again for the second try.
    public func exchange(
        with origin: HTTPOrigin, via options: ConnectOptions = .standard, toHead: Bool = false,
        keepsBody: Bool = true, isIdempotent: Bool = true, timeout: Int64,
        delivery: RequestDelivery? = nil, in scope: CancelScope? = nil,
        render: (OutputBuffer) -> Void
    ) async {
        connecting = 0
        handshaking = 0
        failure = nil
        if !options.isPlain {
            current = nil
            return await exchangePooled(
                with: origin, via: options,
                PooledRequest(
                    keepsBody: keepsBody, isIdempotent: isIdempotent, toHead: toHead, timeout: timeout,
                    delivery: delivery), in: scope, render: render)
        }
        pooled?.forget()
        var mayRepeat = false
        if let connection = kept(origin, options) {
            current = connection
            mayRepeat = isIdempotent
        } else {
            guard await connect(to: origin, options, in: scope) else { return }
        }
        while let connection = current {
            reactor.output.removeAll()
            render(reactor.output)
            await connection.exchange(
                toHead: toHead, keepsBody: keepsBody, timeout: timeout, delivery: delivery, in: scope)
            guard mayRepeat, connection.brokeUnanswered else { break }
            mayRepeat = false
            forget(connection)
            guard await connect(to: origin, options, in: scope) else { return }
        }
        settle()
    }

    /// What came of the exchange that ran last.
    public var last: Exchange {
        if let failure { return failure.exchange }
        guard let current else { return pooled?.result ?? Exchange(outcome: .cancelled, at: 0) }
        var exchange = current.last
        exchange.connectingNanoseconds = connecting
        exchange.tlsNanoseconds = handshaking
        return exchange
    }

    /// Who answered, when ``notesPeers`` was set before the connection was opened.
    public var peer: HTTPPeer? { current?.channel.peer ?? pooled?.peer }

    /// Whether a connection of this client's own is open to an origin, and not asked at the moment.
    public func isConnected(to origin: HTTPOrigin, via options: ConnectOptions = .standard) -> Bool {
        connections.contains { $0.options === options && $0.origin == origin && $0.connection.isAlive }
    }

    private func settle() {
        guard let connection = current else { return }
        if !connection.isUsable { forget(connection) }
        if connection.last.outcome == .answered, connection.parser.hasContentEncoding {
            decodeBody(of: connection)
        }
    }

    // MARK: the response

    /// The response's head, status line and empty line included; empty when there is none.
    public func withHead<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard let current else {
            let bytes = pooled?.head ?? []
            return unsafe body(bytes.span.bytes)
        }
        // SAFETY: the span does not leave the closure, and nothing suspends inside it.
        return unsafe current.withHead { body(unsafe $0.bytes) }
    }

    /// The response's body, decoded.
    public func withBody<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard let current else {
            let bytes = pooled?.body ?? []
            return unsafe body(bytes.span.bytes)
        }
        // SAFETY: the span does not leave the closure, and nothing suspends inside it.
        return unsafe current.withBody { body(unsafe $0.bytes) }
    }

    /// Whether the response sets cookies.
    public var setsCookies: Bool { current?.parser.setsCookies ?? pooled?.setsCookies ?? false }

    /// A copy of the response's body.
    public var body: [UInt8] { unsafe current?.withBody { unsafe [UInt8]($0) } ?? pooled?.body ?? [] }

    /// The response's header fields.
    public var headers: HTTPHeaders { HTTPHeaders(head: headBytes) }

    /// A copy of the response's head.
    public var headBytes: [UInt8] { unsafe current?.withHead { unsafe [UInt8]($0) } ?? pooled?.head ?? [] }

    // MARK: connections

    private func kept(_ origin: HTTPOrigin, _ options: ConnectOptions) -> HTTPConnection? {
        guard
            let place = connections.firstIndex(where: { $0.options === options && $0.origin == origin })
        else { return nil }
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

    /// Connects and makes the connection the current one.
    ///
    /// - Returns: `false` when that failed; ``last`` says why.
    private func connect(
        to origin: HTTPOrigin, _ options: ConnectOptions, in scope: CancelScope?
    ) async -> Bool {
        let begin = Reactor.monotonicNow()
        let deadline = min(begin &+ connectBound(options), connectDeadline)
        current = nil
        switch await open(origin, options, until: deadline, in: scope) {
        case .success(let dialed):
            let connection = HTTPConnection(
                dialed.channel, limits: HTTP1Limits(bodyBytes: limits.bodyBytes),
                forwarding: dialed.forwarding)
            connections.append((origin, options, connection))
            if notesPeers { dialed.channel.peer = HTTPPeer(of: dialed.channel) }
            current = connection
            connecting += dialed.connectingNanoseconds
            handshaking += dialed.tlsNanoseconds
            return true
        case .failure(let reason):
            var exchange = Exchange(outcome: reason.outcome, at: begin, note: reason.note)
            exchange.endAt = Reactor.monotonicNow()
            exchange.connectingNanoseconds = exchange.endAt - begin
            failure = Failure(exchange)
            return false
        }
    }

    /// How long opening a connection may take, nanoseconds.
    func connectBound(_ options: ConnectOptions) -> Int64 {
        (options.values.connectTimeout ?? limits.connectTimeout).nanoseconds
    }

    /// Opens a connection in a task of its own: a task never gives back the memory of its deepest frames, and
    /// connecting is deeper than everything that follows. It saves 1 KiB a user.
    func open(
        _ origin: HTTPOrigin, _ options: ConnectOptions, until deadline: Int64, in scope: CancelScope?
    ) async -> Result<Dialed, ConnectFailure> {
        let reactor = reactor
        return await Task(executorPreference: reactor) {
            await reactor.dial(
                origin, with: options, offering: origin.isSecure ? options.version.protocols : [],
                forwards: options.version != .http2, until: deadline, in: scope)
        }.value
    }

    private func decodeBody(of connection: HTTPConnection) {
        if let decoded = decoded(unsafe connection.withBody { unsafe [UInt8]($0) }) {
            connection.replaceBody(decoded)
        }
    }

    /// The response's body without its content encoding; `nil` when it has none, or a wrong one, which is then what
    /// came of the exchange.
    func decoded(_ body: [UInt8]) -> [UInt8]? {
        guard let encoding = headers["content-encoding"] else { return nil }
        do {
            return try decodeContent(body, encoding: encoding, limitBytes: limits.bodyBytes)
        } catch {
            if passesUnknownEncodings, case .unknownEncoding = error { return nil }
            var exchange = last
            exchange.outcome = error.isLimit ? .tooLarge : .protocolError
            exchange.note = "content encoding '\(encoding)': \(error)"
            failure = Failure(exchange)
            return nil
        }
    }
}
