internal import AssayFormats

/// A media type with its parameters. Source: RFC 9110 §8.3.1.
struct PactMediaType: Sendable, Hashable {
    /// Lower case; `*` where nothing is known.
    var type: String
    /// Lower case, without the suffix.
    var subtype: String
    /// `json` of `application/problem+json`.
    var suffix: String?
    /// Names and values in lower case: charsets and what else is common differ in case only by writing.
    var parameters: [String: String] = [:]

    static let unknown = PactMediaType(type: "*", subtype: "*", suffix: nil)

    private init(type: String, subtype: String, suffix: String?) {
        self.type = type
        self.subtype = subtype
        self.suffix = suffix
    }

    /// - Parameter text: what is no media type gives the unknown one.
    init(_ text: String) {
        let parts = text.split(separator: ";").map { String($0).pactTrimmed }
        let names = (parts.first ?? "").lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty, !names[1].contains(" ") else {
            self = .unknown
            return
        }
        type = String(names[0])
        if let plus = names[1].lastIndex(of: "+"), plus > names[1].startIndex {
            subtype = String(names[1][..<plus])
            suffix = String(names[1][names[1].index(after: plus)...])
        } else {
            subtype = String(names[1])
        }
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let value = String(part[part.index(after: equals)...]).pactTrimmed
            parameters[String(part[..<equals]).pactTrimmed.lowercased()] = value.lowercased()
        }
    }

    var isUnknown: Bool { type == "*" || subtype == "*" }
    var isJSON: Bool {
        type == "application" && (subtype.hasPrefix("json") || suffix == "json" || subtype == "graphql")
    }
    var isXML: Bool { (type == "application" || type == "text") && (subtype == "xml" || suffix == "xml") }
    var isForm: Bool { type == "application" && subtype == "x-www-form-urlencoded" }
    var isMultipart: Bool { type == "multipart" }
    var isText: Bool { type == "text" || isJSON || isXML || isForm }
    var isBinary: Bool { !isUnknown && !isText }

    /// Without parameters, and what a suffix stands for: `application/json` of `application/hal+json`.
    var base: PactMediaType { PactMediaType(type: type, subtype: suffix ?? subtype, suffix: nil) }

    /// Whether the other is one that somebody who expects this takes.
    func takes(_ other: PactMediaType) -> Bool {
        if subtype == "xml", suffix == nil, isXML, other.isXML, other.suffix == nil, other.subtype == "xml" {
            return parameters.isEmpty || parameters == other.parameters
        }
        guard type == other.type, subtype == other.subtype else { return false }
        return parameters.isEmpty || (suffix == other.suffix && parameters == other.parameters)
    }

    var text: String {
        "\(type)/\(subtype)" + (suffix.map { "+\($0)" } ?? "")
            + parameters.sorted { $0.key < $1.key }.map { ";\($0.key)=\($0.value)" }.joined()
    }

    /// What the bytes look like, by their first ones: `application/json`, `text/plain`, `image/png`.
    init(looksLike bytes: [UInt8]) {
        let signatures: [([UInt8], String)] = [
            ([0x89, 0x50, 0x4E, 0x47], "image/png"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
            (Array("GIF8".utf8), "image/gif"), (Array("%PDF-".utf8), "application/pdf"),
            ([0x50, 0x4B, 0x03, 0x04], "application/zip"), ([0x1F, 0x8B], "application/gzip"),
            (Array("OggS".utf8), "audio/ogg"), (Array("ID3".utf8), "audio/mpeg"),
            (Array("BM".utf8), "image/bmp"), ([0x49, 0x49, 0x2A, 0x00], "image/tiff"),
        ]
        if let found = signatures.first(where: {
            bytes.starts(with: $0.0) && ($0.1 != "image/bmp" || bytes.contains(0))
        }) {
            self.init(found.1)
            return
        }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.count >= 12 {
            self.init(Array(bytes[8..<12]) == Array("WEBP".utf8) ? "image/webp" : "audio/x-wav")
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            self.init("application/octet-stream")
            return
        }
        let start = text.drop { $0 == " " || $0 == "\t" || $0.isNewline }.prefix(16).lowercased()
        if start.hasPrefix("<?xml") {
            self.init("application/xml")
        } else if start.hasPrefix("<!doctype") || start.hasPrefix("<html") {
            self.init("text/html")
        } else if start.hasPrefix("<"), start.dropFirst().first?.isLetter == true {
            self.init("application/xml")
        } else if start.hasPrefix("{") || start.hasPrefix("[") || start.hasPrefix("\"")
            || start.first?.isNumber == true || ["true", "false", "null"].contains(where: start.hasPrefix)
        {
            self.init((try? JSON(parsing: bytes)) != nil ? "application/json" : "text/plain")
        } else {
            self.init("text/plain")
        }
    }
}
