/// An http URL taken apart (RFC 3986, RFC 9110 §4.2).
public struct URLParts: Sendable, Equatable {
    /// `http` or `https`, lower case.
    public var scheme: String
    /// Before the `@`, as written; no server gets it in a request, so it is for a header that the caller makes.
    public var userInfo: String?
    /// Without the brackets of an IPv6 address.
    public var host: String
    /// 80 for http and 443 for https, when the URL names none.
    public var port: UInt16
    /// Path and query for the request line; `/` when the URL has none. The fragment is dropped. Spaces, non-ASCII and
    /// forbidden characters are percent-encoded; what is encoded already stays.
    public var target: String

    public init(parsing text: String) throws(URLError) {
        var reader = URLReader(text)
        scheme = try reader.scheme()
        let authority = reader.word { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        userInfo = reader.userInfo(authority)
        (host, port) = try reader.hostAndPort(defaultPort: scheme == "https" ? 443 : 80)
        reader.place = authority.upperBound
        let tail = reader.bytes[reader.word { $0 != 0x23 }]
        var target: [UInt8] = tail.first == 0x2F ? [] : [0x2F]
        appendEncodingInvalid(tail, to: &target)
        self.target = String(decoding: target, as: UTF8.self)
    }
}

/// Why a text is no http URL.
public struct URLError: Error, Sendable, Equatable, CustomStringConvertible {
    public var reason: String
    public var url: String
    /// Of the byte that is not what was expected.
    public var offset: Int

    init(_ reason: String, url: String, at offset: Int) {
        self.reason = reason
        self.url = url
        self.offset = offset
    }

    /// The URL is shown without its user information, which may be a password.
    public var description: String {
        var parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        if parts.count > 2, let at = parts[2].lastIndex(of: "@") { parts[2] = "***" + parts[2][at...] }
        return "'\(parts.joined(separator: "/"))': \(reason)"
    }
}

/// Goes over a URL from its start.
private struct URLReader {
    let url: String
    let bytes: [UInt8]
    var place = 0
    /// Of the host and the port.
    private var end = 0

    init(_ url: String) {
        self.url = url
        bytes = Array(url.utf8)
    }

    /// The bytes from here that belong together.
    mutating func word(_ belongs: (UInt8) -> Bool) -> Range<Int> {
        let start = place
        while place < bytes.count, belongs(bytes[place]) { place += 1 }
        return start..<place
    }

    mutating func scheme() throws(URLError) -> String {
        let range = word {
            lowerASCII($0) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
        }
        let name = String(decoding: bytes[range], as: UTF8.self)
        guard !range.isEmpty, bytes[place...].starts(with: Array("://".utf8)) else {
            throw URLError("expected a URL like http://host:port/path", url: url, at: place)
        }
        place += 3
        let lower = name.lowercased()
        guard lower == "http" || lower == "https" else {
            throw URLError("expected the scheme http or https, got '\(name)'", url: url, at: 0)
        }
        return lower
    }

    /// Goes to the host, behind the last `@`.
    mutating func userInfo(_ authority: Range<Int>) -> String? {
        end = authority.upperBound
        guard let at = bytes[authority].lastIndex(of: 0x40) else {
            place = authority.lowerBound
            return nil
        }
        place = at + 1
        return String(decoding: bytes[authority.lowerBound..<at], as: UTF8.self)
    }

    mutating func hostAndPort(defaultPort: UInt16) throws(URLError) -> (host: String, port: UInt16) {
        let host: Range<Int>
        if place < end, bytes[place] == 0x5B {
            place += 1
            host = try addressInBrackets()
        } else {
            host = word { $0 != 0x3A && isHostByte($0) && $0 != 0x5B && $0 != 0x5D }
            if place < end, bytes[place] != 0x3A { throw badHostByte() }
        }
        guard !host.isEmpty else { throw URLError("the host is missing", url: url, at: place) }
        let name = String(decoding: bytes[host], as: UTF8.self)
        guard place < end, place + 1 < end else { return (name, defaultPort) }
        let digits = bytes[(place + 1)..<end]
        guard digits.allSatisfy({ $0 &- 0x30 <= 9 }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)),
            port > 0
        else {
            let text = String(decoding: digits, as: UTF8.self)
            throw URLError("expected a port from 1 to 65535, got '\(text)'", url: url, at: place + 1)
        }
        return (name, port)
    }

    /// An IPv6 address (RFC 3986 §3.2.2), perhaps with a zone behind `%` (RFC 6874).
    private mutating func addressInBrackets() throws(URLError) -> Range<Int> {
        let start = place
        _ = word { hexDigit($0) != nil || $0 == 0x3A || $0 == 0x2E }
        if place > start, place < end, bytes[place] == 0x25 {
            _ = word { isHostByte($0) && $0 != 0x5D && $0 != 0x5B }
        }
        guard place < end, bytes[start..<end].contains(0x5D) else {
            throw URLError("the IPv6 address has no closing bracket", url: url, at: place)
        }
        guard bytes[place] == 0x5D else {
            throw URLError(
                "expected an IPv6 address in brackets, got \(shown(bytes[place]))", url: url, at: place)
        }
        guard bytes[start..<place].contains(0x3A) else {
            throw URLError("expected an IPv6 address in brackets, got none", url: url, at: start)
        }
        let address = start..<place
        place += 1
        guard place == end || bytes[place] == 0x3A else {
            throw URLError(
                "expected a port behind the IPv6 address, got \(shown(bytes[place]))", url: url, at: place)
        }
        return address
    }

    private func badHostByte() -> URLError {
        let byte = bytes[place]
        let got = byte >= 0x80 ? "a character beyond ASCII; write the name in its xn-- form" : shown(byte)
        return URLError("expected a host of letters, digits, '-' and '.', got \(got)", url: url, at: place)
    }
}
