import Testing

@testable import AssayNet

@Suite("Proxies and who goes around them")
struct ProxyOptionsTests {
    @Test(
        "a proxy is a URL with scheme, host and port, and maybe a password",
        arguments: [
            ("http://proxy.example.com:3128", "http://proxy.example.com:3128", nil),
            ("http://proxy", "http://proxy:8080", nil),
            ("http://proxy:80/", "http://proxy:80", nil),
            ("https://proxy", "https://proxy:443", nil),
            ("socks5h://[::1]:9050", "socks5h://[::1]:9050", nil),
            ("SOCKS5://10.0.0.1", "socks5://10.0.0.1:1080", nil),
            ("http://ann:p%40ss:w@proxy:1", "http://proxy:1", "Basic YW5uOnBAc3M6dw=="),
        ] as [(String, String, String?)])
    func parsing(_ text: String, _ expected: String, _ authorization: String?) throws {
        let proxy = try ProxyOptions(parsing: text)
        #expect(proxy.description == expected)
        #expect(proxy.authorization == authorization)
    }

    private static let noPath =
        "the URL of a proxy has no path; in its user and password '/' is written %2F, '?' %3F and '#' %23"

    @Test(
        "what is no proxy says so without the password",
        arguments: [
            (
                "proxy:3128",
                "expected http://, https://, socks5:// or socks5h:// with host and port, found 'proxy:3128'"
            ),
            (
                "ftp://ann:secret@proxy",
                "expected http://, https://, socks5:// or socks5h:// with host and port, found 'ftp://…@proxy'"
            ),
            ("http://proxy/path", Self.noPath), ("http://ann:12/secret@proxy", Self.noPath),
            ("http://ann:12?secret@proxy", Self.noPath), ("http://ann:12#secret@proxy", Self.noPath),
            ("http://ann:p@ss/secret@proxy", Self.noPath),
            (
                "http://ann:secret/more@proxy:1",
                "'http://…@proxy:1' is no URL of a proxy: expected a port from 1 to 65535; in user and password '/' is "
                    + "written %2F, '?' %3F, '#' %23 and '@' %40"
            ),
            (
                "ann:secret@proxy",
                "expected http://, https://, socks5:// or socks5h:// with host and port, found '…@proxy'"
            ),
        ])
    func mistakes(_ text: String, _ expected: String) {
        #expect(throws: ProxyOptions.Mistake(description: expected)) { try ProxyOptions(parsing: text) }
    }

    @Test(
        "exceptions are names with what is below them, networks, ports and all",
        arguments: [
            ("example.com", "example.com", true), ("example.com", "api.Example.com", true),
            (".example.com", "example.com", true), ("*.example.com", "a.example.com", true),
            ("example.com", "notexample.com", false), ("example.com:80", "example.com", true),
            ("example.com:8080", "example.com", false), ("10.0.0.0/8", "10.200.1.1", true),
            ("10.0.0.0/8", "11.0.0.1", false), ("127.0.0.1", "127.0.0.1", true), ("::1", "::1", true),
            ("[::1]:80", "::1", true), ("fe80::/10", "febf::1", true), ("0.0.0.0/0", "example.com", false),
            ("*", "anything", true),
        ])
    func exceptions(_ exception: String, _ host: String, _ goesAround: Bool) throws {
        let proxy = try ProxyOptions(parsing: "http://p:1", except: [exception])
        #expect(proxy.applies(to: HTTPOrigin(host: host, port: 80)) != goesAround)
    }

    @Test("an exception that means nothing is refused", arguments: ["10.0.0.0/40", "a:b", "a*b", ""])
    func wrongExceptions(_ text: String) {
        #expect(throws: ProxyOptions.Mistake.self) { try ProxyException(parsing: text) }
    }

    @Test("a forwarded request names the whole URL and the password, and nothing else changes")
    func forwarded() throws {
        let proxy = try ProxyOptions(parsing: "http://a:b@p:1")
        let requests = ForwardedRequests(to: HTTPOrigin(host: "api.example.com", port: 8080), through: proxy)
        func text(_ request: String) -> String {
            String(decoding: requests.forwarded(Array(request.utf8)), as: UTF8.self)
        }
        #expect(
            text("POST /a?b HTTP/1.1\r\nHost: x\r\n\r\n/body /a HTTP/1.1\r\n")
                == "POST http://api.example.com:8080/a?b HTTP/1.1\r\nProxy-Authorization: Basic YTpi\r\nHost: x\r\n\r\n"
                + "/body /a HTTP/1.1\r\n")
        #expect(
            text("OPTIONS * HTTP/1.1\r\n\r\n")
                == "OPTIONS http://api.example.com:8080 HTTP/1.1\r\nProxy-Authorization: Basic YTpi\r\n\r\n")
    }

    @Test("of what was received behind a head, only the head is taken")
    func headEnd() {
        let end = Array("\r\n\r\nSSH".utf8)
        #expect(Channel.countUpToHeadEnd(Array("HTTP/1.1 200 OK".utf8) + end, after: []) == 19)
        #expect(Channel.countUpToHeadEnd(Array("\nSSH".utf8), after: Array("x\r\n\r".utf8)) == 1)
        #expect(Channel.countUpToHeadEnd(Array("abc".utf8), after: Array("\r\n".utf8)) == 3)
    }

    @Test("the addresses of the first one's family are taken in turn, the others are for need")
    func turns() throws {
        let four = (1...3).map { SocketAddress(.ipv4([10, 0, 0, UInt8($0)], port: 1)) }
        let six = try #require(SocketAddress(numeric: "::1", port: 1))
        let all = [four[0], six, four[1], four[2]]
        #expect(inTurn(all, 0) == four + [six])
        #expect(inTurn(all, 4) == [four[1], four[2], four[0], six])
        #expect(inTurn([six], 9) == [six])
    }
}
