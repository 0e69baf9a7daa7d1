import AssayCore
import AssayNet
import Testing

/// Speaks bytes to a server of a test, on the server's own reactor.
struct RawClient {
    let channel: Channel
    let reactor: Reactor

    init?(_ address: SocketAddress, on reactor: Reactor) async {
        let deadline = Reactor.monotonicNow() + 20_000_000_000
        guard case .success(let channel) = await reactor.connect(to: [address], until: deadline) else {
            return nil
        }
        self.channel = channel
        self.reactor = reactor
    }

    @discardableResult
    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// - Returns: `false` when the server has closed before it took all.
    @discardableResult
    func send(_ bytes: [UInt8]) async -> Bool {
        var place = 0
        while place < bytes.count {
            guard let count = channel.send(bytes, from: place) else { return false }
            place += count
            if count == 0 { _ = await channel.writable(until: Reactor.monotonicNow() + 20_000_000_000) }
        }
        return true
    }

    /// Reads to the server's end.
    ///
    /// - Parameter isEnough: ends earlier when what came is this.
    /// - Returns: what came, and whether the server closed (FIN), reset, or left the connection open.
    func read(until isEnough: ([UInt8]) -> Bool = { _ in false }) async -> (bytes: [UInt8], end: End) {
        var all: [UInt8] = []
        while !isEnough(all) {
            let wake = await channel.readable(until: Reactor.monotonicNow() + 20_000_000_000)
            guard wake == .ready else { return (all, .open) }
            guard let bytes = channel.receive(limitBytes: 65_536) else {
                return (all, channel.wasReset ? .reset : .closed)
            }
            all += bytes
        }
        return (all, .open)
    }

    func text(until isEnough: (String) -> Bool = { _ in false }) async -> String {
        let bytes = await read { isEnough(String(decoding: $0, as: UTF8.self)) }.bytes
        return String(decoding: bytes, as: UTF8.self)
    }

    enum End: Sendable { case closed, reset, open }
}
