/// What markup is made of.
enum HTMLToken {
    case start(name: String, attributes: [HTMLAttribute], selfClosing: Bool)
    case end(name: String)
    case characters(String)
    case comment(String)
    case doctype(String)
}

/// Cuts markup into tokens. Source: WHATWG HTML §13.2.5.
struct HTMLTokenizer {
    private let bytes: [UInt8]
    private var place = 0
    /// The element whose end tag is looked for, its content being characters.
    private var rawName: String?
    private var resolvesReferences = true

    init(_ text: String) { bytes = Array(text.utf8) }

    /// What follows is characters up to the end tag of this name.
    mutating func readRaw(until name: String, resolvingReferences: Bool) {
        rawName = name
        resolvesReferences = resolvingReferences
    }

    mutating func next() -> HTMLToken? {
        while place < bytes.count {
            if let name = rawName {
                rawName = nil
                if let characters = raw(until: name) { return .characters(characters) }
            }
            guard bytes[place] == UInt8(ascii: "<"), beginsMarkup(place) else { return characters() }
            if let token = markup() { return token }
        }
        return nil
    }

    private mutating func characters() -> HTMLToken {
        let start = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") || !beginsMarkup(place) { place += 1 }
        return .characters(Self.text(bytes[start..<place], resolving: true, inAttribute: false))
    }

    private func beginsMarkup(_ place: Int) -> Bool {
        guard place + 1 < bytes.count else { return false }
        let next = bytes[place + 1]
        if next == UInt8(ascii: "/") { return place + 2 < bytes.count }
        return next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || Self.isLetter(next)
    }

    /// The characters before `</name`; `nil` when there is none.
    private mutating func raw(until name: String) -> String? {
        let wanted = Array(name.utf8)
        let start = place
        var end = place
        while end < bytes.count, !(bytes[end] == UInt8(ascii: "<") && closes(wanted, at: end)) { end += 1 }
        place = end
        guard end > start else { return nil }
        return Self.text(bytes[start..<end], resolving: resolvesReferences, inAttribute: false)
    }

    private func closes(_ name: [UInt8], at place: Int) -> Bool {
        let end = place + 2 + name.count
        guard name != Array("plaintext".utf8), end <= bytes.count, bytes[place + 1] == UInt8(ascii: "/"),
            zip(bytes[place + 2..<end], name).allSatisfy({ Self.small($0) == $1 })
        else { return false }
        return end == bytes.count || Self.isSpace(bytes[end]) || bytes[end] == UInt8(ascii: ">")
            || bytes[end] == UInt8(ascii: "/")
    }

    // MARK: tags and comments

    /// Reads what ``beginsMarkup(_:)``, and goes past it.
    ///
    /// - Returns: `nil` for what is dropped: `</>`, and a tag that the text ends in.
    private mutating func markup() -> HTMLToken? {
        switch bytes[place + 1] {
        case UInt8(ascii: "!"): return declaration()
        case UInt8(ascii: "?"):
            place += 1
            return .comment(text(upTo: UInt8(ascii: ">")))
        case UInt8(ascii: "/"):
            if bytes[place + 2] == UInt8(ascii: ">") {
                place += 3
                return nil
            }
            guard Self.isLetter(bytes[place + 2]) else {
                place += 2
                return .comment(text(upTo: UInt8(ascii: ">")))
            }
            place += 2
            return tag().map { HTMLToken.end(name: $0.name) }
        default:
            place += 1
            return tag().map {
                HTMLToken.start(name: $0.name, attributes: $0.attributes, selfClosing: $0.selfClosing)
            }
        }
    }

    private mutating func declaration() -> HTMLToken {
        place += 2
        if bytes[place...].starts(with: "--".utf8) { return .comment(comment()) }
        if bytes[place...].prefix(7).map(Self.small).elementsEqual("doctype".utf8) {
            place += 7
            let said = text(upTo: UInt8(ascii: ">")).drop { $0 == " " || $0.isNewline || $0 == "\t" }
            let name = said.prefix { !$0.isWhitespace }
            return .doctype(name.lowercased() + said.dropFirst(name.count))
        }
        return .comment(text(upTo: UInt8(ascii: ">")))
    }

    private mutating func comment() -> String {
        place += 2
        let start = place
        if bytes[place...].first == UInt8(ascii: ">") || bytes[place...].starts(with: "->".utf8) {
            place += bytes[place] == UInt8(ascii: ">") ? 1 : 2
            return ""
        }
        while place < bytes.count {
            if bytes[place...].starts(with: "-->".utf8) || bytes[place...].starts(with: "--!>".utf8) {
                let text = String(decoding: bytes[start..<place], as: UTF8.self)
                place += bytes[place + 2] == UInt8(ascii: ">") ? 3 : 4
                return text
            }
            place += 1
        }
        return String(decoding: bytes[start...], as: UTF8.self)
    }

    /// Reads up to a byte and over it.
    private mutating func text(upTo byte: UInt8) -> String {
        let start = place
        while place < bytes.count, bytes[place] != byte { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        place = min(place + 1, bytes.count)
        return text
    }

    /// Name and attributes up to `>`; `nil` when the text ends before.
    private mutating func tag() -> (name: String, attributes: [HTMLAttribute], selfClosing: Bool)? {
        let name = word { Self.isSpace($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
        var attributes: [HTMLAttribute] = []
        while true {
            skipSpace()
            guard place < bytes.count else { return nil }
            switch bytes[place] {
            case UInt8(ascii: ">"):
                place += 1
                return (name, attributes, false)
            case UInt8(ascii: "/"):
                place += 1
                if place < bytes.count, bytes[place] == UInt8(ascii: ">") {
                    place += 1
                    return (name, attributes, true)
                }
            default:
                let attribute = attribute()
                if !attributes.contains(where: { $0.name == attribute.name }) { attributes.append(attribute) }
            }
        }
    }

    /// In small letters.
    private mutating func word(until ends: (UInt8) -> Bool) -> String {
        let start = place
        while place < bytes.count, !ends(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place].map(Self.small), as: UTF8.self)
    }

    private mutating func attribute() -> HTMLAttribute {
        let start = place
        // A name may begin with an equals sign.
        place += 1
        while place < bytes.count, !Self.endsName(bytes[place]) { place += 1 }
        let name = String(decoding: bytes[start..<place].map(Self.small), as: UTF8.self)
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else {
            return HTMLAttribute(name: name, value: "")
        }
        place += 1
        skipSpace()
        return HTMLAttribute(name: name, value: value())
    }

    private mutating func value() -> String {
        guard place < bytes.count else { return "" }
        let start = place
        let quote = bytes[place]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            place += 1
            while place < bytes.count, bytes[place] != quote { place += 1 }
            let value = bytes[start + 1..<place]
            place = min(place + 1, bytes.count)
            return Self.text(value, resolving: true, inAttribute: true)
        }
        while place < bytes.count, !Self.isSpace(bytes[place]), bytes[place] != UInt8(ascii: ">") {
            place += 1
        }
        return Self.text(bytes[start..<place], resolving: true, inAttribute: true)
    }

    private mutating func skipSpace() {
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || [UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "=")].contains(byte)
    }

    // MARK: characters

    private static func text(_ bytes: ArraySlice<UInt8>, resolving: Bool, inAttribute: Bool) -> String {
        guard resolving, bytes.contains(UInt8(ascii: "&")) else {
            return normalized(String(decoding: bytes, as: UTF8.self))
        }
        return HTMLReferences.resolve(
            normalized(String(decoding: bytes, as: UTF8.self)), inAttribute: inAttribute)
    }

    /// Line ends are line feeds.
    private static func normalized(_ text: String) -> String {
        guard text.utf8.contains(13) else { return text }
        var normal = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                normal.append("\n")
            } else if scalar != "\n" || !wasReturn {
                normal.append(scalar)
            }
            wasReturn = scalar == "\r"
        }
        return String(normal)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || (9...10).contains(byte) || byte == 12 || byte == 13
    }
    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
    private static func small(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}
