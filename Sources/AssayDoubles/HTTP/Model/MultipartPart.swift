public import AssayNet
public import AssayWire

/// One part of a multipart body. Source: RFC 2046 §5.1, RFC 7578.
public struct MultipartPart {
    /// `name` of its Content-Disposition.
    public var name: String?
    /// `filename` of its Content-Disposition.
    public var fileName: String?
    public var headers: HTTPHeaders
    public var body: MatchedBody

    /// More parts than this are not looked at.
    static let limit = 1000

    /// The parts of a request's body; none when its type is no multipart or has no boundary.
    public static func parts(of request: HTTPRequest) -> [MultipartPart] {
        guard let type = request.headers["Content-Type"], type.lowercased().hasPrefix("multipart/"),
            let boundary = parameter("boundary", of: type), !boundary.isEmpty
        else { return [] }
        let mark = Array("--\(boundary)".utf8)
        var parts: [MultipartPart] = []
        var start: Int?
        for place in places(of: mark, in: request.body) {
            if let start, parts.count < limit, start <= place {
                parts.append(part(request.body[start..<place]))
            }
            let after = place + mark.count
            if request.body[after...].starts(with: [0x2D, 0x2D]) { break }
            start = request.body[after...].firstIndex(of: 0x0A).map { $0 + 1 }
        }
        return parts
    }

    /// Where the mark stands at the beginning of a line.
    private static func places(of mark: [UInt8], in body: [UInt8]) -> [Int] {
        var found: [Int] = []
        var place = 0
        while place + mark.count <= body.count {
            if place == 0 || body[place - 1] == 0x0A, body[place] == mark[0],
                body[place..<(place + mark.count)].elementsEqual(mark)
            {
                found.append(place)
                place += mark.count
            } else {
                place += 1
            }
        }
        return found
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> MultipartPart {
        var rest = bytes
        // The line break before the boundary belongs to the boundary.
        if rest.last == 0x0A { rest.removeLast() }
        if rest.last == 0x0D { rest.removeLast() }
        var headers = HTTPHeaders()
        while let end = rest.firstIndex(of: 0x0A) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == 0x0D { line.removeLast() }
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            headers.add(
                String(decoding: line[..<colon], as: UTF8.self),
                String(decoding: line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self))
        }
        let disposition = headers["Content-Disposition"] ?? ""
        return MultipartPart(
            name: parameter("name", of: disposition), fileName: parameter("filename", of: disposition),
            headers: headers, body: MatchedBody(Array(rest)))
    }

    /// A parameter of a header value: `boundary=x`, `name="a b"`.
    static func parameter(_ name: String, of value: String) -> String? {
        var rest = Array(value.utf8)[...]
        while let separator = rest.firstIndex(of: UInt8(ascii: ";")) {
            rest = rest[(separator + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let found = String(decoding: rest[..<equals], as: UTF8.self).lowercased()
            var text = rest[(equals + 1)...]
            var bytes: [UInt8] = []
            if text.first == UInt8(ascii: "\"") {
                text.removeFirst()
                while let byte = text.popFirst(), byte != UInt8(ascii: "\"") {
                    bytes.append(byte == UInt8(ascii: "\\") ? text.popFirst() ?? byte : byte)
                }
            } else {
                bytes = Array(text.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 })
            }
            if found == name { return String(decoding: bytes, as: UTF8.self) }
            rest = text
        }
        return nil
    }
}
