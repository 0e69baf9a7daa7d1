/// Statements that are JavaScript but for the types in them.
extension TypeScriptParser {
    /// - Returns: whether anything of it is left when types are gone.
    mutating func parseStatement() throws(TypeScriptProblem) -> Bool {
        try enter()
        defer { leave() }
        if token.kind == .sign {
            switch token.text {
            case "{":
                try parseBlock()
                return true
            case ";":
                try advance()
                return true
            case "@": throw decorator()
            default: break
            }
        } else if token.kind == .name {
            if let isValue = try parseDeclaration() { return isValue }
            if try parseControl() { return true }
            if isIdentifier, try parseLabel() { return true }
        }
        try parseExpressionStatement()
        return true
    }

    private mutating func parseExpressionStatement() throws(TypeScriptProblem) {
        let start = token.start
        try parseExpression()
        if let call = context.superCall, call.start == start, call.end == previousEnd,
            let assignments = context.superAssignments
        {
            edits.setText("", of: call.open)
            edits.setText(";" + assignments, of: call.close)
        }
        context.superCall = nil
        try endStatement()
    }

    mutating func parseBlock() throws(TypeScriptProblem) {
        try expect("{")
        scopes.push(.block)
        while !at("}") { _ = try parseStatement() }
        scopes.pop()
        try advance()
    }

    private mutating func parseLabel() throws(TypeScriptProblem) -> Bool {
        let next = try following()
        guard next.kind == .sign, next.text == ":" else { return false }
        try advance()
        try advance()
        _ = try parseStatement()
        return true
    }

    // MARK: what begins with a word

    /// - Returns: whether there was one.
    private mutating func parseControl() throws(TypeScriptProblem) -> Bool {
        switch token.text {
        case "if": try parseIf()
        case "for": try parseFor()
        case "while", "with":
            try advance()
            try parseCondition()
            _ = try parseStatement()
        case "do":
            try advance()
            _ = try parseStatement()
            try expectWord("while")
            try parseCondition()
            _ = try take(";")
        case "switch": try parseSwitch()
        case "try": try parseTry()
        case "return", "throw":
            try advance()
            if !at(";"), !at("}"), token.kind != .end, !token.isFirstOnLine { try parseExpression() }
            try endStatement()
        case "break", "continue":
            try advance()
            if isIdentifier, !token.isFirstOnLine { try advance() }
            try endStatement()
        case "debugger":
            try advance()
            try endStatement()
        default: return false
        }
        return true
    }

    private mutating func parseCondition() throws(TypeScriptProblem) {
        try expect("(")
        try parseEnclosed(")")
    }

    private mutating func parseIf() throws(TypeScriptProblem) {
        while true {
            try advance()
            try parseCondition()
            _ = try parseStatement()
            guard atWord("else") else { return }
            try advance()
            guard atWord("if") else { break }
        }
        _ = try parseStatement()
    }

    private mutating func parseFor() throws(TypeScriptProblem) {
        try advance()
        if atWord("await") { try advance() }
        try expect("(")
        scopes.push(.block)
        let allowsIn = context.allowsIn
        context.allowsIn = false
        if try isVariableDeclaration() {
            try parseVariables()
        } else if !at(";") {
            try parseExpression()
        }
        context.allowsIn = allowsIn
        if atWord("of") || atWord("in") {
            try advance()
            try parseEnclosed(")")
        } else {
            try expect(";")
            if !at(";") { try parseEnclosed(";") } else { try advance() }
            if !at(")") { try parseEnclosed(")") } else { try advance() }
        }
        _ = try parseStatement()
        scopes.pop()
    }

    private mutating func parseSwitch() throws(TypeScriptProblem) {
        try advance()
        try parseCondition()
        try expect("{")
        scopes.push(.block)
        while !at("}") {
            if atWord("default") {
                try advance()
                try expect(":")
            } else if atWord("case") {
                try advance()
                try parseEnclosed(":")
            } else {
                _ = try parseStatement()
            }
        }
        scopes.pop()
        try advance()
    }

    private mutating func parseTry() throws(TypeScriptProblem) {
        try advance()
        try parseBlock()
        if atWord("catch") {
            try advance()
            scopes.push(.block)
            if try take("(") {
                try parseBinding()
                try eraseAnnotation()
                try expect(")")
            }
            try parseBlock()
            scopes.pop()
        }
        if atWord("finally") {
            try advance()
            try parseBlock()
        }
    }

    // MARK: variables

    /// `var`, `const`, and what is one only before a name: `let`, `using`, `await using`.
    func isVariableDeclaration() throws(TypeScriptProblem) -> Bool {
        guard token.kind == .name else { return false }
        switch token.text {
        case "var": return true
        case "const": return try following().text != "enum"
        case "let":
            let next = try following()
            return next.kind == .name && !["in", "instanceof"].contains(next.text)
                || next.kind == .sign && (next.text == "[" || next.text == "{")
        case "using":
            let next = try following()
            return next.kind == .name && !next.isFirstOnLine && !Self.reserved.contains(next.text)
                && next.text != "of"
        case "await":
            var ahead = lexer
            let next = try ahead.next()
            guard next.kind == .name, next.text == "using", !next.isFirstOnLine else { return false }
            let name = try ahead.next()
            return name.kind == .name && !name.isFirstOnLine && !Self.reserved.contains(name.text)
        default: return false
        }
    }

    /// From its word to the last value.
    mutating func parseVariables() throws(TypeScriptProblem) {
        if atWord("await") { try advance() }
        context.hoists = atWord("var")
        try advance()
        repeat {
            try parseBinding()
            if at("!"), !token.isFirstOnLine { try eraseToken() }
            try eraseAnnotation()
            if at("=") { try parseInitializer() }
        } while try take(",")
        context.hoists = false
    }
}
