/// A request as far as a redirect can change it.
public struct RedirectedRequest: Sendable, Equatable {
    public var url: URLParts
    public var method: String
    /// Whether the body goes along, with the headers that speak of it.
    public var keepsBody: Bool
    /// Whether it goes to another server: what was meant for the first (Authorization, own cookies) stays behind.
    public var leavesOrigin: Bool

    /// From https to http.
    public var leavesTLS: Bool
}

/// Where an answer sends a request on to.
public enum Redirect: Sendable, Equatable {
    /// It does not: another status, or no `Location`.
    case none
    case next(RedirectedRequest)
    /// The `Location` is no address, and why.
    case unreadable(String)

    /// RFC 9110 §15.4, with the method rules that all clients share: 303 makes GET of everything but HEAD, 301 and 302 make
    /// it of POST, 307 and 308 change nothing.
    ///
    /// - Parameters:
    ///   - location: the header's value; relative ones are resolved (RFC 3986 §5).
    public init(status: Int, location: String?, method: String, from url: URLParts) {
        guard [301, 302, 303, 307, 308].contains(status), let location else {
            self = .none
            return
        }
        let next: URLParts
        do throws(URLError) { next = try url.resolving(location) } catch {
            self = .unreadable("\(error)")
            return
        }
        let becomesGet =
            status == 303
            ? method != "GET" && method != "HEAD" : (301...302).contains(status) && method == "POST"
        self = .next(
            RedirectedRequest(
                url: next, method: becomesGet ? "GET" : method, keepsBody: !becomesGet,
                leavesOrigin: next.scheme != url.scheme || next.host.lowercased() != url.host.lowercased()
                    || next.port != url.port,
                leavesTLS: url.scheme == "https" && next.scheme == "http"))
    }

    /// Headers that speak of a body, which leave with it.
    public static let bodyHeaders: Set<String> = [
        "content-type", "content-length", "content-encoding", "content-language", "content-location",
        "transfer-encoding", "expect", "digest", "content-digest", "repr-digest",
    ]
    /// Headers for one server only.
    public static let originHeaders: Set<String> = ["authorization", "cookie", "host", "proxy-authorization"]
}

extension URLParts {
    /// What a reference found at this URL means: `../a`, `?page=2`, `//host/path`, `https://host/`.
    ///
    /// RFC 3986 §5.2; a fragment is dropped.
    public func resolving(_ reference: String) throws(URLError) -> URLParts {
        let text = reference.drop { $0 == " " || $0 == "\t" }.prefix { $0 != "#" }
        let own = isIPv6 ? "[\(host)]" : host
        let authority = "\(scheme)://\(own):\(port)"
        var resolved: URLParts
        if let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) {
            resolved = try URLParts(parsing: String(text))
        } else if text.hasPrefix("//") {
            resolved = try URLParts(parsing: "\(scheme):\(text)")
        } else {
            let path = target.prefix { $0 != "?" }
            let joined: String
            if text.isEmpty {
                joined = target
            } else if text.hasPrefix("/") {
                joined = String(text)
            } else if text.hasPrefix("?") {
                joined = String(path) + text
            } else {
                joined = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) + text
            }
            resolved = try URLParts(parsing: authority + joined)
        }
        resolved.target = Self.withoutDots(resolved.target)
        return resolved
    }

    private var isIPv6: Bool { host.contains(":") }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, lowerASCII(first) &- 0x61 < 26 else { return false }
        return text.utf8.allSatisfy {
            lowerASCII($0) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
        }
    }

    /// RFC 3986 §5.2.4, of the path of a target.
    static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        guard path.contains("/.") else { return target }
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }
}
