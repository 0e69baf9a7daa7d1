/// The pieces of a `multipart/form-data` body (RFC 7578) around its contents.
public struct Multipart: Sendable {
    public let boundary: String

    /// - Parameter boundary: 1 to 70 characters that no part's content holds behind a line's two dashes.
    public init(boundary: String) { self.boundary = boundary }

    /// Value of `Content-Type`.
    public var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// What stands before a part's content.
    ///
    /// - Parameters:
    ///   - isFirst: of the body.
    ///   - fileName: `nil` for a plain field.
    ///   - type: `nil` for none.
    public func head(isFirst: Bool, name: String, fileName: String? = nil, type: String? = nil) -> [UInt8] {
        var text = (isFirst ? "" : "\r\n") + "--\(boundary)\r\n"
        text += "Content-Disposition: form-data; name=\"\(Self.escaped(name))\""
        if let fileName { text += "; filename=\"\(Self.escaped(fileName))\"" }
        text += "\r\n"
        if let type { text += "Content-Type: \(type)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// What ends the body.
    public var end: [UInt8] { Array("\r\n--\(boundary)--\r\n".utf8) }

    /// Quotes and line ends as browsers write them (HTML, multipart/form-data encoding algorithm).
    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x22: bytes += "%22".utf8
            case 0x0D: bytes += "%0D".utf8
            case 0x0A: bytes += "%0A".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The media type that a file's ending stands for; `application/octet-stream` for one that is not known here.
public func mediaType(ofFile path: some StringProtocol) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
    return mediaTypes[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
}

private let mediaTypes = [
    "avif": "image/avif", "css": "text/css", "csv": "text/csv", "gif": "image/gif", "gz": "application/gzip",
    "htm": "text/html", "html": "text/html", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json", "jsonl": "application/jsonl", "md": "text/markdown", "mp3": "audio/mpeg",
    "mp4": "video/mp4", "ogg": "audio/ogg", "pdf": "application/pdf", "png": "image/png",
    "svg": "image/svg+xml",
    "tar": "application/x-tar", "tsv": "text/tab-separated-values", "txt": "text/plain", "wav": "audio/wav",
    "webp": "image/webp", "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml",
    "zip": "application/zip", "zst": "application/zstd",
]
