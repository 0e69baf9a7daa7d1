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
    /// The stream of HTTP/2, used again and again.
    let stream = HTTP2Exchange()
    var result = Exchange(outcome: .cancelled, at: 0)
    /// The connection of HTTP/1 that the response is read from, until the next suspension.
    var http1: HTTPConnection?
    /// Nothing was sent: the stream's buffers are those of an earlier exchange.
    var isEmpty = true

    var setsCookies: Bool { http1?.parser.setsCookies ?? (!isEmpty && stream.setsCookies) }

    func begin() {
        http1 = nil
        isEmpty = true
    }

    var head: [UInt8] {
        if let http1 { return unsafe http1.withHead { unsafe [UInt8]($0) } }
        return isEmpty ? [] : stream.head
    }

    var body: [UInt8] {
        if let http1 { return unsafe http1.withBody { unsafe [UInt8]($0) } }
        return isEmpty ? [] : stream.body
    }
}

extension ConnectOptions {
    /// HTTP/1.1 over connections of each user's own.
    @inline(__always)
    var isPlain: Bool { version == .http1 && reuse == .perUser }
}

extension HTTPVersionChoice {
    /// As ALPN names them, the most wanted first.
    var protocols: [String] {
        switch self {
        case .http1: ["http/1.1"]
        case .http2: ["h2"]
        case .any: ["h2", "http/1.1"]
        }
    }
}

extension HTTPClient {
    /// The connections of HTTP/2 that this user and its branches have together.
    func poolOfUser() -> HTTPPool {
        if let parent { return parent.poolOfUser() }
        if let ownPool { return ownPool }
        let pool = HTTPPool(on: reactor)
        ownPool = pool
        return pool
    }

    /// The same as ``exchange(with:via:toHead:keepsBody:isIdempotent:timeout:in:render:)`` for HTTP/2, for connections
    /// that are shared, and for those that are not kept.
    ///
    /// A request that the peer did not look at (REFUSED_STREAM, GOAWAY) is sent once more whatever its method.
    func exchangePooled(
        with origin: HTTPOrigin, via options: ConnectOptions, _ request: PooledRequest,
        in scope: CancelScope?,
        render: (OutputBuffer) -> Void
    ) async {
        let pooled = self.pooled ?? PooledExchange()
        self.pooled = pooled
        pooled.begin()
        var way = Way(options, origin, sharedPool, poolOfUser)
        let askedAt = Reactor.monotonicNow()
        var isFirst = true
        while true {
            let lease = await lease(&way, request, until: askedAt &+ request.timeout, in: scope)
            let waited = way.waited
            let tried: Bool
            switch lease {
            case .http1(let connection):
                tried = await make(request, on: connection, way, isFirst: isFirst, in: scope, render)
            case .http2(let connection):
                tried = await make(request, on: connection, way, isFirst: isFirst, in: scope, render)
            case .failed(let reason):
                pooled.result = Exchange(outcome: reason.outcome, at: askedAt, note: reason.note)
                pooled.result.connectingNanoseconds = way.connecting
                tried = true
            case .timeout:
                pooled.result = Exchange(outcome: .timeout, at: askedAt, note: way.busy)
                tried = true
            case .cancelled, .open:
                pooled.result = Exchange(outcome: .cancelled, at: askedAt)
                tried = true
            }
            if !tried {
                isFirst = false
                continue
            }
            pooled.result.waitingNanoseconds = waited
            if pooled.result.connectingNanoseconds == 0 {
                pooled.result.connectingNanoseconds = way.connecting
            }
            pooled.result.tlsNanoseconds = way.handshaking
            if pooled.isEmpty {
                pooled.result.isHTTP2 = options.version == .http2
                pooled.result.endAt = Reactor.monotonicNow()
            }
            return
        }
    }

    /// How an exchange gets its connection, and what that took.
    struct Way {
        /// `nil` when the connection is opened for this exchange only.
        let place: HTTPPlace?
        let origin: HTTPOrigin
        let options: ConnectOptions
        var waited: Int64 = 0
        var connecting: Int64 = 0
        var handshaking: Int64 = 0
        /// The connection was opened for this exchange: it has not been idle.
        var isNew = false

        init(_ options: ConnectOptions, _ origin: HTTPOrigin, _ shared: HTTPPool?, _ own: () -> HTTPPool) {
            self.origin = origin
            self.options = options
            switch options.reuse {
            case .none: place = nil
            case .shared(let most): place = (shared ?? own()).place(of: origin, options, most: most)
            case .perUser: place = own().place(of: origin, options, most: .max)
            }
        }

        var busy: String {
            guard case .shared(let most) = options.reuse else { return "no connection was free in time" }
            return "no connection was free in time: all \(most) of the pool are in use"
        }
    }

    // MARK: connections

    private func lease(
        _ way: inout Way, _ request: PooledRequest, until deadline: Int64, in scope: CancelScope?
    ) async -> HTTPLease {
        guard let place = way.place else { return await open(&way, request, in: scope) }
        let begin = Reactor.monotonicNow()
        way.isNew = false
        let lease = await place.lease(until: deadline, in: scope)
        // What is free is had in the same turn: only others make one wait.
        if case .open = lease { return await open(&way, request, in: scope) }
        let now = Reactor.monotonicNow()
        if now - begin > 50_000 { way.waited += now - begin }
        return lease
    }

    private func open(_ way: inout Way, _ request: PooledRequest, in scope: CancelScope?) async -> HTTPLease {
        way.isNew = true
        let begin = Reactor.monotonicNow()
        let deadline = begin &+ connectBound(way.options)
        switch await open(way.origin, way.options, until: deadline, in: scope) {
        case .failure(let failure):
            way.connecting += Reactor.monotonicNow() - begin
            way.place?.openingFailed(failure)
            return .failed(failure)
        case .success(let dialed):
            way.connecting += dialed.connectingNanoseconds
            way.handshaking += dialed.tlsNanoseconds
            let agreed = dialed.applicationProtocol
            let isHTTP2 = agreed == "h2" || way.options.version == .http2 && !way.origin.isSecure
            if way.options.version == .http2, !isHTTP2 {
                dialed.channel.close()
                let failure = ConnectFailure(
                    .tlsFailed, "the server did not agree on HTTP/2 (ALPN: \(agreed ?? "no answer"))")
                way.place?.openingFailed(failure)
                return .failed(failure)
            }
            return isHTTP2 ? .http2(openHTTP2(dialed, way)) : .http1(openHTTP1(dialed, way))
        }
    }

    private func openHTTP2(_ dialed: Dialed, _ way: Way) -> HTTP2Connection {
        let connection = HTTP2Connection(
            dialed.channel, isSecure: way.origin.isSecure, streams: way.options.streams)
        if let place = way.place { place.opened(connection) } else { connection.reserve() }
        return connection
    }

    private func openHTTP1(_ dialed: Dialed, _ way: Way) -> HTTPConnection {
        let connection = HTTPConnection(
            dialed.channel, limits: HTTP1Limits(bodyBytes: limits.bodyBytes), forwarding: dialed.forwarding)
        way.place?.opened(connection)
        return connection
    }

    // MARK: exchanges

    /// - Returns: `false` when the request is to be sent again on another connection.
    private func make(
        _ request: PooledRequest, on connection: HTTPConnection, _ way: Way, isFirst: Bool,
        in scope: CancelScope?,
        _ render: (OutputBuffer) -> Void
    ) async -> Bool {
        guard let pooled else { return true }
        reactor.output.removeAll()
        render(reactor.output)
        if way.place == nil { reactor.output.insertField("Connection", "close") }
        await connection.exchange(
            toHead: request.toHead, keepsBody: request.keepsBody, timeout: request.timeout,
            delivery: request.delivery, in: scope)
        let again = isFirst && !way.isNew && request.isIdempotent && connection.brokeUnanswered
        if let place = way.place { place.giveBack(connection) } else { connection.close() }
        if again { return false }
        pooled.result = connection.last
        pooled.http1 = connection
        pooled.isEmpty = false
        if connection.last.outcome == .answered, connection.parser.hasContentEncoding,
            let decoded = decoded(pooled.body)
        {
            connection.replaceBody(decoded)
        }
        return true
    }

    private func make(
        _ request: PooledRequest, on connection: HTTP2Connection, _ way: Way, isFirst: Bool,
        in scope: CancelScope?,
        _ render: (OutputBuffer) -> Void
    ) async -> Bool {
        guard let pooled else { return true }
        let stream = pooled.stream
        reactor.output.removeAll()
        render(reactor.output)
        let wasUsed = connection.wasUsed
        var isTaken = true
        do throws(SystemError) {
            let whole = try HTTP2Request(request, bodyLimitBytes: limits.bodyBytes)
            isTaken = await connection.exchange(stream, whole, in: scope)
        } catch {
            stream.failToBegin("the body cannot be read: \(error)")
        }
        if let place = way.place { place.giveBack(connection) } else { connection.close() }
        // A connection that takes no more is not leased again, so this ends.
        guard isTaken else { return false }
        if isFirst, stream.wasUnprocessed { return false }
        let result = stream.result
        let brokeUnanswered =
            (result.outcome == .reset || result.outcome == .closedEarly) && result.firstByteAt == 0
        if isFirst, wasUsed, request.isIdempotent, brokeUnanswered { return false }
        pooled.result = result
        pooled.isEmpty = false
        if result.outcome == .answered, stream.hasContentEncoding, let decoded = decoded(stream.body) {
            stream.replaceBody(decoded)
        }
        return true
    }
}
