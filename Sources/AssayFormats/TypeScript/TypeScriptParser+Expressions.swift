/// Operators.
extension TypeScriptParser {
    mutating func parseExpression() throws(TypeScriptProblem) {
        repeat { try parseAssignment() } while try take(",")
    }

    /// An expression in brackets of some kind: what was special outside is so no more.
    mutating func parseEnclosed(_ end: String) throws(TypeScriptProblem) {
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        try parseExpression()
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect(end)
    }

    mutating func parseAssignment() throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        if token.kind == .name {
            if atWord("yield"), context.isGenerator { return try parseYield() }
            if try parseNamedArrow() { return }
        } else if at("(") || at("<") || at("<<"), try parseArrow() {
            return
        }
        while true {
            try parseBinary(0)
            if at("?") {
                if try parseConsequent() { return }
                // What is chosen otherwise may be the next choice, as often as one likes.
                if try parseArrowBehindChoice() { return }
                continue
            }
            joinGreater()
            guard token.kind == .sign, Self.assignments.contains(token.text) else { return }
            try advance()
            return try parseAssignment()
        }
    }

    private static let assignments: Set<String> = [
        "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??=",
    ]

    /// `? a :`
    private mutating func parseConsequent() throws(TypeScriptProblem) -> Bool {
        try advance()
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, true)
        try parseAssignment()
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect(":")
        return false
    }

    private mutating func parseArrowBehindChoice() throws(TypeScriptProblem) -> Bool {
        if atWord("yield"), context.isGenerator {
            try parseYield()
            return true
        }
        if token.kind == .name { return try parseNamedArrow() }
        guard at("(") || at("<") || at("<<") else { return false }
        return try parseArrow()
    }

    private mutating func parseYield() throws(TypeScriptProblem) {
        try advance()
        guard !token.isFirstOnLine else { return }
        if try !take("*") {
            if token.kind == .end || [")", "]", "}", ",", ";", ":", "in", "of"].contains(token.text),
                token.kind != .string
            {
                return
            }
        }
        try parseAssignment()
    }

    // MARK: two operands

    private static let precedences: [String: Int] = [
        "??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "===": 7, "!==": 7, "<": 8,
        ">": 8, "<=": 8,
        ">=": 8, "instanceof": 8, "in": 8, "as": 8, "satisfies": 8, "<<": 9, ">>": 9, ">>>": 9, "+": 10,
        "-": 10, "*": 11,
        "/": 11, "%": 11, "**": 12,
    ]
    private static let alone = 20

    private func precedence() -> Int? {
        switch token.kind {
        case .name where token.text == "in": context.allowsIn ? 8 : nil
        case .name where token.text == "as" || token.text == "satisfies": token.isFirstOnLine ? nil : 8
        case .name, .sign: Self.precedences[token.text]
        default: nil
        }
    }

    /// - Parameter minimum: how tightly an operator has to bind to be read here.
    mutating func parseBinary(_ minimum: Int) throws(TypeScriptProblem) {
        let start = token.start
        // The operator that was read last: what it made is cast whole.
        var joined = isPrefix ? 11 : Self.alone
        var castEnd: Int?
        try parseUnary()
        while true {
            joinGreater()
            guard let binding = precedence(), binding >= minimum else { return }
            if atWord("as") || atWord("satisfies") {
                castEnd = castEnd ?? previousEnd
                try eraseCast()
                continue
            }
            if let end = castEnd, binding > joined || binding == joined && binding == 12 {
                edits.insert("(", at: start)
                edits.insert(")", at: end)
            }
            castEnd = nil
            try advance()
            try parseBinary(binding == 12 ? binding : binding + 1)
            joined = binding
        }
    }

    /// An operator in front of its operand, which powers cannot have.
    private var isPrefix: Bool {
        switch token.kind {
        case .name: ["typeof", "void", "delete", "await"].contains(token.text)
        case .sign: ["+", "-", "!", "~"].contains(token.text)
        default: false
        }
    }

    /// `as T`, `as const`, `satisfies T`.
    private mutating func eraseCast() throws(TypeScriptProblem) {
        let start = token.start
        try advance()
        try skipType()
        edits.erase(start, previousEnd)
    }

    /// `>` and what stands directly behind it.
    mutating func joinGreater() {
        guard at(">"), let sign = lexer.greater(from: token.start) else { return }
        token.text = sign
        token.end = token.start + sign.utf8.count
        lexer.place = token.end
    }
}
