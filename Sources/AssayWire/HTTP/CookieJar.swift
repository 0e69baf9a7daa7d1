/// Cookies of one user (RFC 6265bis): what servers set, and what requests send back.
///
/// Pure: the time comes with every call. Bounded: ``Limits``, and 4096 bytes a cookie.
public struct CookieJar: Sendable {
    public struct Limits: Sendable {
        /// Of one domain; the one that was used longest ago goes first, those that are not secure before others.
        public var perDomain: Int
        public var total: Int
        public init(perDomain: Int = 50, total: Int = 300) {
            self.perDomain = perDomain
            self.total = total
        }
    }

    /// Where a request goes, as far as cookies are concerned.
    public struct Place: Sendable {
        /// In any case; an IPv6 address without brackets.
        public var host: String
        /// Without the query.
        var path: String
        public var isSecure: Bool

        /// - Parameter target: path and query of the request.
        public init(host: String, target: String, isSecure: Bool) {
            self.host = host.lowercased()
            path = String(target.prefix { $0 != "?" && $0 != "#" })
            // What is said to this machine itself nobody else can read, so `Secure` asks for no TLS there, as in browsers.
            self.isSecure = isSecure || Self.isLoopback(self.host)
        }

        private static func isLoopback(_ host: String) -> Bool {
            host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
                || host.hasPrefix("127.") && isIPv4(host)
        }
    }

    private struct Cookie: Sendable {
        var name: [UInt8]
        var value: [UInt8]
        var domain: String
        var isHostOnly: Bool
        var path: String
        var expires: Int64?
        var isSecure: Bool
        /// Order of creation; a cookie that is set again keeps its own.
        var created: UInt64
        var used: UInt64
    }

    private var cookies: [Cookie] = []
    private var tick: UInt64 = 0
    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    public var isEmpty: Bool { cookies.isEmpty }
    public var count: Int { cookies.count }

    public mutating func removeAll() { cookies.removeAll() }

    // MARK: setting

    /// Takes what a `Set-Cookie` header of an answer says; a cookie that has expired is taken out.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    /// - Returns: whether the header was heeded; what RFC 6265bis §5.7 refuses is not.
    @discardableResult
    public mutating func take(setCookie header: some Collection<UInt8>, from place: Place, now: Int64) -> Bool
    {
        guard let set = SetCookie(parsing: header, now: now), var domain = Self.domain(set.domain, place)
        else {
            return false
        }
        let isHostOnly = domain.isEmpty
        if isHostOnly { domain = place.host }
        if set.isSecure, !place.isSecure { return false }
        let path = set.path ?? Self.defaultPath(place.path)
        guard Self.keepsPrefixRules(set, isHostOnly: isHostOnly, path: path) else { return false }
        if !set.isSecure, !place.isSecure, shadowsSecure(set.name, domain, path) { return false }
        tick += 1
        let known = cookies.firstIndex {
            $0.name == set.name && $0.domain == domain && $0.isHostOnly == isHostOnly && $0.path == path
        }
        let created = known.map { cookies.remove(at: $0).created } ?? tick
        if let expires = set.expires, expires <= now { return true }
        let place = cookies.firstIndex { $0.created > created } ?? cookies.endIndex
        cookies.insert(
            Cookie(
                name: set.name, value: set.value, domain: domain, isHostOnly: isHostOnly, path: path,
                expires: set.expires, isSecure: set.isSecure, created: created, used: tick),
            at: place)
        makeRoom(domain, now)
        return true
    }

    /// The domain that a cookie is for: empty for the host alone, `nil` when the host may not set it.
    private static func domain(_ asked: String?, _ place: Place) -> String? {
        guard let asked else { return "" }
        if isPublicSuffix(asked) { return asked == place.host ? "" : nil }
        return matches(place.host, domain: asked) ? asked : nil
    }

    /// `__Secure-` and `__Host-` promise how a cookie was set (RFC 6265bis §4.1.3).
    private static func keepsPrefixRules(_ set: SetCookie, isHostOnly: Bool, path: String) -> Bool {
        func begins(_ bytes: [UInt8], _ prefix: String) -> Bool {
            bytes.count >= prefix.utf8.count
                && zip(bytes, prefix.utf8).allSatisfy { lowerASCII($0) == lowerASCII($1) }
        }
        let named = set.name.isEmpty ? set.value : set.name
        let isSecurePrefix = begins(named, "__Secure-")
        let isHostPrefix = begins(named, "__Host-")
        if !isSecurePrefix, !isHostPrefix { return true }
        // Without a name it would be sent as if the value were one.
        guard !set.name.isEmpty, set.isSecure else { return false }
        return !isHostPrefix || (isHostOnly && set.path == "/")
    }

    /// What came in the clear must not take the place of what came by TLS.
    private func shadowsSecure(_ name: [UInt8], _ domain: String, _ path: String) -> Bool {
        cookies.contains { cookie in
            cookie.isSecure && cookie.name == name
                && (Self.matches(cookie.domain, domain: domain)
                    || Self.matches(domain, domain: cookie.domain))
                && Self.matches(path, path: cookie.path)
        }
    }

    private mutating func makeRoom(_ domain: String, _ now: Int64) {
        func isOver() -> Bool {
            cookies.count > limits.total
                || cookies.count { $0.domain == domain } > limits.perDomain
        }
        guard isOver() else { return }
        cookies.removeAll { ($0.expires ?? .max) <= now }
        while isOver() {
            let isDomainFull = cookies.count { $0.domain == domain } > limits.perDomain
            let candidates = cookies.indices.filter { !isDomainFull || cookies[$0].domain == domain }
            let victim = candidates.min { left, right in
                let (left, right) = (cookies[left], cookies[right])
                return left.isSecure == right.isSecure ? left.used < right.used : !left.isSecure
            }
            guard let victim else { return }
            cookies.remove(at: victim)
        }
    }

    // MARK: sending

    /// Value of the `Cookie` header of a request; `nil` when there is none to send.
    ///
    /// Longer paths first, then older cookies.
    /// - Parameter names: cookies that the request brings itself.
    public mutating func header(
        for place: Place, now: Int64, leavingOut names: [[UInt8]] = []
    ) -> [UInt8]? {
        guard !cookies.isEmpty else { return nil }
        let found = cookies.indices.filter {
            fits(cookies[$0], place, now) && !names.contains(cookies[$0].name)
        }.sorted { left, right in
            let (left, right) = (cookies[left], cookies[right])
            return left.path.utf8.count == right.path.utf8.count
                ? left.created < right.created : left.path.utf8.count > right.path.utf8.count
        }
        guard !found.isEmpty else { return nil }
        tick += 1
        var value: [UInt8] = []
        for index in found {
            cookies[index].used = tick
            if !value.isEmpty { value += "; ".utf8 }
            if !cookies[index].name.isEmpty {
                value += cookies[index].name
                value.append(UInt8(ascii: "="))
            }
            value += cookies[index].value
        }
        return value
    }

    /// Names and values that a request would send, longer paths first.
    public func pairs(for place: Place, now: Int64) -> [(name: String, value: String)] {
        cookies.filter { fits($0, place, now) }.sorted { $0.path.utf8.count > $1.path.utf8.count }.map {
            (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
        }
    }

    private func fits(_ cookie: Cookie, _ place: Place, _ now: Int64) -> Bool {
        if let expires = cookie.expires, expires <= now { return false }
        if cookie.isSecure, !place.isSecure { return false }
        let isHost =
            cookie.isHostOnly ? cookie.domain == place.host : Self.matches(place.host, domain: cookie.domain)
        return isHost && Self.matches(place.path.isEmpty ? "/" : place.path, path: cookie.path)
    }

    // MARK: matching

    /// RFC 6265bis §5.1.3: the same, or a name below it; an address is never below anything.
    static func matches(_ host: String, domain: String) -> Bool {
        if host == domain { return true }
        return host.hasSuffix("." + domain) && !isIPv4(host) && !host.contains(":")
    }

    /// RFC 6265bis §5.1.4.
    static func matches(_ path: String, path cookiePath: String) -> Bool {
        if path == cookiePath { return true }
        guard path.hasPrefix(cookiePath) else { return false }
        return cookiePath.hasSuffix("/") || path.utf8.dropFirst(cookiePath.utf8.count).first == 0x2F
    }

    /// The folder of the request's path (RFC 6265bis §5.1.4).
    static func defaultPath(_ path: String) -> String {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            return "/"
        }
        return String(path[..<slash])
    }

    /// Names below which everybody can have one, as far as their form tells: `com`, `co.uk`.
    static func isPublicSuffix(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        if isIPv4(domain) || domain.contains(":") { return false }
        if labels.count == 1 { return true }
        return labels.count == 2 && labels[1].utf8.count == 2 && registryLabels.contains(String(labels[0]))
    }

    private static let registryLabels: Set<String> = [
        "ac", "co", "com", "edu", "gen", "go", "gob", "gov", "ltd", "mil", "ne", "net", "nom", "or", "org",
        "plc",
        "sch",
    ]
}

private func isIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
}
