import AssayWire
import Testing

@Suite("Redirects")
struct RedirectTests {
    /// References and what they mean at `http://a/b/c/d;p?q` (RFC 3986 §5.4, without fragments).
    static let references = [
        ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"),
        ("g?y", "/b/c/g?y"), ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), (";x", "/b/c/;x"), ("", "/b/c/d;p?q"),
        (".", "/b/c/"), ("./", "/b/c/"), ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"), ("../..", "/"),
        ("../../g", "/g"), ("../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."),
        (".g", "/b/c/.g"), ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("./g/.", "/b/c/g/"),
        ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g;x=1/../y", "/b/c/y"), ("g?y/./x", "/b/c/g?y/./x"),
        ("a:1/../x", nil), ("/ü ö", "/%C3%BC%20%C3%B6"), ("/a%2Fb", "/a%2Fb"),
    ]

    @Test("A relative Location is resolved as RFC 3986 has it", arguments: references)
    func resolving(_ reference: String, _ target: String?) throws {
        let base = try URLParts(parsing: "http://a/b/c/d;p?q")
        #expect((try? base.resolving(reference))?.target == target)
    }

    @Test("A Location may name another server, with or without its scheme")
    func otherServers() throws {
        let base = try URLParts(parsing: "https://a.example:8443/x")
        let next = try base.resolving("//b.example/y/../z")
        #expect((next.scheme, next.host, next.port) == ("https", "b.example", 443) && next.target == "/z")
        let own = try base.resolving("/y")
        #expect((own.host, own.port) == ("a.example", 8443))
        let six = try URLParts(parsing: "http://[::1]:81/").resolving("y")
        #expect((six.host, six.port) == ("::1", 81) && six.target == "/y")
        #expect(throws: URLError.self) { try base.resolving("ftp://a.example/") }
        #expect(throws: URLError.self) { try base.resolving("mailto:ann@a.example") }
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var status: Int
        var method: String
        var next: String
        var keepsBody: Bool
        var testDescription: String { "\(method) \(status)" }
    }

    static let methods = [
        Example(status: 301, method: "POST", next: "GET", keepsBody: false),
        Example(status: 302, method: "POST", next: "GET", keepsBody: false),
        Example(status: 301, method: "PUT", next: "PUT", keepsBody: true),
        Example(status: 302, method: "HEAD", next: "HEAD", keepsBody: true),
        Example(status: 303, method: "POST", next: "GET", keepsBody: false),
        Example(status: 303, method: "PUT", next: "GET", keepsBody: false),
        Example(status: 303, method: "DELETE", next: "GET", keepsBody: false),
        Example(status: 303, method: "HEAD", next: "HEAD", keepsBody: true),
        Example(status: 307, method: "POST", next: "POST", keepsBody: true),
        Example(status: 308, method: "PATCH", next: "PATCH", keepsBody: true),
    ]

    @Test("The status decides what becomes of method and body", arguments: methods)
    func methodRules(_ example: Example) throws {
        let base = try URLParts(parsing: "http://a/x")
        guard
            case .next(let next) = Redirect(
                status: example.status, location: "/y", method: example.method, from: base)
        else {
            Issue.record("it is followed")
            return
        }
        #expect(next.method == example.next)
        #expect(next.keepsBody == example.keepsBody)
        #expect(!next.leavesOrigin && !next.leavesTLS)
    }

    @Test("Other statuses and a missing Location end the way", arguments: [200, 300, 304, 305, 306, 401])
    func others(_ status: Int) throws {
        let base = try URLParts(parsing: "http://a/x")
        #expect(Redirect(status: status, location: "/y", method: "GET", from: base) == .none)
        #expect(Redirect(status: 302, location: nil, method: "GET", from: base) == .none)
    }

    @Test(
        "Another host, port or scheme is another server",
        arguments: [
            ("https://a/x", "http://a/x", true, true), ("http://a/x", "https://a/x", true, false),
            ("http://a/x", "http://A:80/x", false, false), ("http://a/x", "http://a:81/x", true, false),
            ("http://a/x", "//b/x", true, false),
        ])
    func origins(_ from: String, _ to: String, _ leavesOrigin: Bool, _ leavesTLS: Bool) throws {
        let base = try URLParts(parsing: from)
        guard case .next(let next) = Redirect(status: 302, location: to, method: "GET", from: base) else {
            Issue.record("it is followed")
            return
        }
        #expect(next.leavesOrigin == leavesOrigin)
        #expect(next.leavesTLS == leavesTLS)
    }

    @Test("A Location that is no address says why")
    func unreadable() throws {
        let base = try URLParts(parsing: "http://a/x")
        #expect(
            Redirect(status: 302, location: "ftp://b/", method: "GET", from: base)
                == .unreadable("'ftp://b/': expected the scheme http or https, got 'ftp'"))
    }
}
