import AssayWire
import Testing

@Suite("Cookies")
struct CookieJarTests {
    static let now: Int64 = 1_700_000_000

    static func place(_ url: String) -> CookieJar.Place {
        guard let parts = try? URLParts(parsing: url) else {
            return .init(host: "", target: "/", isSecure: false)
        }
        return .init(host: parts.host, target: parts.target, isSecure: parts.scheme == "https")
    }

    static func sent(_ jar: CookieJar, to url: String, at time: Int64 = now) -> String? {
        var jar = jar
        return jar.header(for: place(url), now: time).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a server at `from` sets, and what is sent to `to` then.
    struct Example: CustomTestStringConvertible, Sendable {
        var from: String
        var set: [String]
        var to: String
        var sent: String?
        var testDescription: String { "\(set) from \(from) to \(to)" }
        init(_ from: String, _ set: String..., to: String, _ sent: String?) {
            (self.from, self.set, self.to, self.sent) = (from, set, to, sent)
        }
    }

    static let examples = [
        Example("http://a.example/", "a=b", to: "http://a.example/x", "a=b"),
        Example("http://a.example/", "a=b", to: "http://b.a.example/", nil),
        Example("http://a.example/", "a=b", to: "http://A.EXAMPLE/", "a=b"),
        Example("http://a.example/", "a=b", to: "http://a.example:8080/", "a=b"),
        Example("http://a.example/", "  a  =  b c  ; x=y", to: "http://a.example/", "a=b c"),
        Example("http://a.example/", "a=\"b;c\"", to: "http://a.example/", "a=\"b"),
        Example("http://a.example/", "plain", to: "http://a.example/", "plain"),
        Example("http://a.example/", "=v", to: "http://a.example/", "v"),
        Example("http://a.example/", "a=", to: "http://a.example/", "a="),
        Example("http://a.example/", "", to: "http://a.example/", nil),
        Example("http://a.example/", "a=b=c", to: "http://a.example/", "a=b=c"),
        Example("http://a.example/", "a=b\u{1}", to: "http://a.example/", nil),
        Example("http://a.example/", "a=1", "a=2", to: "http://a.example/", "a=2"),
        Example("http://a.example/", "a=1", "b=2", "a=3", to: "http://a.example/", "a=3; b=2"),
        // Domain
        Example("http://www.a.example/", "a=b; Domain=a.example", to: "http://x.a.example/", "a=b"),
        Example("http://www.a.example/", "a=b; Domain=.A.Example", to: "http://a.example/", "a=b"),
        Example("http://www.a.example/", "a=b; Domain=other.example", to: "http://other.example/", nil),
        Example("http://www.a.example/", "a=b; Domain=x.www.a.example", to: "http://x.www.a.example/", nil),
        Example("http://xa.example/", "a=b; Domain=a.example", to: "http://a.example/", nil),
        Example("http://www.a.example/", "a=b; Domain=example", to: "http://b.example/", nil),
        Example("http://shop.co.uk/", "a=b; Domain=co.uk", to: "http://bank.co.uk/", nil),
        Example("http://localhost/", "a=b; Domain=localhost", to: "http://localhost/", "a=b"),
        Example("http://a.example/", "a=b; Domain=", to: "http://x.a.example/", nil),
        Example("http://127.0.0.1/", "a=b; Domain=127.0.0.1", to: "http://127.0.0.1/", "a=b"),
        Example("http://127.0.0.1/", "a=b; Domain=0.0.1", to: "http://127.0.0.1/", nil),
        Example("http://[::1]/", "a=b", to: "http://[::1]:81/", "a=b"),
        // Path
        Example("http://a.example/x/y", "a=b", to: "http://a.example/x/z", "a=b"),
        Example("http://a.example/x/y", "a=b", to: "http://a.example/xz", nil),
        Example("http://a.example/x/y", "a=b", to: "http://a.example/x", "a=b"),
        Example("http://a.example/x?q=/a/b", "a=b", to: "http://a.example/z", "a=b"),
        Example("http://a.example/", "a=b; Path=/x", to: "http://a.example/x/y", "a=b"),
        Example("http://a.example/", "a=b; Path=/x/", to: "http://a.example/x", nil),
        Example("http://a.example/q/r", "a=b; Path=x", to: "http://a.example/q/s", "a=b"),
        Example("http://a.example/", "a=1; Path=/", "b=2; Path=/x", to: "http://a.example/x", "b=2; a=1"),
        // Secure and prefixes
        Example("https://a.example/", "a=b; Secure", to: "http://a.example/", nil),
        Example("https://a.example/", "a=b; secure", to: "https://a.example/", "a=b"),
        Example("http://a.example/", "a=b; Secure", to: "https://a.example/", nil),
        Example("http://127.0.0.1:81/", "a=b; Secure", to: "http://127.0.0.1:81/", "a=b"),
        Example("https://a.example/", "a=b; HttpOnly; SameSite=Lax", to: "https://a.example/", "a=b"),
        Example("https://a.example/", "__Secure-a=b; Secure", to: "https://a.example/", "__Secure-a=b"),
        Example("https://a.example/", "__Secure-a=b", to: "https://a.example/", nil),
        Example("https://a.example/", "__Host-a=b; Secure; Path=/", to: "https://a.example/", "__Host-a=b"),
        Example("https://a.example/", "__Host-a=b; Secure", to: "https://a.example/", nil),
        Example(
            "https://a.example/", "__host-a=b; Secure; Path=/; Domain=a.example", to: "https://a.example/",
            nil),
        Example("https://a.example/", "=__Host-a=b; Secure; Path=/", to: "https://a.example/", nil),
        // Time
        Example("http://a.example/", "a=b; Max-Age=10", to: "http://a.example/", "a=b"),
        Example("http://a.example/", "a=b; Max-Age=0", to: "http://a.example/", nil),
        Example("http://a.example/", "a=b; Max-Age=-1", to: "http://a.example/", nil),
        Example("http://a.example/", "a=b; Max-Age=x", to: "http://a.example/", "a=b"),
        Example("http://a.example/", "a=b", "a=; Max-Age=0", to: "http://a.example/", nil),
        Example(
            "http://a.example/", "a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT", to: "http://a.example/", nil),
        Example(
            "http://a.example/", "a=b; Max-Age=10; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
            to: "http://a.example/", "a=b"),
        Example("http://a.example/", "a=b; Expires=soon", to: "http://a.example/", "a=b"),
    ]

    @Test("What a server sets goes back where RFC 6265 sends it, and nowhere else", arguments: examples)
    func sending(_ example: Example) {
        var jar = CookieJar()
        for header in example.set {
            jar.take(setCookie: header.utf8, from: Self.place(example.from), now: Self.now)
        }
        #expect(Self.sent(jar, to: example.to) == example.sent)
    }

    @Test(
        "Dates of all kinds that servers write end a cookie when they say",
        arguments: [
            "Tue, 14 Nov 2023 22:15:00 GMT", "Tuesday, 14-Nov-23 22:15:00 GMT", "Tue Nov 14 22:15:00 2023",
            "14 november 2023 22:15:00", "nov 14 2023 22:15:0", "22:15:00 14-Nov-2023",
            "14 Nov 23 22:15:00 +0000",
        ])
    func dates(_ text: String) {
        var jar = CookieJar()
        jar.take(setCookie: "a=b; Expires=\(text)".utf8, from: Self.place("http://a.example/"), now: Self.now)
        #expect(Self.sent(jar, to: "http://a.example/", at: 1_700_000_099) == "a=b")
        #expect(Self.sent(jar, to: "http://a.example/", at: 1_700_000_100) == nil)
    }

    @Test(
        "What is no date leaves a cookie for the session",
        arguments: [
            "31 Feb 2022 10:00:00", "14 Nov 2023", "14 Nov 2023 24:00:00", "32 Nov 2020 10:00:00",
            "14 Nov 1500 10:00:00", "10:00 14 Nov 2020", "",
        ])
    func noDates(_ text: String) {
        var jar = CookieJar()
        jar.take(setCookie: "a=b; Expires=\(text)".utf8, from: Self.place("http://a.example/"), now: Self.now)
        #expect(Self.sent(jar, to: "http://a.example/", at: .max / 2) == "a=b")
    }

    @Test("No cookie outlives 400 days") func longest() {
        var jar = CookieJar()
        let place = Self.place("http://a.example/")
        jar.take(setCookie: "a=b; Max-Age=99999999999999999999".utf8, from: place, now: Self.now)
        jar.take(setCookie: "c=d; Expires=Fri, 31 Dec 9999 23:59:59 GMT".utf8, from: place, now: Self.now)
        let end = Self.now + 400 * 86_400
        #expect(Self.sent(jar, to: "http://a.example/", at: end - 1) == "a=b; c=d")
        #expect(Self.sent(jar, to: "http://a.example/", at: end) == nil)
    }

    @Test("A cookie that came in the clear does not replace or shadow a secure one") func shadowing() {
        var jar = CookieJar()
        jar.take(
            setCookie: "a=secret; Secure; Domain=a.example".utf8, from: Self.place("https://www.a.example/"),
            now: Self.now)
        let isTaken = jar.take(
            setCookie: "a=evil".utf8, from: Self.place("http://www.a.example/"), now: Self.now)
        #expect(!isTaken)
        #expect(Self.sent(jar, to: "https://www.a.example/") == "a=secret")
    }

    @Test("The jar is bounded: what was used longest ago goes first") func bounds() {
        var jar = CookieJar(limits: .init(perDomain: 3, total: 5))
        let place = Self.place("http://a.example/")
        for number in 1...3 { jar.take(setCookie: "c\(number)=x".utf8, from: place, now: Self.now) }
        jar.take(setCookie: "c1=y".utf8, from: place, now: Self.now)
        jar.take(setCookie: "c4=x".utf8, from: place, now: Self.now)
        #expect(Self.sent(jar, to: "http://a.example/") == "c1=y; c3=x; c4=x")
        for host in ["b", "c", "d"] {
            jar.take(setCookie: "z=x".utf8, from: Self.place("http://\(host).example/"), now: Self.now)
        }
        #expect(jar.count == 5)
    }

    @Test("Oversized cookies are not kept, oversized attributes are passed over") func sizes() {
        var jar = CookieJar()
        let place = Self.place("http://a.example/")
        let long = String(repeating: "x", count: 4096)
        let isLongTaken = jar.take(setCookie: "a=\(long)".utf8, from: place, now: Self.now)
        let isOtherTaken = jar.take(setCookie: "a=b; Path=/\(long)".utf8, from: place, now: Self.now)
        #expect(!isLongTaken && isOtherTaken)
        #expect(Self.sent(jar, to: "http://a.example/any") == "a=b")
    }

    @Test("What a request brings itself is not sent twice") func ownCookies() {
        var jar = CookieJar()
        for header in ["a=1", "b=2"] {
            jar.take(setCookie: header.utf8, from: Self.place("http://a.example/"), now: Self.now)
        }
        let sent = jar.header(
            for: Self.place("http://a.example/"), now: Self.now, leavingOut: [Array("a".utf8)])
        #expect(sent.map { String(decoding: $0, as: UTF8.self) } == "b=2")
        #expect(jar.pairs(for: Self.place("http://a.example/"), now: Self.now).map(\.name) == ["a", "b"])
    }
}
