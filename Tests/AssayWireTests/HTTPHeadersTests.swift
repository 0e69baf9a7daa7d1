import AssayWire
import Testing

@Suite("HTTP headers, methods, status and dates")
struct HTTPHeadersTests {
    @Test("names compare without regard to case, duplicates stay in their order")
    func lookup() {
        var headers = HTTPHeaders([
            ("Set-Cookie", "a=1"), ("Content-Type", "text/plain"), ("set-cookie", "b=2"),
        ])
        #expect(headers["CONTENT-TYPE"] == "text/plain")
        #expect(headers.values(of: "Set-cookie") == ["a=1", "b=2"])
        #expect(headers["Set-Cookie"] == "a=1, b=2")
        #expect(headers["Content-Length"] == nil)
        #expect(headers.contains("content-type"))
        headers["set-COOKIE"] = "c=3"
        #expect(headers.fields.map(\.name) == ["set-COOKIE", "Content-Type"])
        headers["Content-Type"] = nil
        headers.add("X", "y")
        #expect(headers.fields.map(\.value) == ["c=3", "y"])
    }

    private static let head =
        "HTTP/1.1 200 OK\r\nX-Type: no\r\nType:  a \r\nTYPE:\r\ntype: c\nType-X: no\r\n\r\n"

    @Test("the lines of a head become headers")
    func fromHead() {
        let headers = HTTPHeaders(head: Array(Self.head.utf8))
        #expect(headers.fields.map(\.name) == ["X-Type", "Type", "TYPE", "type", "Type-X"])
        #expect(headers.values(of: "type") == ["a", "", "c"])
    }

    @Test("a header is found in a head where it stands, and the next one of its name behind it")
    func inHead() throws {
        let name = try #require(HTTPFieldName("Type"))
        let head = Array(Self.head.utf8)
        var values: [String] = []
        var start = 0
        while let value = unsafe name.value(in: head.span.bytes, from: start) {
            values.append(String(decoding: head[value], as: UTF8.self))
            start = value.upperBound
        }
        #expect(values == ["a", "", "c"])
        let absent = try #require(HTTPFieldName("Missing"))
        #expect(unsafe absent.value(in: head.span.bytes) == nil)
        #expect(HTTPFieldName("a b") == nil)
        #expect(HTTPFieldName("ETag") == HTTPFieldName("etag"))
    }

    @Test("a method is a token, and says how it may be repeated and how its response is read")
    func methods() {
        #expect(HTTPMethod("a b") == nil)
        #expect(HTTPMethod("") == nil)
        #expect(HTTPMethod("GET") == .get)
        #expect(HTTPMethod("get") != .get)
        #expect(HTTPMethod.get.isSafe && HTTPMethod.put.isIdempotent && !HTTPMethod.put.isSafe)
        #expect(!HTTPMethod.post.isIdempotent && !HTTPMethod.patch.isIdempotent)
        #expect(HTTPMethod.head.kind == .head)
        #expect(HTTPMethod.connect.kind == .connect)
        #expect(HTTPMethod.post.kind == .other)
    }

    @Test("a status has its class, its phrase and its rule about a body")
    func statuses() {
        #expect(HTTPStatus(99) == nil)
        #expect(HTTPStatus(1000) == nil)
        #expect(HTTPStatus(404)?.description == "404 Not Found")
        #expect(HTTPStatus(299)?.description == "299 Unknown")
        let classes = [100, 204, 304, 404, 503, 600].compactMap(HTTPStatus.init).map {
            [$0.isInformational, $0.isSuccess, $0.isRedirection, $0.isClientError, $0.isServerError]
        }
        for (index, flags) in classes.enumerated() {
            #expect(flags == (0..<5).map { $0 == index })
        }
        #expect(
            [100, 200, 204, 205, 304].compactMap(HTTPStatus.init).map(\.hasNoBody) == [
                true, false, true, false, true,
            ])
    }

    @Test(
        "a date is written as HTTP wants it, without a calendar library",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (1_795_245_552, "Sat, 21 Nov 2026 07:19:12 GMT"),
        ] as [(Int64, String)])
    func dates(_ seconds: Int64, _ text: String) { #expect(httpDate(seconds) == text) }
}

@Suite("Writing HTTP/1.1")
struct HTTP1WriterTests {
    @Test("what is written is what the parsers read")
    func roundTrip() throws {
        var request: [UInt8] = []
        try request.appendRequestLine("POST", "/a?b")
        try request.appendHeaders(HTTPHeaders([("Host", "a"), ("Transfer-Encoding", "chunked")]))
        request.appendHeadEnd()
        request.appendChunk(Array("hello, ".utf8))
        request.appendChunk([])
        request.appendChunk(Array("seventeen bytes..".utf8))
        try request.appendLastChunk(trailers: HTTPHeaders([("X", "y")]))
        let reading = readRequest(request)
        #expect(reading.error == nil)
        #expect(String(decoding: reading.body, as: UTF8.self) == "hello, seventeen bytes..")
        #expect(reading.consumed == request.count)

        var response: [UInt8] = []
        try response.appendStatusLine(404)
        try response.appendHeader("Content-Length", "0")
        response.appendHeadEnd()
        #expect(
            String(decoding: response, as: UTF8.self) == "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(readResponse(response).status == 404)
    }

    @Test("nothing that is put in can end its line and begin another")
    func injection() {
        var output: [UInt8] = []
        #expect(throws: HTTP1WriteError.badMethod("GET /\r\n")) {
            try output.appendRequestLine("GET /\r\n", "/")
        }
        #expect(throws: HTTP1WriteError.badTarget("/ HTTP/1.1\r\nX: y")) {
            try output.appendRequestLine("GET", "/ HTTP/1.1\r\nX: y")
        }
        #expect(throws: HTTP1WriteError.badTarget("")) { try output.appendRequestLine("GET", "") }
        #expect(throws: HTTP1WriteError.badStatus(20)) { try output.appendStatusLine(20) }
        #expect(throws: HTTP1WriteError.badReason("OK\n")) {
            try output.appendStatusLine(200, reason: "OK\n")
        }
        #expect(throws: HTTP1WriteError.badHeaderName("A: b\r\nC")) {
            try output.appendHeader("A: b\r\nC", "d")
        }
        #expect(throws: HTTP1WriteError.badHeaderName("")) { try output.appendHeader("", "d") }
        for byte in [0x00, 0x0A, 0x0D, 0x7F] as [UInt8] {
            let value = "secret" + String(UnicodeScalar(byte))
            #expect(throws: HTTP1WriteError.badHeaderValue(name: "A", byte: byte)) {
                try output.appendHeader("A", value)
            }
        }
        #expect(output.isEmpty)
        let shown = HTTP1WriteError.badHeaderValue(name: "Authorization", byte: 0x0D).description
        #expect(
            shown == "expected a value without control characters for header Authorization, got 0x0D in it")
    }
}
