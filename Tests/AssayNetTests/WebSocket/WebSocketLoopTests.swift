import AssayCore
import AssayWire
import Testing

@testable import AssayNet

/// A point in time so far away that a test that works never sees it.
private func soon() -> Int64 { Reactor.monotonicNow() + 20_000_000_000 }

@Suite("WebSocket client and server on one reactor")
struct WebSocketLoopTests {
    /// Opens a connection to a server whose path `/ws` is served so.
    private func with<Value: Sendable>(
        _ options: WebSocketServerOptions = WebSocketServerOptions(), deflate: WebSocketDeflate? = nil,
        protocols: [String] = [], target: String = "/ws",
        limits: WebSocketLimits = WebSocketLimits(),
        serve: @escaping @Sendable (WebSocketConnection) async -> Void,
        _ body: @escaping @Sendable (WebSocketOpening, WebSocketConnection?) async -> Value
    ) throws -> Value {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            guard request.path == "/ws" else { return HTTPResponse(status: 403, text: "not here") }
            return .webSocket(request, options: options, serve: serve)
        }
        let port = try #require(server.address.port)
        return reactor.run {
            var request = WebSocketRequest(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), target: target, protocols: protocols,
                deflate: deflate)
            request.limits = limits
            let (opening, connection) = await WebSocketConnection.open(
                request, random: SeededRandom(seed: 1), until: soon(), on: reactor)
            let value = await body(opening, connection)
            connection?.abort()
            server.stop()
            return value
        }
    }

    @Sendable private static func echo(_ connection: WebSocketConnection) async {
        while case .success(let message) = await connection.receive() {
            let kind: WebSocketKind = message.kind == .text ? .text : .binary
            guard await connection.send(kind, message.bytes) == nil else { return }
        }
    }

    @Test("messages of all sizes come back, fragmented or packed or neither", arguments: [false, true])
    func echoes(_ deflates: Bool) throws {
        let seen = try with(deflate: deflates ? WebSocketDeflate() : nil, serve: Self.echo) {
            opening, connection in
            var seen: [String] = ["\(opening.status) \(opening.isDeflated)"]
            guard let connection else { return seen }
            for size in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
                let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                for fragment in [nil, 40_000] as [Int?] {
                    let failure = await connection.send(
                        .binary, payload, fragmentBytes: fragment, until: soon())
                    guard failure == nil, case .success(let message) = await connection.receive(until: soon())
                    else { return seen + ["\(size) failed"] }
                    seen.append("\(message.bytes == payload)")
                }
            }
            let end = await connection.close(reason: "done", until: soon())
            return seen + ["\(end)"]
        }
        #expect(
            seen == ["101 \(deflates)"] + Array(repeating: "true", count: 14) + [
                "\(WebSocketEnd.closed(.normal, reason: ""))"
            ])
    }

    @Test("a subprotocol is agreed on, and the client hears of it")
    func subprotocol() throws {
        let seen = try with(
            WebSocketServerOptions(protocols: ["v1"]), protocols: ["v2", "v1"], serve: Self.echo
        ) { opening, _ in opening.selectedProtocol }
        #expect(seen == "v1")
    }

    @Test(
        "what is posted without waiting arrives in order, however much it is, and pings are told when asked for"
    )
    func posting() throws {
        let size = 3_000_000
        let seen = try with(serve: { connection in
            for _ in 0..<2 {
                guard case .success(let message) = await connection.receive() else { return }
                _ = await connection.send(.binary, message.bytes)
            }
            _ = await connection.ping([7])
            _ = await connection.closed(until: soon())
        }) { _, connection in
            var seen: [String] = []
            guard let connection else { return seen }
            connection.tellsPings = true
            var changes = 0
            connection.onChange = { changes += 1 }
            for letter in [UInt8(1), 2] {
                seen.append("\(connection.post(.binary, Array(repeating: letter, count: size)) == nil)")
            }
            seen.append("\(connection.post(ping: [9]) == nil) \(connection.unsentBytes > 0) \(changes)")
            seen.append("\(connection.take() == nil)")
            var messages: [String] = []
            while messages.count < 4, case .success(let message) = await connection.receive(until: soon()) {
                messages.append("\(message.kind) \(message.bytes.count) \(message.bytes.first ?? 0)")
            }
            seen += messages.sorted()
            seen.append("\(await connection.drained(until: soon()) == nil) \(connection.unsentBytes)")
            connection.post(close: WebSocketCloseCode(3001), reason: "enough")
            seen.append("\(connection.post(.text, [65])?.outcome.name ?? "sent") \(changes > 0)")
            if let end = await connection.closed(until: soon()) { seen.append("\(end)") }
            if case .failure(let end)? = connection.take() { seen.append("\(end)") }
            return seen
        }
        let end = "\(WebSocketEnd.closed(WebSocketCloseCode(3001), reason: ""))"
        #expect(
            seen == [
                "true", "true", "true true 0", "true", "binary \(size) 1", "binary \(size) 2", "ping 1 7",
                "pong 1 9", "true 0", "not-sent true", end, end,
            ])
    }

    @Test("a refused handshake has its status and its body")
    func refused() throws {
        let seen = try with(target: "/other", serve: Self.echo) { opening, _ in
            "\(opening.status) \(opening.failure?.description ?? "") \(String(decoding: opening.body, as: UTF8.self))"
        }
        #expect(seen == "403 upgrade-refused: the handshake was answered 403 Forbidden not here")
    }

    @Test("a ping is answered while nobody receives, and a pong is received like a message")
    func pings() throws {
        let seen = try with(serve: { connection in
            _ = await connection.ping(Array("are you there".utf8))
            guard case .success(let pong) = await connection.receive(until: soon()) else { return }
            _ = await connection.send(.text, Array("\(pong.kind) \(pong.text)".utf8))
            _ = await connection.receive(until: soon())
        }) { _, connection in
            guard let connection else { return "closed" }
            guard case .success(let message) = await connection.receive(until: soon()) else { return "none" }
            let failure = await connection.ping([1, 2], until: soon())
            guard failure == nil, case .success(let pong) = await connection.receive(until: soon()) else {
                return "no pong"
            }
            return "\(message.text); \(pong.kind) \(pong.bytes) \(connection.pingsAnswered)"
        }
        #expect(seen == "pong are you there; pong [1, 2] 1")
    }

    @Test("messages that came before the peer's close are received before the close is told")
    func closedByPeer() throws {
        let seen = try with(serve: { connection in
            _ = await connection.send(.text, Array("last words".utf8))
            await connection.close(.goingAway, reason: "maintenance", until: soon())
        }) { _, connection in
            guard let connection else { return ["closed"] }
            var seen: [String] = []
            for _ in 0..<2 {
                switch await connection.receive(until: soon()) {
                case .success(let message): seen.append(message.text)
                case .failure(let failure): seen.append("\(failure)")
                }
            }
            seen.append(
                "\(await connection.closed(until: soon()) == .closed(.goingAway, reason: "maintenance"))")
            return seen
        }
        #expect(
            seen == [
                "last words",
                "closed-early: the peer closed the WebSocket with 1001 (going away): maintenance",
                "true",
            ])
    }

    @Test("a peer that does not answer a close is closed at the deadline")
    func silentPeer() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            var response = HTTPResponse.webSocket(request) { _ in }
            response.upgrade = { upgrade in await reactor.sleep(until: .max, in: upgrade.scope) }
            return response
        }
        let port = try #require(server.address.port)
        let end = reactor.run {
            let request = WebSocketRequest(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), target: "/")
            let (_, connection) = await WebSocketConnection.open(
                request, random: SeededRandom(seed: 1), until: soon(), on: reactor)
            let end = await connection?.close(until: Reactor.monotonicNow() + 5_000_000)
            server.stop()
            return end
        }
        #expect(end?.failure == WebSocketFailure(.timeout, "the peer did not answer the close in time"))
    }

    /// What a server sends behind its 101, and how the client names it.
    static let broken: [(String, [UInt8], String, UInt16?)] = [
        (
            "a masked frame", [0x81, 0x81, 0, 0, 0, 0, 0x61],
            "protocol-error: a server's frame is masked (RFC 6455 §5.1)", 1002
        ),
        (
            "a frame over the limit", [0x82, 0x7F, 0, 0, 0, 0, 0, 0x10, 0, 0],
            "too-large: a frame of 1048576 bytes is over the limit of 1000", 1009
        ),
        (
            "text that is none", [0x81, 2, 0x61, 0xFF],
            "protocol-error: a text message is not valid UTF-8 at byte 1 (RFC 6455 §8.1)", 1007
        ),
        (
            "an end without a word", [], "closed-early: the peer closed the connection without a close frame",
            nil
        ),
        (
            "an end inside a message", [0x81, 5, 0x61],
            "closed-early: the peer closed the connection inside a message", nil
        ),
    ]

    @Test("what a hostile server does has a name, and it is told the rule", arguments: broken)
    func hostile(_ name: String, _ bytes: [UInt8], _ outcome: String, _ code: UInt16?) throws {
        let reactor = try Reactor()
        let told = Told()
        let server = try HTTPServer(on: reactor) { request in
            var response = HTTPResponse.webSocket(request) { _ in }
            response.upgrade = { upgrade in
                if !bytes.isEmpty { _ = upgrade.channel.send(bytes) }
                if code == nil { return }
                // Reads to the end what the client says of it.
                while await upgrade.channel.readable(until: soon(), in: upgrade.scope) == .ready {
                    guard let more = upgrade.channel.receive() else { break }
                    told.bytes += more
                }
            }
            return response
        }
        let port = try #require(server.address.port)
        let seen = reactor.run {
            var request = WebSocketRequest(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), target: "/")
            request.limits = WebSocketLimits(frameBytes: 1000)
            let (_, connection) = await WebSocketConnection.open(
                request, random: SeededRandom(seed: 1), until: soon(), on: reactor)
            guard let connection else { return "not open" }
            guard case .failure(let failure) = await connection.receive(until: soon()) else {
                return "a message"
            }
            _ = await connection.closed(until: soon())
            await reactor.sleep(for: .milliseconds(1))
            server.stop()
            return "\(failure)"
        }
        #expect(seen == outcome)
        guard let code else { return }
        var reader = WebSocketReader(role: .server)
        guard case .close(let heard, _) = unsafe reader.next(told.bytes.span.bytes).event else {
            Issue.record("it was not told: \(told.bytes)")
            return
        }
        #expect(heard?.rawValue == code)
    }

    /// Belongs to the reactor of one test.
    private final class Told: @unchecked Sendable { var bytes: [UInt8] = [] }

    @Test("pongs that a peer does not read take bounded memory")
    func unreadPongs() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            var response = HTTPResponse.webSocket(request) { _ in }
            response.upgrade = { upgrade in
                var pings: [UInt8] = []
                for _ in 0..<500 { pings += [0x89, 125] + [UInt8](repeating: 7, count: 125) }
                var pieces = [[UInt8]](repeating: pings, count: 256)
                pieces.append([0x81, 4] + Array("done".utf8))
                for bytes in pieces {
                    var place = 0
                    while place < bytes.count, let count = upgrade.channel.send(bytes, from: place) {
                        place += count
                        guard place < bytes.count else { break }
                        guard await upgrade.channel.writable(until: soon(), in: upgrade.scope) == .ready
                        else {
                            return
                        }
                    }
                }
                await reactor.sleep(until: .max, in: upgrade.scope)
            }
            return response
        }
        let port = try #require(server.address.port)
        let (text, unsent, answered) = reactor.run {
            let request = WebSocketRequest(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), target: "/")
            let (_, connection) = await WebSocketConnection.open(
                request, random: SeededRandom(seed: 1), until: soon(), on: reactor)
            guard let connection else { return ("not open", 0, 0) }
            let received = await connection.receive(until: soon())
            let seen = (
                (try? received.get())?.text ?? "nothing", connection.unsent.count, connection.pingsAnswered
            )
            connection.abort()
            server.stop()
            return seen
        }
        #expect(text == "done" && unsent < 512 * 1024)
        #expect(answered > 0 && answered <= 500 * 256)
    }

    @Test("a client that does not receive is sent no more than its inbox holds")
    func backpressure() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            .webSocket(request) { connection in
                for _ in 0..<50_000 {
                    guard await connection.send(.binary, [UInt8](repeating: 1, count: 1000)) == nil else {
                        return
                    }
                }
            }
        }
        let port = try #require(server.address.port)
        let (waiting, received) = reactor.run {
            var request = WebSocketRequest(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), target: "/")
            request.inbox = WebSocketInboxLimits(messages: 100)
            let (_, connection) = await WebSocketConnection.open(
                request, random: SeededRandom(seed: 1), until: soon(), on: reactor)
            guard let connection else { return (0, 0) }
            while connection.waitingMessages < 100 { await reactor.sleep(for: .milliseconds(1)) }
            await reactor.sleep(for: .milliseconds(5))
            let waiting = connection.waitingMessages
            var received = 0
            while case .success = await connection.receive(until: soon()) { received += 1 }
            server.stop()
            return (waiting, received)
        }
        // One read may bring more than fits, and no second one follows.
        #expect(waiting >= 100 && waiting < 400)
        #expect(received == 50_000)
    }
}
