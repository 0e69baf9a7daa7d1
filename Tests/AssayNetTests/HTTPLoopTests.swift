import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("HTTP client and server on one reactor")
struct HTTPLoopTests {
    @Test("a request reaches the handler and its answer comes back, again and again on one connection")
    func roundTrips() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
            HTTPResponse(status: 201, text: "\(request.method) \(request.target) \(request.body.count)")
        }
        let port = try #require(server.address.port)
        let seen = reactor.run {
            let client = HTTPClient(on: reactor)
            var seen: [String] = []
            for size in [0, 10, 300_000] {
                await client.exchange(
                    with: HTTPOrigin(host: "127.0.0.1", port: port), timeout: 5_000_000_000
                ) { output in
                    output.append("POST /a?b=\(size) HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
                    output.append([UInt8](repeating: 65, count: size))
                }
                let exchange = client.last
                seen.append(
                    "\(exchange.outcome) \(exchange.status) \(String(decoding: client.body, as: UTF8.self))")
            }
            server.stop()
            return seen
        }
        #expect(
            seen == [
                "answered 201 POST /a?b=0 0", "answered 201 POST /a?b=10 10",
                "answered 201 POST /a?b=300000 300000",
            ])
    }

    @Test("nobody listening is connect-refused, not an exception")
    func refused() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        listener.close()
        let outcome = reactor.run {
            let client = HTTPClient(on: reactor)
            await client.exchange(with: HTTPOrigin(host: "127.0.0.1", port: port), timeout: 1_000_000_000) {
                $0.append("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            return client.last.outcome
        }
        #expect(outcome == .connectRefused)
    }
}
