/// What a member of an enumeration is worth, as far as its text alone tells.
enum EnumConstant: Equatable {
    case number(Double)
    case text(String)

    /// A number as JavaScript reads it.
    static func shown(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    /// - Parameters:
    ///   - constants: of all enumerations so far.
    ///   - name: the one whose members need no prefix.
    /// - Returns: `nil` when only running it tells.
    static func evaluate(
        _ source: [UInt8], _ start: Int, _ end: Int, _ constants: [String: [String: EnumConstant]],
        of name: String
    ) -> EnumConstant? {
        var reader = EnumConstantReader(source, start, end, constants, name)
        return reader.whole()
    }

    /// A text in quotes without them.
    static func string(in bytes: ArraySlice<UInt8>) -> String? {
        let inner = bytes.dropFirst().dropLast()
        guard inner.contains(92) else { return String(decoding: inner, as: UTF8.self) }
        // With escapes it is as good as any other text: it is only asked whether it is one.
        return String(decoding: inner, as: UTF8.self)
    }
}

/// Reads an expression of numbers, texts and other members.
private struct EnumConstantReader {
    private var lexer: TypeScriptLexer
    private var token = TypeScriptToken(kind: .end, start: 0, end: 0)
    private let end: Int
    private let constants: [String: [String: EnumConstant]]
    private let name: String
    private var depth = 0
    private struct Unknown: Error {}

    init(
        _ source: [UInt8], _ start: Int, _ end: Int, _ constants: [String: [String: EnumConstant]],
        _ name: String
    ) {
        lexer = TypeScriptLexer(source)
        lexer.place = start
        self.end = end
        self.constants = constants
        self.name = name
    }

    mutating func whole() -> EnumConstant? {
        do throws(Unknown) {
            try advance()
            let value = try binary(0)
            return token.kind == .end ? value : nil
        } catch {
            return nil
        }
    }

    private mutating func advance() throws(Unknown) {
        guard let next = try? lexer.next() else { throw Unknown() }
        token = next
        if token.start >= end { token = TypeScriptToken(kind: .end, start: end, end: end) }
        if token.kind == .sign, token.text == ">", let sign = lexer.greater(from: token.start) {
            token.text = sign
            token.end = token.start + sign.utf8.count
            lexer.place = token.end
        }
    }

    private static let precedences: [String: Int] = [
        "|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, ">>>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "**": 7,
    ]

    private mutating func binary(_ minimum: Int) throws(Unknown) -> EnumConstant {
        var left = try unary()
        while token.kind == .sign, let binding = Self.precedences[token.text], binding >= minimum {
            let sign = token.text
            try advance()
            let right = try binary(binding == 7 ? binding : binding + 1)
            left = try joined(left, sign, right)
        }
        return left
    }

    private func joined(_ left: EnumConstant, _ sign: String, _ right: EnumConstant) throws(Unknown)
        -> EnumConstant
    {
        guard case .number(let a) = left, case .number(let b) = right else {
            guard sign == "+" else { throw Unknown() }
            return .text(Self.text(left) + Self.text(right))
        }
        switch sign {
        case "+": return .number(a + b)
        case "-": return .number(a - b)
        case "*": return .number(a * b)
        case "/": return .number(a / b)
        case "%": return .number(a.truncatingRemainder(dividingBy: b))
        case "**": return .number(try power(a, b))
        default: break
        }
        let (x, y) = (Self.int32(a), Self.int32(b))
        let places = y & 31
        switch sign {
        case "|": return .number(Double(x | y))
        case "&": return .number(Double(x & y))
        case "^": return .number(Double(x ^ y))
        case "<<": return .number(Double(x &<< places))
        case ">>": return .number(Double(x &>> places))
        default: return .number(Double(UInt32(bitPattern: x) &>> UInt32(places)))
        }
    }

    /// Whole powers; others are left to the engine.
    private func power(_ base: Double, _ exponent: Double) throws(Unknown) -> Double {
        guard let count = Int(exactly: exponent), (0...1024).contains(count) else { throw Unknown() }
        return (0..<count).reduce(1.0) { product, _ in product * base }
    }

    private static func text(_ value: EnumConstant) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): EnumConstant.shown(number)
        }
    }

    /// ECMAScript 2024 §7.1.6
    private static func int32(_ number: Double) -> Int32 {
        guard number.isFinite else { return 0 }
        let whole = number.rounded(.towardZero).truncatingRemainder(dividingBy: 4_294_967_296)
        return Int32(truncatingIfNeeded: Int64(whole))
    }

    private mutating func unary() throws(Unknown) -> EnumConstant {
        depth += 1
        defer { depth -= 1 }
        guard depth < TypeScript.deepest else { throw Unknown() }
        guard token.kind == .sign, ["-", "+", "~"].contains(token.text) else { return try primary() }
        let sign = token.text
        try advance()
        guard case .number(let number) = try unary() else { throw Unknown() }
        switch sign {
        case "-": return .number(-number)
        case "~": return .number(Double(~Self.int32(number)))
        default: return .number(number)
        }
    }

    private mutating func primary() throws(Unknown) -> EnumConstant {
        let here = token
        let bytes = lexer.source[here.start..<here.end]
        switch here.kind {
        case .number:
            guard let number = Self.number(String(decoding: bytes, as: UTF8.self)) else { throw Unknown() }
            try advance()
            return .number(number)
        case .string:
            try advance()
            return .text(EnumConstant.string(in: bytes) ?? "")
        case .template: return try template()
        case .name: return try reference()
        case .sign where here.text == "(":
            try advance()
            let value = try binary(0)
            guard token.kind == .sign, token.text == ")" else { throw Unknown() }
            try advance()
            return value
        default: throw Unknown()
        }
    }

    /// A text when all that stands in it is known.
    private mutating func template() throws(Unknown) -> EnumConstant {
        var text = String(
            decoding: lexer.source[token.start + 1..<token.end - (token.isOpen ? 2 : 1)], as: UTF8.self)
        while token.isOpen {
            try advance()
            text += Self.text(try binary(0))
            guard token.kind == .sign, token.text == "}" else { throw Unknown() }
            let start = token.end
            lexer.place = start
            guard let isOpen = try? lexer.skipTemplate(from: start) else { throw Unknown() }
            token = TypeScriptToken(kind: .template, start: start, end: lexer.place, isOpen: isOpen)
            text += String(decoding: lexer.source[start..<lexer.place - (isOpen ? 2 : 1)], as: UTF8.self)
        }
        try advance()
        return .text(text)
    }

    /// A member: `A`, `Other.A`, `Other['A']`.
    private mutating func reference() throws(Unknown) -> EnumConstant {
        let first = token.text
        try advance()
        if token.kind == .sign, token.text == "." || token.text == "[" {
            guard let members = constants[first] else { throw Unknown() }
            let isIndex = token.text == "["
            try advance()
            let key =
                isIndex && token.kind == .string
                ? EnumConstant.string(in: lexer.source[token.start..<token.end]) : token.text
            guard let key, let value = members[key] else { throw Unknown() }
            try advance()
            if isIndex {
                guard token.kind == .sign, token.text == "]" else { throw Unknown() }
                try advance()
            }
            return value
        }
        if let value = constants[name]?[first] { return value }
        switch first {
        case "NaN": return .number(.nan)
        case "Infinity": return .number(.infinity)
        default: throw Unknown()
        }
    }

    private static func number(_ text: String) -> Double? {
        let digits = text.replacing("_", with: "").lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            return UInt64(digits.dropFirst(2), radix: radix).map { Double($0) }
        }
        return Double(digits)
    }
}
