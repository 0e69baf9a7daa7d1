internal import AssayCore
internal import AssayWire

// Putting a response onto the wire, well-formed or broken on purpose.

extension ServerConnection {
    /// A body up to here is sent together with its head.
    private static let copiedBytes = 64 * 1024

    /// - Returns: whether the connection may carry another request.
    func answer(_ response: HTTPResponse, withBody: Bool) async -> Bool {
        if let upgrade = response.upgrade {
            await self.upgrade(response, to: upgrade)
            return false
        }
        guard response.stream == nil, response.delivery.isPlain else {
            return await deliver(response, withBody: withBody)
        }
        let output = reactor.output
        output.removeAll()
        let head = writeHead(of: response, withBody: withBody)
        var rest = response.body.count
        if withBody {
            switch head.framing {
            case .length(let count) where count <= Self.copiedBytes: output.append(response.body)
            case .length: rest = 0
            case .chunked: output.appendChunks(of: response.body)
            case .none, .untilClose: break
            }
        }
        guard await sendOutput(then: response.body, from: rest), !channel.isClosed else { return false }
        if !head.keepsAlive, hasUnread { await discardInput(for: .seconds(2)) }
        return head.keepsAlive
    }

    private func upgrade(_ response: HTTPResponse, to take: @Sendable (HTTPUpgrade) async -> Void) async {
        let output = reactor.output
        output.removeAll()
        _ = writeHead(of: response, withBody: false, framing: ResponseHeads.Framing.none)
        guard await sendOutput(then: [], from: 0), !channel.isClosed else { return }
        await take(HTTPUpgrade(channel: channel, unread: takeRest(), scope: scope))
    }

    private func framing(of response: HTTPResponse) -> ResponseHeads.Framing {
        if response.status < 200 || response.status == 204 || response.status == 304 { return .none }
        guard response.stream != nil else { return .length(response.body.count) }
        return parser.isHTTP10 ? .untilClose : .chunked
    }

    private func writeHead(
        of response: HTTPResponse, withBody: Bool, framing: ResponseHeads.Framing? = nil,
        announced: Int? = nil,
        closes: Bool = false
    ) -> ResponseHeads.Facts {
        server.heads.write(
            response, framing: framing ?? self.framing(of: response), announced: announced,
            keepsAlive: parser.keepsAlive && !closes, isHTTP10: parser.isHTTP10, withBody: withBody)
    }

    // MARK: with a delivery of its own

    private func deliver(_ response: HTTPResponse, withBody: Bool) async -> Bool {
        let delivery = response.delivery
        if delivery.after > .zero {
            guard await pause(for: delivery.after) else { return false }
        }
        let sender = PacedSender(self, bytesPerSecond: delivery.bytesPerSecond)
        switch delivery.fault {
        case .silence:
            if !channel.peerClosed { _ = await channel.ended(in: scope) }
            return false
        case .resetBeforeHead:
            channel.resetOnClose()
            return false
        case .empty: break
        case .garbage(let count): _ = await sender.send(Noise.bytes(count))
        case .malformedChunk:
            let output = reactor.output
            output.removeAll()
            _ = writeHead(of: response, withBody: true, framing: .chunked, closes: true)
            output.append("this is no chunk size\r\n")
            _ = await sender.send(output.contents)
        default:
            if await deliverBody(response, withBody: withBody, by: sender) { return true }
        }
        guard !scope.isCancelled, !channel.isClosed else { return false }
        if delivery.fault == .halfClose {
            await discardInput(for: server.options.idleTimeout)
            return false
        }
        if delivery.closesAfter > .zero { _ = await pause(for: delivery.closesAfter) }
        if hasUnread, !sender.isReset { await discardInput(for: .seconds(2)) }
        return false
    }

    /// - Returns: whether the connection may carry another request.
    private func deliverBody(
        _ response: HTTPResponse, withBody: Bool, by sender: PacedSender
    ) async -> Bool {
        let delivery = response.delivery
        var announced: Int?
        switch delivery.fault {
        case .resetInBody(let count):
            sender.cut = PacedSender.Cut(after: count, resets: true)
        case .closeInBody(let count):
            sender.cut = PacedSender.Cut(after: count, resets: false)
        case .wrongContentLength(let difference):
            announced = max(0, response.body.count + difference)
        default: break
        }
        let output = reactor.output
        output.removeAll()
        let head = writeHead(
            of: response, withBody: withBody, announced: announced, closes: delivery.fault != nil)
        sender.framing = head.framing
        // What is only late, or long by the head alone, goes out in one piece like any other answer.
        let isWhole = response.stream == nil && delivery.dribble == nil && sender.cut == nil
        if withBody, isWhole, case .length(let count) = head.framing, count <= Self.copiedBytes {
            output.append(response.body)
            return await sender.send(output.contents) && head.keepsAlive
        }
        guard await sender.send(output.contents) else { return false }
        guard withBody, head.framing != .none else { return head.keepsAlive }
        if let stream = response.stream {
            await stream(HTTPBodyWriter(sender))
            guard await sender.end() else { return false }
        } else {
            guard await sendPieces(of: response.body, delivery.dribble, by: sender), await sender.end()
            else { return false }
        }
        return head.keepsAlive
    }

    /// The head has gone at once; the last piece goes when the time is over.
    private func sendPieces(
        of body: [UInt8], _ dribble: HTTPDelivery.Dribble?, by sender: PacedSender
    ) async -> Bool {
        guard let dribble, dribble.pieces > 0 else { return await sender.put(body) }
        let pieces = min(dribble.pieces, max(1, body.count))
        let began = reactor.now
        let length = dribble.over.nanoseconds
        for piece in 1...pieces {
            guard await pause(until: began &+ length / Int64(pieces) * Int64(piece)) else { return false }
            let part = body[(body.count * (piece - 1) / pieces)..<(body.count * piece / pieces)]
            guard await sender.put(Array(part)) else { return false }
        }
        return true
    }

    // MARK: waiting

    func pause(for duration: Duration) async -> Bool {
        await pause(until: Reactor.monotonicNow() &+ duration.nanoseconds)
    }

    /// Waits on a timer.
    ///
    /// - Parameter endsWithPeer: a client that closes its direction is taken for gone.
    /// - Returns: `false` when the client is gone or the server stops.
    func pause(until deadline: Int64, endsWithPeer: Bool = false) async -> Bool {
        while true {
            if channel.isClosed || channel.isBroken { return false }
            switch await channel.ended(until: deadline, in: scope) {
            case .timeout: return true
            case .cancelled: return false
            case .ready: if endsWithPeer { return false }
            }
        }
    }
}

/// Bytes that are no HTTP, the same in every run.
private enum Noise {
    static func bytes(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<max(0, count)).map { place in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let byte = UInt8(truncatingIfNeeded: state >> 33)
            return place == 0 ? byte | 0x80 : byte  // never the H of HTTP
        }
    }
}
