import AssayWire
import Testing

@Suite("HTTP/1.1 requests")
struct HTTP1RequestParserTests {
    struct Whole: CustomTestStringConvertible {
        var name: String
        var message: String
        var body = ""
        var keepsAlive = true
        /// Behind the message.
        var rest = ""
        var testDescription: String { name }
    }

    static let whole = [
        Whole(name: "GET", message: "GET /a?b=c HTTP/1.1\r\nHost: a.example:80\r\n\r\n"),
        Whole(
            name: "a length", message: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            body: "hello",
            rest: "GET / HTTP/1.1\r\n"),
        Whole(
            name: "chunks",
            message: "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;x\r\nhello\r\n0\r\nT: r\r\n\r\n",
            body: "hello", rest: "GET"),
        Whole(name: "empty lines before", message: "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Whole(
            name: "close", message: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            keepsAlive: false),
        Whole(name: "HTTP/1.0", message: "GET / HTTP/1.0\r\n\r\n", keepsAlive: false),
        Whole(name: "HTTP/1.0 kept", message: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        Whole(name: "a later minor version", message: "GET / HTTP/1.9\r\nHost:\r\n\r\n"),
        Whole(name: "an IPv6 host", message: "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
        Whole(name: "a body of no bytes", message: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
    ]

    @Test(
        "a whole request is read, what follows it is left, and it reads the same wherever it is cut",
        arguments: whole)
    func reads(_ expected: Whole) {
        let message = Array((expected.message + expected.rest).utf8)
        let reading = readRequest(message)
        #expect(reading.error == nil)
        #expect(String(decoding: reading.body, as: UTF8.self) == expected.body)
        #expect(reading.keepsAlive == expected.keepsAlive)
        #expect(reading.consumed == expected.message.utf8.count)
        for cut in 0...message.count {
            #expect(readRequest(message, cuts: [cut]) == reading, "cut at \(cut)")
        }
        #expect(readRequest(message, cuts: Array(1..<message.count)) == reading)
    }

    @Test(
        "method, target and its form are found, behind empty lines too",
        arguments: [
            ("GET /a?b HTTP/1.1", "GET", "/a?b", HTTPTargetForm.origin),
            ("\r\nDELETE / HTTP/1.1", "DELETE", "/", .origin),
            ("OPTIONS * HTTP/1.1", "OPTIONS", "*", .asterisk),
            ("CONNECT a.example:443 HTTP/1.1", "CONNECT", "a.example:443", .authority),
            ("GET http://a.example/b HTTP/1.1", "GET", "http://a.example/b", .absolute),
            ("X-1!#$%&'*+-.^_`|~ //x HTTP/1.1", "X-1!#$%&'*+-.^_`|~", "//x", .origin),
        ])
    func requestLine(_ line: String, _ method: String, _ target: String, _ form: HTTPTargetForm) {
        var parser = HTTP1RequestParser()
        let message = Array("\(line)\r\nHost: a\r\n\r\n".utf8)
        let (event, consumed) = unsafe parser.next(message.span.bytes, isEnd: false, limits: HTTP1Limits())
        #expect(event == .head)
        #expect(consumed == message.count)
        #expect(parser.headLength == consumed)
        #expect(String(decoding: message[parser.method], as: UTF8.self) == method)
        #expect(String(decoding: message[parser.target], as: UTF8.self) == target)
        #expect(parser.targetForm == form)
    }

    @Test("pipelined requests come out one after another")
    func pipelined() {
        let message = Array(
            ("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /3 HTTP/1.0\r\n\r\n").utf8)
        var rest = message
        var seen: [String] = []
        while !rest.isEmpty {
            var parser = HTTP1RequestParser()
            let result = offer(rest, cuts: [], isClosed: false) {
                parser.next($0, isEnd: $1, limits: HTTP1Limits())
            }
            guard result.isWhole else { break }
            seen.append(String(decoding: result.head[parser.target] + result.body, as: UTF8.self))
            rest.removeFirst(result.consumed)
        }
        #expect(seen == ["/1abc", "/2", "/3"])
    }

    @Test("a client that waits for 100 Continue is known, unless it speaks HTTP/1.0")
    func expectations() {
        for (version, value, wanted) in [
            ("1.1", "100-continue", true), ("1.1", "100-Continue", true), ("1.0", "100-continue", false),
            ("1.1", "200-ok", false),
        ] {
            var parser = HTTP1RequestParser()
            let head = "PUT / HTTP/\(version)\r\nHost: a\r\nExpect: \(value)\r\nContent-Length: 1\r\n\r\n"
            _ = unsafe parser.next(Array(head.utf8).span.bytes, isEnd: false, limits: HTTP1Limits())
            #expect(parser.expectsContinue == wanted, "\(version) \(value)")
        }
    }

    @Test("a body that is announced as too long is refused with the head, before it is sent")
    func refusedEarly() {
        var parser = HTTP1RequestParser()
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n"
        let event = unsafe parser.next(
            Array(head.utf8).span.bytes, isEnd: false, limits: HTTP1Limits(bodyBytes: 10)
        ).event
        #expect(event == .failed(.bodyTooLong(limit: 10)))
    }
}
