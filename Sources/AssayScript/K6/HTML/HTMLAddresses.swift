/// An address taken apart as links need it; nothing is refused. Source: RFC 3986 appendix B, §5.2.
struct HTMLAddresses: Equatable {
    var scheme = ""
    /// Host and port, without who signs in.
    var authority = ""
    var userInfo: String?
    var path = ""
    var query = ""
    var fragment = ""
    private var hasAuthority = false
    private var hasQuery = false

    init(_ text: String) {
        var rest = text[...]
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: "?") {
            hasQuery = true
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            hasAuthority = true
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            var said = rest[..<end]
            if let at = said.lastIndex(of: "@") {
                userInfo = String(said[..<at])
                said = said[said.index(after: at)...]
            }
            authority = String(said)
            rest = rest[end...]
        }
        path = String(rest)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first | 32) else { return false }
        return text.utf8.allSatisfy {
            (97...122).contains($0 | 32) || (48...57).contains($0) || [43, 45, 46].contains($0)
        }
    }

    var user: String { userInfo.map { String($0.prefix { $0 != ":" }) } ?? "" }
    var password: String { userInfo.map { String($0.drop { $0 != ":" }.dropFirst()) } ?? "" }

    private var portStart: String.Index? {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return nil }
        return colon
    }
    var port: String { portStart.map { String(authority[authority.index(after: $0)...]) } ?? "" }
    var host: String {
        let host = portStart.map { authority[..<$0] } ?? authority[...]
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }
    /// Without the port that the scheme has anyway.
    var hostAndPort: String {
        let usual = ["http": "80", "https": "443", "ftp": "21"][scheme]
        guard let start = portStart, port == usual else { return authority }
        return String(authority[..<start])
    }

    var text: String {
        (scheme.isEmpty ? "" : scheme + ":")
            + (hasAuthority ? "//" + (userInfo.map { $0 + "@" } ?? "") + authority : "") + path
            + (hasQuery ? "?" + query : "") + (fragment.isEmpty ? "" : "#" + fragment)
    }

    /// A reference as it is meant from an address.
    static func resolved(_ reference: String, from base: String) -> String {
        var target = HTMLAddresses(reference)
        let base = HTMLAddresses(base)
        guard target.scheme.isEmpty else { return target.text }
        target.scheme = base.scheme
        guard !target.hasAuthority else { return target.text }
        (target.hasAuthority, target.authority, target.userInfo) = (
            base.hasAuthority, base.authority, base.userInfo
        )
        if target.path.isEmpty {
            target.path = base.path
            if !target.hasQuery { (target.hasQuery, target.query) = (base.hasQuery, base.query) }
        } else if target.path.hasPrefix("/") {
            target.path = withoutDots(target.path)
        } else {
            let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
            target.path = withoutDots(folder + target.path)
        }
        return target.text
    }

    private static func withoutDots(_ path: some StringProtocol) -> String {
        var parts: [Substring] = []
        let all = String(path).split(separator: "/", omittingEmptySubsequences: false)[...]
        for part in all.dropFirst() {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        if let last = all.last, last == "." || last == ".." { parts.append("") }
        return "/" + parts.joined(separator: "/")
    }
}
