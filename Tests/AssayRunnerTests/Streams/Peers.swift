import AssayNet
import AssayWire
import Testing

/// A listener whose connections a test writes to and reads from as it likes. Lives on the bench's reactor.
struct RawServer: Sendable {
    let port: UInt16
    private let listener: Listener
    private let scope: CancelScope

    /// - Parameter talk: with each connection, which is closed behind it.
    init(on reactor: Reactor, _ talk: @escaping @Sendable (RawPeer) async -> Void) throws {
        let (listener, scope) = (try Listener(at: .loopback(port: 0), on: reactor), CancelScope(on: reactor))
        self.listener = listener
        self.scope = scope
        port = listener.address.port ?? 0
        Task(executorPreference: reactor) {
            while let channel = await listener.accept(in: scope) {
                Task(executorPreference: reactor) {
                    await talk(RawPeer(channel: channel, reactor: reactor, scope: scope))
                    channel.close()
                }
            }
        }
    }

    /// Ends it; on the reactor's thread.
    func stop() {
        scope.cancel()
        listener.close()
    }
}

/// One connection to a ``RawServer``.
struct RawPeer: Sendable {
    let channel: Channel
    let reactor: Reactor
    let scope: CancelScope

    /// - Returns: `nil` at the end.
    func read() async -> [UInt8]? {
        while true {
            guard await channel.readable(in: scope) == .ready else { return nil }
            guard let bytes = channel.receive(limitBytes: 65536) else { return nil }
            if !bytes.isEmpty { return bytes }
        }
    }

    /// Reads until the text came.
    func read(until mark: String) async -> String {
        var text = ""
        while !text.contains(mark), let more = await read() { text += String(decoding: more, as: UTF8.self) }
        return text
    }

    func write(_ bytes: [UInt8]) async {
        var place = 0
        while place < bytes.count, let count = channel.send(bytes, from: place) {
            place += count
            if place < bytes.count, await channel.writable(in: scope) != .ready { return }
        }
    }

    func write(_ text: String) async { await write(Array(text.utf8)) }

    func pause(_ duration: Duration) async { await reactor.sleep(for: duration, in: scope) }
}
