import AssayWire
import Testing

/// Messages that are refused: what is wrong and where, the same for every way to cut them.
@Suite("HTTP/1.1 messages that are refused")
struct HTTP1ErrorTests {
    struct Bad: CustomTestStringConvertible {
        var message: String
        var error: HTTP1Error
        init(_ message: String, _ error: HTTP1Error) {
            self.message = message
            self.error = error
        }
        var testDescription: String { message.debugDescription }
    }

    private static func at(_ offset: Int, _ byte: Character) -> HTTP1Place {
        HTTP1Place(offset: offset, byte: byte == "\r\n" ? 0x0D : byte.utf8.first ?? 0)
    }

    /// After `HTTP/1.1 200 OK` and its CR LF, 17 bytes.
    private static func fields(_ lines: String) -> String { "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n" }
    /// After a head of 47 bytes.
    private static func chunks(_ body: String) -> String {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }

    static let responses: [Bad] = [
        Bad("SSH-2.0-OpenSSH_9.2\r\n", .badStatusLine(at(0, "S"))),
        Bad("\u{15}\u{3}\u{1}", .badStatusLine(at(0, "\u{15}"))),
        Bad("\r\nHTTP/1.1 200 OK\r\n\r\n", .badStatusLine(at(0, "\r"))),
        Bad("http/1.1 200 OK\r\n\r\n", .badStatusLine(at(0, "h"))),
        Bad("HTTP/1.1  200 OK\r\n\r\n", .badStatusLine(at(9, " "))),
        Bad("HTTP/1.1 20 OK\r\n\r\n", .badStatusLine(at(11, " "))),
        Bad("HTTP/1.1 2000 OK\r\n\r\n", .badStatusLine(at(12, "0"))),
        Bad("HTTP/1.1 099 OK\r\n\r\n", .badStatusLine(at(9, "0"))),
        Bad("HTTP/1.1 200 O\u{0}K\r\n\r\n", .badStatusLine(at(14, "\u{0}"))),
        Bad("HTTP/1.1 200 O\rK\r\n\r\n", .badStatusLine(at(14, "\r"))),
        Bad("HTTP/1.1 200\rX\r\n\r\n", .badStatusLine(at(12, "\r"))),
        Bad("HTTP/2 200\r\n\r\n", .unsupportedVersion(at(5, "2"))),
        Bad("HTTP/1.x 200 OK\r\n\r\n", .badStatusLine(at(7, "x"))),
        Bad(fields("Server nginx"), .spaceBeforeColon(at(23, " "))),
        Bad(fields("Server : nginx"), .spaceBeforeColon(at(23, " "))),
        Bad(fields("Server"), .badHeaderName(at(23, "\r"))),
        Bad(fields(": nginx"), .badHeaderName(at(17, ":"))),
        Bad(fields("Ser(ver: nginx"), .badHeaderName(at(20, "("))),
        Bad(fields("Sérver: nginx"), .badHeaderName(at(18, "é"))),
        Bad(fields("A: b\r\n c"), .foldedHeader(at(23, " "))),
        Bad(fields("\tA: b"), .foldedHeader(at(17, "\t"))),
        Bad(fields("A: b\u{0}"), .badHeaderValue(at(21, "\u{0}"))),
        Bad(fields("A: b\rc"), .badHeaderValue(at(21, "\r"))),
        Bad(fields("A: b\u{7F}"), .badHeaderValue(at(21, "\u{7F}"))),
        Bad(fields("Content-Length: x"), .badContentLength(at(33, "x"))),
        Bad(fields("Content-Length: 1x"), .badContentLength(at(34, "x"))),
        Bad(fields("Content-Length: -1"), .badContentLength(at(33, "-"))),
        Bad(fields("Content-Length: +1"), .badContentLength(at(33, "+"))),
        Bad(fields("Content-Length:"), .badContentLength(at(32, "\r"))),
        Bad(fields("Content-Length: 5,"), .badContentLength(at(35, "\r"))),
        Bad(fields("Content-Length: 5, 6"), .differingContentLengths(first: 5, second: 6)),
        Bad(fields("Content-Length: 5\r\nContent-Length: 6"), .differingContentLengths(first: 5, second: 6)),
        Bad(fields("Content-Length: 99999999999999999999"), .bodyTooLong(limit: 256 << 20)),
        Bad(fields("Content-Length: 5\r\nTransfer-Encoding: chunked"), .lengthAndChunked),
        Bad(fields("Transfer-Encoding: chunked\r\nContent-Length: 5"), .lengthAndChunked),
        Bad(fields("Transfer-Encoding: gzip, chunked"), .unknownTransferEncoding(at(36, "g"))),
        Bad(fields("Transfer-Encoding: identity"), .unknownTransferEncoding(at(36, "i"))),
        Bad(
            fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            .unknownTransferEncoding(at(64, "c"))),
        Bad(fields("Transfer-Encoding: xchunked"), .unknownTransferEncoding(at(36, "x"))),
        Bad("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .transferEncodingInHTTP10),
        Bad(chunks("x\r\n"), .badChunkSize(at(47, "x"))),
        Bad(chunks("\r\n"), .badChunkSize(at(47, "\r"))),
        Bad(chunks("-1\r\n"), .badChunkSize(at(47, "-"))),
        Bad(chunks("0x5\r\n"), .badChunkSize(at(48, "x"))),
        Bad(chunks("5 \r\nhello"), .badChunkSize(at(49, "\r"))),
        Bad(chunks("5;a\u{0}\r\nhello"), .badChunkSize(at(50, "\u{0}"))),
        Bad(chunks("5\nhello\r\n0\r\n\r\n"), .bareLineFeed(at(48, "\n"))),
        Bad(chunks("FFFFFFFFFFFFFFFFFF\r\n"), .bodyTooLong(limit: 256 << 20)),
        Bad(chunks("5\r\nhello!\r\n0\r\n\r\n"), .badChunkEnd(at(55, "!"))),
        Bad(chunks("5\r\nhello\rX0\r\n\r\n"), .badChunkEnd(at(56, "X"))),
        Bad(chunks("0\r\nA b\r\n\r\n"), .spaceBeforeColon(at(51, " "))),
        Bad(chunks("0\r\nA: b\r\n c\r\n\r\n"), .foldedHeader(at(56, " "))),
        Bad(chunks("0\r\nA: b\n\r\n"), .bareLineFeed(at(54, "\n"))),
    ]

    @Test("a bad response is refused with what is wrong and where", arguments: responses)
    func response(_ bad: Bad) { check(bad) { readResponse($0, cuts: $1) } }

    static let requests: [Bad] = [
        Bad("\u{16}\u{3}\u{1}", .badRequestLine(at(0, "\u{16}"))),
        Bad(" GET / HTTP/1.1\r\n\r\n", .badRequestLine(at(0, " "))),
        Bad("\nGET / HTTP/1.1\r\n\r\n", .bareLineFeed(at(0, "\n"))),
        Bad("\rGET / HTTP/1.1\r\n\r\n", .badRequestLine(at(1, "G"))),
        Bad("GET\r\n\r\n", .badRequestLine(at(3, "\r"))),
        Bad("GET / HTTP/1.1\n\n", .bareLineFeed(at(14, "\n"))),
        Bad("GET  / HTTP/1.1\r\n\r\n", .badRequestLine(at(4, " "))),
        Bad("G=T / HTTP/1.1\r\n\r\n", .badRequestLine(at(1, "="))),
        Bad("GET /\r\n\r\n", .badTarget(at(5, "\r"))),
        Bad("GET /é HTTP/1.1\r\n\r\n", .badTarget(at(5, "é"))),
        Bad("GET /#a HTTP/1.1\r\n\r\n", .badTarget(at(5, "#"))),
        Bad("GET a HTTP/1.1\r\n\r\n", .badTarget(at(4, "a"))),
        Bad("GET * HTTP/1.1\r\n\r\n", .badTarget(at(4, "*"))),
        Bad("OPTIONS ** HTTP/1.1\r\n\r\n", .badTarget(at(8, "*"))),
        Bad("CONNECT /a HTTP/1.1\r\n\r\n", .badTarget(at(8, "/"))),
        Bad("GET / HTTP/1.1 \r\n\r\n", .badRequestLine(at(14, " "))),
        Bad("GET / http/1.1\r\n\r\n", .badRequestLine(at(6, "h"))),
        Bad("GET / HTTP/2.0\r\n\r\n", .unsupportedVersion(at(11, "2"))),
        Bad("GET / b HTTP/1.1\r\n\r\n", .badRequestLine(at(6, "b"))),
        Bad("GET / HTTP/1.1\r\n\r\n", .missingHost),
        Bad("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .severalHosts),
        Bad("GET / HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n", .severalHosts),
        Bad("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .badHost(at(23, " "))),
        Bad("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .badHost(at(23, "@"))),
        Bad("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .bareLineFeed(at(23, "\n"))),
        Bad("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .spaceBeforeColon(at(20, " "))),
        Bad("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", .foldedHeader(at(25, " "))),
        Bad("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1_0\r\n\r\n", .badContentLength(at(42, "_"))),
        Bad(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .lengthAndChunked),
        Bad(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
            .unknownTransferEncoding(at(45, "c"))),
        Bad("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .transferEncodingInHTTP10),
        Bad(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 268435457\r\n\r\n", .bodyTooLong(limit: 256 << 20)),
    ]

    @Test("a bad request is refused with what is wrong and where", arguments: requests)
    func request(_ bad: Bad) { check(bad) { readRequest($0, cuts: $1) } }

    private func check(_ bad: Bad, _ read: ([UInt8], [Int]) -> Reading) {
        let message = Array(bad.message.utf8)
        #expect(read(message, []).error == bad.error)
        for cut in 0...message.count { #expect(read(message, [cut]).error == bad.error, "cut at \(cut)") }
        #expect(read(message, Array(1..<message.count)).error == bad.error)
    }

    struct Limited: CustomTestStringConvertible {
        var name: String
        var limits: HTTP1Limits
        /// With `n` bytes, or headers, of what is limited.
        var message: @Sendable (_ n: Int) -> String
        var limit = 40
        var error: HTTP1Error
        var isRequest = false
        var testDescription: String { name }
    }

    private static let a: @Sendable (Int) -> String = { String(repeating: "a", count: $0) }

    static let limited = [
        Limited(
            name: "status line", limits: HTTP1Limits(lineBytes: 40),
            message: { "HTTP/1.1 200 \(a($0 - 13))\r\nContent-Length: 0\r\n\r\n" },
            error: .lineTooLong(limit: 40)),
        Limited(
            name: "request line", limits: HTTP1Limits(lineBytes: 40),
            message: { "GET /\(a($0 - 14)) HTTP/1.1\r\nHost: a\r\n\r\n" },
            error: .requestLineTooLong(limit: 40),
            isRequest: true),
        Limited(
            name: "header line", limits: HTTP1Limits(lineBytes: 40),
            message: { "HTTP/1.1 200 OK\r\nX: \(a($0 - 3))\r\nContent-Length: 0\r\n\r\n" },
            error: .lineTooLong(limit: 40)),
        Limited(
            name: "head", limits: HTTP1Limits(headBytes: 60),
            message: { "HTTP/1.1 200 OK\r\nX: \(a($0 - 43))\r\nContent-Length: 0\r\n\r\n" },
            limit: 60,
            error: .headTooLong(limit: 60)),
        Limited(
            name: "interim responses", limits: HTTP1Limits(headBytes: 100),
            message: {
                "HTTP/1.1 100 \(a($0 - 13 - 4 - 36))\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"
            },
            limit: 100, error: .headTooLong(limit: 100)),
        Limited(
            name: "headers", limits: HTTP1Limits(headers: 40),
            message: { "HTTP/1.1 204 \r\n" + String(repeating: "X: y\r\n", count: $0) + "\r\n" },
            error: .tooManyHeaders(limit: 40)),
        Limited(
            name: "chunk line", limits: HTTP1Limits(chunkLineBytes: 40),
            message: { chunks("1;\(a($0 - 2))\r\nx\r\n0\r\n\r\n") }, error: .chunkLineTooLong(limit: 40)),
        Limited(
            name: "trailers", limits: HTTP1Limits(trailerBytes: 40),
            message: { chunks("0\r\nX: y\r\nZ: \(a($0 - 6 - 5))\r\n\r\n") },
            error: .trailersTooLong(limit: 40)),
        Limited(
            name: "number of trailers", limits: HTTP1Limits(headers: 40),
            message: { chunks("0\r\n" + String(repeating: "X: y\r\n", count: $0) + "\r\n") },
            error: .tooManyHeaders(limit: 40)),
        Limited(
            name: "body of a length", limits: HTTP1Limits(bodyBytes: 40),
            message: { "HTTP/1.1 200 OK\r\nContent-Length: \($0)\r\n\r\n\(a($0))" },
            error: .bodyTooLong(limit: 40)),
        Limited(
            name: "body in chunks", limits: HTTP1Limits(bodyBytes: 40),
            message: {
                chunks("20\r\n\(a(32))\r\n\(String($0 - 32, radix: 16))\r\n\(a($0 - 32))\r\n0\r\n\r\n")
            },
            error: .bodyTooLong(limit: 40)),
        Limited(
            name: "body until the end", limits: HTTP1Limits(bodyBytes: 40),
            message: { "HTTP/1.1 200 OK\r\n\r\n\(a($0))" }, error: .bodyTooLong(limit: 40)),
    ]

    @Test("what is as long as its limit is read, and one more is refused", arguments: limited)
    func limits(_ limited: Limited) {
        func read(_ count: Int, _ cuts: [Int]) -> Reading {
            let message = Array(limited.message(count).utf8)
            let cuts = cuts.filter { $0 < message.count }
            return limited.isRequest
                ? readRequest(message, cuts: cuts, limits: limited.limits)
                : readResponse(message, cuts: cuts, limits: limited.limits)
        }
        for cuts in [[], Array(1..<1000)] {
            #expect(read(limited.limit, cuts).error == nil)
            #expect(read(limited.limit + 1, cuts).error == limited.error)
        }
        #expect(limited.error.isLimit)
    }

    @Test("a line without an end is refused when it passes its limit, not when the connection ends")
    func endless() {
        var parser = HTTP1ResponseParser()
        let message = Array(("HTTP/1.1 200 OK\r\nX: " + Self.a(100)).utf8)
        let result = offer(message, cuts: [], isClosed: false) {
            parser.next($0, isEnd: $1, limits: HTTP1Limits(lineBytes: 50))
        }
        #expect(result.error == .lineTooLong(limit: 50))
    }

    @Test("limits may be as large as numbers are")
    func boundless() {
        let limits = HTTP1Limits(
            lineBytes: .max, headBytes: .max, headers: .max, chunkLineBytes: .max, trailerBytes: .max,
            bodyBytes: .max)
        for response in HTTP1ResponseParserTests.whole {
            let message = Array(response.message.utf8)
            for cuts in [[], Array(1..<message.count)] {
                #expect(readResponse(message, cuts: cuts, to: response.method, limits: limits).error == nil)
            }
        }
        for request in HTTP1RequestParserTests.whole {
            #expect(readRequest(request.message, limits: limits).error == nil)
        }
    }

    @Test("an error is a sentence with what was expected and what came, and where")
    func sentences() {
        let cases: [(HTTP1Error, String)] = [
            (
                .badStatusLine(HTTP1Place(offset: 0, byte: 0x15)),
                "expected a status line like 'HTTP/1.1 200 OK', got 0x15 at byte 0, which is how TLS begins"
            ),
            (
                .badHeaderName(HTTP1Place(offset: 23, byte: 0x0D)),
                "expected a header name and a colon, got the end of the line at byte 23"
            ),
            (
                .badContentLength(HTTP1Place(offset: 33, byte: 0x78)),
                "expected a whole number as Content-Length, got 'x' at byte 33"
            ),
            (.differingContentLengths(first: 5, second: 6), "expected one Content-Length, got 5 and 6"),
            (.bodyTooLong(limit: 40), "the body is longer than 40 bytes"),
        ]
        for (error, sentence) in cases { #expect(error.description == sentence) }
    }

    @Test("a server refuses with the status that says why")
    func statuses() {
        let place = HTTP1Place(offset: 0, byte: 0)
        let cases: [(HTTP1Error, Int)] = [
            (.requestLineTooLong(limit: 1), 414), (.bodyTooLong(limit: 1), 413),
            (.headTooLong(limit: 1), 431),
            (.tooManyHeaders(limit: 1), 431), (.lineTooLong(limit: 1), 431), (.missingHost, 400),
            (.lengthAndChunked, 400), (.unknownTransferEncoding(place), 501),
            (.unsupportedVersion(place), 505),
        ]
        for (error, status) in cases { #expect(error.refusalStatus == status) }
    }
}
