public import AssayNet
internal import AssayWire

/// A script of server-sent events: what a double's route streams.
public struct EventStream: Sendable, Equatable {
    /// One event and the wait before it.
    public struct Step: Sendable, Equatable {
        public var event: ServerSentEvent
        public var after: Duration

        public init(_ event: ServerSentEvent, after: Duration = .zero) {
            self.event = event
            self.after = after
        }
    }

    /// What comes after the last event.
    public enum End: String, Sendable, Equatable, CaseIterable {
        /// The body ends as it should.
        case close
        /// The connection ends in the middle of the body.
        case cut
        /// The connection is reset.
        case reset
        /// Nothing more, until the client goes; a comment now and then keeps the connection alive.
        case hold
    }

    public var steps: [Step]
    /// How often the steps are sent; at least once.
    public var times: Int
    public var end: End
    /// Between two comments while nothing is sent.
    public var keepAlive: Duration

    public init(_ steps: [Step], times: Int = 1, end: End = .close, keepAlive: Duration = .seconds(15)) {
        self.steps = steps
        self.times = times
        self.end = end
        self.keepAlive = keepAlive
    }

    /// A response that streams the script.
    ///
    /// - Parameter lastEventID: the request's `Last-Event-ID`: events up to the first of that id are left out, as a
    ///   client that connects again expects.
    public func response(after lastEventID: String? = nil) -> HTTPResponse {
        var response = HTTPResponse(
            headers: HTTPHeaders([
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache"),
            ]))
        response.stream = { await write(to: $0, after: lastEventID) }
        return response
    }

    /// Writes the script; returns when it is over or the client is gone.
    public func write(to writer: HTTPBodyWriter, after lastEventID: String? = nil) async {
        var first = 0
        if let lastEventID, let place = steps.firstIndex(where: { $0.event.id == lastEventID }) {
            first = place + 1
        }
        for round in 0..<max(1, times) {
            for step in steps[(round == 0 ? first : 0)...] {
                guard await wait(step.after, writer), await writer.write(step.event.bytes) else { return }
            }
        }
        switch end {
        case .close: return
        case .cut: writer.cut()
        case .reset: writer.cut(resets: true)
        case .hold:
            // A pause of nothing would spin.
            let pause = max(keepAlive, .milliseconds(10))
            while await writer.pause(pause) {
                guard await writer.write(ServerSentEvent.keepAlive) else { return }
            }
        }
    }

    /// A wait with comments in it.
    private func wait(_ duration: Duration, _ writer: HTTPBodyWriter) async -> Bool {
        var left = duration
        while keepAlive > .zero, left > keepAlive {
            guard await writer.pause(keepAlive), await writer.write(ServerSentEvent.keepAlive) else {
                return false
            }
            left -= keepAlive
        }
        guard left > .zero else { return true }
        return await writer.pause(left)
    }
}
