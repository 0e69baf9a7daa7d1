import AssayCore
import AssayWire
import Testing

@testable import AssayNet

/// A peer that says exactly what a test wants, byte by byte, and then does what a test wants.
private struct ScriptedPeer {
    enum Ending { case close, reset, keepOpen }

    /// Accepts connections one after the other; each gets the next script after its request's head has come.
    static func run(
        _ scripts: [(pieces: [String], ending: Ending)], on reactor: Reactor
    ) throws -> (port: UInt16, stop: () -> Void) {
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let scope = CancelScope(on: reactor)
        Task(executorPreference: reactor) {
            for script in scripts {
                guard let channel = await listener.accept(in: scope) else { return }
                await serve(script.pieces, script.ending, channel, reactor, scope)
            }
        }
        return (
            listener.address.port ?? 0,
            {
                scope.cancel()
                listener.close()
            }
        )
    }

    private static func serve(
        _ pieces: [String], _ ending: Ending, _ channel: Channel, _ reactor: Reactor, _ scope: CancelScope
    ) async {
        guard await channel.readable(in: scope) == .ready else { return channel.close() }
        var scratch = [UInt8](repeating: 0, count: 4096)
        _ = unsafe scratch.withUnsafeMutableBytes { unsafe receive(channel.descriptor, into: $0) }
        for piece in pieces {
            _ = unsafe Array(piece.utf8).withUnsafeBytes { unsafe transmit(channel.descriptor, $0) }
            await reactor.sleep(for: .milliseconds(2), in: scope)
        }
        switch ending {
        case .close: channel.close()
        case .reset:
            setLingerZero(channel.descriptor)
            channel.close()
        case .keepOpen:
            await reactor.sleep(until: .max, in: scope)
            channel.close()
        }
    }
}

@Suite("How an exchange can end")
struct OutcomeTests {
    private struct Seen: Equatable {
        var outcome: Outcome
        var status: Int
        var body: String
    }

    /// Requests in turn on one client; what came of the last.
    private func exchange(
        _ scripts: [(pieces: [String], ending: ScriptedPeer.Ending)], requests: Int = 1,
        method: String = "GET",
        timeout: Int64 = 2_000_000_000, bodyLimit: Int = 1 << 20
    ) throws -> Seen {
        let reactor = try Reactor()
        let (port, stop) = try ScriptedPeer.run(scripts, on: reactor)
        let bound = ReactorBound(stop, on: reactor)
        return reactor.run {
            let client = HTTPClient(on: reactor, limits: HTTPClientLimits(bodyBytes: bodyLimit))
            for index in 0..<requests {
                if index > 0 { await reactor.sleep(for: .milliseconds(20)) }
                await client.exchange(
                    with: HTTPOrigin(host: "127.0.0.1", port: port), toHead: method == "HEAD",
                    isIdempotent: method != "POST", timeout: timeout
                ) { $0.append("\(method) / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") }
            }
            let last = client.last
            let body = last.outcome == .answered ? String(decoding: client.body, as: UTF8.self) : ""
            client.closeAll()
            bound.value()
            return Seen(outcome: last.outcome, status: last.status, body: body)
        }
    }

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("bodies framed every way arrive whole, however they are cut")
    func framings() throws {
        #expect(try exchange([([Self.ok], .keepOpen)]) == Seen(outcome: .answered, status: 200, body: "ok"))
        #expect(
            try exchange([(Self.ok.map { String($0) }, .keepOpen)])
                == Seen(outcome: .answered, status: 200, body: "ok"))
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
        #expect(try exchange([(["HTTP/1.1 103 Early\r\n\r\n", chunked], .keepOpen)]).body == "abcde")
        #expect(try exchange([(["HTTP/1.1 200 OK\r\n\r\nto the ", "end"], .close)]).body == "to the end")
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        #expect(
            try exchange([([head], .keepOpen)], method: "HEAD")
                == Seen(outcome: .answered, status: 200, body: ""))
        #expect(try exchange([(["HTTP/1.1 204 No Content\r\n\r\n"], .keepOpen)]).status == 204)
        #expect(
            try exchange([(["HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"], .keepOpen)]).status
                == 304)
    }

    @Test("each way to fail has its name")
    func failures() throws {
        #expect(try exchange([([], .close)]).outcome == .closedEarly)
        #expect(
            try exchange([(["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], .close)]).outcome
                == .closedEarly)
        #expect(
            try exchange([(["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], .reset)]).outcome == .reset)
        #expect(try exchange([([], .reset)]).outcome == .reset)
        #expect(try exchange([(["SMTP ready\r\n"], .keepOpen)]).outcome == .protocolError)
        #expect(
            try exchange([(["HTTP/1.1 200 OK\r\n folded: x\r\n\r\n"], .keepOpen)]).outcome == .protocolError)
        #expect(try exchange([(["HTTP/1.1 200 OK\r\n"], .keepOpen)], timeout: 30_000_000).outcome == .timeout)
        let large = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + String(repeating: "x", count: 99)
        #expect(try exchange([([large], .keepOpen)], bodyLimit: 50).outcome == .tooLarge)
        let gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
        #expect(try exchange([([gzip], .keepOpen)]).outcome == .protocolError)
    }

    @Test("a kept connection that the server closed is replaced without anyone noticing")
    func keptConnection() throws {
        let second = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"
        let seen = try exchange([([Self.ok], .close), ([second], .keepOpen)], requests: 2)
        #expect(seen == Seen(outcome: .answered, status: 200, body: "second"))
        #expect(
            try exchange([([Self.ok], .close), ([second], .keepOpen)], requests: 2, method: "POST").body
                == "second")
    }

    @Test("a name that does not resolve, and a resolver that does not answer")
    func names() throws {
        let reactor = try Reactor()
        let outcomes = reactor.run {
            let soon = Reactor.monotonicNow() + 20_000_000
            let missing = await Resolver.addresses(
                of: "missing.test", port: 80, on: reactor, until: .max, in: nil
            ) { _, _ in .failure(ResolverError(code: -2)) }
            let slow = await Resolver.addresses(of: "slow.test", port: 80, on: reactor, until: soon, in: nil)
            { _, _ in
                pauseThread(milliseconds: 200)
                return .success([.loopback(port: 80)])
            }
            let local = await Resolver.addresses(of: "localhost", port: 80, on: reactor, until: .max)
            func outcome(_ result: Result<[SocketAddress], ConnectFailure>) -> Outcome {
                if case .failure(let failure) = result { failure.outcome } else { .answered }
            }
            return [outcome(missing), outcome(slow), outcome(local)]
        }
        #expect(outcomes == [.nameNotFound, .nameTimeout, .answered])
    }

    @Test("a listener whose queue is full is connect-timeout")
    func connectTimeout() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor, backlog: 0)
        let outcomes = reactor.run {
            var kept: [Channel] = []
            var outcome = Outcome.answered
            // The queue of a listener that never accepts takes a few; then the kernel drops what comes.
            for _ in 0..<8 where outcome == .answered {
                switch await reactor.connect(
                    to: [listener.address], until: Reactor.monotonicNow() + 50_000_000)
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

    @Test("cancelling the scope ends an exchange as cancelled")
    func cancelled() throws {
        let reactor = try Reactor()
        let (port, stop) = try ScriptedPeer.run([([], .keepOpen)], on: reactor)
        let bound = ReactorBound(stop, on: reactor)
        let outcome = reactor.run {
            let scope = CancelScope(on: reactor)
            Task(executorPreference: reactor) {
                await reactor.sleep(for: .milliseconds(20))
                scope.cancel()
            }
            let client = HTTPClient(on: reactor)
            await client.exchange(
                with: HTTPOrigin(host: "127.0.0.1", port: port), timeout: .max / 2, in: scope
            ) {
                $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            bound.value()
            return client.last.outcome
        }
        #expect(outcome == .cancelled)
    }
}
