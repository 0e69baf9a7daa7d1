import Testing

@testable import AssayWire

@Suite("A request of HTTP/1 said in HTTP/2")
struct HTTP2FieldsTests {
    private func fields(_ head: String, isSecure: Bool = false) -> [String]? {
        HTTP1HeadLines(Array(head.utf8))?.fields(isSecure: isSecure).map {
            String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self)
        }
    }

    @Test("the request line and Host become pseudo fields, names are in lower case")
    func plain() {
        #expect(
            fields(
                "POST /a?b=c HTTP/1.1\r\nHost: api:8443\r\nContent-Type:  text/plain \r\nX-A: 1\r\n\r\n",
                isSecure: true)
                == [
                    ":method=POST", ":scheme=https", ":authority=api:8443", ":path=/a?b=c",
                    "content-type=text/plain", "x-a=1",
                ])
    }

    @Test("fields about the connection are left out, and those that Connection names")
    func connection() {
        let head = """
            GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r
            Transfer-Encoding: chunked\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nProxy-Connection: close\r
            TE: gzip\r\nAccept: */*\r\n\r\n
            """
        #expect(fields(head) == [":method=GET", ":scheme=http", ":authority=a", ":path=/", "accept=*/*"])
        #expect(fields("GET / HTTP/1.1\r\nTE: Trailers\r\n\r\n")?.last == "te=Trailers")
    }

    @Test(
        "targets of every form have a path",
        arguments: [
            ("GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n", ":authority=b:81", ":path=/x?y"),
            ("GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n", ":authority=b", ":path=/?y"),
            ("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", ":authority=b", ":path=/"),
            ("GET /r?u=http://c/d HTTP/1.1\r\nHost: a\r\n\r\n", ":authority=a", ":path=/r?u=http://c/d"),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ":authority=a", ":path=*"),
        ])
    func targets(_ head: String, _ authority: String, _ path: String) {
        let found = fields(head)
        #expect(found?.contains(authority) == true && found?.contains(path) == true)
    }

    @Test(
        "what is no head is refused",
        arguments: ["", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "x"])
    func wrong(_ head: String) { #expect(fields(head) == nil) }

    @Test("constant heads are translated once, and others never mistaken for them")
    func cache() {
        let cache = HTTP2FieldCache()
        var seen: [ObjectIdentifier: Int] = [:]
        for round in 0..<3 {
            for path in 0..<5 {
                let head = Array("GET /items/\(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                let found = unsafe head.withUnsafeBytes { unsafe cache.fields(for: $0, isSecure: false) }
                guard let found else { return #expect(Bool(false), "round \(round)") }
                #expect(found.count == 4 && found.source == head)
                seen[ObjectIdentifier(found), default: 0] += 1
            }
        }
        #expect(!seen.isEmpty)
    }
}
