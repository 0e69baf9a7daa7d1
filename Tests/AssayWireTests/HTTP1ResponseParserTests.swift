import AssayWire
import Testing

private let crlf = "\r\n"

@Suite("HTTP/1.1 responses")
struct HTTP1ResponseParserTests {
    struct Whole: CustomTestStringConvertible {
        var name: String
        var message: String
        var method = HTTPMethodKind.other
        var status = 200
        var body = ""
        var keepsAlive = true
        var isUpgrade = false
        /// Behind the message.
        var rest = ""
        var testDescription: String { name }
    }

    static let whole = [
        Whole(
            name: "a length", message: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", body: "hello",
            rest: "x"),
        Whole(name: "no body", message: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", rest: "HTTP/1.1"),
        Whole(
            name: "names in any case, blanks around values",
            message: "HTTP/1.1 200 OK\r\ncONTENT-lENGTH:\t 5 \t\r\n\r\nhello", body: "hello"),
        Whole(
            name: "equal lengths",
            message: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            body: "hello"),
        Whole(
            name: "a list of equal lengths", message: "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
            body: "hello"),
        Whole(
            name: "leading zeros",
            message: "HTTP/1.1 200 OK\r\nContent-Length: 0000000000000000000000005\r\n\r\nhello",
            body: "hello"),
        Whole(
            name: "chunks",
            message: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n",
            body: "abc0123456789", rest: "next"),
        Whole(
            name: "chunk extensions and trailers",
            message: "HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n"
                + "5;a=b;c=\"d\"\r\nhello\r\n000 ; last\r\nExpires: never\r\nContent-Length: 99\r\n\r\n",
            body: "hello"),
        Whole(
            name: "the end of the connection", message: "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nall there is",
            body: "all there is", keepsAlive: false),
        Whole(
            name: "nothing until the end of the connection", message: "HTTP/1.1 200 OK\r\n\r\n",
            keepsAlive: false),
        Whole(
            name: "interim responses",
            message:
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\n\r\n"
                + "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
            status: 201, body: "ok"),
        Whole(
            name: "101 ends HTTP",
            message: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            status: 101, keepsAlive: false, isUpgrade: true, rest: "\u{81}"),
        Whole(
            name: "CONNECT makes a tunnel", message: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            method: .connect,
            keepsAlive: false, isUpgrade: true, rest: "\u{16}"),
        Whole(
            name: "a refused CONNECT is a response",
            message: "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno",
            method: .connect, status: 407, body: "no"),
        Whole(
            name: "HEAD", message: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method: .head, rest: "HTTP"
        ),
        Whole(
            name: "HEAD with headers that would be wrong with a body",
            message:
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n",
            method: .head),
        Whole(
            name: "204", message: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", status: 204,
            rest: "hello"),
        Whole(
            name: "304", message: "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
            status: 304),
        Whole(
            name: "Connection: close",
            message: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo, Close\r\n\r\n",
            keepsAlive: false),
        Whole(
            name: "close beside keep-alive",
            message:
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
            keepsAlive: false),
        Whole(
            name: "HTTP/1.0", message: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", body: "ok",
            keepsAlive: false),
        Whole(
            name: "HTTP/1.0 that keeps alive",
            message: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\nok", body: "ok"),
        Whole(
            name: "HTTP/1.0 without a length cannot keep alive",
            message: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nok", body: "ok", keepsAlive: false),
        Whole(name: "a later minor version", message: "HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Whole(name: "no reason", message: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"),
        Whole(name: "no reason and no space", message: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
        Whole(
            name: "a reason and values beyond ASCII",
            message: "HTTP/1.1 299 né\tbon\r\nX: ü\tü\r\nContent-Length: 0\r\n\r\n", status: 299),
        Whole(name: "LF alone", message: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", body: "ok"),
        Whole(
            name: "a status of the future", message: "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
            status: 999),
        Whole(name: "an empty value", message: "HTTP/1.1 200 OK\r\nX:\r\nY: \r\nContent-Length: 0\r\n\r\n"),
    ]

    @Test("a whole response is read, and what follows it is left", arguments: whole)
    func reads(_ expected: Whole) {
        let message = Array((expected.message + expected.rest).utf8)
        let reading = readResponse(message, to: expected.method)
        #expect(reading.error == nil)
        #expect(reading.status == expected.status)
        #expect(String(decoding: reading.body, as: UTF8.self) == expected.body)
        #expect(reading.keepsAlive == expected.keepsAlive)
        #expect(reading.isUpgrade == expected.isUpgrade)
        #expect(reading.consumed == expected.message.utf8.count)
    }

    @Test("a response reads the same wherever it is cut in two, and byte by byte", arguments: whole)
    func splits(_ expected: Whole) {
        let message = Array((expected.message + expected.rest).utf8)
        let wanted = readResponse(message, to: expected.method)
        for cut in 0...message.count {
            #expect(readResponse(message, cuts: [cut], to: expected.method) == wanted, "cut at \(cut)")
        }
        #expect(readResponse(message, cuts: Array(1..<message.count), to: expected.method) == wanted)
    }

    @Test(
        "a response that stops anywhere before its end has ended early, with an open connection it wants more"
    )
    func endsEarly() {
        for response in Self.whole where response.keepsAlive || response.status == 101 {
            let message = Array(response.message.utf8)
            for count in 0..<message.count {
                let cut = Array(message.prefix(count))
                #expect(
                    readResponse(cut, to: response.method).error == .endedEarly, "\(response.name), \(count)")
                var parser = HTTP1ResponseParser()
                parser.begin(method: response.method)
                let open = offer(cut, cuts: [], isClosed: false) {
                    parser.next($0, isEnd: $1, limits: HTTP1Limits())
                }
                #expect(open.error == nil)
                #expect(!open.isWhole)
            }
        }
    }

    @Test("the head is the final response's, with its first and its empty line")
    func head() {
        let reading = readResponse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\nA: b\r\n\r\n")
        #expect(String(decoding: reading.head, as: UTF8.self) == "HTTP/1.1 204 None\r\nA: b\r\n\r\n")
    }

    @Test("the announced length is known also where there is no body, and only then")
    func announcedLength() {
        for (message, wanted) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n", 512), ("HTTP/1.1 200 OK\r\n\r\n", nil as Int?),
        ] {
            var parser = HTTP1ResponseParser()
            parser.begin(toHead: true)
            _ = unsafe parser.next(Array(message.utf8).span.bytes, isEnd: false, limits: HTTP1Limits())
            #expect(parser.contentLength == wanted)
        }
    }

    @Test("a parser is as good as new after begin, also after a failure")
    func reuse() {
        var parser = HTTP1ResponseParser()
        _ = unsafe parser.next(
            Array("HTTP/1.1 200 OK\r\nA b\r\n".utf8).span.bytes, isEnd: false, limits: HTTP1Limits())
        parser.begin(toHead: false)
        let message = Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".utf8)
        let result = offer(message, cuts: []) { parser.next($0, isEnd: $1, limits: HTTP1Limits()) }
        #expect(result.error == nil)
        #expect(result.body == [0x78])
    }

    @Test("a parser is a small value")
    func size() {
        #expect(MemoryLayout<HTTP1ResponseParser>.size <= 192)
    }
}
