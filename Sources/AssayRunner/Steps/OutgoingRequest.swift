internal import AssayNet
internal import AssayWire

/// A rendered request on its way: what cookies, logins and redirects make of it.
struct OutgoingRequest {
    private(set) var method: String
    private(set) var origin: HTTPOrigin
    private(set) var target: String
    /// Request line and headers, without the empty line.
    private var head: [UInt8]
    private var body: [UInt8]
    private(set) var upload: (any HTTPUpload)?

    private static let cookie = HTTPFieldName("Cookie")

    /// - Parameter rendered: head and body; the head alone with an upload.
    init(_ rendered: [UInt8], method: String, origin: HTTPOrigin, upload: (any HTTPUpload)?) {
        self.method = method
        self.origin = origin
        self.upload = upload
        target = requestTarget(rendered)
        var end = 0
        while end + 3 < rendered.count,
            !(rendered[end] == 0x0D && rendered[end + 2] == 0x0D && rendered[end + 3] == 0x0A)
        {
            end += 1
        }
        head = Array(rendered[..<min(rendered.count, end + 2)])
        body = end + 4 < rendered.count ? Array(rendered[(end + 4)...]) : []
    }

    /// Where it goes, whole.
    var url: String { "\(origin)\(target)" }

    /// Names of the cookies that it brings itself.
    var ownCookies: [[UInt8]] {
        guard let range = ownCookieRange else { return [] }
        return head[range].split(separator: UInt8(ascii: ";")).map { pair in
            Array(pair.drop { $0 == 0x20 }.prefix { $0 != UInt8(ascii: "=") })
        }
    }

    private var ownCookieRange: Range<Int>? { Self.cookie?.value(in: head) }

    /// The bytes that go out, with more headers; those of an upload are not among them.
    ///
    /// - Parameter cookies: of the jar, before its own.
    func bytes(cookies: [UInt8]?, authorization: String?) -> [UInt8] {
        var bytes = head
        if let cookies {
            if let range = ownCookieRange {
                bytes.insert(contentsOf: cookies + Array("; ".utf8), at: range.lowerBound)
            } else {
                bytes += "Cookie: ".utf8
                bytes += cookies
                bytes += "\r\n".utf8
            }
        }
        if let authorization { bytes += "Authorization: \(authorization)\r\n".utf8 }
        bytes += "\r\n".utf8
        if upload == nil { bytes += body }
        return bytes
    }

    /// The body, whole.
    ///
    /// - Parameter limit: beyond it nothing is read.
    func wholeBody(limit: Int) throws(SystemError) -> [UInt8]? {
        guard let upload else { return body }
        guard let count = upload.byteCount, count <= limit else { return nil }
        var bytes: [UInt8] = []
        try upload.rewind()
        try upload.read(into: &bytes, atMost: count)
        return bytes
    }

    /// Becomes the request that a redirect asks for.
    mutating func follow(_ next: RedirectedRequest) {
        var lines = head.split(separator: 0x0A).dropFirst().map { Array($0.dropLast()) }
        lines.removeAll { line in
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
            return !next.keepsBody && Redirect.bodyHeaders.contains(name)
                || next.leavesOrigin && Redirect.originHeaders.contains(name)
        }
        if !next.keepsBody {
            body = []
            upload = nil
        }
        method = next.method
        origin = HTTPOrigin(next.url)
        target = next.url.target
        head = Array("\(method) \(target) HTTP/1.1\r\n".utf8)
        for line in lines { head += line + [0x0D, 0x0A] }
        if next.leavesOrigin { head += "Host: \(origin.authority)\r\n".utf8 }
    }
}
