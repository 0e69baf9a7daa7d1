/// Formats of texts that are recognised in examples.
enum RecognisedFormat {
    /// In order: the first that all texts of a place have is written.
    static let ordered = ["date-time", "date", "uuid", "ipv4", "ipv6", "email", "uri"]

    private static let checks: [(name: String, check: FormatCheck.TextCheck)] = ordered.compactMap { name in
        FormatCheck(name)?.text.map { (name, $0) }
    }

    /// Every format that a text has.
    static func all(of text: String) -> Set<String> {
        guard (3...2048).contains(text.utf8.count) else { return [] }
        let bytes = Array(text.utf8)[...]
        return Set(
            checks.filter { name, check in
                // `a:b` is a URI too, but seldom meant as one.
                (name != "uri" || text.contains("://")) && check(bytes)
            }.map(\.name))
    }
}

/// Texts that name one of many things: what stands in a path or as a name in a map, and is not the same next time.
enum IdentifierKind: String, Sendable {
    case number, uuid, hex, date, token

    /// - Returns: `nil` for plain words.
    init?(_ text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= 128 else { return nil }
        let digits = bytes.count { (0x30...0x39).contains($0) }
        if digits == bytes.count {
            self = .number
            return
        }
        let formats = RecognisedFormat.all(of: text)
        if formats.contains("uuid") {
            self = .uuid
        } else if formats.contains("date") || formats.contains("date-time") {
            self = .date
        } else if bytes.count >= 8, digits > 0, bytes.allSatisfy(Self.isHex) {
            self = .hex
        } else if bytes.count >= 10, digits >= 3, bytes.allSatisfy(Self.isTokenByte),
            !text.contains("--"), Self.isMixed(text)
        {
            self = .token
        } else {
            return nil
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x66, 0x41...0x46: true
        default: false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    /// Letters and digits change more often than in a word with a number behind it, like `report-2026`.
    private static func isMixed(_ text: String) -> Bool {
        let kinds = text.utf8.map { (0x30...0x39).contains($0) }
        return zip(kinds, kinds.dropFirst()).count { $0 != $1 } >= 3
    }
}
