/// Cuts markup into tokens, each byte read a bounded number of times. Source: WHATWG HTML §13.2.5.
struct HTMLTokenizer {
    let bytes: [UInt8]
    var place = 0
    /// The element whose end tag is looked for, its content being characters.
    private var rawName: String?
    private var resolvesReferences = true
    /// In SVG and MathML `<![CDATA[` begins characters.
    var knowsCDATA = false

    /// - Parameter text: its line ends become line feeds.
    init(_ text: String) {
        let all = Array(text.utf8)
        guard all.contains(13) else {
            bytes = all
            return
        }
        var normal: [UInt8] = []
        normal.reserveCapacity(all.count)
        var wasReturn = false
        for byte in all {
            if byte == 13 { normal.append(10) } else if byte != 10 || !wasReturn { normal.append(byte) }
            wasReturn = byte == 13
        }
        bytes = normal
    }

    /// What follows is characters up to the end tag of this name; of `plaintext` there is none.
    mutating func readRaw(until name: String, resolvingReferences: Bool) {
        rawName = name
        resolvesReferences = resolvingReferences
    }

    mutating func next() -> HTMLToken {
        while place < bytes.count {
            if let name = rawName {
                rawName = nil
                if let characters = raw(until: name) { return .characters(characters) }
                continue
            }
            guard bytes[place] == UInt8(ascii: "<"), beginsMarkup(place) else { return characters() }
            if let token = markup() { return token }
        }
        return .none
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

    // MARK: content of characters

    /// The characters before `</name`; `nil` when there are none.
    private mutating func raw(until name: String) -> String? {
        let wanted = Array(name.utf8)
        let start = place
        if name == "plaintext" {
            place = bytes.count
        } else if name == "script" {
            skipScript(wanted)
        } else {
            while place < bytes.count, !isTag(wanted, at: place, isEnd: true) { place += 1 }
        }
        guard place > start else { return nil }
        return Self.withoutNUL(
            Self.text(bytes[start..<place], resolving: resolvesReferences, inAttribute: false))
    }

    /// Goes to the end tag of a script: `<!-- <script>` in it needs an end tag of its own, or `-->`.
    private mutating func skipScript(_ name: [UInt8]) {
        enum Escape { case none, comment, script }
        var escape = Escape.none
        var dashes = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "-"): dashes += 1
            case UInt8(ascii: ">"):
                if dashes >= 2 { escape = .none }
                dashes = 0
            case UInt8(ascii: "<"):
                dashes = 0
                if isTag(name, at: place, isEnd: true) {
                    guard escape == .script else { return }
                    escape = .comment
                } else if escape == .none, bytes[place...].starts(with: "<!--".utf8) {
                    escape = .comment
                    place += 3
                    dashes = 2
                } else if escape == .comment, isTag(name, at: place, isEnd: false) {
                    escape = .script
                }
            default: dashes = 0
            }
            place += 1
        }
    }

    /// Whether a tag of this name is at a place, whatever is in it.
    private func isTag(_ name: [UInt8], at place: Int, isEnd: Bool) -> Bool {
        guard bytes[place] == UInt8(ascii: "<") else { return false }
        let start = place + (isEnd ? 2 : 1)
        let end = start + name.count
        guard end < bytes.count, !isEnd || bytes[place + 1] == UInt8(ascii: "/") else { return false }
        for (index, byte) in name.enumerated() where Self.small(bytes[start + index]) != byte { return false }
        return Self.isSpace(bytes[end]) || bytes[end] == UInt8(ascii: ">") || bytes[end] == UInt8(ascii: "/")
    }

    // MARK: tags

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
            place += 2
            guard Self.isLetter(bytes[place]) else { return .comment(text(upTo: UInt8(ascii: ">"))) }
            return tag().map { HTMLToken.end(name: $0.name, tag: $0.tag) }
        default:
            place += 1
            return tag().map { HTMLToken.start($0) }
        }
    }

    /// Name and attributes up to `>`; `nil` when the text ends before.
    private mutating func tag() -> HTMLStartTag? {
        let start = place
        while place < bytes.count, !Self.endsName(bytes[place]) { place += 1 }
        var tag = HTMLStartTag(name: Self.name(bytes[start..<place]))
        // Names are compared one by one while they are few.
        var names: Set<String> = []
        while true {
            skipSpace()
            guard place < bytes.count else { return nil }
            switch bytes[place] {
            case UInt8(ascii: ">"):
                place += 1
                return tag
            case UInt8(ascii: "/"):
                place += 1
                if place < bytes.count, bytes[place] == UInt8(ascii: ">") {
                    place += 1
                    tag.isSelfClosing = true
                    return tag
                }
            default:
                let attribute = attribute()
                if tag.attributes.count == 8 { names = Set(tag.attributes.map(\.name)) }
                let isNew =
                    tag.attributes.count < 8
                    ? tag[attribute.name] == nil : names.insert(attribute.name).inserted
                if isNew { tag.attributes.append(attribute) }
            }
        }
    }

    private mutating func attribute() -> HTMLAttribute {
        let start = place
        // A name may begin with an equals sign.
        place += 1
        while place < bytes.count, !Self.endsName(bytes[place]), bytes[place] != UInt8(ascii: "=") {
            place += 1
        }
        let name = Self.name(bytes[start..<place])
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else {
            return HTMLAttribute(name: name, value: "")
        }
        place += 1
        skipSpace()
        return HTMLAttribute(name: name, value: Self.withoutNUL(value()))
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

    mutating func skipSpace() {
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
    }

    /// Reads up to a byte and over it.
    mutating func text(upTo byte: UInt8) -> String {
        let start = place
        while place < bytes.count, bytes[place] != byte { place += 1 }
        let text = Self.plain(bytes[start..<place])
        place = min(place + 1, bytes.count)
        return text
    }
}

extension HTMLTokenizer {
    // MARK: characters

    private static func text(_ bytes: ArraySlice<UInt8>, resolving: Bool, inAttribute: Bool) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard resolving, bytes.contains(UInt8(ascii: "&")) else { return text }
        return HTMLReferences.resolve(text, inAttribute: inAttribute)
    }

    static func withoutNUL(_ text: String, replacement: Unicode.Scalar? = "\u{FFFD}") -> String {
        guard text.utf8.contains(0) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar != "\0" { clean.append(scalar) } else if let replacement { clean.append(replacement) }
        }
        return String(clean)
    }

    static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        withoutNUL(String(decoding: bytes, as: UTF8.self))
    }

    /// In small letters.
    static func name(_ bytes: ArraySlice<UInt8>) -> String { plain(ArraySlice(bytes.map(small))) }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }
    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 12 }
    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
    static func small(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}
