import AssayCore

/// The grammar, weakest operator first; `||`, `&&`, comparison, `+ -`, `* / %`, `! -`, then paths and calls.
extension TemplateParser {
    private static let strengths: [[Expression.Operator]] = [
        [.or], [.and],
        // Longer signs first: `<=` begins like `<`.
        [.equal, .notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater],
        [.plus, .minus], [.times, .divided, .remainder],
    ]
    private static let comparison = 2

    mutating func expression() throws(Diagnostic) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw fault(
                "AS055", "more than \(Self.depthLimit) expressions inside each other", position..<position + 1
            )
        }
        return try binary(0)
    }

    private mutating func binary(_ strength: Int) throws(Diagnostic) -> Expression {
        guard strength < Self.strengths.count else { return try unary() }
        var left = try binary(strength + 1)
        var isCompared = false
        while let (sign, range) = takeOperator(of: Self.strengths[strength]) {
            if strength == Self.comparison, isCompared {
                throw fault(
                    "AS051", "a comparison of a comparison", range, fix: "join the two with `&&`")
            }
            isCompared = true
            try countNode()
            left = .binary(sign, left, try binary(strength + 1))
        }
        return left
    }

    private mutating func takeOperator(of signs: [Expression.Operator]) -> (Expression.Operator, Range<Int>)?
    {
        skipBlanks()
        for sign in signs {
            let written = Array(sign.rawValue.unicodeScalars)
            guard scalars[position...].starts(with: written) else { continue }
            // `===`, `<>` and `**` are no operators of ours; unexpected() tells.
            let range = position..<position + written.count
            if let next = peek(written.count), "=<>*&|".unicodeScalars.contains(next) { continue }
            position += written.count
            return (sign, range)
        }
        return nil
    }

    private mutating func countNode() throws(Diagnostic) {
        nodeCount += 1
        guard nodeCount <= Self.nodeLimit else {
            throw fault(
                "AS055", "more than \(Self.nodeLimit) values and operators in one text",
                position..<position + 1, fix: "split it, with `variables`")
        }
    }

    private mutating func unary() throws(Diagnostic) -> Expression {
        skipBlanks()
        try countNode()
        guard let sign = peek(), sign == "!" || sign == "-" else { return try postfix() }
        position += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw fault(
                "AS055", "more than \(Self.depthLimit) expressions inside each other", position..<position + 1
            )
        }
        let operand = try unary()
        switch (sign, operand) {
        case ("!", _): return .not(operand)
        case (_, .literal(.int(let value))) where value != .min: return .literal(.int(-value))
        case (_, .literal(.double(let value))): return .literal(.double(-value))
        default: return .negate(operand)
        }
    }

    // MARK: Paths and calls

    private mutating func postfix() throws(Diagnostic) -> Expression {
        var (value, isPath) = try primary()
        while let sign = peek() {
            if sign == "." {
                position += 1
                guard let next = peek(), Self.isNamePart(next) else {
                    throw unexpected("a name after the `.`")
                }
                try countNode()
                value = .member(value, name())
            } else if sign == "[" {
                position += 1
                isPath = true
                try countNode()
                value = .index(value, try expression())
                guard take("]") else { throw unclosed("]", "[") }
            } else if sign == "(", isPath {
                throw fault(
                    "AS051", "`(` after a value that is no function", position..<position + 1,
                    fix: "call a function by its name: `length(order.items)`")
            } else {
                break
            }
        }
        return value
    }

    /// - Returns: the value, and whether a `(` behind it would be a mistake.
    private mutating func primary() throws(Diagnostic) -> (Expression, Bool) {
        skipBlanks()
        guard let sign = peek() else { throw unexpected("a value") }
        switch sign {
        case "(":
            position += 1
            let value = try expression()
            guard take(")") else { throw unclosed(")", "(") }
            return (value, true)
        case "[": return (.array(try elements(until: "]")), true)
        case "{": return (.object(try members()), true)
        case "'", "\"": return (.literal(.string(try quoted(sign))), true)
        case "0"..."9": return (.literal(try number()), true)
        case _ where Self.isNameStart(sign): return (try nameOrCall(), true)
        default: throw unexpected("a value")
        }
    }

    /// A word; a `-` between letters belongs to it (`x-tenant`), so a subtraction needs spaces.
    private mutating func name() -> String {
        let start = position
        while let scalar = peek() {
            let isHyphen = scalar == "-" && position > start && (peek(1).map(Self.isNameStart) ?? false)
            guard isHyphen || Self.isNamePart(scalar) else { break }
            position += 1
        }
        return text(start..<position)
    }

    private mutating func nameOrCall() throws(Diagnostic) -> Expression {
        let start = position
        let first = name()
        let afterFirst = position
        switch first {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        default: break
        }
        // A dotted name is a function only when `(` follows it.
        while peek() == ".", let next = peek(1), Self.isNameStart(next) {
            position += 1
            _ = name()
        }
        guard peek() == "(" else {
            position = afterFirst
            return .name(first, places.location(start..<afterFirst))
        }
        return try call(start..<position)
    }

    private mutating func call(_ range: Range<Int>) throws(Diagnostic) -> Expression {
        let name = text(range)
        guard let function = TemplateFunction.named(name) else {
            let nearest = nearestName(to: name, among: TemplateFunction.all.map(\.name))
            throw fault(
                "AS053", "there is no function '\(shortened(name))'", range,
                fix: nearest.map { "did you mean '\($0)'?" }
                    ?? "known are " + TemplateFunction.all.map(\.name).joined(separator: ", "))
        }
        let arguments = try elements(until: ")")
        guard function.parameterCount.contains(arguments.count) else {
            throw fault(
                "AS054", "\(name) takes \(Self.text(of: function.parameterCount)), found \(arguments.count)",
                range.lowerBound..<position, fix: "write `\(function.signature)`")
        }
        return .call(function: name, arguments: arguments, places.location(range))
    }

    private static func text(of count: ClosedRange<Int>) -> String {
        let (low, high) = (count.lowerBound, count.upperBound)
        if high == 0 { return "no arguments" }
        return low == high ? "\(low) argument\(low == 1 ? "" : "s")" : "\(low) or \(high) arguments"
    }

    // MARK: Literals

    /// Elements between the opening at the position and `close`; a comma may end them.
    private mutating func elements(until close: Unicode.Scalar) throws(Diagnostic) -> [Expression] {
        position += 1
        var elements: [Expression] = []
        while !take(close) {
            elements.append(try expression())
            if take(",") { continue }
            guard take(close) else { throw unclosed(close, close == ")" ? "(" : "[") }
            break
        }
        return elements
    }

    private mutating func members() throws(Diagnostic) -> [Expression.Member] {
        position += 1
        var members: [Expression.Member] = []
        while !take("}") {
            let key: String
            switch peek() {
            case let quote? where quote == "'" || quote == "\"": key = try quoted(quote)
            case let start? where Self.isNamePart(start): key = name()
            default: throw unexpected("a key, or `}`")
            }
            guard take(":") else { throw unexpected("`:` after the key") }
            members.append(Expression.Member(key: key, value: try expression()))
            if take(",") { continue }
            guard take("}") else { throw unclosed("}", "{") }
            break
        }
        return members
    }

    private func unclosed(_ close: Unicode.Scalar, _ open: Unicode.Scalar) -> Diagnostic {
        unexpected("`,` or `\(close)` for the `\(open)`")
    }

    private mutating func number() throws(Diagnostic) -> JSON {
        let start = position
        func digits(_ parser: inout TemplateParser) {
            while let scalar = parser.peek(), ("0"..."9").contains(scalar) { parser.position += 1 }
        }
        digits(&self)
        var isWhole = true
        if peek() == ".", let next = peek(1), ("0"..."9").contains(next) {
            isWhole = false
            position += 1
            digits(&self)
        }
        let isExponent = peek() == "e" || peek() == "E"
        let signed = peek(1) == "-" || peek(1) == "+" ? 2 : 1
        if isExponent, let next = peek(signed), ("0"..."9").contains(next) {
            isWhole = false
            position += signed
            digits(&self)
        }
        if let next = peek(), Self.isNamePart(next) {
            let end = wordRange.upperBound
            throw fault(
                "AS051", "`\(shortened(text(start..<end)))` is neither a number nor a name", start..<end,
                fix: "put a text in quotes")
        }
        let written = text(start..<position)
        if isWhole, let value = Int64(written) { return .int(value) }
        guard let value = Double(written), value.isFinite else {
            throw fault("AS051", "the number is too large", start..<position)
        }
        return .double(value)
    }

    private mutating func quoted(_ quote: Unicode.Scalar) throws(Diagnostic) -> String {
        let start = position
        var value = String.UnicodeScalarView()
        position += 1
        while let scalar = peek() {
            position += 1
            if scalar == quote { return String(value) }
            guard scalar == "\\" else {
                value.append(scalar)
                continue
            }
            value.append(try escaped())
        }
        throw fault(
            "AS050", "this quote is never closed", start..<start + 1, fix: "close it with \(quote)")
    }

    private mutating func escaped() throws(Diagnostic) -> Unicode.Scalar {
        let start = position - 1
        let sign = peek()
        position += 1
        switch sign {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "\\", "'", "\"", "/": return sign ?? "\\"
        case "u":
            let digits = text(position..<position + 4)
            if digits.unicodeScalars.count == 4, let value = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(value)
            {
                position += 4
                return scalar
            }
        default: break
        }
        throw fault(
            "AS051", #"expected an escape: \n, \t, \r, \\, \', \" or \uHHHH"#,
            start..<min(start + 2, scalars.count), fix: #"write `\\` for a backslash"#)
    }
}
