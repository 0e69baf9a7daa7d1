public import AssayNet
internal import AssayWire
internal import AssayFormats

/// A request as matchers and templates see it; what is parsed of it is parsed once, and only if somebody asks.
///
/// Not `Sendable`: it lives as long as one request is being answered.
public final class StubRequest {
    public let http: HTTPRequest
    /// Where the path begins in the target's UTF-8; not 0 for a request in absolute form (RFC 9112 §3.2.2).
    let pathStart: Int
    /// Behind the path's last byte: the question mark, or the end.
    let pathEnd: Int
    /// Set by the pattern that matched, decoded: `{id}` of a path template.
    public internal(set) var pathParameters: [(name: String, value: String)] = []

    public init(_ http: HTTPRequest) {
        self.http = http
        var start = 0
        let span = http.target.utf8Span.span
        if span.count > 0, span[0] != UInt8(ascii: "/") { start = Self.originEnd(span) }
        var end = start
        while end < span.count, span[end] != UInt8(ascii: "?") { end += 1 }
        pathStart = start
        pathEnd = end
    }

    private static func originEnd(_ bytes: Span<UInt8>) -> Int {
        var place = 0
        while place + 2 < bytes.count {
            if bytes[place] == UInt8(ascii: ":"), bytes[place + 1] == UInt8(ascii: "/"),
                bytes[place + 2] == UInt8(ascii: "/")
            {
                place += 3
                while place < bytes.count, bytes[place] != UInt8(ascii: "/"),
                    bytes[place] != UInt8(ascii: "?")
                {
                    place += 1
                }
                return place
            }
            place += 1
        }
        return 0
    }

    public var method: String { http.method }
    /// Path and query as sent, without an origin.
    public private(set) lazy var url: String =
        pathStart == 0
        ? http.target : String(decoding: Array(http.target.utf8.dropFirst(pathStart)), as: UTF8.self)
    /// The path as sent.
    public private(set) lazy var path: String =
        pathStart == 0 && pathEnd == http.target.utf8.count
        ? http.target
        : String(decoding: http.target.utf8.dropFirst(pathStart).prefix(pathEnd - pathStart), as: UTF8.self)
    /// The path's segments, decoded; those between two slashes in a row are empty.
    public private(set) lazy var segments: [String] =
        path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map { percentDecoded(Substring($0)) }
    /// The query's pairs in order, decoded.
    public private(set) lazy var query: [(name: String, value: String)] =
        pathEnd < http.target.utf8.count
        ? queryPairs(Substring(http.target.utf8.dropFirst(pathEnd + 1))) : []
    /// Cookies in order (RFC 6265 §4.2); quotes around a value are taken off.
    public private(set) lazy var cookies: [(name: String, value: String)] =
        http.headers.values(of: "Cookie").flatMap(Self.cookies)
    /// The pairs of a form body in order, decoded; none for another content type.
    public private(set) lazy var form: [(name: String, value: String)] =
        hasType("application/x-www-form-urlencoded") ? queryPairs(body.text) : []
    /// The parts of a multipart body; none for another content type.
    public private(set) lazy var parts: [MultipartPart] = MultipartPart.parts(of: http)
    public private(set) lazy var body = MatchedBody(http.body)

    /// Host and port of the Host header, or of an absolute target; lower case.
    public private(set) lazy var authority: (host: String, port: Int?) = {
        var text = http.headers["Host"] ?? ""
        if pathStart > 0, let parts = try? URLParts(parsing: http.target) {
            return (parts.host.lowercased(), Int(parts.port))
        }
        text = text.lowercased()
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else {
            return (text, nil)
        }
        return (String(text[..<colon]), port)
    }()

    /// `http` or `https`.
    var scheme: String { http.isSecure ? "https" : "http" }

    /// The port that the client meant.
    var port: Int { authority.port ?? (http.isSecure ? 443 : 80) }

    /// The values of a query parameter in order; `tags[]` too.
    public func query(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
    public func cookies(_ name: String) -> [String] { cookies.filter { $0.name == name }.map(\.value) }
    public func form(_ name: String) -> [String] { form.filter { $0.name == name }.map(\.value) }

    private func hasType(_ type: String) -> Bool {
        guard let value = http.headers["Content-Type"] else { return false }
        let essence = value.prefix { $0 != ";" && $0 != " " }
        return essence.lowercased() == type
    }

    private static func cookies(_ header: String) -> [(name: String, value: String)] {
        header.split(separator: ";").compactMap { pair in
            let text = pair.drop { $0 == " " }
            guard let equals = text.firstIndex(of: "=") else { return nil }
            var value = text[text.index(after: equals)...]
            while value.last == " " { value.removeLast() }
            if value.count >= 2, value.first == "\"", value.last == "\"" {
                value = value.dropFirst().dropLast()
            }
            return (String(text[..<equals]), String(value))
        }
    }
}
