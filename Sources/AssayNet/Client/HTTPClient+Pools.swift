internal import AssayCore
internal import AssayWire

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
        in scope: CancelScope?, render: (OutputBuffer) -> Void
    ) async {
        let pooled = self.pooled ?? PooledExchange()
        self.pooled = pooled
        pooled.begin()
        let place = place(of: origin, options)
        // The common case apart: nothing is waited for but the response.
        if let place, request.delivery == nil, let connection = place.takeRoom() {
            let wasUsed = connection.wasUsed
            pooled.peer = connection.channel.peer
            reactor.output.removeAll()
            render(reactor.output)
            let isTaken = await connection.exchange(
                pooled.stream, keepsBody: request.keepsBody, bodyLimitBytes: limits.bodyBytes,
                timeout: request.timeout, in: scope)
            place.giveBack(connection)
            if isTaken, settle(request, mayRepeat: true, wasUsed: wasUsed) { return }
            return await exchange(
                Way(options, origin, place), request, mayRepeat: !isTaken, in: scope, render: render)
        }
        await exchange(Way(options, origin, place), request, mayRepeat: true, in: scope, render: render)
    }

    private func place(of origin: HTTPOrigin, _ options: ConnectOptions) -> HTTPPlace? {
        switch options.reuse {
        case .none: nil
        case .shared(let most): (sharedPool ?? poolOfUser()).place(of: origin, options, most: most)
        case .perUser: poolOfUser().place(of: origin, options, most: .max)
        }
    }

    /// With a connection that is to be opened or waited for.
    private func exchange(
        _ way: Way, _ request: PooledRequest, mayRepeat: Bool, in scope: CancelScope?,
        render: (OutputBuffer) -> Void
    ) async {
        guard let pooled else { return }
        var way = way
        var mayRepeat = mayRepeat
        let askedAt = Reactor.monotonicNow()
        let deadline = askedAt &+ request.timeout
        while true {
            guard Reactor.monotonicNow() < deadline else {
                pooled.fail(
                    .timeout, "no connection took the request in time", at: askedAt, isHTTP2: way.wantsHTTP2)
                break
            }
            let lease = await lease(&way, request, until: deadline, in: scope)
            switch lease {
            case .http1(let connection):
                let isDone = await make(request, on: connection, way, mayRepeat: mayRepeat, in: scope, render)
                mayRepeat = false
                if !isDone { continue }
            case .http2(let connection):
                switch await make(request, on: connection, way, mayRepeat: mayRepeat, in: scope, render) {
                case .done: break
                // Another new one would be of no more use.
                case .notTaken(let reason) where way.isNew:
                    pooled.fail(reason.outcome, reason.note, at: askedAt, isHTTP2: true)
                case .notTaken: continue
                case .again:
                    mayRepeat = false
                    continue
                }
            case .failed(let reason):
                pooled.fail(reason.outcome, reason.note, at: askedAt, isHTTP2: way.wantsHTTP2)
            case .timeout: pooled.fail(.timeout, way.busy, at: askedAt, isHTTP2: way.wantsHTTP2)
            case .cancelled, .open: pooled.fail(.cancelled, nil, at: askedAt, isHTTP2: way.wantsHTTP2)
            }
            break
        }
        pooled.connecting = way.connecting
        pooled.handshaking = way.handshaking
        pooled.waited = way.waited
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

        init(_ options: ConnectOptions, _ origin: HTTPOrigin, _ place: HTTPPlace?) {
            self.origin = origin
            self.options = options
            self.place = place
        }

        var wantsHTTP2: Bool { options.version == .http2 }

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
        let deadline = min(begin &+ connectBound(way.options), connectDeadline)
        switch await open(way.origin, way.options, until: deadline, in: scope) {
        case .failure(let failure):
            way.connecting += Reactor.monotonicNow() - begin
            way.place?.openingFailed(failure)
            return .failed(failure)
        case .success(let dialed):
            if notesPeers { dialed.channel.peer = HTTPPeer(of: dialed.channel) }
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
        _ request: PooledRequest, on connection: HTTPConnection, _ way: Way, mayRepeat: Bool,
        in scope: CancelScope?, _ render: (OutputBuffer) -> Void
    ) async -> Bool {
        guard let pooled else { return true }
        pooled.peer = connection.channel.peer
        reactor.output.removeAll()
        render(reactor.output)
        if way.place == nil { reactor.output.insertField("Connection", "close") }
        await connection.exchange(
            toHead: request.toHead, keepsBody: request.keepsBody, timeout: request.timeout,
            delivery: request.delivery, in: scope)
        let again = mayRepeat && !way.isNew && request.isIdempotent && connection.brokeUnanswered
        if let place = way.place { place.giveBack(connection) } else { connection.close() }
        if again { return false }
        pooled.answer = .http1(connection.last)
        pooled.http1 = connection
        if connection.last.outcome == .answered, connection.parser.hasContentEncoding,
            let decoded = decoded(pooled.body)
        {
            connection.replaceBody(decoded)
        }
        return true
    }

    private enum End {
        case done
        /// The connection took no more requests, and why; it is not leased again.
        case notTaken(ConnectFailure)
        case again
    }

    private func make(
        _ request: PooledRequest, on connection: HTTP2Connection, _ way: Way, mayRepeat: Bool,
        in scope: CancelScope?, _ render: (OutputBuffer) -> Void
    ) async -> End {
        guard let pooled else { return .done }
        pooled.peer = connection.channel.peer
        reactor.output.removeAll()
        render(reactor.output)
        let wasUsed = connection.wasUsed
        var isTaken = true
        do throws(SystemError) {
            let delivery = try request.delivery.map { (own) throws(SystemError) in try HTTP2Delivery(own) }
            isTaken = await connection.exchange(
                pooled.stream, keepsBody: request.keepsBody, bodyLimitBytes: limits.bodyBytes,
                timeout: request.timeout, delivery: delivery, in: scope)
        } catch {
            pooled.stream.failToBegin("the body cannot be read: \(error)")
        }
        // Giving it back closes it, which is a reason of its own.
        let refusal = isTaken ? nil : connection.refusal
        if let place = way.place { place.giveBack(connection) } else { connection.close() }
        if let refusal { return .notTaken(refusal) }
        return settle(request, mayRepeat: mayRepeat, wasUsed: wasUsed) ? .done : .again
    }

    /// Looks at what came of a stream.
    ///
    /// - Returns: `false` when the request is to be sent again.
    private func settle(_ request: PooledRequest, mayRepeat: Bool, wasUsed: Bool) -> Bool {
        guard let pooled else { return true }
        let stream = pooled.stream
        pooled.answer = .http2
        if stream.isAnswered {
            if stream.hasContentEncoding, let decoded = decoded(stream.body) { stream.replaceBody(decoded) }
            return true
        }
        guard mayRepeat else { return true }
        if stream.wasUnprocessed { return false }
        return !(wasUsed && request.isIdempotent && stream.brokeUnanswered)
    }
}
