/// Goes over well-formed JSON texts without building anything.
enum GJSONScan {
    typealias Text = ArraySlice<UInt8>

    enum Kind { case null, `false`, `true`, number, string, array, object }

    /// - Returns: `nil` for a text that is no value.
    static func kind(_ json: Text) -> Kind? {
        guard let first = json.first(where: { $0 > 0x20 }) else { return nil }
        switch first {
        case Ascii.leftBrace: return .object
        case Ascii.leftBracket: return .array
        case Ascii.quote: return .string
        case UInt8(ascii: "t"): return .true
        case UInt8(ascii: "f"): return .false
        case UInt8(ascii: "n"): return .null
        case Ascii.plus, Ascii.minus, 0x30...0x39: return .number
        default: return nil
        }
    }

    static func isContainer(_ json: Text) -> Bool {
        switch kind(json) {
        case .object, .array: true
        default: false
        }
    }

    /// Where the value ends that begins at the start of the text.
    ///
    /// - Parameter isLiteral: it is one of a path, which ends at `.` and `|` too when it is a number.
    static func end(of json: Text, isLiteral: Bool = false) -> Int {
        guard let first = json.first else { return json.endIndex }
        switch first {
        case Ascii.quote: return endOfString(json)
        case Ascii.leftBrace, Ascii.leftBracket, Ascii.leftParenthesis: return endOfContainer(json)
        default:
            return json.firstIndex {
                switch $0 {
                case 0...0x20, Ascii.comma, Ascii.colon, Ascii.rightBracket, Ascii.rightBrace,
                    Ascii.rightParenthesis:
                    true
                case Ascii.bar: isLiteral
                default: false
                }
            } ?? json.endIndex
        }
    }

    private static func endOfString(_ json: Text) -> Int {
        var place = json.startIndex + 1
        while place < json.endIndex {
            switch json[place] {
            case Ascii.backslash: place += 2
            case Ascii.quote: return place + 1
            default: place += 1
            }
        }
        return json.endIndex
    }

    private static func endOfContainer(_ json: Text) -> Int {
        var place = json.startIndex
        var depth = 0
        while place < json.endIndex {
            switch json[place] {
            case Ascii.quote:
                place = endOfString(json[place...])
                continue
            case Ascii.leftBrace, Ascii.leftBracket, Ascii.leftParenthesis: depth += 1
            case Ascii.rightBrace, Ascii.rightBracket, Ascii.rightParenthesis:
                depth -= 1
                if depth == 0 { return place + 1 }
            default: break
            }
            place += 1
        }
        return json.endIndex
    }

    /// The first value of a text, without what surrounds it.
    static func firstValue(_ json: Text) -> Text? {
        let json = json.drop { $0 <= 0x20 }
        guard kind(json) != nil else { return nil }
        return json[..<end(of: json)]
    }

    /// Hands each member to `body`, keys with their quotes, until it says `false`.
    static func members(_ json: Text, _ body: (_ key: Text, _ value: Text) -> Bool) {
        guard let start = json.firstIndex(of: Ascii.leftBrace) else { return }
        var rest = json[(start + 1)...]
        while true {
            rest = rest.drop { $0 != Ascii.quote && $0 != Ascii.rightBrace }
            guard rest.first == Ascii.quote else { return }
            let key = rest[..<endOfString(rest)]
            rest = rest[key.endIndex...].drop { $0 <= 0x20 || $0 == Ascii.colon }
            let value = rest[..<end(of: rest)]
            guard !value.isEmpty, body(key, value) else { return }
            rest = rest[value.endIndex...]
        }
    }

    static func elements(_ json: Text) -> [Text] {
        guard let start = json.firstIndex(of: Ascii.leftBracket) else { return [] }
        return elements(ofLines: json[(start + 1)...])
    }

    /// Values one after another, between commas, blanks or lines, up to a bracket that closes.
    static func elements(ofLines json: Text) -> [Text] {
        var found: [Text] = []
        var rest = json
        while true {
            rest = rest.drop { $0 <= 0x20 || $0 == Ascii.comma }
            let value = rest[..<end(of: rest)]
            guard !value.isEmpty else { return found }
            found.append(value)
            rest = rest[value.endIndex...]
        }
    }

    static func list(_ values: [Text]) -> Text { joined(values, Ascii.leftBracket, Ascii.rightBracket) }

    static func joined(_ values: [Text], _ open: UInt8, _ close: UInt8) -> Text {
        var text = [open]
        for value in values {
            if text.count > 1 { text.append(Ascii.comma) }
            text += value
        }
        text.append(close)
        return text[...]
    }

    // MARK: scalars

    /// A string's bytes without quotes and escapes.
    static func string(_ json: Text) -> [UInt8] {
        guard json.count >= 2 else { return [] }
        let inner = json.dropFirst().dropLast()
        guard inner.contains(Ascii.backslash) else { return Array(inner) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(inner.count)
        var place = inner.startIndex
        while place < inner.endIndex {
            guard inner[place] == Ascii.backslash, place + 1 < inner.endIndex else {
                bytes.append(inner[place])
                place += 1
                continue
            }
            let letter = inner[place + 1]
            place += 2
            switch letter {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unit(inner, at: place)
                place += 4
                if 0xD800...0xDBFF ~= scalar,
                    inner[place...].starts(with: [Ascii.backslash, UInt8(ascii: "u")])
                {
                    scalar = 0x10000 &+ (scalar - 0xD800) << 10 &+ (unit(inner, at: place + 2) &- 0xDC00)
                    place += 6
                }
                bytes += String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8
            default: bytes.append(letter)
            }
        }
        return bytes
    }

    private static func unit(_ text: Text, at place: Int) -> UInt32 {
        guard place + 4 <= text.endIndex else { return 0xFFFD }
        return UInt32(String(decoding: text[place..<(place + 4)], as: UTF8.self), radix: 16) ?? 0xFFFD
    }

    /// 0 for a text that is no number.
    static func number(_ text: Text) -> Double { Double(String(decoding: text, as: UTF8.self)) ?? 0 }

    /// A text as a JSON string.
    static func quoted(_ text: Text) -> [UInt8] {
        var bytes = [Ascii.quote]
        for byte in text {
            switch byte {
            case Ascii.quote, Ascii.backslash: bytes += [Ascii.backslash, byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u00".utf8
                if digits.utf8.count == 1 { bytes.append(0x30) }
                bytes += digits.utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(Ascii.quote)
        return bytes
    }
}
