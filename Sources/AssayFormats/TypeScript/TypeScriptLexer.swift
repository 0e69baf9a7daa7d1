/// A piece of the source that means something.
struct TypeScriptToken {
    enum Kind { case end, name, privateName, number, string, template, pattern, sign }

    var kind: Kind
    var start: Int
    var end: Int
    /// A line break stands before it.
    var isFirstOnLine = false
    /// Of names and signs.
    var text = ""
    /// A template that goes on with an expression.
    var isOpen = false
}

/// Words, texts, numbers and signs. Source: ECMAScript 2024 §12.
///
/// What a `/`, a `}` or a `>` means only the reader of the grammar knows, who asks for them to be read again.
struct TypeScriptLexer {
    let source: [UInt8]
    var place = 0

    init(_ source: [UInt8]) {
        self.source = source
        if source.starts(with: "#!".utf8) { skipLine() }
    }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        place + ahead < source.count ? source[place + ahead] : 0
    }

    mutating func next() throws(TypeScriptProblem) -> TypeScriptToken {
        let isFirst = try skipBlanks()
        let start = place
        guard place < source.count else {
            return TypeScriptToken(kind: .end, start: start, end: start, isFirstOnLine: isFirst)
        }
        var token = TypeScriptToken(kind: .sign, start: start, end: start, isFirstOnLine: isFirst)
        let first = byte()
        if ScriptCharacters.isNameStart(first) {
            token.kind = .name
            try skipName()
            token.text = String(decoding: source[start..<place], as: UTF8.self)
        } else if ScriptCharacters.isDigit(first)
            || first == UInt8(ascii: ".") && ScriptCharacters.isDigit(byte(1))
        {
            token.kind = .number
            skipNumber()
        } else {
            switch first {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                token.kind = .string
                try skipString(first)
            case UInt8(ascii: "`"):
                token.kind = .template
                place += 1
                token.isOpen = try skipTemplate(from: start)
            case UInt8(ascii: "#") where ScriptCharacters.isNameStart(byte(1)):
                token.kind = .privateName
                place += 1
                try skipName()
            default:
                guard let sign = sign() else {
                    throw TypeScriptProblem(
                        start: start, end: start + 1, message: "this character is no part of the language")
                }
                token.text = sign
                place += sign.utf8.count
            }
        }
        token.end = place
        return token
    }

    // MARK: blanks

    /// - Returns: whether a line ended.
    private mutating func skipBlanks() throws(TypeScriptProblem) -> Bool {
        var isFirst = place == 0
        while place < source.count {
            switch byte() {
            case 32, 9, 11, 12: place += 1
            case 10, 13:
                isFirst = true
                place += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): skipLine()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
                let start = place
                place += 2
                while place < source.count, !(byte() == UInt8(ascii: "*") && byte(1) == UInt8(ascii: "/")) {
                    place += 1
                }
                guard place < source.count else {
                    throw TypeScriptProblem(start: start, end: start + 2, message: "this comment has no end")
                }
                place += 2
                if ScriptCharacters.hasLineBreak(source, start, place) { isFirst = true }
            case let other where other >= 128:
                if ScriptCharacters.isSeparator(source, place) {
                    isFirst = true
                    place += 3
                    continue
                }
                let wide = ScriptCharacters.wideBlank(source, place)
                if wide == 0 { return isFirst }
                place += wide
            default: return isFirst
            }
        }
        return isFirst
    }

    private mutating func skipLine() {
        while place < source.count, byte() != 10, byte() != 13, !ScriptCharacters.isSeparator(source, place) {
            place += 1
        }
    }

    // MARK: words, numbers, texts

    private mutating func skipName() throws(TypeScriptProblem) {
        while place < source.count, ScriptCharacters.isNamePart(byte()) {
            if byte() == 92 {
                guard byte(1) == UInt8(ascii: "u") else {
                    throw TypeScriptProblem(
                        start: place, end: place + 1, message: "this character is no part of the language")
                }
                place += 2
                if byte() == UInt8(ascii: "{") {
                    while place < source.count, byte() != UInt8(ascii: "}"), byte() != 10 { place += 1 }
                    place = min(place + 1, source.count)
                }
            } else if byte() >= 128,
                ScriptCharacters.isSeparator(source, place) || ScriptCharacters.wideBlank(source, place) > 0
            {
                return
            } else {
                place += 1
            }
        }
    }

    private mutating func skipNumber() {
        let isPlain =
            byte() != 48 || !ScriptCharacters.isNameStart(byte(1)) || byte(1) | 32 == UInt8(ascii: "e")
        while place < source.count {
            let here = byte()
            if isPlain, here | 32 == UInt8(ascii: "e"), byte(1) == 43 || byte(1) == 45 {
                place += 2
            } else if ScriptCharacters.isNamePart(here) && here < 128 && here != 92
                || here == UInt8(ascii: ".") && isPlain
            {
                // One point only: `1..toString()` has a second that is a sign.
                if here == UInt8(ascii: "."), hasPoint(before: place) { return }
                place += 1
            } else {
                return
            }
        }
    }

    private func hasPoint(before end: Int) -> Bool {
        var at = end - 1
        while at >= 0, ScriptCharacters.isNamePart(source[at]) || source[at] == UInt8(ascii: ".") {
            if source[at] == UInt8(ascii: ".") { return true }
            // An exponent has no fraction.
            if source[at] | 32 == UInt8(ascii: "e") { return true }
            at -= 1
        }
        return false
    }

    private mutating func skipString(_ quote: UInt8) throws(TypeScriptProblem) {
        let start = place
        place += 1
        while place < source.count {
            let here = byte()
            if here == quote {
                place += 1
                return
            }
            if here == 10 || here == 13 { break }
            if here == 92 {
                place += byte(1) == 13 && byte(2) == 10 ? 3 : 2
            } else {
                place += 1
            }
        }
        place = min(place, source.count)
        throw TypeScriptProblem(start: start, end: place, message: "this text has no end")
    }

    /// From behind its quote, or from behind the brace that ends an expression in it.
    ///
    /// - Returns: whether another expression follows.
    mutating func skipTemplate(from start: Int) throws(TypeScriptProblem) -> Bool {
        while place < source.count {
            let here = byte()
            if here == UInt8(ascii: "`") {
                place += 1
                return false
            }
            if here == UInt8(ascii: "$"), byte(1) == UInt8(ascii: "{") {
                place += 2
                return true
            }
            place += here == 92 ? 2 : 1
        }
        place = source.count
        throw TypeScriptProblem(start: start, end: start + 1, message: "this template has no end")
    }

    /// A regular expression, from its first `/`.
    mutating func skipPattern(from start: Int) throws(TypeScriptProblem) {
        place = start + 1
        var isClass = false
        while place < source.count, byte() != 10, byte() != 13, !ScriptCharacters.isSeparator(source, place) {
            switch byte() {
            case UInt8(ascii: "/") where !isClass:
                place += 1
                while place < source.count, ScriptCharacters.isNamePart(byte()), byte() != 92 { place += 1 }
                return
            case UInt8(ascii: "["): isClass = true
            case UInt8(ascii: "]"): isClass = false
            case 92 where byte(1) != 10 && byte(1) != 13: place += 1
            default: break
            }
            place += 1
        }
        place = min(place, source.count)
        throw TypeScriptProblem(start: start, end: place, message: "this regular expression has no end")
    }

    // MARK: signs

    /// Longest first; those that begin with `>` are put together where they are no ends of types.
    private static let signs: [UInt8: [String]] = Dictionary(
        grouping: [
            "...", "===", "!==", "**=", "<<=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", "&&", "||", "??",
            "?.", "++", "--", "+=",
            "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "<<", "{", "}", "(", ")", "[", "]", ";", ",", "<",
            ">", "+", "-", "*", "/",
            "%", "&", "|", "^", "!", "~", "?", ":", "=", ".", "@",
        ], by: { $0.utf8.first ?? 0 })

    private func sign() -> String? {
        for sign in Self.signs[byte()] ?? [] where source[place...].starts(with: sign.utf8) {
            // `a?.5:b` is a choice.
            if sign == "?.", ScriptCharacters.isDigit(byte(2)) { continue }
            return sign
        }
        return nil
    }

    private static let greater = [">>>=", ">>>", ">>=", ">>", ">="]

    /// What begins with a `>` that stands for itself so far.
    func greater(from start: Int) -> String? {
        Self.greater.first { source[start...].starts(with: $0.utf8) }
    }
}
