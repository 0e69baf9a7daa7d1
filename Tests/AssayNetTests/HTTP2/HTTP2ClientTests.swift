import AssayCore
import AssayTestSupport
import Testing

@testable import AssayNet

/// What a test sees of an exchange.
private struct Seen: Equatable, CustomStringConvertible {
    var outcome: String
    var status: Int
    var body: String
    var note: String?

    init(_ client: HTTPClient) {
        outcome = client.last.outcome.name
        status = client.last.status
        body = client.last.outcome == .answered ? String(decoding: client.body, as: UTF8.self) : ""
        note = client.last.note
    }

    var description: String { "\(outcome) \(status) \(body) \(note ?? "-")" }
}

private let second: Int64 = 1_000_000_000

@Suite("HTTP/2 over connections that tasks share")
struct HTTP2ClientTests {
    /// So many clients ask at once, each so many times, each less patient than the one before; what came of each exchange, and the number of connections.
    private func run(
        _ scripts: [HTTP2Script], clients: Int = 1, requests: Int = 1, method: String = "GET",
        reuse: ConnectionReuse = .shared(most: 1), streams: Int = 100, timeout: Int64 = 2 * second,
        bodyLimit: Int = 1 << 20
    ) throws -> (seen: [String], connections: Int) {
        let reactor = try Reactor()
        let server = try HTTP2Script.serve(scripts, on: reactor)
        let bound = ReactorBound((server: server, pool: HTTPPool(on: reactor)), on: reactor)
        let options = ConnectOptions(version: .http2, reuse: reuse, streams: streams)
        let origin = server.origin
        return reactor.run {
            let seen = await withTaskGroup(of: [String].self) { group in
                for index in 0..<clients {
                    group.addTask(executorPreference: reactor) {
                        let client = HTTPClient(
                            on: reactor, limits: HTTPClientLimits(bodyBytes: bodyLimit),
                            sharing: bound.value.pool)
                        var seen: [String] = []
                        for _ in 0..<requests {
                            await client.exchange(
                                with: origin, via: options, isIdempotent: method != "POST",
                                timeout: timeout / Int64(index + 1)
                            ) { $0.append("\(method) /\(index) HTTP/1.1\r\nHost: x\r\n\r\n") }
                            seen.append("\(Seen(client))")
                        }
                        return seen
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            bound.value.pool.closeAll()
            bound.value.server.stop()
            return (seen.sorted(), bound.value.server.connections)
        }
    }

    @Test("several clients' exchanges share one connection, and their frames go out together")
    func sharing() throws {
        let script = HTTP2Script([(3, HTTP2Script.ok(5, 1, 3)), (6, HTTP2Script.ok(7, 9, 11))])
        let (seen, connections) = try run([script], clients: 3, requests: 2)
        #expect(seen == Array(repeating: "answered 200 ok -", count: 6) && connections == 1)
    }

    @Test("a user keeps a connection of its own")
    func perUser() throws {
        let scripts = (0..<3).map { _ in HTTP2Script([(1, HTTP2Script.ok(1)), (2, HTTP2Script.ok(3))]) }
        let (seen, connections) = try run(scripts, clients: 3, requests: 2, reuse: .perUser)
        #expect(seen.count == 6 && Set(seen) == ["answered 200 ok -"] && connections == 3)
    }

    @Test("without reuse each request has a connection")
    func noReuse() throws {
        let scripts = (0..<2).map { _ in HTTP2Script([(1, HTTP2Script.ok(1))]) }
        let (seen, connections) = try run(scripts, requests: 2, reuse: .none)
        #expect(seen == Array(repeating: "answered 200 ok -", count: 2) && connections == 2)
    }

    @Test("more requests than streams wait, or go over another connection while there may be one")
    func streams() throws {
        let one = HTTP2Script([
            (1, HTTP2Script.ok(1)), (2, HTTP2Script.ok(3)), (3, HTTP2Script.ok(5)), (4, HTTP2Script.ok(7)),
        ])
        let waiting = try run([one], clients: 4, streams: 1)
        #expect(Set(waiting.seen) == ["answered 200 ok -"] && waiting.connections == 1)
        let two = [one, one]
        let spread = try run(two, clients: 4, reuse: .shared(most: 2), streams: 2)
        #expect(Set(spread.seen) == ["answered 200 ok -"] && spread.connections == 2)
    }

    @Test("who waits for room in vain says so")
    func waitingInVain() throws {
        let silent = HTTP2Script([])
        let (seen, _) = try run([silent], clients: 2, streams: 1, timeout: 200_000_000)
        #expect(
            seen == [
                "timeout 0  no connection was free in time: all 1 of the pool are in use",
                "timeout 0  no whole response in time",
            ])
    }

    @Test("a time-out resets its stream, and the connection serves on")
    func timeouts() throws {
        let script = HTTP2Script([(2, HTTP2Script.ok(1) + HTTP2Script.ok(3))])
        let (seen, connections) = try run([script], requests: 2, timeout: 60_000_000)
        #expect(seen == ["answered 200 ok -", "timeout 0  no whole response in time"] && connections == 1)
    }

    @Test("a reset stream has the code's name, and is not repeated")
    func reset() throws {
        let script = HTTP2Script([
            (1, [HTTP2Frame(HTTP2Frame.reset, stream: 1, HTTP2Frame.word(2))]), (2, HTTP2Script.ok(3)),
        ])
        let (seen, connections) = try run([script], requests: 2)
        #expect(
            seen == ["answered 200 ok -", "stream-reset 0  the peer reset the stream: INTERNAL_ERROR"]
                && connections == 1)
    }

    @Test("a refused request is sent once more, whatever its method", arguments: ["GET", "POST"])
    func refused(_ method: String) throws {
        let refusal: (UInt32) -> [HTTP2Frame] = {
            [HTTP2Frame(HTTP2Frame.reset, stream: $0, HTTP2Frame.word(7))]
        }
        let once = HTTP2Script([(1, refusal(1)), (2, HTTP2Script.ok(3))])
        #expect(try run([once], method: method).seen == ["answered 200 ok -"])
        let twice = HTTP2Script([(1, refusal(1)), (2, refusal(3))])
        #expect(
            try run([twice], method: method).seen
                == ["stream-reset 0  the peer reset the stream: REFUSED_STREAM, twice"])
    }

    @Test("after a farewell, what was not looked at goes over a new connection", arguments: ["GET", "POST"])
    func goAway(_ method: String) throws {
        let leaving = HTTP2Script(
            [(2, [HTTP2Frame.goAway(last: 1, 0)] + HTTP2Script.ok(1, body: "old"))], ending: .close)
        let next = HTTP2Script([(1, HTTP2Script.ok(1, body: "new"))])
        let (seen, connections) = try run([leaving, next], clients: 2, method: method)
        #expect(seen == ["answered 200 new -", "answered 200 old -"] && connections == 2)
    }

    @Test("a peer that says farewell to everything is named")
    func goneAway() throws {
        let leaving = HTTP2Script([(1, [HTTP2Frame.goAway(last: 0, 11, "too fast")])], ending: .close)
        let (seen, connections) = try run([leaving, leaving])
        #expect(
            seen == ["gone-away 0  the peer is closing the connection: GOAWAY ENHANCE_YOUR_CALM 'too fast'"])
        #expect(connections == 2)
    }

    @Test("a closed or reset connection fails every exchange on it by name")
    func lost() throws {
        let half = HTTP2Frame.head([(":status", "200")], stream: 1)
        let closed = try run([HTTP2Script([(2, [half])], ending: .close)], clients: 2)
        #expect(
            closed.seen == [
                "closed-early 0  the peer closed inside the response",
                "closed-early 0  the peer closed without an answer",
            ])
        let reset = try run([HTTP2Script([(2, [])], ending: .reset)], clients: 2)
        #expect(reset.seen.count == 2 && reset.seen.allSatisfy { $0.hasPrefix("reset 0") })
    }

    @Test("a kept connection that the peer has closed is replaced without anyone noticing")
    func keptConnection() throws {
        let first = HTTP2Script([(1, HTTP2Script.ok(1, body: "a"))], ending: .close)
        let other = HTTP2Script([(1, HTTP2Script.ok(1, body: "b"))])
        let reactor = try Reactor()
        let server = try HTTP2Script.serve([first, other], on: reactor)
        let bound = ReactorBound(server, on: reactor)
        let origin = server.origin
        let bodies = reactor.run {
            let client = HTTPClient(on: reactor)
            var bodies: [String] = []
            for _ in 0..<2 {
                await client.exchange(with: origin, via: ConnectOptions(version: .http2), timeout: second) {
                    $0.append("POST / HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                bodies.append(String(decoding: client.body, as: UTF8.self))
                await reactor.sleep(for: .milliseconds(20))
            }
            client.closeAll()
            bound.value.stop()
            return bodies
        }
        #expect(bodies == ["a", "b"])
    }

    @Test("bytes that are no HTTP/2, large frames and large bodies have their names")
    func faults() throws {
        let bad = HTTP2Script([(1, [HTTP2Frame(HTTP2Frame.headers, flags: 4, stream: 1, [0xBF])])])
        #expect(try run([bad]).seen[0].hasPrefix("protocol-error 0  COMPRESSION_ERROR"))
        let stranger = HTTP2Script([], opening: [])
        var plain = stranger
        plain.opening = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)
        #expect(
            try run([plain]).seen == [
                "protocol-error 0  PROTOCOL_ERROR: the peer answers in HTTP/1: it speaks no HTTP/2 here"
            ])
        let large = HTTP2Script([
            (1, [HTTP2Frame(HTTP2Frame.data, stream: 1, [UInt8](repeating: 1, count: 20_000))])
        ])
        #expect(
            try run([large]).seen == [
                "too-large 0  FRAME_SIZE_ERROR: a frame is larger than the 16384 bytes allowed"
            ])
        let long = HTTP2Script([(1, HTTP2Script.ok(1, body: String(repeating: "x", count: 99)))])
        #expect(try run([long], bodyLimit: 50).seen == ["too-large 0  the body is longer than 50 bytes"])
        let gzip = HTTP2Script([
            (
                1,
                [
                    HTTP2Frame.head([(":status", "200"), ("content-encoding", "gzip")]),
                    HTTP2Frame(HTTP2Frame.data, flags: 1, stream: 1, Array("nope".utf8)),
                ]
            )
        ])
        #expect(try run([gzip]).seen[0].hasPrefix("protocol-error 200  content encoding 'gzip'"))
    }

    @Test("nobody listening is told to all who wait for the connection")
    func nobody() throws {
        let reactor = try Reactor()
        let free = try Listener(at: .loopback(port: 0), on: reactor)
        let origin = HTTPOrigin(host: "127.0.0.1", port: free.address.port ?? 0)
        free.close()
        let pool = ReactorBound(HTTPPool(on: reactor), on: reactor)
        let options = ConnectOptions(version: .http2, reuse: .shared(most: 1))
        let seen = reactor.run {
            await withTaskGroup(of: Outcome.self) { group in
                for _ in 0..<5 {
                    group.addTask(executorPreference: reactor) {
                        let client = HTTPClient(on: reactor, sharing: pool.value)
                        await client.exchange(with: origin, via: options, timeout: second) {
                            $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        }
                        return client.last.outcome
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(seen == Array(repeating: .connectRefused, count: 5))
    }

    @Test("branches use the connections of the user that they belong to")
    func branches() throws {
        let script = HTTP2Script([(1, HTTP2Script.ok(1)), (3, HTTP2Script.ok(3, 5))])
        let reactor = try Reactor()
        let server = try HTTP2Script.serve([script], on: reactor)
        let bound = ReactorBound(server, on: reactor)
        let origin = server.origin
        let options = ConnectOptions(version: .http2)
        let outcome = reactor.run {
            let client = HTTPClient(on: reactor)
            func ask(_ client: HTTPClient) async -> Int {
                await client.exchange(with: origin, via: options, timeout: second) {
                    $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                }
                return client.last.status
            }
            var statuses = [await ask(client)]
            let parent = ReactorBound(client, on: reactor)
            statuses += await withTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask(executorPreference: reactor) {
                        let branch = HTTPClient(on: reactor, branchOf: parent.value)
                        await branch.exchange(with: origin, via: options, timeout: second) {
                            $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        }
                        let status = branch.last.status
                        branch.closeAll()
                        return status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            client.closeAll()
            bound.value.stop()
            return (statuses, bound.value.connections)
        }
        #expect(outcome.0 == [200, 200, 200] && outcome.1 == 1)
    }

    @Test("HTTP/1.1 may be shared too: as many connections as may be, the others wait in line")
    func sharedHTTP1() throws {
        let reactor = try Reactor()
        let seen = ReactorBound(Load(), on: reactor)
        let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { _ in
            seen.value.running += 1
            seen.value.most = max(seen.value.most, seen.value.running)
            await reactor.sleep(for: .milliseconds(2))
            seen.value.running -= 1
            return HTTPResponse(text: "ok")
        }
        let port = server.address.port ?? 0
        let pool = ReactorBound(HTTPPool(on: reactor), on: reactor)
        let options = ConnectOptions(version: .any, reuse: .shared(most: 2))
        let waits = reactor.run {
            let waits = await withTaskGroup(of: Int64.self) { group in
                for _ in 0..<6 {
                    group.addTask(executorPreference: reactor) {
                        let client = HTTPClient(on: reactor, sharing: pool.value)
                        await client.exchange(
                            with: HTTPOrigin(host: "127.0.0.1", port: port), via: options, timeout: 2 * second
                        ) { $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
                        return client.last.outcome == .answered ? client.last.waitingNanoseconds : -1
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            pool.value.closeAll()
            server.stop()
            return waits
        }
        #expect(waits.allSatisfy { $0 >= 0 } && waits.count { $0 > 0 } == 4)
        #expect(reactor.run { seen.value.most } == 2)
    }
}

private final class Load {
    var running = 0
    var most = 0
}
