/// Why a text is no JSON, in the words in which k6 says it: the place counted in lines and characters, and Go's reason.
///
/// - Returns: `nil` for a text that is JSON.
func jsonFault(_ bytes: ArraySlice<UInt8>) -> String? {
    var scan = JSONFaultScan(bytes)
    guard let fault = scan.run() else { return nil }
    let (line, character) = place(of: fault.offset, in: bytes)
    return
        "cannot parse json due to an error at line \(line), character \(character) , error: \(fault.reason)"
}

/// - Parameter offset: bytes read, the one that is wrong included.
private func place(of offset: Int, in bytes: ArraySlice<UInt8>) -> (line: Int, character: Int) {
    let last = max(0, offset - 1)
    var (line, character) = (1, 0)
    for (place, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
        if byte == 0x0A { (line, character) = (line + 1, 0) } else { character += 1 }
        if place >= last {
            if byte == 0x0A { character = 1 }
            break
        }
    }
    return (line, character)
}

/// Reads a text up to the first byte that JSON does not allow there.
///
/// It does not call itself: bodies are as deep as servers make them, and the stack of a script is small.
private struct JSONFaultScan {
    struct Fault: Error {
        var reason: String
        var offset: Int
    }

    private let bytes: [UInt8]
    private var place = 0
    /// Brackets that are open, the innermost last; as many as Go takes.
    private var open: [UInt8] = []

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    mutating func run() -> Fault? {
        do throws(Fault) {
            repeat { try value() } while try continues()
            skipBlanks()
            if place < bytes.count { throw unexpected("after top-level value") }
            return nil
        } catch { return error }
    }

    /// Reads a value without members, or what stands before the first member of one with members.
    private mutating func value() throws(Fault) {
        while true {
            skipBlanks()
            guard let byte = peek else { throw ended }
            guard open.count < 10_000 else { throw Fault(reason: "exceeded max depth", offset: place + 1) }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): if try isEmpty(byte) { return }
            case UInt8(ascii: "\""): return try string()
            case UInt8(ascii: "t"): return try literal("true")
            case UInt8(ascii: "f"): return try literal("false")
            case UInt8(ascii: "n"): return try literal("null")
            case UInt8(ascii: "-"), 0x30...0x39: return try number()
            default: throw unexpected("looking for beginning of value")
            }
        }
    }

    /// Goes past an opening bracket, and past the closing one behind it; else up to the first member's value.
    private mutating func isEmpty(_ bracket: UInt8) throws(Fault) -> Bool {
        place += 1
        skipBlanks()
        // The closing brackets of ASCII are two behind the opening ones.
        if peek == bracket + 2 {
            place += 1
            return true
        }
        open.append(bracket)
        if bracket == UInt8(ascii: "{") { try key() }
        return false
    }

    /// The name of a member, and the colon.
    private mutating func key() throws(Fault) {
        skipBlanks()
        guard let byte = peek else { throw ended }
        guard byte == UInt8(ascii: "\"") else {
            throw unexpected("looking for beginning of object key string")
        }
        try string()
        skipBlanks()
        guard let colon = peek else { throw ended }
        guard colon == UInt8(ascii: ":") else { throw unexpected("after object key") }
        place += 1
    }

    /// After a value, goes past closing brackets and a comma.
    ///
    /// - Returns: whether another value is to come.
    private mutating func continues() throws(Fault) -> Bool {
        while let bracket = open.last {
            let isObject = bracket == UInt8(ascii: "{")
            guard try isOver(bracket + 2, isObject ? "after object key:value pair" : "after array element")
            else {
                if isObject { try key() }
                return true
            }
            open.removeLast()
        }
        return false
    }

    /// Goes past a comma or the closing bracket.
    private mutating func isOver(_ close: UInt8, _ context: String) throws(Fault) -> Bool {
        skipBlanks()
        guard let byte = peek else { throw ended }
        guard byte == UInt8(ascii: ",") || byte == close else { throw unexpected(context) }
        place += 1
        return byte == close
    }

    private mutating func string() throws(Fault) {
        place += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return
            case UInt8(ascii: "\\"):
                place += 1
                guard let letter = peek else { throw ended }
                if letter == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        place += 1
                        guard let digit = peek else { throw ended }
                        guard Self.isHex(digit) else {
                            throw unexpected("in \\u hexadecimal character escape")
                        }
                    }
                } else if !"\"\\/bfnrt".utf8.contains(letter) {
                    throw unexpected("in string escape code")
                }
            case 0..<0x20: throw unexpected("in string literal")
            default: break
            }
            place += 1
        }
        throw ended
    }

    private static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

    private mutating func literal(_ word: String) throws(Fault) {
        for wanted in word.utf8 {
            let context = "in literal \(word) (expecting '\(Character(Unicode.Scalar(wanted)))')"
            guard let byte = peek else { throw cutOff(context) }
            if byte != wanted { throw unexpected(context) }
            place += 1
        }
    }

    private mutating func number() throws(Fault) {
        if peek == UInt8(ascii: "-") {
            place += 1
            try digits("in numeric literal", stopsAtZero: true)
        } else {
            try digits("", stopsAtZero: true)
        }
        if peek == UInt8(ascii: ".") {
            place += 1
            try digits("after decimal point in numeric literal")
        }
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            place += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
            try digits("in exponent of numeric literal")
        }
    }

    private mutating func digits(_ context: String, stopsAtZero: Bool = false) throws(Fault) {
        guard let first = peek else { throw cutOff(context) }
        guard first &- 0x30 < 10 else { throw unexpected(context) }
        place += 1
        if stopsAtZero, first == 0x30 { return }
        while let byte = peek, byte &- 0x30 < 10 { place += 1 }
    }

    // MARK: words

    private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    private var ended: Fault { Fault(reason: "unexpected end of JSON input", offset: bytes.count) }

    /// A word or number ends with the text: Go takes a blank to follow it.
    private func cutOff(_ context: String) -> Fault {
        Fault(reason: "invalid character ' ' \(context)", offset: bytes.count)
    }

    private func unexpected(_ context: String) -> Fault {
        // Bytes are shown as the Latin letters of their numbers.
        let shown = Self.quoted(String(Character(Unicode.Scalar(bytes[place]))))
        return Fault(reason: "invalid character \(shown) \(context)", offset: place + 1)
    }

    private static func quoted(_ text: String) -> String {
        switch text {
        case "'": return #"'\''"#
        case "\"": return #"'"'"#
        default: break
        }
        guard let byte = text.unicodeScalars.first?.value, byte < 0x20 || byte == 0x7F || byte == 0x5C else {
            return "'\(text)'"
        }
        switch byte {
        case 0x5C: return #"'\\'"#
        case 0x07: return #"'\a'"#
        case 0x08: return #"'\b'"#
        case 0x09: return #"'\t'"#
        case 0x0A: return #"'\n'"#
        case 0x0B: return #"'\v'"#
        case 0x0C: return #"'\f'"#
        case 0x0D: return #"'\r'"#
        default:
            let digits = String(byte, radix: 16)
            return "'\\x\(digits.utf8.count == 1 ? "0" : "")\(digits)'"
        }
    }
}
