import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("Bodies that are read while they are sent")
struct UploadTests {
    /// A body that is made up as it is read.
    final class Made: HTTPUpload {
        let byteCount: Int?
        private let length: Int
        private var place = 0
        var rewinds = 0
        init(_ length: Int, isKnown: Bool) {
            self.length = length
            byteCount = isKnown ? length : nil
        }
        func rewind() { (place, rewinds) = (0, rewinds + 1) }
        func read(into bytes: inout [UInt8], atMost count: Int) {
            let taken = min(count, length - place)
            bytes += repeatElement(65, count: taken)
            place += taken
        }
    }

    /// A peer that speaks by hand: waits for a text, answers, and says what it got.
    static func peer(
        on reactor: Reactor, answers: [(after: String, say: String)], closes: Bool = false
    ) -> (port: UInt16, got: ReactorBound<Got>, listener: Listener) {
        guard let listener = try? Listener(at: .loopback(port: 0), on: reactor),
            let port = listener.address.port
        else { preconditionFailure("there is a port on loopback") }
        let got = ReactorBound(Got(), on: reactor)
        Task(executorPreference: reactor) {
            guard let channel = await listener.accept() else { return }
            for answer in answers {
                while !got.value.text.contains(answer.after) {
                    if await channel.readable() != .ready { return }
                    guard let bytes = channel.receive(limitBytes: 65536) else { return }
                    got.value.text += String(decoding: bytes, as: UTF8.self)
                }
                _ = channel.send(Array(answer.say.utf8))
            }
            if closes {
                channel.shutdownWriting()
                while await channel.readable() == .ready, let more = channel.receive(limitBytes: 65536) {
                    got.value.text += String(decoding: more, as: UTF8.self)
                }
                channel.close()
            } else {
                _ = await channel.ended()
                channel.close()
            }
        }
        return (port, got, listener)
    }

    final class Got { var text = "" }

    static func send(
        _ delivery: RequestDelivery, head: String, to port: UInt16, on client: HTTPClient,
        timeout: Int64 = 10_000_000_000
    ) async -> Exchange {
        await client.exchange(
            with: HTTPOrigin(host: "127.0.0.1", port: port), timeout: timeout, delivery: delivery
        ) { $0.append("POST /up HTTP/1.1\r\nHost: x\r\n" + head + "\r\n") }
        return client.last
    }

    @Test(
        "By length and in chunks the server gets all of it, and the connection is kept",
        arguments: [true, false])
    func whole(isKnown: Bool) throws {
        let reactor = try Reactor()
        let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
            HTTPResponse(text: "\(request.body.count) \(request.body.allSatisfy { $0 == 65 })")
        }
        let port = try #require(server.address.port)
        let seen = reactor.run {
            let client = HTTPClient(on: reactor)
            var seen: [String] = []
            for length in [0, 1, 3_000_000] {
                let head = isKnown ? "Content-Length: \(length)\r\n" : "Transfer-Encoding: chunked\r\n"
                let exchange = await Self.send(
                    RequestDelivery(upload: Made(length, isKnown: isKnown)), head: head, to: port, on: client)
                seen.append("\(exchange.status) \(String(decoding: client.body, as: UTF8.self))")
                #expect(
                    exchange.bytesSent >= length
                        && (length == 0 || exchange.connectingNanoseconds > 0 || seen.count > 1))
            }
            server.stop()
            return seen
        }
        #expect(seen == ["200 0 true", "200 1 true", "200 3000000 true"])
    }

    @Test("The body waits for 100 Continue") func continues() throws {
        let reactor = try Reactor()
        let (outcome, before, all) = reactor.run {
            let peer = Self.peer(
                on: reactor,
                answers: [
                    ("\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"),
                    ("AAA", "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"),
                ])
            let client = HTTPClient(on: reactor)
            let exchange = await Self.send(
                RequestDelivery(upload: Made(3, isKnown: true), continueNanoseconds: 9_000_000_000),
                head: "Content-Length: 3\r\nExpect: 100-continue\r\n", to: peer.port, on: client)
            peer.listener.close()
            let text = peer.got.value.text
            return (
                "\(exchange.outcome) \(exchange.status)", text.contains("100-continue"), text.hasSuffix("AAA")
            )
        }
        #expect(outcome == "answered 201" && before && all)
    }

    @Test("Without a word of the server the body goes when the wait is over") func silentServer() throws {
        let reactor = try Reactor()
        let outcome = reactor.run {
            let peer = Self.peer(
                on: reactor, answers: [("AAA", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])
            let exchange = await Self.send(
                RequestDelivery(upload: Made(3, isKnown: true), continueNanoseconds: 20_000_000),
                head: "Content-Length: 3\r\nExpect: 100-continue\r\n", to: peer.port,
                on: HTTPClient(on: reactor))
            peer.listener.close()
            return "\(exchange.outcome) \(exchange.status)"
        }
        #expect(outcome == "answered 200")
    }

    @Test("A final answer in place of 100 ends the exchange without the body") func refusedBody() throws {
        let reactor = try Reactor()
        let (outcome, text) = reactor.run {
            let peer = Self.peer(
                on: reactor,
                answers: [("\r\n\r\n", "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch")])
            let client = HTTPClient(on: reactor)
            let exchange = await Self.send(
                RequestDelivery(upload: Made(3, isKnown: true), continueNanoseconds: 9_000_000_000),
                head: "Content-Length: 3\r\nExpect: 100-continue\r\n", to: peer.port, on: client)
            peer.listener.close()
            return (
                "\(exchange.outcome) \(exchange.status) \(String(decoding: client.body, as: UTF8.self))",
                peer.got.value.text
            )
        }
        #expect(outcome == "answered 413 much" && text.hasSuffix("\r\n\r\n"))
    }

    @Test("An answer that comes while the body goes is read, and the rest is not sent") func earlyAnswer()
        throws
    {
        let reactor = try Reactor()
        let (outcome, sent) = reactor.run {
            let peer = Self.peer(
                on: reactor,
                answers: [("AAA", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")])
            let client = HTTPClient(on: reactor)
            let exchange = await Self.send(
                RequestDelivery(upload: Made(1 << 30, isKnown: true)),
                head: "Content-Length: \(1 << 30)\r\n", to: peer.port, on: client)
            peer.listener.close()
            return (
                "\(exchange.outcome) \(exchange.status) \(String(decoding: client.body, as: UTF8.self))",
                exchange.bytesSent
            )
        }
        #expect(outcome == "answered 401 no" && sent < 1 << 30)
    }

    @Test("No first byte in time is a time-out of its own, long before the whole one") func firstByte() throws
    {
        let reactor = try Reactor()
        let exchange = reactor.run {
            let peer = Self.peer(on: reactor, answers: [("never", "")])
            let exchange = await Self.send(
                RequestDelivery(firstByteNanoseconds: 20_000_000), head: "Content-Length: 0\r\n",
                to: peer.port,
                on: HTTPClient(on: reactor), timeout: 600_000_000_000)
            peer.listener.close()
            return exchange
        }
        #expect(exchange.outcome == .timeout && exchange.note == "no first byte of the response in time")
    }

    @Test(
        "An interim response is no first byte, whole or in part",
        arguments: ["HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: <"])
    func interimFirst(_ said: String) throws {
        let reactor = try Reactor()
        let exchange = reactor.run {
            let peer = Self.peer(on: reactor, answers: [("\r\n\r\n", said), ("never", "")])
            let exchange = await Self.send(
                RequestDelivery(firstByteNanoseconds: 50_000_000), head: "Content-Length: 0\r\n",
                to: peer.port, on: HTTPClient(on: reactor), timeout: 600_000_000_000)
            peer.listener.close()
            return exchange
        }
        #expect(exchange.outcome == .timeout && exchange.note == "no first byte of the response in time")
    }

    @Test("An HTTP/1.0 server's answer ends with its connection, and the next request opens another")
    func oldServer()
        throws
    {
        let reactor = try Reactor()
        let seen = reactor.run {
            let client = HTTPClient(on: reactor)
            var seen: [String] = []
            for _ in 0..<2 {
                let peer = Self.peer(
                    on: reactor, answers: [("\r\n\r\n", "HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nold")], closes: true
                )
                let exchange = await Self.send(
                    RequestDelivery(), head: "Content-Length: 0\r\n", to: peer.port, on: client)
                seen.append("\(exchange.status) \(String(decoding: client.body, as: UTF8.self))")
                #expect(exchange.connectingNanoseconds > 0)
                peer.listener.close()
            }
            return seen
        }
        #expect(seen == ["200 old", "200 old"])
    }

    @Test("Pieces of texts and files follow each other, packed too, and again after a rewind") func pieces()
        throws
    {
        let path = "/tmp/assay-upload-\(Host.processID)"
        try Files.write([UInt8](repeating: 66, count: 100_000), to: path)
        defer { try? Files.remove(path) }
        let upload = PiecedUpload([
            .bytes(Array("<".utf8)), try PiecedUpload.file(path), .bytes(Array(">".utf8)),
        ])
        #expect(upload.byteCount == 100_002)
        func all(_ upload: any HTTPUpload) throws -> [UInt8] {
            var bytes: [UInt8] = []
            try upload.rewind()
            while true {
                let before = bytes.count
                try upload.read(into: &bytes, atMost: 999)
                if bytes.count == before { return bytes }
            }
        }
        let plain = try all(upload)
        #expect(plain.count == 100_002 && plain.first == 60 && plain[1] == 66 && plain.last == 62)
        for coding in [ContentCoding.gzip, .br, .zstd] {
            let packed = PackedUpload(upload, as: coding)
            #expect(packed.byteCount == nil)
            for _ in 0..<2 {
                #expect(
                    try decodeContent(all(packed), encoding: coding.rawValue, limitBytes: 1 << 20) == plain)
            }
        }
        try Files.write([66], to: path)
        #expect(throws: SystemError.self) { try all(upload) }
        #expect(throws: SystemError.self) { try PiecedUpload.file(path + "-absent") }
    }
}
