import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("What the HTTP server grants its clients")
struct HTTPLimitTests {
    private static func options(_ change: (inout HTTPServerOptions) -> Void) -> HTTPServerOptions {
        var options = HTTPServerOptions()
        change(&options)
        return options
    }

    private static func exchange(
        _ request: String, _ options: HTTPServerOptions = HTTPServerOptions()
    ) throws -> (text: String, end: RawClient.End) {
        try HTTPStreamTests.exchange(request, options: options) { request in
            HTTPResponse(text: "\(request.method) \(request.target) \(request.body.count)\n")
        }
    }

    @Test(
        "what is no request is refused with its status and a sentence",
        arguments: [
            ("nonsense\r\n\r\n", 400, "expected a request line like 'GET / HTTP/1.1'"),
            ("GET / HTTP/1.1\r\n\r\n", 400, "expected a Host header, got none"),
            ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "expected HTTP/1.0 or HTTP/1.1"),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
                "expected either Content-Length or Transfer-Encoding, got both"
            ),
            ("GET / HTTP/1.1\r\nHost: x\r\nbad header: 1\r\n\r\n", 400, "expected a colon right behind"),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
                "expected a chunk size in hexadecimal digits"
            ),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", 413,
                "the body is longer than 100 bytes"
            ),
            (
                "GET /\(String(repeating: "a", count: 600)) HTTP/1.1\r\nHost: x\r\n\r\n", 414,
                "the request line is longer"
            ),
            (
                "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 600))\r\n\r\n", 431,
                "a line of the head"
            ),
        ])
    func refusals(request: String, status: Int, sentence: String) throws {
        let limits = HTTP1Limits(lineBytes: 500, bodyBytes: 100)
        let seen = try Self.exchange(request, Self.options { $0.limits = limits })
        #expect(seen.text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(seen.text.contains(sentence))
        #expect(seen.text.contains("Connection: close"))
        #expect(seen.end == .closed)
    }

    @Test("a refused upload is answered although the client goes on sending")
    func refusedUpload() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor, options: Self.options { $0.limits.bodyBytes = 1000 }) { _ in
            HTTPResponse()
        }
        let seen = reactor.run { () -> String in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return "" }
            await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
            await client.send([UInt8](repeating: 65, count: 4_000_000))
            return await client.text()
        }
        #expect(seen.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        #expect(seen.hasSuffix("the body is longer than 1000 bytes\n"))
    }

    @Test("a head or a body that comes too slowly is answered 408")
    func slowClients() throws {
        let slowHead = try Self.exchange(
            "GET / HTTP/1.1\r\nHost: x\r\n", Self.options { $0.headTimeout = .milliseconds(30) })
        #expect(slowHead.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(slowHead.text.hasSuffix("the head of the request was not whole within 30.0 ms\n"))
        let slowBody = try Self.exchange(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
            Self.options { $0.bodyTimeout = .milliseconds(30) })
        #expect(slowBody.text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(slowBody.text.contains("the body of the request came too slowly: 3 bytes in "))
    }

    @Test("an idle connection is ended without a word")
    func idle() throws {
        let seen = try Self.exchange("", Self.options { $0.idleTimeout = .milliseconds(30) })
        #expect(seen.text.isEmpty)
        #expect(seen.end == .closed)
    }

    @Test("one connection too many is answered 503")
    func tooMany() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor, options: Self.options { $0.maxConnections = 1 }) { _ in
            HTTPResponse()
        }
        let seen = reactor.run { () -> String in
            defer { server.stop() }
            guard let first = await RawClient(server.address, on: reactor),
                let second = await RawClient(server.address, on: reactor)
            else { return "" }
            let text = await second.text()
            first.channel.close()
            return text
        }
        #expect(seen.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(seen.hasSuffix("this server takes at most 1 connections at a time\n"))
    }

    @Test("pipelined requests are answered in their order, whole bodies and pieces of requests alike")
    func pipelined() throws {
        let text =
            (0..<50).map {
                "POST /\($0) HTTP/1.1\r\nHost: x\r\nContent-Length: \($0)\r\n\r\n"
                    + String(repeating: "b", count: $0)
            }
            .joined() + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let bodies = (0..<50).map { "POST /\($0) \($0)" } + ["GET /last 0"]
        let whole = try Self.exchange(text)
        #expect(
            whole.text.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "\n" } }
                == bodies.map { $0[...] })
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            HTTPResponse(text: "\(request.method) \(request.target) \(request.body.count)\n")
        }
        let pieces = reactor.run { () -> String in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return "" }
            for byte in text.utf8.prefix(500) {
                await client.send([byte])
                await reactor.sleep(until: 0)
            }
            await client.send(Array(text.utf8.dropFirst(500)))
            return await client.text()
        }
        #expect(
            pieces.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "\n" } }
                == bodies.map { $0[...] })
    }

    @Test("ten megabytes go both ways, chunked as well, and 100 Continue is given")
    func largeBodies() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            HTTPResponse(
                headers: request.headers.contains("x-chunks")
                    ? HTTPHeaders([("Transfer-Encoding", "chunked")]) : HTTPHeaders(),
                body: request.body)
        }
        let seen = reactor.run { () -> [Bool] in
            defer { server.stop() }
            let body = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var seen: [Bool] = []
            guard let client = await RawClient(server.address, on: reactor) else { return [] }
            await client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n\r\n")
            seen.append(await client.text { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
            await client.send(body)
            let came = await client.read { $0.count > 10_000_000 }.bytes
            seen.append(came.suffix(10_000_000).elementsEqual(body))
            await client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nx-chunks: 1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for start in stride(from: 0, to: body.count, by: 1_000_000) {
                await client.send("f4240\r\n")
                await client.send(Array(body[start..<start + 1_000_000]) + [13, 10])
            }
            await client.send("0\r\n\r\n")
            let chunked = await client.read().bytes
            let end = Array("\r\n0\r\n\r\n".utf8)
            seen.append(chunked.suffix(end.count).elementsEqual(end))
            seen.append(chunked.dropLast(end.count).suffix(10_000_000).elementsEqual(body))
            return seen
        }
        #expect(seen == [true, true, true, true])
    }

    @Test("framing that a handler copied from elsewhere does not break the connection")
    func copiedFraming() throws {
        let seen = try HTTPStreamTests.exchange(
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
        ) { request in
            HTTPResponse(
                headers: HTTPHeaders([
                    ("content-length", "999"), ("X\r\nY", "1"), ("Z", "a\r\nb: c"), ("Date", "then"),
                    ("Connection", request.target == "/2" ? "close" : "keep-alive"),
                ]), body: Array("ab".utf8))
        }
        let answer = "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 2\r\n"
        #expect(seen.text == answer + "\r\nab" + answer + "Connection: close\r\n\r\nab")
    }

    @Test("HTTP/1.0 clients are kept when they ask for it, and a handler sees who asks")
    func oldClients() throws {
        let seen = try HTTPStreamTests.exchange(
            "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"
        ) { request in
            HTTPResponse(text: "\(request.peer.map { "\($0)".hasPrefix("127.0.0.1:") } ?? false);")
        }
        #expect(seen.text.split(separator: "true;").count == 2)
        #expect(seen.text.contains("Connection: keep-alive"))
    }
}
