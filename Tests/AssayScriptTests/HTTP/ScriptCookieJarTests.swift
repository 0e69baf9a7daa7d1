import Testing

@testable import AssayScript

@Suite("Cookies of scripts")
struct ScriptCookieJarTests {
    static let home = ScriptCookieJar.Place(host: "api.example.com", target: "/a/b?c", isSecure: false)

    static func jar(_ headers: [String], from place: ScriptCookieJar.Place = home, now: Int64 = 100)
        -> ScriptCookieJar
    {
        let jar = ScriptCookieJar()
        for header in headers {
            if let cookie = ScriptCookie(setCookie: Array(header.utf8)[...]) {
                jar.set(cookie, from: place, now: now)
            }
        }
        return jar
    }

    static func shown(_ jar: ScriptCookieJar, at place: ScriptCookieJar.Place = home, now: Int64 = 100)
        -> String
    {
        jar.cookies(for: place, now: now).map { "\($0.name)=\($0.value)" }.joined(separator: ";")
    }

    @Test(
        "a jar keeps what Go's would",
        arguments: [
            (["a=1"], "a=1"), (["a=1; Path=/"], "a=1"), (["a=1; Path=/x"], ""), (["a=1; Path=/a"], "a=1"),
            (["a=1; Domain=example.com"], "a=1"), (["a=1; Domain=.example.com"], "a=1"),
            (["a=1; Domain=other.com"], ""),
            (["a=1; Domain=com"], "a=1"), (["a=1", "a=2"], "a=2"), (["a=1", "a=2; Max-Age=0"], ""),
            (["a=1; Max-Age=-5"], ""), (["a=1; Max-Age=50"], "a=1"), (["a=1; Secure"], ""), (["a b=1"], ""),
            (["=1"], ""),
            (["a=\"x y\""], "a=x y"), (["a=1;HttpOnly"], "a=1"), (["a=é"], ""),
            (["a=1; Path=/", "b=2; Path=/a"], "b=2;a=1"),
            (["a=1; Expires=Thu, 01 Jan 1970 00:01:00 GMT"], ""),
            (["a=1; Expires=Wed, 09 Jun 2031 10:18:14 GMT"], "a=1"),
        ])
    func keeps(headers: [String], cookies: String) {
        #expect(Self.shown(Self.jar(headers)) == cookies)
    }

    @Test("time and place decide what is sent")
    func sends() {
        let jar = Self.jar(["a=1; Max-Age=10", "s=2; Secure; Path=/", "d=3; Domain=example.com; Path=/"])
        let secure = ScriptCookieJar.Place(host: "api.example.com", target: "/a/", isSecure: true)
        #expect(Self.shown(jar, at: secure) == "a=1;s=2;d=3")
        #expect(Self.shown(jar, at: secure, now: 111) == "s=2;d=3")
        let other = ScriptCookieJar.Place(host: "www.example.com", target: "/", isSecure: false)
        #expect(Self.shown(jar, at: other) == "d=3")
    }

    @Test("an address has cookies of its own only")
    func address() {
        let place = ScriptCookieJar.Place(host: "127.0.0.1", target: "/", isSecure: false)
        #expect(
            Self.shown(Self.jar(["a=1; Domain=127.0.0.1", "b=2; Domain=0.0.1"], from: place), at: place)
                == "a=1")
    }

    @Test("clearing takes out what the place would have set itself, as in k6")
    func clear() {
        let jar = Self.jar(["a=1", "b=2; Path=/", "c=3; Domain=example.com"])
        jar.clear(Self.home, now: 100)
        #expect(Self.shown(jar) == "c=3;b=2")
        jar.remove("zz", Self.home, now: 100)
    }

    @Test("a jar has a bound")
    func bound() {
        let jar = Self.jar((0..<1100).map { "c\($0)=1" })
        #expect(jar.cookies(for: Self.home, now: 100).count == 1024)
    }

    @Test("values go out as Go writes them")
    func writing() {
        var header: [UInt8] = []
        ScriptCookie.append("a", "x y", to: &header)
        ScriptCookie.append("b", "p\"q;r", to: &header)
        #expect(String(decoding: header, as: UTF8.self) == "a=\"x y\"; b=pqr")
    }
}
