/// The parts of a URL of http or https, as another tool wrote it.
struct WebAddress: Sendable, Equatable {
    /// `https`, in small letters.
    var scheme: String
    /// `shop.example:8443`, without what comes before an `@`.
    var authority: String
    /// Begins with `/`.
    var path: String
    /// Without its `?`; `nil` where there is none.
    var query: String?

    var origin: String { "\(scheme)://\(authority)" }
    /// Without the port.
    var host: String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[...end])
        }
        return String(authority.prefix { $0 != ":" }).lowercased()
    }

    /// - Returns: `nil` for what is no such URL.
    init?(_ text: String) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[colon.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let owner = rest[..<end]
        authority = String(owner.lastIndex(of: "@").map { owner[owner.index(after: $0)...] } ?? owner)
        guard !authority.isEmpty, !authority.contains(where: { $0.isWhitespace }) else { return nil }
        let tail = rest[end...]
        let mark = tail.firstIndex(of: "?")
        let path = tail[..<(mark ?? tail.endIndex)]
        self.path = path.isEmpty ? "/" : String(path)
        query = mark.map { String(tail[tail.index(after: $0)...]) }
    }

    /// What people would call the same site: `shop.example` of `api.shop.example`. An address is itself.
    ///
    /// Two letters at the end with three or fewer before them (`co.uk`) count as one ending; no list is asked.
    var site: String {
        let words = host.split(separator: ".")
        guard words.count > 2, !words.allSatisfy({ $0.allSatisfy(\.isNumber) }), !host.hasPrefix("[") else {
            return host
        }
        let isPaired = words[words.count - 1].count == 2 && words[words.count - 2].count <= 3
        return words.suffix(isPaired ? 3 : 2).joined(separator: ".")
    }
}

/// Names and values of queries and forms.
enum WebFields {
    struct Field: Sendable, Equatable {
        var name: String
        var value: String
    }

    /// - Returns: `nil` where a part has no `=`, or reading it and writing it again would give another text.
    static func read(_ text: String) -> [Field]? {
        var fields: [Field] = []
        for part in text.split(separator: "&", omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: "="), sign > part.startIndex,
                let name = decoded(part[..<sign]), let value = decoded(part[part.index(after: sign)...])
            else { return nil }
            fields.append(Field(name: name, value: value))
        }
        return fields
    }

    /// With `%41` and `+` read; `nil` for what is no UTF-8.
    static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var place = 0
        while place < source.count {
            if source[place] == UInt8(ascii: "%"), place + 2 < source.count,
                let byte = UInt8(String(decoding: source[place + 1...place + 2], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                place += 3
                continue
            }
            bytes.append(source[place] == UInt8(ascii: "+") ? 0x20 : source[place])
            place += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Whether no name comes twice, so that they can be a mapping.
    static func areDistinct(_ fields: [Field]) -> Bool { Set(fields.map(\.name)).count == fields.count }
}
