/// Reads selectors.
struct CSSSelectorParser {
    private typealias Selector = CSSSelector
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    /// How many compounds lie around or behind the one that is read.
    private var levels = 0
    /// How many compounds, and tests that look at all of a document, there are.
    private var compoundCount = 0
    private var testCount = 0

    /// Selectors nested deeper in `:not()` and its like are none.
    private static let depthLimit = 16
    /// Asking goes as deep as a selector is long.
    private static let levelLimit = 32

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { place == scalars.count }

    mutating func list() -> [CSSSelector.Complex]? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return nil }
        var found: [CSSSelector.Complex] = []
        repeat {
            guard let complex = complex() else { return nil }
            found.append(complex)
        } while take(",")
        return found
    }

    private mutating func complex() -> CSSSelector.Complex? {
        let outer = levels
        defer { levels = outer }
        _ = skipSpace()
        guard let first = compound() else { return nil }
        var compounds = [first]
        var combinators: [CSSSelector.Combinator] = []
        while true {
            let hasSpace = skipSpace()
            var combinator = hasSpace ? CSSSelector.Combinator.descendant : nil
            if let sign = peek, let named = Self.combinators[sign] {
                combinator = named
                place += 1
                _ = skipSpace()
            }
            guard let combinator, let next = peek, next != ",", next != ")" else {
                guard combinator == nil || combinator == .descendant else { return nil }
                defer { compoundCount += compounds.count }
                return CSSSelector.Complex(
                    compounds: compounds.reversed(), combinators: combinators.reversed(),
                    number: compoundCount)
            }
            guard let compound = compound() else { return nil }
            combinators.append(combinator)
            compounds.append(compound)
        }
    }

    private static let combinators: [Unicode.Scalar: CSSSelector.Combinator] = [
        ">": .child, "+": .next, "~": .sibling,
    ]

    private mutating func compound() -> [CSSSelector.Simple]? {
        levels += 1
        guard levels <= Self.levelLimit else { return nil }
        var found: [CSSSelector.Simple] = []
        var isAny = false
        if take("*") {
            isAny = true
        } else if let name = identifier() {
            found.append(.name(name.lowercased()))
        }
        while let sign = peek {
            switch sign {
            case "#":
                place += 1
                guard let id = name() else { return nil }
                found.append(.id(id))
            case ".":
                place += 1
                guard let name = identifier() else { return nil }
                found.append(.classed(name))
            case "[":
                guard let test = attribute() else { return nil }
                found.append(test)
            case ":":
                guard let test = pseudo() else { return nil }
                found.append(test)
            default: return found.isEmpty && !isAny ? nil : found
            }
        }
        return found.isEmpty && !isAny ? nil : found
    }

    private mutating func attribute() -> CSSSelector.Simple? {
        place += 1
        _ = skipSpace()
        guard let name = identifier()?.lowercased() else { return nil }
        _ = skipSpace()
        if take("]") { return .attribute(name, .present, "", ignoringCase: false) }
        var sign = ""
        while let next = peek, "~|^$*!=".unicodeScalars.contains(next), sign.last != "=" {
            sign.unicodeScalars.append(next)
            place += 1
        }
        guard let test = CSSSelector.AttributeTest(rawValue: sign), test != .present else { return nil }
        _ = skipSpace()
        guard let value = string() ?? identifier() ?? word() else { return nil }
        _ = skipSpace()
        let ignoringCase = take("i") || take("I")
        _ = skipSpace()
        return take("]") ? .attribute(name, test, value, ignoringCase: ignoringCase) : nil
    }

    // MARK: pseudo-classes

    private static let plain: [String: CSSSelector.Simple] = [
        "first-child": .nth(a: 0, b: 1, fromEnd: false, ofType: false),
        "last-child": .nth(a: 0, b: 1, fromEnd: true, ofType: false),
        "first-of-type": .nth(a: 0, b: 1, fromEnd: false, ofType: true),
        "last-of-type": .nth(a: 0, b: 1, fromEnd: true, ofType: true),
        "only-child": .only(ofType: false), "only-of-type": .only(ofType: true), "empty": .empty,
        "root": .root,
        "link": .link, "any-link": .link, "input": .input, "enabled": .enabled, "disabled": .disabled,
        "checked": .checked,
    ]

    private mutating func pseudo() -> CSSSelector.Simple? {
        place += 1
        guard let name = identifier()?.lowercased() else { return nil }
        guard take("(") else { return Self.plain[name] }
        _ = skipSpace()
        let test: CSSSelector.Simple?
        switch name {
        case "not": test = list().map { .not($0) }
        case "is", "where": test = list().map { .either($0) }
        case "has":
            testCount += 1
            let number = testCount
            test = list().map { .has($0, number: number) }
        case "haschild": test = list().map { .hasChild($0) }
        case "contains", "containsown":
            testCount += 1
            let number = testCount
            test = (string() ?? identifier() ?? word()).map {
                .contains($0.lowercased(), number: number, own: name != "contains")
            }
        case "matches", "matchesown":
            test = (try? Pattern(balanced())).map { .pattern($0, own: name != "matches") }
        case "lang": test = identifier().map { .language($0.lowercased()) }
        case "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type":
            test = nth().map {
                .nth(a: $0.a, b: $0.b, fromEnd: name.contains("last"), ofType: name.hasSuffix("type"))
            }
        default: test = nil
        }
        _ = skipSpace()
        return take(")") ? test : nil
    }

    /// `2n+1`, `odd`, `-n + 3`, `5`.
    private mutating func nth() -> (a: Int, b: Int)? {
        var text = ""
        while let next = peek, next != ")" {
            if !HTMLTreeBuilder.isSpace(next) { text.unicodeScalars.append(next) }
            place += 1
        }
        text = text.lowercased()
        switch text {
        case "odd": return (2, 1)
        case "even": return (2, 0)
        default: break
        }
        guard let n = text.firstIndex(of: "n") else { return Int(text).map { (0, $0) } }
        let before = text[..<n]
        let after = text[text.index(after: n)...]
        let a = before.isEmpty || before == "+" ? 1 : before == "-" ? -1 : Int(before)
        guard let a, let b = after.isEmpty ? 0 : Int(after), abs(a) < 1 << 31, abs(b) < 1 << 31 else {
            return nil
        }
        return (a, b)
    }

    /// Everything up to the parenthesis that closes this one.
    private mutating func balanced() -> String {
        var text = ""
        var depth = 0
        while let next = peek, next != ")" || depth > 0 {
            if next == "(" { depth += 1 } else if next == ")" { depth -= 1 }
            text.unicodeScalars.append(next)
            place += 1
        }
        return text
    }

    // MARK: words

    private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() -> Bool {
        let start = place
        while let next = peek, HTMLTreeBuilder.isSpace(next) { place += 1 }
        return place > start
    }

    private mutating func identifier() -> String? {
        let start = place
        if peek == "-" { place += 1 }
        guard let first = peek, Self.isNameSign(first) || first == "\\", !("0"..."9").contains(first) else {
            place = start
            return nil
        }
        place = start
        return name()
    }

    /// Like an identifier, but a digit may begin it.
    private mutating func name() -> String? {
        var text = ""
        while let next = peek {
            if Self.isNameSign(next) {
                text.unicodeScalars.append(next)
                place += 1
            } else if next == "\\", let escaped = escape() {
                text.unicodeScalars.append(escaped)
            } else {
                break
            }
        }
        return text.isEmpty ? nil : text
    }

    private static func isNameSign(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 128 || scalar == "-" || scalar == "_" || ("0"..."9").contains(scalar)
            || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard place + 1 < scalars.count else { return nil }
        place += 1
        let digits = scalars[place...].prefix(6).prefix { Character($0).isHexDigit && $0.isASCII }
        guard !digits.isEmpty else {
            place += 1
            return scalars[place - 1]
        }
        place += digits.count
        if let next = peek, HTMLTreeBuilder.isSpace(next) { place += 1 }
        return UInt32(String(String.UnicodeScalarView(digits)), radix: 16).flatMap(Unicode.Scalar.init)
            ?? "\u{FFFD}"
    }

    private mutating func string() -> String? {
        guard let quote = peek, quote == "\"" || quote == "'" else { return nil }
        let start = place
        place += 1
        var text = ""
        while let next = peek, next != quote {
            if next == "\\", let escaped = escape() {
                text.unicodeScalars.append(escaped)
            } else {
                text.unicodeScalars.append(next)
                place += 1
            }
        }
        if take(quote) { return text }
        place = start
        return nil
    }

    /// Signs without meaning of their own, for values written without quotes.
    private mutating func word() -> String? {
        var text = ""
        while let next = peek, next != "]", next != ")", !HTMLTreeBuilder.isSpace(next) {
            text.unicodeScalars.append(next)
            place += 1
        }
        return text.isEmpty ? nil : text
    }
}
