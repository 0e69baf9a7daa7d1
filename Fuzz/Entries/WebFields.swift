import AssayWire

/// Any bytes as what a server says in its headers: a cookie, a challenge, the address of a redirect.
///
/// A cookie that is taken fits into a request; challenges have names; an address leads nowhere above its root and stays
/// what it is when it is resolved again.
public func fuzzWebFields(_ bytes: [UInt8]) {
    var jar = CookieJar()
    let place = CookieJar.Place(host: "www.a.example", target: "/x/y?q", isSecure: true)
    for _ in 0..<2 { jar.take(setCookie: bytes, from: place, now: 1_700_000_000) }
    precondition(jar.count <= 1, "a cookie that is set twice is kept twice")
    if let sent = jar.header(for: place, now: 1_700_000_000) {
        precondition(!sent.isEmpty || jar.count == 1, "an empty header without a cookie")
        precondition(isHeaderValue(sent), "a cookie that no request can hold")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    for challenge in AuthChallenge.all(in: text) {
        precondition(!challenge.scheme.isEmpty, "a challenge without a scheme")
    }
    guard let base = try? URLParts(parsing: "http://a/b/c/d;p?q"), let next = try? base.resolving(text) else {
        return
    }
    let path = next.target.prefix { $0 != "?" }
    precondition(path.hasPrefix("/"), "a target without a path")
    precondition(
        !path.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == "." || $0 == ".." },
        "dots are left in \(next.target)")
    let host = next.host.contains(":") ? "[\(next.host)]" : next.host
    guard let again = try? base.resolving("\(next.scheme)://\(host):\(next.port)\(next.target)") else {
        preconditionFailure("resolved, it is refused: \(next)")
    }
    precondition(again.target == next.target && again.port == next.port, "resolved again, it is another")
}
