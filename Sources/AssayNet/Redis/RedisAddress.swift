internal import AssayWire

/// Where a Redis server is, and as whom to speak to which of its databases.
public struct RedisAddress: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
    }

    public var place: Place
    /// `nil` is the server's default user.
    public var user: String?
    public var password: String?
    public var database: Int

    public static let standardPort: UInt16 = 6379

    public init(_ place: Place, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.place = place
        self.user = user
        self.password = password
        self.database = database
    }

    /// Reads `redis://[[user:]password@]host[:port][/db]` or `unix://[[user:]password@]/path[?db=n]`.
    ///
    /// User, password and path may be percent-encoded. A single word before the `@` is the password, as for redis-cli.
    public init(parsing url: String) throws(RedisAddressError) {
        guard let mark = url.firstRange(of: "://") else {
            throw RedisAddressError("expected a URL like redis://host:port/db or unix:///path?db=n", url)
        }
        let scheme = url[..<mark.lowerBound].lowercased()
        let behind = url[mark.upperBound...]
        let query = behind.firstIndex(of: "?").map { behind[$0...].dropFirst() }
        var rest = behind.prefix { $0 != "?" }
        self.init(.unix(path: ""))
        let authority = scheme == "unix" ? rest : rest.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            let words = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, !words[0].isEmpty { user = percentDecoded(words[0]) }
            password = percentDecoded(words[words.count - 1])
            rest = rest[rest.index(after: at)...]
        }
        switch scheme {
        case "redis":
            let path = rest.drop { $0 != "/" }.dropFirst()
            place = try Self.hostAndPort(rest.prefix { $0 != "/" }, url)
            if !path.isEmpty { database = try Self.database(path, url) }
        case "unix":
            place = .unix(path: percentDecoded(rest))
            if rest.first != "/" {
                throw RedisAddressError("expected an absolute path, as in unix:///run/redis.sock", url)
            }
        case "rediss": throw RedisAddressError("TLS is not supported yet; expected the scheme redis", url)
        default: throw RedisAddressError("expected the scheme redis or unix, got '\(scheme)'", url)
        }
        for (name, value) in queryPairs(query ?? "") {
            guard name == "db" else {
                throw RedisAddressError("expected `db` as the only option, got '\(name)'", url)
            }
            database = try Self.database(value, url)
        }
    }

    private static func hostAndPort(_ text: Substring, _ url: String) throws(RedisAddressError) -> Place {
        var host = text.prefix { $0 != ":" }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw RedisAddressError("the IPv6 address has no closing bracket", url)
            }
            host = text[text.index(after: text.startIndex)..<end]
        }
        let behind = text[host.endIndex...].drop { $0 == "]" }
        let name = host.isEmpty ? "127.0.0.1" : String(host)
        if behind.isEmpty { return .tcp(host: name, port: standardPort) }
        guard behind.first == ":", behind.dropFirst().utf8.allSatisfy(isDigit),
            let port = UInt16(behind.dropFirst()), port > 0
        else {
            throw RedisAddressError("expected a port from 1 to 65535, got '\(behind.dropFirst())'", url)
        }
        return .tcp(host: name, port: port)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

    private static func database(_ text: some StringProtocol, _ url: String) throws(RedisAddressError) -> Int
    {
        guard text.utf8.allSatisfy(isDigit), let number = Int(text) else {
            throw RedisAddressError("expected the number of a database, got '\(text)'", url)
        }
        return number
    }
}

extension RedisAddress: CustomStringConvertible {
    /// As a URL, without user and password.
    public var description: String {
        switch place {
        case .tcp(let host, let port):
            let name = host.contains(":") ? "[\(host)]" : host
            return "redis://\(name):\(port)" + (database == 0 ? "" : "/\(database)")
        case .unix(let path): return "unix://\(path)" + (database == 0 ? "" : "?db=\(database)")
        }
    }
}

/// Why a text is no address of a Redis server.
public struct RedisAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    public var reason: String
    /// Without what stands before an `@`, which may be a password.
    public var url: String

    init(_ reason: String, _ url: String) {
        self.reason = reason
        self.url = url
        if let at = url.lastIndex(of: "@") {
            let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
            self.url = scheme + "***" + url[at...]
        }
    }

    public var description: String { "'\(url)': \(reason)" }
}
