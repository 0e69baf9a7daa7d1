import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("Streamed answers of the HTTP server")
struct HTTPStreamTests {
    /// What a client sees that sends `request` and reads to the end.
    static func exchange(
        _ request: String, options: HTTPServerOptions = HTTPServerOptions(),
        handler: @escaping HTTPServer.Handler
    ) throws -> (text: String, end: RawClient.End) {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor, options: options, handler: handler)
        let (bytes, end) = reactor.run { () -> ([UInt8], RawClient.End) in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return ([], .open) }
            await client.send(request)
            return await client.read()
        }
        return (String(decoding: bytes, as: UTF8.self), end)
    }

    private static func streaming(_ pieces: [String]) -> HTTPServer.Handler {
        { _ in
            var response = HTTPResponse(headers: HTTPHeaders([("Content-Type", "text/event-stream")]))
            response.stream = { writer in
                for piece in pieces { _ = await writer.write(piece) }
            }
            return response
        }
    }

    @Test("HTTP/1.1 gets chunks, HTTP/1.0 a body that ends with the connection, HEAD no body at all")
    func framings() throws {
        let chunked = try Self.exchange(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            handler: Self.streaming(["one", "", "twenty"]))
        #expect(chunked.text.hasSuffix("\r\n\r\n3\r\none\r\n6\r\ntwenty\r\n0\r\n\r\n"))
        #expect(chunked.text.contains("Transfer-Encoding: chunked"))
        let old = try Self.exchange("GET / HTTP/1.0\r\n\r\n", handler: Self.streaming(["one", "two"]))
        #expect(old.text.hasSuffix("\r\n\r\nonetwo"))
        #expect(!old.text.contains("chunked"))
        #expect(old.end == .closed)
        let head = try Self.exchange(
            "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", handler: Self.streaming(["one"]))
        #expect(head.text.hasSuffix("\r\n\r\n"))
        #expect(head.text.contains("Transfer-Encoding: chunked"))
    }

    @Test("the connection carries the next request after a stream")
    func keptAlive() throws {
        let twice = try Self.exchange(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            handler: Self.streaming(["a"]))
        #expect(twice.text.split(separator: "0\r\n\r\n").count == 2)
    }

    @Test("a piece is on the wire before the next is written, and a client that goes away ends the stream")
    func atOnceAndGone() throws {
        let reactor = try Reactor()
        let turn = reactor.makeSignal()
        let gone = reactor.makeSignal()
        let server = try HTTPServer(on: reactor) { _ in
            var response = HTTPResponse()
            response.stream = { writer in
                _ = await writer.write("first")
                await turn.wait()
                _ = await writer.write("second")
                if await !writer.pause(.seconds(60)) { gone.notifyAll() }
            }
            return response
        }
        let seen = reactor.run { () -> [String] in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return [] }
            await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let first = await client.text { $0.contains("first") }
            turn.notifyAll()
            let second = await client.text { $0.contains("second") }
            client.channel.close()
            await gone.wait()
            return [first, second]
        }
        #expect(seen.count == 2)
        #expect(seen.first?.contains("second") == false)
    }

    @Test("a client that does not read holds the stream back, and stopping the server ends it")
    func backPressure() throws {
        let reactor = try Reactor()
        let ended = reactor.makeSignal()
        let count = Counter()
        let server = try HTTPServer(on: reactor) { _ in
            var response = HTTPResponse()
            response.stream = { writer in
                let piece = [UInt8](repeating: 65, count: 1 << 20)
                while await writer.write(piece) { count.value += 1 }
                ended.notifyAll()
            }
            return response
        }
        let written = reactor.run { () -> Int in
            guard let client = await RawClient(server.address, on: reactor) else { return -1 }
            await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            // Until the kernel's buffers are full and nothing moves any more.
            var seen = -1
            while seen != count.value {
                seen = count.value
                await reactor.sleep(for: .milliseconds(100))
            }
            server.stop()
            await ended.wait()
            return count.value
        }
        #expect(written < 64)
    }

    @Test("cutting ends the connection inside the body, with FIN or with RST", arguments: [false, true])
    func cut(resets: Bool) throws {
        let seen = try Self.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n") { _ in
            var response = HTTPResponse()
            response.stream = { writer in
                _ = await writer.write("some")
                writer.cut(resets: resets)
                if await writer.write("more") { Issue.record("written after the cut") }
            }
            return response
        }
        #expect(seen.text.hasSuffix("4\r\nsome\r\n"))
        #expect(seen.end == (resets ? .reset : .closed))
    }
}

/// Counts on one reactor's thread.
final class Counter: @unchecked Sendable {
    var value = 0
}
