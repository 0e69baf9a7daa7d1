import AssayCore

extension JSONPathParser {
    /// What a filter or a pair of parentheses holds: `&&` binds stronger than `||`.
    mutating func condition() throws(JSONPathError) -> JSONPath.Condition {
        var alternatives: [JSONPath.Condition] = []
        repeat {
            skipBlanks()
            var all: [JSONPath.Condition] = []
            repeat {
                skipBlanks()
                all.append(try basicCondition())
                skipBlanksIfBefore("&&", "||")
            } while take("&&")
            alternatives.append(all.count == 1 ? all[0] : .and(all))
            skipBlanksIfBefore("&&", "||")
        } while take("||")
        return alternatives.count == 1 ? alternatives[0] : .or(alternatives)
    }

    private mutating func skipBlanksIfBefore(_ operators: String...) {
        let before = at
        skipBlanks()
        if !operators.contains(where: { scalars[at...].starts(with: $0.unicodeScalars) }) { at = before }
    }

    private mutating func basicCondition() throws(JSONPathError) -> JSONPath.Condition {
        if peek == "!" {
            at += 1
            skipBlanks()
            if peek == "(" { return .not(try parenthesized()) }
            let start = at
            return .not(try test(try term(), at: start))
        }
        if peek == "(" { return try parenthesized() }
        let start = at
        let left = try term()
        let before = at
        skipBlanks()
        guard let comparison = comparison() else {
            if peek == "=" {
                throw error("'=='", fix: "compare with '=='")
            }
            at = before
            return try test(left, at: start)
        }
        skipBlanks()
        let leftOperand = try operand(left, at: start)
        let rightStart = at
        let right = try operand(try term(), at: rightStart)
        return .compare(leftOperand, comparison, right)
    }

    private mutating func parenthesized() throws(JSONPathError) -> JSONPath.Condition {
        at += 1
        try enter()
        defer { leave() }
        skipBlanks()
        let inner = try condition()
        skipBlanks()
        guard take(")") else { throw error("'&&', '||' or ')'") }
        return inner
    }

    private mutating func comparison() -> JSONPath.Comparison? {
        for comparison in JSONPath.Comparison.allCases where take(comparison.rawValue) { return comparison }
        return nil
    }

    /// A literal, a query or a call, before it is known what it is used for.
    enum Term {
        case literal(JSON)
        case query(JSONPath.Query)
        case call(JSONPath.Call, JSONPathFunction)
    }

    mutating func term() throws(JSONPathError) -> Term {
        switch peek {
        case "@", "$":
            let isRelative = peek == "@"
            at += 1
            let segments = try segments()
            return .query(
                .init(isRelative: isRelative, segments: segments, singular: JSONPath.singular(segments)))
        case "'", "\"": return .literal(.string(try string()))
        case .some(let first) where first == "-" || isDigit(first): return .literal(try number())
        case .some(let first) where "a"..."z" ~= first: return try word()
        default: throw error("'@', '$', a literal, a function, '!' or '('")
        }
    }

    /// `true`, `false`, `null` or a function call.
    private mutating func word() throws(JSONPathError) -> Term {
        let start = at
        while let next = peek, "a"..."z" ~= next || next == "_" || isDigit(next) { at += 1 }
        let name = String(String.UnicodeScalarView(scalars[start..<at]))
        guard peek == "(" else {
            switch name {
            case "true": return .literal(.bool(true))
            case "false": return .literal(.bool(false))
            case "null": return .literal(.null)
            default:
                throw error(
                    "true, false, null or a function", at: start, actual: "'\(name)'",
                    fix: "write @.\(name) for a member, '\(name)' for a string")
            }
        }
        guard let function = JSONPathFunction(rawValue: name) else {
            let known = JSONPathFunction.allCases.map(\.rawValue)
            throw error(
                "one of the functions \(known.joined(separator: ", "))", at: start, actual: "'\(name)'",
                fix: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
        }
        at += 1
        try enter()
        defer { leave() }
        return .call(try call(function), function)
    }

    /// A number as in JSON, but `-0` is one too.
    private mutating func number() throws(JSONPathError) -> JSON {
        let start = at
        if peek == "-" { at += 1 }
        guard let first = peek, isDigit(first) else { throw error("a digit") }
        while let next = peek, isDigit(next) { at += 1 }
        if peek == "." {
            at += 1
            guard let next = peek, isDigit(next) else { throw error("a digit after '.'") }
            while let next = peek, isDigit(next) { at += 1 }
        }
        if peek == "e" || peek == "E" {
            at += 1
            if peek == "+" || peek == "-" { at += 1 }
            guard let next = peek, isDigit(next) else { throw error("a digit in the exponent") }
            while let next = peek, isDigit(next) { at += 1 }
        }
        let text = String(String.UnicodeScalarView(scalars[start..<at]))
        do {
            return try JSON(parsing: text)
        } catch {
            throw self.error(error.expected, at: start + error.offset)
        }
    }

    /// Something that may stand on a side of a comparison.
    func operand(_ term: Term, at start: Int) throws(JSONPathError) -> JSONPath.Operand {
        switch term {
        case .literal(let value): return .literal(value)
        case .query(let query):
            guard query.singular != nil else {
                throw error(
                    "a query for one value at most in a comparison", at: start, actual: "one for many",
                    fix: "use names and indices only, or value(…)")
            }
            return .query(query)
        case .call(let call, let function):
            guard function.hasValue else {
                throw error(
                    "something with a value", at: start,
                    actual: "\(function.rawValue)(), which is true or false",
                    fix: "use it alone, or with '!' before it")
            }
            return .call(call)
        }
    }

    /// Something that may stand alone in a filter.
    private func test(_ term: Term, at start: Int) throws(JSONPathError) -> JSONPath.Condition {
        switch term {
        case .query(let query): return .exists(query)
        case .call(let call, let function):
            guard !function.hasValue else {
                throw error(
                    "a comparison of what \(function.rawValue)() gives", actual: peek == nil ? nil : "none")
            }
            return .test(call)
        case .literal: throw error("a comparison of the literal", at: start, actual: "the literal alone")
        }
    }
}
