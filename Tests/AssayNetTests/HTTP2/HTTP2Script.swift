import AssayTestSupport

@testable import AssayNet

/// A server that sends exactly what a test wants, once so many requests have come.
struct HTTP2Script: Sendable {
    enum Ending: Sendable { case keepOpen, close, reset }

    struct Step: Sendable {
        /// Heads of requests that are awaited before.
        var requests: Int
        var bytes: [UInt8]
    }

    var opening = HTTP2Frame(HTTP2Frame.settings).bytes
    var steps: [Step] = []
    var ending = Ending.keepOpen

    init(_ steps: [(Int, [HTTP2Frame])], ending: Ending = .keepOpen, opening: [HTTP2Frame]? = nil) {
        self.steps = steps.map { Step(requests: $0.0, bytes: $0.1.flatMap(\.bytes)) }
        self.ending = ending
        if let opening { self.opening = opening.flatMap(\.bytes) }
    }

    /// A whole response on each of these streams.
    static func ok(_ streams: UInt32..., body: String = "ok") -> [HTTP2Frame] {
        streams.flatMap { stream in
            [
                HTTP2Frame.head([(":status", "200")], stream: stream),
                HTTP2Frame(
                    HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: stream, Array(body.utf8)),
            ]
        }
    }

    /// Serves connections one after the other, each by the next script.
    static func serve(_ scripts: [HTTP2Script], on reactor: Reactor) throws -> HTTP2Server {
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let server = HTTP2Server(listener: listener, scope: CancelScope(on: reactor))
        let bound = ReactorBound(server, on: reactor)
        Task(executorPreference: reactor) {
            let server = bound.value
            for script in scripts {
                guard let channel = await listener.accept(in: server.scope) else { return }
                server.connections += 1
                Task(executorPreference: reactor) {
                    await script.play(on: channel, reactor, bound)
                }
            }
        }
        return server
    }

    private func play(_ count: Int, of frames: [HTTP2Frame]) -> Bool {
        frames.count { $0.type == HTTP2Frame.headers } >= count
    }

    private func play(on channel: Channel, _ reactor: Reactor, _ server: ReactorBound<HTTP2Server>) async {
        let scope = CancelScope(on: reactor, within: server.value.scope)
        var received: [UInt8] = []
        let index = server.value.received.count
        server.value.received.append([])
        _ = channel.send(opening)
        var left = steps[...]
        while true {
            while let step = left.first, play(step.requests, of: HTTP2Frame.all(in: received)) {
                _ = channel.send(step.bytes)
                left = left.dropFirst()
            }
            if left.isEmpty, ending != .keepOpen { break }
            guard await channel.readable(in: scope) == .ready,
                let bytes = channel.receive(limitBytes: 1 << 18)
            else { break }
            received += bytes
            server.value.received[index] = received
        }
        // What is under way is to be read by the peer before it sees the end.
        if ending == .close { await reactor.sleep(for: .milliseconds(5), in: scope) }
        if ending == .reset { channel.resetOnClose() }
        channel.close()
    }
}

final class HTTP2Server {
    let listener: Listener
    let scope: CancelScope
    var connections = 0
    /// Bytes of each connection.
    var received: [[UInt8]] = []

    init(listener: Listener, scope: CancelScope) {
        self.listener = listener
        self.scope = scope
    }

    var origin: HTTPOrigin { HTTPOrigin(host: "127.0.0.1", port: listener.address.port ?? 0) }

    func stop() {
        scope.cancel()
        listener.close()
    }
}
