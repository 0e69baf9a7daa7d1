/// Comments and what else begins with `<!`.
extension HTMLTokenizer {
    mutating func declaration() -> HTMLToken {
        place += 2
        if takes("--") { return .comment(comment()) }
        if takes("doctype") { return .doctype(doctype()) }
        if knowsCDATA, bytes[place...].starts(with: "[CDATA[".utf8) {
            place += 7
            return .characters(section())
        }
        return .comment(text(upTo: UInt8(ascii: ">")))
    }

    /// Goes past a word, whatever the case of its letters.
    private mutating func takes(_ word: String) -> Bool {
        guard bytes[place...].prefix(word.utf8.count).map(Self.small).elementsEqual(word.utf8) else {
            return false
        }
        place += word.utf8.count
        return true
    }

    private mutating func comment() -> String {
        let start = place
        // `<!-->` and `<!--->` are whole.
        var dashes = 2
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: ">"), dashes >= 2 {
                return Self.plain(bytes[start..<max(start, place - 3)])
            }
            if byte == UInt8(ascii: "!"), dashes >= 2, place - 3 >= start, place == bytes.count {
                return Self.plain(bytes[start..<place - 3])
            }
            if byte == UInt8(ascii: "!"), dashes >= 2, place - 3 >= start, bytes[place] == UInt8(ascii: ">") {
                place += 1
                return Self.plain(bytes[start..<place - 4])
            }
            dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
        }
        let tail = place > start ? min(dashes, 2, place - start) : 0
        return Self.plain(bytes[start..<place - tail])
    }

    /// Characters up to `]]>`.
    private mutating func section() -> String {
        let start = place
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "]"), bytes[place...].starts(with: "]]>".utf8) {
                place += 3
                return String(decoding: bytes[start..<place - 3], as: UTF8.self)
            }
            place += 1
        }
        return String(decoding: bytes[start...], as: UTF8.self)
    }

    // MARK: doctypes

    private mutating func doctype() -> HTMLDoctype {
        skipSpace()
        var doctype = HTMLDoctype()
        let start = place
        while place < bytes.count, !Self.isSpace(bytes[place]), bytes[place] != UInt8(ascii: ">") {
            place += 1
        }
        doctype.name = Self.name(bytes[start..<place])
        doctype.isBroken = doctype.name.isEmpty || !readIdentifiers(&doctype)
        _ = text(upTo: UInt8(ascii: ">"))
        return doctype
    }

    /// - Returns: whether all is as it should be, up to what follows a whole system identifier.
    private mutating func readIdentifiers(_ doctype: inout HTMLDoctype) -> Bool {
        skipSpace()
        guard place < bytes.count else { return false }
        if bytes[place] == UInt8(ascii: ">") { return true }
        let isPublic = takes("public")
        guard isPublic || takes("system") else { return false }
        skipSpace()
        if isPublic {
            guard readQuoted(&doctype.publicID) else { return false }
            skipSpace()
            guard place < bytes.count else { return false }
            if bytes[place] == UInt8(ascii: ">") { return true }
        }
        guard readQuoted(&doctype.systemID) else { return false }
        skipSpace()
        return place < bytes.count
    }

    /// - Returns: whether there is one, and it ends before the doctype does.
    private mutating func readQuoted(_ text: inout String?) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'")
        else {
            return false
        }
        let quote = bytes[place]
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != quote, bytes[place] != UInt8(ascii: ">") { place += 1 }
        text = Self.plain(bytes[start..<place])
        guard place < bytes.count, bytes[place] == quote else { return false }
        place += 1
        return true
    }
}
