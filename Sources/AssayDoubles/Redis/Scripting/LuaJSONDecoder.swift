/// Reads JSON to values of Lua, with the messages of the library in Redis.
struct LuaJSONDecoder {
    private enum Token {
        case beginObject, endObject, beginArray, endArray, colon, comma, end, null
        case string([UInt8])
        case number(Double)
        case boolean(Bool)
        case wrong(String)

        /// What messages call it.
        var name: String {
            switch self {
            case .beginObject: "T_OBJ_BEGIN"
            case .endObject: "T_OBJ_END"
            case .beginArray: "T_ARR_BEGIN"
            case .endArray: "T_ARR_END"
            case .string: "T_STRING"
            case .number: "T_NUMBER"
            case .boolean: "T_BOOLEAN"
            case .null: "T_NULL"
            case .colon: "T_COLON"
            case .comma: "T_COMMA"
            case .end: "T_END"
            case .wrong(let reason): reason
            }
        }
    }

    private let text: ByteSlice
    private let options: LuaJSONOptions
    private var place = 0
    /// Where the last token began.
    private var tokenPlace = 0
    private var depth = 0

    init(text: ByteSlice, options: LuaJSONOptions) {
        self.text = text
        self.options = options
    }

    /// Pushes the value of the text.
    mutating func decode(to stack: LuaStack) throws(LuaFailure) {
        if text.count >= 2 && (text[0] == 0 || text[1] == 0) {
            throw .message("JSON parser does not support UTF-16 or UTF-32")
        }
        try push(next(), to: stack)
        let last = next()
        guard case .end = last else { throw unexpected(last, instead: "the end") }
    }

    private func unexpected(_ token: Token, instead: String) -> LuaFailure {
        .message("Expected \(instead) but found \(token.name) at character \(tokenPlace + 1)")
    }

    private mutating func push(_ token: Token, to stack: LuaStack) throws(LuaFailure) {
        switch token {
        case .string(let bytes): stack.push(bytes)
        case .number(let number): stack.push(number)
        case .boolean(let value): stack.push(value)
        case .null: stack.pushNullPointer()
        case .beginObject: try pushObject(to: stack)
        case .beginArray: try pushArray(to: stack)
        default: throw unexpected(token, instead: "value")
        }
    }

    private mutating func descend(_ stack: LuaStack) throws(LuaFailure) {
        depth += 1
        guard depth <= options.decodeDepth, depth <= LuaJSONOptions.depthLimit, stack.hasRoom(for: 3) else {
            throw .message("Found too many nested data structures (\(depth)) at character \(place)")
        }
        stack.pushTable()
    }

    private mutating func pushObject(to stack: LuaStack) throws(LuaFailure) {
        try descend(stack)
        var token = next()
        if case .endObject = token {
            depth -= 1
            return
        }
        while true {
            guard case .string(let key) = token else { throw unexpected(token, instead: "object key string") }
            stack.push(key)
            token = next()
            guard case .colon = token else { throw unexpected(token, instead: "colon") }
            try push(next(), to: stack)
            stack.set(in: -3)
            token = next()
            if case .endObject = token { break }
            guard case .comma = token else { throw unexpected(token, instead: "comma or object end") }
            token = next()
        }
        depth -= 1
    }

    private mutating func pushArray(to stack: LuaStack) throws(LuaFailure) {
        try descend(stack)
        var token = next()
        if case .endArray = token {
            depth -= 1
            return
        }
        var number = 0
        while true {
            number += 1
            try push(token, to: stack)
            stack.set(number, in: -2)
            token = next()
            if case .endArray = token { break }
            guard case .comma = token else { throw unexpected(token, instead: "comma or array end") }
            token = next()
        }
        depth -= 1
    }

    // MARK: tokens

    /// 0 after the end, as the text of Lua has it.
    private func byte(_ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }

    private mutating func next() -> Token {
        while [0x20, 0x09, 0x0A, 0x0D].contains(byte(place)) { place += 1 }
        tokenPlace = place
        let first = byte(place)
        let single: Token? =
            switch first {
            case 0x7B: .beginObject
            case 0x7D: .endObject
            case 0x5B: .beginArray
            case 0x5D: .endArray
            case 0x3A: .colon
            case 0x2C: .comma
            default: nil
            }
        if let single {
            place += 1
            return single
        }
        switch first {
        case 0: return .end
        case 0x22: return string()
        case 0x2D, 0x30...0x39:
            return options.decodesInvalidNumbers || !isInvalidNumber ? number() : .wrong("invalid number")
        case 0x66, 0x69, 0x49, 0x6E, 0x4E, 0x74, 0x2B: return word()
        default: return .wrong("invalid token")
        }
    }

    private mutating func word() -> Token {
        if takes("true") { return .boolean(true) }
        if takes("false") { return .boolean(false) }
        if takes("null") { return .null }
        return options.decodesInvalidNumbers && isInvalidNumber ? number() : .wrong("invalid token")
    }

    private mutating func takes(_ word: String) -> Bool {
        guard text.count - place >= word.utf8.count,
            zip(text[place..<place + word.utf8.count], word.utf8).allSatisfy({ $0 == $1 })
        else { return false }
        place += word.utf8.count
        return true
    }

    /// Whether it reads as a number only outside of JSON: a plus sign, leading zeros, hexadecimal, infinity.
    private var isInvalidNumber: Bool {
        var at = place
        if byte(at) == 0x2B { return true }
        if byte(at) == 0x2D { at += 1 }
        if byte(at) == 0x30 {
            let second = byte(at + 1)
            return second | 0x20 == 0x78 || (0x30...0x39).contains(second)
        }
        if byte(at) <= 0x39 { return false }
        let word = (at..<at + 3).map { byte($0) | 0x20 }
        return word == Array("inf".utf8) || word == Array("nan".utf8)
    }

    private mutating func number() -> Token {
        guard let (number, size) = LuaNumberText.prefix(of: text[place..<text.count]) else {
            return .wrong("invalid number")
        }
        place += size
        return .number(number)
    }

    private mutating func string() -> Token {
        place += 1
        var bytes: [UInt8] = []
        while true {
            let next = byte(place)
            switch next {
            case 0x22:
                place += 1
                return .string(bytes)
            case 0:
                tokenPlace = place
                return .wrong("unexpected end of string")
            case 0x5C:
                if byte(place + 1) == 0x75 {
                    guard let scalar = escapedScalar() else {
                        tokenPlace = place
                        return .wrong("invalid unicode escape code")
                    }
                    Self.append(scalar, to: &bytes)
                    continue
                }
                guard let plain = Self.escaped(byte(place + 1)) else {
                    tokenPlace = place
                    return .wrong("invalid escape code")
                }
                bytes.append(plain)
                place += 2
            default:
                bytes.append(next)
                place += 1
            }
        }
    }

    private static func escaped(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 0x22, 0x5C, 0x2F: letter
        case 0x62: 0x08
        case 0x74: 0x09
        case 0x6E: 0x0A
        case 0x66: 0x0C
        case 0x72: 0x0D
        default: nil
        }
    }

    /// The code point of `\uXXXX`, or of two that are a surrogate pair; the place moves past it.
    private mutating func escapedScalar() -> UInt32? {
        guard let first = hexadecimal(at: place + 2) else { return nil }
        guard first & 0xF800 == 0xD800 else {
            place += 6
            return first
        }
        guard first & 0x400 == 0, byte(place + 6) == 0x5C, byte(place + 7) == 0x75,
            let second = hexadecimal(at: place + 8), second & 0xFC00 == 0xDC00
        else { return nil }
        place += 12
        return (first & 0x3FF) << 10 + 0x10000 | second & 0x3FF
    }

    private func hexadecimal(at start: Int) -> UInt32? {
        var value: UInt32 = 0
        for place in start..<start + 4 {
            guard let digit = LuaNumberText.hexValue(byte(place)) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
        switch scalar {
        case ..<0x80: bytes.append(UInt8(scalar))
        case ..<0x800: bytes += [0xC0 | UInt8(scalar >> 6), tail(0)]
        case ..<0x10000: bytes += [0xE0 | UInt8(scalar >> 12), tail(6), tail(0)]
        default: bytes += [0xF0 | UInt8(scalar >> 18), tail(12), tail(6), tail(0)]
        }
    }
}
