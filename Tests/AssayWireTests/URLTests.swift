import AssayWire
import Testing

@Suite("URLs")
struct URLTests {
    struct Good: CustomTestStringConvertible {
        var url: String
        var scheme = "http"
        var userInfo: String?
        var host = "a"
        var port: UInt16 = 80
        var target = "/"
        var testDescription: String { url }
    }

    static let good = [
        Good(url: "http://a"), Good(url: "http://a/"), Good(url: "http://a:"), Good(url: "http://a:80/"),
        Good(url: "HTTPS://A.Example", scheme: "https", host: "A.Example", port: 443),
        Good(
            url: "http://127.0.0.1:8080/x/y?z=1&q=%20", host: "127.0.0.1", port: 8080,
            target: "/x/y?z=1&q=%20"),
        Good(url: "http://a?b=c", target: "/?b=c"), Good(url: "http://a#b?c"),
        Good(url: "http://a/b#c", target: "/b"),
        Good(url: "http://[::1]:81/x", host: "::1", port: 81, target: "/x"),
        Good(url: "http://[fe80::1%25eth0]", host: "fe80::1%25eth0"),
        Good(url: "http://me:p@ss@a:81/", userInfo: "me:p@ss", port: 81),
        Good(url: "http://a/b@c", target: "/b@c"),
        Good(
            url: "http://a/größe?q=a b\"<>\\^`{|}",
            target: "/gr%C3%B6%C3%9Fe?q=a%20b%22%3C%3E%5C%5E%60%7B%7C%7D"),
        Good(url: "http://a/100%", target: "/100%"),
        Good(url: "http://my_service.internal", host: "my_service.internal"),
    ]

    @Test("a URL is taken apart", arguments: good)
    func parts(_ expected: Good) throws {
        let parts = try URLParts(parsing: expected.url)
        #expect(parts.scheme == expected.scheme)
        #expect(parts.userInfo == expected.userInfo)
        #expect(parts.host == expected.host)
        #expect(parts.port == expected.port)
        #expect(parts.target == expected.target)
    }

    @Test(
        "a bad URL is refused with what was expected and where",
        arguments: [
            ("", 0, "expected a URL like http://host:port/path"),
            ("/orders", 0, "expected a URL like http://host:port/path"),
            ("a.example/x", 9, "expected a URL like http://host:port/path"),
            ("http:/a", 4, "expected a URL like http://host:port/path"),
            ("ftp://a/", 0, "expected the scheme http or https, got 'ftp'"),
            ("http://", 7, "the host is missing"), ("http:///x", 7, "the host is missing"),
            ("http://:80/", 7, "the host is missing"),
            ("http://a b/", 8, "expected a host of letters, digits, '-' and '.', got 0x20"),
            ("http://a\r\nX: y/", 8, "expected a host of letters, digits, '-' and '.', got 0x0D"),
            (
                "http://größe/", 9,
                "expected a host of letters, digits, '-' and '.', got a character beyond ASCII; "
                    + "write the name in its xn-- form"
            ),
            ("http://a:b/", 9, "expected a port from 1 to 65535, got 'b'"),
            ("http://a:0/", 9, "expected a port from 1 to 65535, got '0'"),
            ("http://a:+80/", 9, "expected a port from 1 to 65535, got '+80'"),
            ("http://a:65536/", 9, "expected a port from 1 to 65535, got '65536'"),
            ("http://[::1/x", 11, "the IPv6 address has no closing bracket"),
            ("http://[x]/", 8, "expected an IPv6 address in brackets, got 'x'"),
            ("http://[12]/", 8, "expected an IPv6 address in brackets, got none"),
            ("http://[::1]x/", 12, "expected a port behind the IPv6 address, got 'x'"),
        ])
    func refused(_ url: String, _ offset: Int, _ reason: String) {
        do throws(URLError) {
            _ = try URLParts(parsing: url)
            Issue.record("expected an error for \(url)")
        } catch {
            #expect(error.reason == reason)
            #expect(error.offset == offset)
            #expect(error.description == "'\(url)': \(reason)")
        }
    }

    @Test("an error does not show a password")
    func masked() {
        #expect(throws: URLError.self) { try URLParts(parsing: "http://me:secret@a:b/x@y") }
        do throws(URLError) { _ = try URLParts(parsing: "http://me:secret@a:b/x@y") } catch {
            #expect(error.description == "'http://***@a:b/x@y': expected a port from 1 to 65535, got 'b'")
        }
    }

    @Test("a value is encoded for its place and comes back whole")
    func values() {
        let text = "a b&c=d/é+~._-%"
        #expect(percentEncoded(text, for: .query) == "a%20b%26c%3Dd%2F%C3%A9%2B~._-%25")
        #expect(percentEncoded(text, for: .pathSegment) == percentEncoded(text, for: .query))
        #expect(percentEncoded(text, for: .form) == "a+b%26c%3Dd%2F%C3%A9%2B~._-%25")
        for place in URLPlace.allCases {
            #expect(percentDecoded(percentEncoded(text, for: place), plusIsSpace: place == .form) == text)
        }
        #expect(percentDecoded("%zz%4") == "%zz%4")
    }

    @Test("pairs of a query come in their order, with and without values")
    func pairs() {
        let pairs = queryPairs("a=1&b&c=&a=2%263+4&&=x").map { "\($0.name)|\($0.value)" }
        #expect(pairs == ["a|1", "b|", "c|", "a|2&3 4", "|x"])
    }
}
