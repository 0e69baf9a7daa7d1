/// Whether a text is a regular expression of ECMA-262 (§22.2.1, with the `u` flag).
///
/// One thing is read more kindly than the flag asks: a backslash may stand before any ASCII punctuation.
struct ExpressionSyntax {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0
    private static let maxDepth = 200

    static func holds(_ source: String) -> Bool {
        var syntax = ExpressionSyntax(scalars: Array(source.unicodeScalars))
        return syntax.alternatives() && syntax.at == syntax.scalars.count
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func eat(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[at...].starts(with: wanted) else { return false }
        at += wanted.count
        return true
    }

    private mutating func alternatives() -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maxDepth else { return false }
        repeat {
            while let scalar = next, scalar != "|", scalar != ")" {
                guard term() else { return false }
            }
        } while eat("|")
        return true
    }

    private mutating func term() -> Bool {
        guard let scalar = next else { return false }
        switch scalar {
        case "^", "$":
            at += 1
            return true
        case "(": return group() && quantifier()
        case "[":
            at += 1
            return charactersInBrackets() && quantifier()
        case "\\":
            at += 1
            if eat("b") || eat("B") { return true }
            return escape(isInBrackets: false) && quantifier()
        case "*", "+", "?", "{", "}", "]": return false
        default:
            at += 1
            return quantifier()
        }
    }

    private mutating func group() -> Bool {
        at += 1
        if eat("?") {
            if eat("<=") || eat("<!") || eat("=") || eat("!") || eat(":") {
                return alternatives() && eat(")")
            }
            guard eat("<"), name() else { return false }
        }
        return alternatives() && eat(")")
    }

    /// A group's name and `>`.
    private mutating func name() -> Bool {
        let start = at
        while let scalar = next, scalar != ">" {
            let isLetter = scalar == "_" || scalar == "$" || scalar.properties.isIDStart
            guard isLetter || at > start && scalar.properties.isIDContinue else { return false }
            at += 1
        }
        return at > start && eat(">")
    }

    private mutating func quantifier() -> Bool {
        if eat("{") {
            guard let least = number() else { return false }
            if eat(","), next != "}" {
                guard let most = number(), most >= least else { return false }
            }
            guard eat("}") else { return false }
        } else if !eat("*"), !eat("+"), !eat("?") {
            return true
        }
        _ = eat("?")
        return true
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 48), 1 << 32)
            at += 1
        }
        return value
    }

    private mutating func charactersInBrackets() -> Bool {
        _ = eat("^")
        while let scalar = next {
            at += 1
            if scalar == "]" { return true }
            if scalar == "\\" {
                guard eat("-") || eat("b") || escape(isInBrackets: true) else { return false }
            }
        }
        return false
    }

    /// What follows a backslash.
    private mutating func escape(isInBrackets: Bool) -> Bool {
        guard let scalar = next else { return false }
        at += 1
        switch scalar {
        case "d", "D", "s", "S", "w", "W", "f", "n", "r", "t", "v": return true
        case "0": return next.map { !("0"..."9").contains($0) } ?? true
        case "1"..."9":
            guard !isInBrackets else { return false }
            return number() != nil || true
        case "c":
            guard let letter = next, letter.properties.isAlphabetic, letter.isASCII else { return false }
            at += 1
            return true
        case "x": return hexadecimal(2)
        case "u":
            guard eat("{") else { return hexadecimal(4) }
            let digits = scalars[at...].prefix { $0 != "}" }
            at += digits.count
            let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
            return eat("}") && (value.map { $0 <= 0x10FFFF } ?? false)
        case "p", "P":
            guard eat("{") else { return false }
            let name = scalars[at...].prefix { $0 != "}" }
            at += name.count
            return eat("}") && !name.isEmpty
                && name.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || "_=0123456789".unicodeScalars.contains($0))
                }
        case "k": return !isInBrackets && eat("<") && name()
        default:
            return scalar.isASCII && scalar.value > 0x20 && !scalar.properties.isAlphabetic
                && scalar.value != 0x7F
        }
    }

    private mutating func hexadecimal(_ count: Int) -> Bool {
        let digits = scalars[at...].prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && UInt8(ascii: $0).isHexadecimal })
        else {
            return false
        }
        at += count
        return true
    }
}
