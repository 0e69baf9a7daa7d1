/// Values with what stands in front of them and behind.
extension TypeScriptParser {

    mutating func parseUnary() throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        switch token.kind {
        case .name:
            switch token.text {
            case "typeof", "void", "delete":
                try advance()
                return try parseUnary()
            case "await":
                try advance()
                // In a script of its own it may be a name.
                return try startsOperand ? parseUnary() : parseMembers(allowsCalls: true)
            default: break
            }
        case .sign:
            switch token.text {
            case "+", "-", "!", "~", "++", "--":
                try advance()
                return try parseUnary()
            case "<", "<<": return try parseCast()
            default: break
            }
        default: break
        }
        try parseOperand(allowsCalls: true)
        if at("++") || at("--"), !token.isFirstOnLine { try advance() }
    }

    private var startsOperand: Bool {
        switch token.kind {
        case .end: false
        case .sign: ["(", "[", "{", "+", "-", "!", "~", "/", "/=", "<", "++", "--", "@"].contains(token.text)
        case .name: !["in", "of", "instanceof", "as", "satisfies"].contains(token.text)
        default: true
        }
    }

    /// `<T>value`
    private mutating func parseCast() throws(TypeScriptProblem) {
        let start = token.start
        try takeLess()
        try skipType()
        try expect(">")
        // `return` and its like end at a line break.
        if ScriptCharacters.hasLineBreak(source, start, token.start) {
            edits.erase(start, previousEnd, with: "(")
            try parseUnary()
            edits.insert(")", at: previousEnd)
        } else {
            edits.erase(start, previousEnd)
            try parseUnary()
        }
    }

    /// A value and what is taken of it.
    mutating func parseOperand(allowsCalls: Bool) throws(TypeScriptProblem) {
        try parsePrimary()
        try parseMembers(allowsCalls: allowsCalls)
    }

    mutating func parseMembers(allowsCalls: Bool) throws(TypeScriptProblem) {
        while true {
            if token.kind == .template {
                try parseTemplate()
                continue
            }
            guard token.kind == .sign else { return }
            switch token.text {
            case ".":
                try advance()
                guard token.kind == .name || token.kind == .privateName else { throw unexpected("a name") }
                try advance()
            case "?.":
                guard allowsCalls else { return }
                try advance()
                if token.kind == .name || token.kind == .privateName {
                    try advance()
                } else if at("<") || at("<<") {
                    let start = token.start
                    try skipTypeArguments()
                    edits.erase(start, previousEnd)
                }
            case "[":
                try advance()
                try parseEnclosed("]")
            case "(":
                guard allowsCalls else { return }
                try parseArguments()
            case "!":
                guard !token.isFirstOnLine else { return }
                try eraseToken()
            case "<", "<<":
                guard eraseTypeArguments() else { return }
            default: return
            }
        }
    }

    /// `f<T>(x)` and not `a < b`.
    private mutating func eraseTypeArguments() -> Bool {
        let mark = mark
        do throws(TypeScriptProblem) {
            let start = token.start
            // On a line of its own, too.
            token.isFirstOnLine = false
            try skipTypeArguments(inExpression: true)
            guard mayFollowTypeArguments else { throw unexpected("a call") }
            edits.erase(start, previousEnd)
            return true
        } catch {
            restore(mark)
            return false
        }
    }

    /// As TypeScript decides it: a call, or something that can be no operand.
    private var mayFollowTypeArguments: Bool {
        switch token.kind {
        case .template, .end: return true
        case .number, .string, .privateName, .pattern: return token.isFirstOnLine
        case .name:
            if token.isFirstOnLine || atWord("as") || atWord("satisfies") { return true }
            return token.text == "in" && context.allowsIn || token.text == "instanceof"
                || !isIdentifier && !Self.operandWords.contains(token.text)
        case .sign:
            switch token.text {
            case "(": return true
            case "<", ">", "+", "-": return false
            case "[", "{", "!", "~", "++", "--", "@": return token.isFirstOnLine
            default: return true
            }
        }
    }

    private static let operandWords: Set<String> = [
        "this", "super", "null", "true", "false", "function", "class", "new", "import", "delete", "typeof",
        "void",
    ]

    mutating func parseArguments() throws(TypeScriptProblem) {
        try expect("(")
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        while !at(")") {
            _ = try take("...")
            try parseAssignment()
            guard try take(",") else { break }
        }
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect(")")
    }
}
