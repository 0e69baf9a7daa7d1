import AssayCore
import AssayTestSupport
import Testing

@testable import AssayNet

private let second: Int64 = 1_000_000_000

@Suite("Connections of HTTP/2 that are of no use, or of no more")
struct HTTP2OpeningTests {
    /// Greets each connection before it is spoken to; without a greeting it ends at once.
    private static func greeter(_ greeting: [UInt8], on reactor: Reactor) throws -> Listener {
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        Task(executorPreference: reactor) {
            while let channel = await listener.accept() {
                if greeting.isEmpty { channel.shutdownWriting() } else { _ = channel.send(greeting) }
                Task(executorPreference: reactor) {
                    _ = await channel.ended(until: Reactor.monotonicNow() + 10 * second)
                    channel.close()
                }
            }
        }
        return listener
    }

    private static func origin(_ listener: Listener) -> HTTPOrigin {
        HTTPOrigin(host: "127.0.0.1", port: listener.address.port ?? 0)
    }

    @Test(
        "A peer that speaks something else first is named, and not asked for ever",
        arguments: ["SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"])
    func stranger(_ greeting: String) throws {
        let reactor = try Reactor()
        let listener = try Self.greeter(Array(greeting.utf8), on: reactor)
        let origin = Self.origin(listener)
        let last = reactor.run {
            let client = HTTPClient(on: reactor)
            await client.exchange(with: origin, via: ConnectOptions(version: .http2), timeout: 2 * second) {
                $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            let last = client.last
            client.closeAll()
            listener.close()
            return last
        }
        #expect(last.outcome == .protocolError && last.isHTTP2, "\(last)")
    }

    @Test(
        "What the peer said before the first request is why there is none",
        arguments: [
            (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), Outcome.protocolError),
            (HTTP2Frame(HTTP2Frame.settings).bytes + HTTP2Frame.goAway(last: 0, 11).bytes, Outcome.goneAway),
            ([], Outcome.closedEarly),
        ] as [([UInt8], Outcome)])
    func refusal(_ greeting: [UInt8], _ outcome: Outcome) throws {
        let reactor = try Reactor()
        let listener = try Self.greeter(greeting, on: reactor)
        let address = listener.address
        let seen = reactor.run { () -> Outcome? in
            defer { listener.close() }
            let deadline = Reactor.monotonicNow() + 10 * second
            guard case .success(let channel) = await reactor.connect(to: [address], until: deadline),
                await channel.readable(until: deadline) == .ready
            else { return nil }
            let connection = HTTP2Connection(channel, isSecure: false, streams: 1)
            connection.reserve()
            reactor.output.removeAll()
            reactor.output.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let isTaken = await connection.exchange(
                HTTP2Exchange(), keepsBody: true, bodyLimitBytes: 100, timeout: second, in: nil)
            let refusal = connection.refusal
            connection.giveBack()
            return isTaken || !connection.isClosed ? nil : refusal.outcome
        }
        #expect(seen == outcome)
    }

    private final class Ending {
        var wake: Wake?
    }

    @Test("An idle connection closes when the peer says farewell")
    func idleFarewell() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let ending = ReactorBound(Ending(), on: reactor)
        let origin = Self.origin(listener)
        Task(executorPreference: reactor) {
            guard let channel = await listener.accept() else { return }
            _ = channel.send(HTTP2Frame(HTTP2Frame.settings).bytes)
            var received: [UInt8] = []
            while !HTTP2Frame.all(in: received).contains(where: { $0.type == HTTP2Frame.headers }) {
                guard await channel.readable() == .ready, let bytes = channel.receive(limitBytes: 65_536)
                else { return }
                received += bytes
            }
            _ = channel.send(HTTP2Script.ok(1).flatMap(\.bytes))
            await reactor.sleep(for: .milliseconds(20))
            _ = channel.send(HTTP2Frame.goAway(last: 1, 0).bytes)
            ending.value.wake = await channel.ended(until: Reactor.monotonicNow() + 5 * second)
            channel.close()
        }
        let isClosed = reactor.run {
            let client = HTTPClient(on: reactor)
            await client.exchange(with: origin, via: ConnectOptions(version: .http2), timeout: 2 * second) {
                $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            while client.last.outcome == .answered, ending.value.wake == nil {
                await reactor.sleep(for: .milliseconds(5))
            }
            client.closeAll()
            listener.close()
            return ending.value.wake == .ready
        }
        #expect(isClosed)
    }

    @Test("An interim response is no first byte")
    func interimFirst() throws {
        let reactor = try Reactor()
        let script = HTTP2Script([(1, [HTTP2Frame.head([(":status", "103")])])])
        let server = try HTTP2Script.serve([script], on: reactor)
        let bound = ReactorBound(server, on: reactor)
        let origin = server.origin
        let last = reactor.run {
            let client = HTTPClient(on: reactor)
            await client.exchange(
                with: origin, via: ConnectOptions(version: .http2), timeout: 600 * second,
                delivery: RequestDelivery(firstByteNanoseconds: 50_000_000)
            ) { $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            let last = client.last
            client.closeAll()
            bound.value.stop()
            return last
        }
        #expect(last.outcome == .timeout && last.note == "no first byte of the response in time")
    }

    @Test("After an exchange that got no connection there is no response, not the one before")
    func staleResponse() throws {
        let reactor = try Reactor()
        let head = HTTP2Frame.head([(":status", "200"), ("set-cookie", "a=b")])
        let body = HTTP2Frame(HTTP2Frame.data, flags: HTTP2Frame.endStream, stream: 1, Array("ok".utf8))
        let server = try HTTP2Script.serve([HTTP2Script([(1, [head, body])])], on: reactor)
        let bound = ReactorBound(server, on: reactor)
        let origin = server.origin
        let free = try Listener(at: .loopback(port: 0), on: reactor)
        let nobody = Self.origin(free)
        free.close()
        let seen = reactor.run {
            let client = HTTPClient(on: reactor)
            var seen: [String] = []
            for (place, options) in [
                (origin, ConnectOptions(version: .http2)), (nobody, ConnectOptions.standard),
            ] {
                await client.exchange(with: place, via: options, timeout: 2 * second) {
                    $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                let text = String(decoding: client.body, as: UTF8.self)
                let isEmpty = client.headBytes.isEmpty
                seen.append("\(client.last.outcome.name) \(client.setsCookies) \(isEmpty) \(text)")
            }
            client.closeAll()
            bound.value.stop()
            return seen
        }
        #expect(seen == ["answered true false ok", "connect-refused false true "])
    }
}
