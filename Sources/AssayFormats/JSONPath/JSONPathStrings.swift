extension JSONPathParser {
    /// A string literal in either kind of quotes (RFC 9535 §2.3.1.1).
    mutating func string() throws(JSONPathError) -> String {
        let start = at
        guard let quote = peek else { throw error("a string") }
        at += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            if scalar == quote {
                at += 1
                return String(text)
            }
            if scalar.value < 0x20 {
                throw error(
                    "an escape like \\n in the string",
                    actual: "control character \(scalar.value)")
            }
            at += 1
            text.append(scalar == "\\" ? try escape(quote) : scalar)
        }
        throw error("a closing \(quote) for the string that begins at column \(start + 1)")
    }

    private mutating func escape(_ quote: Unicode.Scalar) throws(JSONPathError) -> Unicode.Scalar {
        let letter = peek
        switch letter {
        case "b": at += 1; return "\u{8}"
        case "f": at += 1; return "\u{C}"
        case "n": at += 1; return "\n"
        case "r": at += 1; return "\r"
        case "t": at += 1; return "\t"
        case "/", "\\": at += 1; return letter ?? "/"
        case quote: at += 1; return quote
        case "u":
            at += 1
            return try unicodeEscape()
        default: throw error("one of b f n r t u / \\ or \(quote) after '\\'")
        }
    }

    private mutating func unicodeEscape() throws(JSONPathError) -> Unicode.Scalar {
        let start = at - 2
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00 else {
            throw error("a high surrogate before a low one", at: start, actual: "a low surrogate alone")
        }
        guard take("\\u") else { throw error("a low surrogate (\\uDC00 to \\uDFFF) after the high one") }
        let lowStart = at - 2
        let low = try codeUnit()
        guard 0xDC00...0xDFFF ~= low,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else {
            throw error("a low surrogate (\\uDC00 to \\uDFFF) after the high one", at: lowStart)
        }
        return scalar
    }

    private mutating func codeUnit() throws(JSONPathError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek, digit.isASCII, let value = Character(digit).hexDigitValue else {
                throw error("four hexadecimal digits after '\\u'")
            }
            unit = unit << 4 | UInt32(value)
            at += 1
        }
        return unit
    }
}
