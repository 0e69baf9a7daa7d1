internal import AssayWire

/// A proxy that connections go through.
public struct ProxyOptions: Sendable, Hashable {
    public enum Scheme: String, Sendable, CaseIterable {
        /// HTTP requests are handed to it whole; anything else goes through a tunnel (CONNECT).
        case http
        /// The same over TLS.
        case https
        /// SOCKS version 5 (RFC 1928); names are looked up here.
        case socks5
        /// SOCKS version 5; names are looked up by the proxy.
        case socks5h
    }

    public struct Credentials: Sendable, Hashable {
        public var user: String
        public var password: String
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public var scheme: Scheme
    public var host: String
    public var port: UInt16
    public var credentials: Credentials?
    /// Servers that are connected to without it.
    public var exceptions: [ProxyException]

    /// Why a text is no proxy.
    public struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameters:
    ///   - text: `http://user:password@proxy:3128`; without a port 8080, for socks 1080, for https 443.
    ///   - exceptions: see ``ProxyException``.
    public init(parsing text: String, except exceptions: [String] = []) throws(Mistake) {
        guard let split = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<split.lowerBound].lowercased())
        else {
            throw Mistake(
                description: "expected http://, https://, socks5:// or socks5h:// with host and port, found "
                    + "'\(Self.masked(text))'")
        }
        let parts: URLParts
        let hasPort: Bool
        do {
            let rest = text[split.upperBound...]
            parts = try URLParts(parsing: "http://" + rest)
            hasPort = try URLParts(parsing: "https://" + rest).port == parts.port
        } catch {
            throw Mistake(
                description: "'\(Self.masked(text))' is no URL of a proxy: \(Self.reason(error, of: text))")
        }
        // What looks like a path or a fragment may be the rest of a password, so it is not shown.
        guard parts.target == "/", parts.userInfo != nil || !text.contains("@") else {
            throw Mistake(
                description: "the URL of a proxy has no path; in its user and password '/' is written %2F, "
                    + "'?' %3F and '#' %23")
        }
        self.scheme = scheme
        host = parts.host
        port = hasPort ? parts.port : scheme.standardPort
        credentials = parts.userInfo.map { info in
            let pieces = info.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return Credentials(
                user: Self.decoded(pieces[0]), password: pieces.count > 1 ? Self.decoded(pieces[1]) : "")
        }
        self.exceptions = []
        for exception in exceptions { self.exceptions.append(try ProxyException(parsing: exception)) }
    }

    /// Whether a connection to the origin goes through the proxy.
    public func applies(to origin: HTTPOrigin) -> Bool { !exceptions.contains { $0.matches(origin) } }

    /// `http://proxy:3128`, without user and password.
    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme.rawValue)://\(name):\(port)"
    }

    /// Value of the header `Proxy-Authorization`; `nil` without a user.
    var authorization: String? {
        credentials.map { "Basic " + Crypto.base64(Array("\($0.user):\($0.password)".utf8)) }
    }

    var usesSOCKS: Bool { scheme == .socks5 || scheme == .socks5h }

    /// Without what stands before the last `@`, but the scheme.
    private static func masked(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        guard let split = text.firstRange(of: "://"), split.upperBound <= at else {
            return "…" + String(text[at...])
        }
        return String(text[..<split.upperBound]) + "…" + String(text[at...])
    }

    /// What was found in place of a port may be a part of a password, so it is not told where there may be one.
    private static func reason(_ error: URLError, of text: String) -> String {
        guard text.contains("@") else { return error.description }
        let expected = error.reason.firstRange(of: ", got ").map { String(error.reason[..<$0.lowerBound]) }
        return (expected ?? error.reason)
            + "; in user and password '/' is written %2F, '?' %3F, '#' %23 and '@' %40"
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var place = 0
        while place < source.count {
            if source[place] == UInt8(ascii: "%"), place + 2 < source.count,
                let value = UInt8(
                    String(decoding: source[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                place += 3
            } else {
                bytes.append(source[place])
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ProxyOptions.Scheme {
    fileprivate var standardPort: UInt16 {
        switch self {
        case .http: 8080
        case .https: 443
        case .socks5, .socks5h: 1080
        }
    }
}

/// Servers that no proxy is used for, as `no_proxy` has them.
///
/// `example.com` is that host and those below it, a leading dot makes no difference; `10.0.0.0/8` is numeric addresses;
/// `example.com:8080` only that port; `*` every server.
public struct ProxyException: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case all
        case name(String)
        case network([UInt8], bits: Int)
    }
    let kind: Kind
    let port: UInt16?

    public init(parsing text: String) throws(ProxyOptions.Mistake) {
        func mistake(_ what: String) -> ProxyOptions.Mistake {
            ProxyOptions.Mistake(description: "\(what) in the proxy's exception '\(text)'")
        }
        var rest = text[...]
        if rest == "*" {
            kind = .all
            port = nil
            return
        }
        if let slash = rest.firstIndex(of: "/") {
            guard let address = SocketAddress(numeric: String(rest[..<slash]), port: 0)?.bytes,
                let bits = Int(rest[rest.index(after: slash)...]), (0...(address.count * 8)).contains(bits)
            else { throw mistake("expected an address and a number of bits, like 10.0.0.0/8,") }
            kind = .network(address, bits: bits)
            port = nil
            return
        }
        if let address = SocketAddress(numeric: text, port: 0)?.bytes {
            kind = .network(address, bits: address.count * 8)
            port = nil
            return
        }
        var number: UInt16?
        if let colon = rest.lastIndex(of: ":") {
            guard let value = UInt16(rest[rest.index(after: colon)...]) else {
                throw mistake("expected a port behind the colon")
            }
            number = value
            rest = rest[..<colon]
            if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        }
        port = number
        if let address = SocketAddress(numeric: String(rest), port: 0)?.bytes {
            kind = .network(address, bits: address.count * 8)
            return
        }
        while rest.hasPrefix(".") || rest.hasPrefix("*.") {
            rest = rest.dropFirst(rest.hasPrefix(".") ? 1 : 2)
        }
        guard !rest.isEmpty, !rest.contains("*") else { throw mistake("expected a host's name") }
        kind = .name(rest.lowercased())
    }

    func matches(_ origin: HTTPOrigin) -> Bool {
        if let port, port != origin.port { return false }
        switch kind {
        case .all: return true
        case .name(let name):
            let host = origin.host.lowercased()
            return host == name || host.hasSuffix("." + name)
        case .network(let address, let bits):
            guard let own = SocketAddress(numeric: origin.host, port: 0)?.bytes, own.count == address.count
            else { return false }
            return (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                return own[bit / 8] & mask == address[bit / 8] & mask
            }
        }
    }
}

extension SocketAddress {
    /// Of an IPv4 or IPv6 address; none of a Unix path.
    var bytes: [UInt8] {
        switch kind {
        case .ipv4(let bytes, _), .ipv6(let bytes, _, _): bytes
        case .unix: []
        }
    }
}
