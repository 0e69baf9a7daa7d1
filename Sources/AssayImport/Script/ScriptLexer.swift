/// Words, texts, numbers and signs of JavaScript. Source: ECMAScript 2024 §12.
struct ScriptToken: Equatable {
    enum Kind: Equatable {
        case word(String)
        case text(String)
        case number(Double)
        /// Pieces of a template, and the source of what stands between them.
        case template([String], [String])
        case pattern(String, String)
        case sign(String)
        case end
    }

    var kind: Kind
    /// From 0.
    var line: Int
    /// A line break stands before it.
    var isFirstOnLine: Bool
}

struct ScriptLexer {
    private let source: [Character]
    private var place = 0
    private var line = 0
    private var tokens: [ScriptToken] = []
    private static let most = 100_000

    /// - Returns: what could be read up to the first thing that is no JavaScript; always closed by ``ScriptToken/Kind/end``.
    static func tokens(of text: String, line: Int = 0) -> [ScriptToken] {
        var lexer = ScriptLexer(source: Array(text.replacing("\r\n", with: "\n")))
        lexer.line = line
        lexer.read()
        return lexer.tokens
    }

    private init(source: [Character]) { self.source = source }

    private func peek(_ ahead: Int = 0) -> Character? {
        place + ahead < source.count ? source[place + ahead] : nil
    }

    private static let signs = [
        "===", "!==", "...", "**=", "<<=", ">>=", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&",
        "||", "??",
        "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>",
    ]

    private mutating func read() {
        var isFresh = true
        func add(_ kind: ScriptToken.Kind, _ line: Int) {
            tokens.append(ScriptToken(kind: kind, line: line, isFirstOnLine: isFresh))
            isFresh = false
        }
        while let character = peek(), tokens.count < Self.most {
            if character.isWhitespace {
                if character.isNewline {
                    line += 1
                    isFresh = true
                }
                place += 1
                continue
            }
            if character == "/", peek(1) == "/" {
                while let next = peek(), !next.isNewline { place += 1 }
                continue
            }
            if character == "/", peek(1) == "*" {
                comment(&isFresh)
                continue
            }
            let begun = line
            if character == "\"" || character == "'" {
                guard let text = quoted(character) else { break }
                add(.text(text), begun)
            } else if character == "`" {
                guard let template = template() else { break }
                add(template, begun)
            } else if character.isNumber || character == "." && peek(1)?.isNumber == true {
                add(.number(number()), begun)
            } else if Self.isWord(character) {
                var word = ""
                while let next = peek(), Self.isWord(next) || next.isNumber {
                    word.append(next)
                    place += 1
                }
                add(.word(word), begun)
            } else if character == "/", isPatternNext {
                guard let pattern = pattern() else { break }
                add(pattern, begun)
            } else {
                let sign = Self.signs.first { sign in
                    sign.enumerated().allSatisfy { peek($0.offset) == $0.element }
                }
                // `a?.5:b` is a choice.
                let isChoice = sign == "?." && peek(2)?.isNumber == true
                let taken = isChoice ? "?" : sign ?? String(character)
                place += taken.count
                add(.sign(taken), begun)
            }
        }
        tokens.append(ScriptToken(kind: .end, line: line, isFirstOnLine: true))
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character == "_" || character == "$" || character == "#"
    }

    private mutating func comment(_ isFresh: inout Bool) {
        place += 2
        while let next = peek(), !(next == "*" && peek(1) == "/") {
            if next.isNewline {
                line += 1
                isFresh = true
            }
            place += 1
        }
        place = min(place + 2, source.count)
    }

    /// Whether a `/` begins a regular expression: where a value may begin.
    private var isPatternNext: Bool {
        switch tokens.last?.kind {
        case nil, .end: true
        case .word(let word): ["return", "typeof", "case", "in", "of"].contains(word)
        case .sign(let sign): ![")", "]", "}"].contains(sign)
        case .text, .number, .template, .pattern: false
        }
    }

    private mutating func quoted(_ quote: Character) -> String? {
        place += 1
        var text = ""
        while let next = peek() {
            place += 1
            if next == quote { return text }
            if next.isNewline { return nil }
            if next == "\\" { text += escaped() } else { text.append(next) }
        }
        return nil
    }

    private mutating func escaped() -> String {
        guard let next = peek() else { return "" }
        place += 1
        switch next {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "0": return "\u{0}"
        case "u", "x":
            var digits = ""
            if next == "u", peek() == "{" {
                place += 1
                while let digit = peek(), digit != "}", digits.count < 8 {
                    digits.append(digit)
                    place += 1
                }
                place += 1
            } else {
                for _ in 0..<(next == "u" ? 4 : 2) {
                    guard let digit = peek() else { break }
                    digits.append(digit)
                    place += 1
                }
            }
            return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
        case _ where next.isNewline:
            line += 1
            return ""
        default: return String(next)
        }
    }

    private mutating func template() -> ScriptToken.Kind? {
        place += 1
        var texts = [""]
        var values: [String] = []
        while let next = peek() {
            place += 1
            if next == "`" { return .template(texts, values) }
            if next == "\\" {
                texts[texts.count - 1] += escaped()
            } else if next == "$", peek() == "{" {
                place += 1
                var depth = 1
                var value = ""
                while let inner = peek(), depth > 0 {
                    place += 1
                    if inner.isNewline { line += 1 }
                    if inner == "{" { depth += 1 }
                    if inner == "}" { depth -= 1 }
                    if depth > 0 { value.append(inner) }
                }
                guard depth == 0 else { return nil }
                values.append(value)
                texts.append("")
            } else {
                if next.isNewline { line += 1 }
                texts[texts.count - 1].append(next)
            }
        }
        return nil
    }

    private mutating func number() -> Double {
        var digits = ""
        while let next = peek(), next.isNumber || next.isLetter || next == "." || next == "_" {
            if next == ".", digits.contains(".") { break }
            if next != "_" { digits.append(next) }
            place += 1
            if next == "e" || next == "E", !digits.hasPrefix("0x"), let sign = peek(),
                sign == "-" || sign == "+"
            {
                digits.append(sign)
                place += 1
            }
        }
        if digits.hasPrefix("0x") { return UInt64(digits.dropFirst(2), radix: 16).map { Double($0) } ?? .nan }
        return Double(digits) ?? .nan
    }

    private mutating func pattern() -> ScriptToken.Kind? {
        place += 1
        var text = ""
        var isClass = false
        while let next = peek(), !next.isNewline {
            place += 1
            if next == "/", !isClass {
                var flags = ""
                while let flag = peek(), flag.isLetter {
                    flags.append(flag)
                    place += 1
                }
                return .pattern(text, flags)
            }
            if next == "[" { isClass = true }
            if next == "]" { isClass = false }
            text.append(next)
            if next == "\\", let escaped = peek() {
                text.append(escaped)
                place += 1
            }
        }
        return nil
    }
}
