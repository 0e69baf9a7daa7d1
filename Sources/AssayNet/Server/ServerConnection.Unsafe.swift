internal import AssayCore
internal import AssayWire

/// One client's connection: reads its requests in turn and has each answered.
///
/// What is read stays in the reactor's buffer and is parsed there; only the start of an unfinished request and what
/// follows a whole one are kept, so an idle connection keeps nothing.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
final class ServerConnection: @unchecked Sendable {
    let channel: Channel
    let server: HTTPServer
    let scope: CancelScope
    private(set) var parser = HTTP1RequestParser()
    private let peer: SocketAddress?
    /// Read and not yet parsed.
    private var unread: [UInt8] = []
    /// Where in ``unread`` the first byte stands that is not parsed: many requests may be waiting there.
    private var unreadStart = 0
    /// The request whose body is being read.
    private var pending: HTTPRequest?
    private var headReceivedAt: Int64 = 0
    private var isEnd = false

    var reactor: Reactor { server.reactor }
    private var options: HTTPServerOptions { server.options }

    init(_ channel: Channel, of server: HTTPServer, in scope: CancelScope) {
        self.channel = channel
        self.server = server
        self.scope = scope
        peer = SocketAddress.peer(of: channel.descriptor)
    }

    func serve() async {
        while let request = await nextRequest() {
            let response = await server.handler(request)
            guard await answer(response, withBody: request.method != "HEAD") else { break }
        }
    }

    /// Says that there is no room, and closes.
    func turnAway() async {
        await refuse(503, "this server takes at most \(options.maxConnections ?? 0) connections at a time")
    }

    /// Answers a request that is not to be served; the connection is of no more use.
    private func refuse(_ status: Int, _ reason: String) async {
        var response = HTTPResponse(status: status, text: reason + "\n")
        response.closes = true
        parser.begin()
        _ = await answer(response, withBody: true)
        await discardInput(for: .seconds(2))
    }

    // MARK: reading

    private enum Step {
        case whole(HTTPRequest)
        case more
        /// The client waits for `100 Continue`.
        case interim
        case failed(HTTP1Error)
    }

    /// - Returns: `nil` when there is none any more; what was wrong has been answered.
    private func nextRequest() async -> HTTPRequest? {
        parser.begin()
        pending = nil
        var began = reactor.now
        var step = unread.isEmpty ? .more : takeUnread()
        while true {
            switch step {
            case .whole(let request): return request
            case .failed(.endedEarly): return nil
            case .failed(let error):
                await refuse(error.refusalStatus, error.description)
                return nil
            case .interim:
                guard await send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { return nil }
                step = .more
            case .more:
                if isEnd { return nil }
                let isIdle = unread.isEmpty && pending == nil
                switch await channel.readable(until: deadline(isIdle: isIdle, since: began), in: scope) {
                case .ready where !channel.isClosed: step = receive()
                case .timeout where !isIdle:
                    await refuse(408, lateness)
                    return nil
                default: return nil
                }
                if isIdle { began = reactor.now }
            }
        }
    }

    private func deadline(isIdle: Bool, since began: Int64) -> Int64 {
        let idle = reactor.now &+ options.idleTimeout.nanoseconds
        if isIdle { return idle }
        guard let pending else { return min(idle, began &+ options.headTimeout.nanoseconds) }
        let earned = Int64(pending.body.count) &* 1_000_000_000 / Int64(max(1, options.bodyBytesPerSecond))
        return min(idle, headReceivedAt &+ max(options.bodyTimeout.nanoseconds, earned))
    }

    private var lateness: String {
        guard let pending else {
            return "the head of the request was not whole within \(options.headTimeout.shortText)"
        }
        return "the body of the request came too slowly: \(pending.body.count) bytes in "
            + Duration.nanoseconds(Reactor.monotonicNow() &- headReceivedAt).shortText
    }

    private func receive() -> Step {
        let memory = unsafe reactor.input.memory
        // SAFETY: the reactor's buffer is filled, parsed and copied out of before anything suspends.
        switch unsafe channel.receive(into: memory) {
        case .moved(let count):
            let came = unsafe UnsafeRawBufferPointer(rebasing: memory[..<count])
            guard unread.isEmpty else {
                unsafe unread.append(contentsOf: came)
                return takeUnread()
            }
            let (used, step) = unsafe take(came)
            if used < count { unread = unsafe [UInt8](came[used...]) }
            return step
        case .later: return .more
        case .end:
            isEnd = true
            return unread.isEmpty ? .more : takeUnread()
        case .failed:
            isEnd = true
            return .more
        }
    }

    private func takeUnread() -> Step {
        // SAFETY: the parser keeps nothing of the bytes beyond the call, and `take` does not touch `unread`.
        let (used, step) = unsafe unread.withUnsafeBytes {
            unsafe take(UnsafeRawBufferPointer(rebasing: $0[unreadStart...]))
        }
        unreadStart += used
        if unreadStart == unread.count {
            unread = []
            unreadStart = 0
        } else if case .more = step {
            // Moved once for each read, not for each request.
            unread.removeFirst(unreadStart)
            unreadStart = 0
        }
        return step
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> (used: Int, step: Step) {
        var place = 0
        while true {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[place...])
            let (event, consumed) = unsafe parser.next(rest.bytes, isEnd: isEnd, limits: options.limits)
            switch event {
            case .needMore: return (place + consumed, .more)
            case .head:
                pending = unsafe request(head: rest)
                place += consumed
                headReceivedAt = reactor.now
                if parser.expectsContinue, place == bytes.count { return (place, .interim) }
            case .body(let range):
                unsafe pending?.body.append(contentsOf: rest[range])
                place += consumed
            case .end:
                guard let request = pending.take() else { return (place + consumed, .more) }
                return (place + consumed, .whole(request))
            case .failed(let error): return (place + consumed, .failed(error))
            }
        }
    }

    private func request(head bytes: UnsafeRawBufferPointer) -> HTTPRequest {
        let head = unsafe bytes[parser.method.lowerBound..<parser.headLength]
        var request = unsafe HTTPRequest(
            method: String(decoding: bytes[parser.method], as: UTF8.self),
            target: String(decoding: bytes[parser.target], as: UTF8.self),
            headers: HTTPHeaders(unread: [UInt8](head)))
        request.peer = peer
        request.isSecure = channel.tls != nil
        // What is announced is not yet there: only a small part of it is trusted.
        if let length = parser.contentLength, length > 0 {
            request.body.reserveCapacity(min(length, 1 << 20))
        }
        return request
    }

    /// Reads and drops what still comes, so that closing with unread bytes does not take back the answer (RST).
    func discardInput(for time: Duration) async {
        channel.shutdownWriting()
        let deadline = Reactor.monotonicNow() &+ time.nanoseconds
        while !channel.isClosed, !isEnd {
            guard await channel.readable(until: deadline, in: scope) == .ready else { return }
            // SAFETY: what is read into the reactor's buffer is not looked at.
            switch unsafe AssayNet.receive(channel.descriptor, into: reactor.input.memory) {
            case .moved: if reactor.now > deadline { return }
            case .later: channel.isReadable = false
            case .end, .failed: return
            }
        }
    }

    /// What was read and belongs to no request.
    func takeRest() -> [UInt8] {
        defer { (unread, unreadStart) = ([], 0) }
        return Array(unread[unreadStart...])
    }

    /// Whether bytes wait that closing would answer with a reset.
    var hasUnread: Bool { !unread.isEmpty || channel.isReadable && !isEnd }

    // MARK: sending

    /// Sends all of a part of `bytes`, as fast as the client takes it.
    ///
    /// - Returns: `false` when the client is gone, takes nothing for too long, or the server stops.
    func send(_ bytes: [UInt8], _ part: Range<Int>? = nil) async -> Bool {
        var place = part?.lowerBound ?? 0
        let end = part?.upperBound ?? bytes.count
        while place < end {
            // SAFETY: the array is alive for the call.
            let result = unsafe bytes.withUnsafeBytes {
                unsafe channel.transmit(UnsafeRawBufferPointer(rebasing: $0[place..<end]))
            }
            switch result {
            case .moved(let count): place += count
            case .end, .failed: return false
            case .later:
                let deadline = reactor.now &+ options.idleTimeout.nanoseconds
                guard await channel.writable(until: deadline, in: scope) == .ready, !channel.isClosed
                else { return false }
            }
        }
        return true
    }

    /// Sends the reactor's output, then the rest of a body that was too large to be copied into it.
    func sendOutput(then body: [UInt8], from start: Int) async -> Bool {
        let output = reactor.output
        let hasMore = start < body.count
        switch unsafe channel.transmit(output.bytes, hasMore: hasMore) {
        case .moved(let count) where count == output.count: break
        case .moved(let count):
            guard await send(Array(output.contents[count...])) else { return false }
        case .later: guard await send(output.contents) else { return false }
        case .end, .failed: return false
        }
        return hasMore ? await send(body, start..<body.count) : true
    }
}
