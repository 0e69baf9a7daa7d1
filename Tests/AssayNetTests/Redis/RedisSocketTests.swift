import AssayCore
import AssayWire
import Testing

@testable import AssayNet

@Suite("Redis client and sockets")
struct RedisSocketTests {
    @Test("a server that takes no more commands until its replies are read does not block a pipeline")
    func stubbornServer() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        let count = reactor.run { () -> Int in
            Task(executorPreference: reactor) { await Self.serveStubbornly(listener) }
            let client = RedisClient(
                RedisAddress(.tcp(host: "127.0.0.1", port: port)), on: reactor,
                options: RedisOptions(version: .two))
            let value = [UInt8](repeating: 120, count: 50_000)
            let commands = (0..<400).map { _ in [Array("ECHO".utf8), value] }
            let result = await client.pipeline(commands, timeout: 5_000_000_000)
            client.close()
            listener.close()
            return (try? result.get())?.count ?? 0
        }
        #expect(count == 400)
    }

    /// Answers each command by its second word, and reads nothing before the whole answer has gone.
    private static func serveStubbornly(_ listener: Listener) async {
        guard let channel = await listener.accept() else { return }
        var parser = RESPParser()
        var bytes = [UInt8](repeating: 0, count: 8192)
        while await channel.readable() == .ready, !channel.isClosed {
            let transfer = unsafe bytes.withUnsafeMutableBytes {
                unsafe receive(channel.descriptor, into: $0)
            }
            if transfer == .later { channel.isReadable = false }
            if transfer == .end { break }
            guard case .moved(let count) = transfer else { continue }
            var place = 0
            while place < count {
                let (event, consumed) = unsafe parser.next(
                    bytes.span.bytes.extracting(place..<count), limits: RESPLimits())
                place += consumed
                guard case .value(let command) = event, let word = command.elements?.last else { break }
                var reply: [UInt8] = []
                reply.append(word, as: .two)
                var rest = reply[...]
                while !rest.isEmpty {
                    let sent = unsafe Array(rest).withUnsafeBytes { unsafe transmit(channel.descriptor, $0) }
                    switch sent {
                    case .moved(let count): rest = rest.dropFirst(count)
                    case .later:
                        channel.isWritable = false
                        _ = await channel.writable()
                    default: return channel.close()
                    }
                    if channel.isClosed { return }
                }
            }
        }
        channel.close()
    }

    @Test("a Unix socket is connected to, and one that is not there is connect-refused")
    func unixSockets() throws {
        let reactor = try Reactor()
        let folder = "/tmp/assay-redis-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let path = SocketAddress(.unix(folder + "/s"))
        let server = try ScriptedRedis([[ScriptedRedis.hello, .say(["+PONG\r\n"])]], at: path, on: reactor)
        let said = reactor.run {
            let client = RedisClient(RedisAddress(.unix(path: folder + "/s")), on: reactor)
            let lost = RedisClient(RedisAddress(.unix(path: folder + "/none")), on: reactor)
            let said = [text(await client.command("PING")), text(await lost.command("PING"))]
            client.close()
            server.stop()
            return said
        }
        #expect(
            said == [
                "PONG", "connect-refused: connect unix:\(folder)/none: ENOENT (No such file or directory)",
            ])
    }

    @Test("a Unix listener whose queue is full is waited for, and after the time-out it is connect-timeout")
    func fullQueue() throws {
        let reactor = try Reactor()
        let folder = "/tmp/assay-redis-queue-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let listener = try Listener(at: SocketAddress(.unix(folder + "/s")), on: reactor, backlog: 0)
        let outcomes = reactor.run {
            var kept: [Channel] = []
            var outcome = Outcome.answered
            for _ in 0..<8 where outcome == .answered {
                switch await reactor.connect(
                    to: [listener.address], until: Reactor.monotonicNow() + 30_000_000)
                {
                case .success(let channel): kept.append(channel)
                case .failure(let failure): outcome = failure.outcome
                }
            }
            for channel in kept { channel.close() }
            return outcome
        }
        listener.close()
        #expect(outcomes == .connectTimeout)
    }
}

private func text(_ result: Result<RESPValue, RedisFailure>) -> String {
    switch result {
    case .success(let value): String(decoding: value.bytes ?? [], as: UTF8.self)
    case .failure(let failure): failure.description
    }
}
