/// The cookies of a virtual user, or of a jar that a script made: what `http.cookieJar()` shows.
///
/// It keeps the rules of k6's jar (Go's, without a list of public suffixes), which are looser than those of browsers:
/// a cookie that says `Secure` may come in the clear, and only https sends it. Pure: the time comes with every call.
public final class ScriptCookieJar {
    /// Where a request goes, as far as cookies are concerned.
    public struct Place: Sendable, Equatable {
        public var host: String
        /// Without the query; begins with `/`.
        public var path: String
        public var isSecure: Bool

        /// - Parameter target: path and query.
        public init(host: String, target: String, isSecure: Bool) {
            self.host = host.lowercased()
            let path = target.prefix { $0 != "?" && $0 != "#" }
            self.path = path.isEmpty ? "/" : String(path)
            self.isSecure = isSecure
        }
    }

    private struct Entry {
        var name: String
        var value: String
        var domain: String
        var path: String
        var isHostOnly: Bool
        var isSecure: Bool
        /// Seconds since 1970; `nil` at the end of the session.
        var expires: Int64?
    }

    /// In the order of their creation; one that is set again keeps its place.
    private var entries: [Entry] = []
    /// Counts its bytes among those that natives hold, once a script sets cookies.
    var holding: ScriptHolding?
    /// About what it takes.
    var byteCount: Int {
        entries.reduce(0) { sum, entry in
            sum + 128 + entry.name.utf8.count + entry.value.utf8.count + entry.domain.utf8.count
                + entry.path.utf8.count
        }
    }
    /// Of all sites together; beyond, the oldest goes.
    private static let most = 1024

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// Takes a cookie, or takes it out when it has expired.
    ///
    /// - Parameter now: seconds since 1970.
    public func set(_ cookie: ScriptCookie, from place: Place, now: Int64) {
        guard let (domain, isHostOnly) = Self.domain(cookie.domain, place.host) else { return }
        let path = cookie.path.hasPrefix("/") ? cookie.path : Self.folder(of: place.path)
        let known = entries.firstIndex { $0.name == cookie.name && $0.domain == domain && $0.path == path }
        var expires: Int64?
        if cookie.maxAge > 0 {
            let (sum, isOver) = now.addingReportingOverflow(Int64(cookie.maxAge))
            expires = isOver ? nil : sum
        } else if cookie.maxAge == 0 {
            expires = cookie.expires
        }
        if cookie.maxAge < 0 || (expires ?? .max) <= now {
            if let known { entries.remove(at: known) }
            return
        }
        let entry = Entry(
            name: cookie.name, value: cookie.value, domain: domain, path: path, isHostOnly: isHostOnly,
            isSecure: cookie.isSecure, expires: expires)
        if let known {
            entries[known] = entry
        } else {
            entries.append(entry)
            if entries.count > Self.most { entries.removeFirst() }
        }
    }

    /// What a request there sends: longer paths first, then older ones.
    public func cookies(for place: Place, now: Int64) -> [(name: String, value: String)] {
        guard !entries.isEmpty else { return [] }
        entries.removeAll { ($0.expires ?? .max) <= now }
        let found = entries.filter { entry in
            (place.isSecure || !entry.isSecure) && Self.matches(entry, host: place.host)
                && Self.matches(place.path, folder: entry.path)
        }
        guard found.count > 1 else { return found.map { ($0.name, $0.value) } }
        return found.sorted { $0.path.utf8.count > $1.path.utf8.count }.map { ($0.name, $0.value) }
    }

    /// Takes the cookies of a place out, as k6 does: those that it would have set itself without naming a path or domain.
    public func clear(_ place: Place, now: Int64) {
        for cookie in cookies(for: place, now: now) { remove(cookie.name, place, now: now) }
    }

    /// The same for one cookie.
    public func remove(_ name: String, _ place: Place, now: Int64) {
        var cookie = ScriptCookie(name, "")
        cookie.maxAge = -1
        set(cookie, from: place, now: now)
    }

    // MARK: matching (RFC 6265 §5.1)

    /// - Returns: `nil` when the host may not set a cookie for that domain.
    private static func domain(_ asked: String, _ host: String) -> (String, isHostOnly: Bool)? {
        if asked.isEmpty { return (host, true) }
        if isAddress(host) { return asked == host ? (host, true) : nil }
        let domain = (asked.hasPrefix(".") ? String(asked.dropFirst()) : asked).lowercased()
        guard !domain.isEmpty, !domain.hasPrefix("."), !domain.hasSuffix("."),
            host == domain || host.hasSuffix("." + domain)
        else { return nil }
        return (domain, false)
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func matches(_ entry: Entry, host: String) -> Bool {
        entry.domain == host || !entry.isHostOnly && host.hasSuffix("." + entry.domain)
    }

    private static func matches(_ path: String, folder: String) -> Bool {
        guard path.hasPrefix(folder) else { return false }
        return path.utf8.count == folder.utf8.count || folder.hasSuffix("/")
            || path.utf8.dropFirst(folder.utf8.count).first == UInt8(ascii: "/")
    }

    private static func folder(of path: String) -> String {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            return "/"
        }
        return String(path[..<slash])
    }
}
