/// Types in brackets: parameters of types, tuples, functions, objects.
extension TypeScriptParser {

    /// `<A, B>` behind a name on its line, if there is one.
    ///
    /// - Parameter inExpression: `a < b >= c` compares.
    mutating func skipTypeArguments(inExpression: Bool = false) throws(TypeScriptProblem) {
        guard at("<") || at("<<"), !token.isFirstOnLine else { return }
        let place = token.start
        // What was tried as a part of others is not tried again by itself.
        guard !notTypes.contains(place) else { throw unexpected("a type") }
        do throws(TypeScriptProblem) {
            try takeLess()
            repeat { try skipType() } while try take(",")
            if inExpression, at(">"), lexer.greater(from: token.start) != nil { throw unexpected("'>'") }
            try expect(">")
        } catch {
            notTypes.insert(place)
            throw error
        }
    }

    /// The first of two `<`.
    mutating func takeLess() throws(TypeScriptProblem) {
        guard at("<<") else { return try expect("<") }
        previousEnd = token.start + 1
        lexer.place = token.start + 1
        token = try lexer.next()
    }

    mutating func skipTypeParameters() throws(TypeScriptProblem) {
        try takeLess()
        while !at(">") {
            while atWord("const") || atWord("in") { try advance() }
            if atWord("out"), try following().kind == .name, try following().text != "extends" {
                try advance()
                while atWord("in") || atWord("const") { try advance() }
            }
            _ = try expectIdentifier()
            if atWord("extends") {
                try advance()
                try skipType()
            }
            if try take("=") { try skipType() }
            guard try take(",") else { break }
        }
        try expect(">")
    }

    mutating func skipTemplateType() throws(TypeScriptProblem) {
        while token.isOpen {
            try advance()
            try skipType()
            try readTemplateAgain()
        }
        try advance()
    }

    /// From the brace that ends an expression in a template to the next, or to the template's end.
    mutating func readTemplateAgain() throws(TypeScriptProblem) {
        guard at("}") else { throw unexpected("'}'") }
        lexer.place = token.end
        token.kind = .template
        token.isOpen = try lexer.skipTemplate(from: token.start)
        token.end = lexer.place
    }

    mutating func skipTuple() throws(TypeScriptProblem) {
        try advance()
        while !at("]") {
            _ = try take("...")
            try skipType(.any, .tuple)
            _ = try take("?")
            if try take(":") { try skipType() }
            guard try take(",") else { break }
        }
        try expect("]")
    }

    /// - Returns: whether something may follow.
    mutating func skipBracketsOrFunctionType() throws(TypeScriptProblem) -> Bool {
        if beginsFunctionType() {
            try skipFunctionTypeRest()
            return false
        }
        try expect("(")
        try skipType()
        try expect(")")
        return true
    }

    /// By what stands behind the first parameter.
    private func beginsFunctionType() -> Bool {
        var copy = self
        do throws(TypeScriptProblem) {
            try copy.advance()
            if copy.at(")") || copy.at("...") { return true }
            try copy.skipBinding()
            if copy.at(":") || copy.at(",") || copy.at("?") || copy.at("=") { return true }
            guard try copy.take(")") else { return false }
            return copy.at("=>")
        } catch {
            return false
        }
    }

    mutating func skipFunctionTypeRest() throws(TypeScriptProblem) {
        try skipSignatureParameters()
        try expect("=>")
        try skipType(.any, .returned)
    }

    mutating func skipSignatureParameters() throws(TypeScriptProblem) {
        try expect("(")
        while !at(")") {
            _ = try take("...")
            try skipBinding()
            _ = try take("?")
            if try take(":") { try skipType() }
            guard try take(",") else { break }
        }
        try expect(")")
    }

    /// What a parameter of a type binds: nothing, its names are there to be read.
    private mutating func skipBinding() throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        if isIdentifier || atWord("this") { return try advance() }
        if try take("[") {
            while try take(",") {}
            while !at("]") {
                _ = try take("...")
                try skipBinding()
                guard at(",") else { break }
                while try take(",") {}
            }
            return try expect("]")
        }
        guard try take("{") else { throw unexpected("a parameter") }
        while !at("}") {
            _ = try take("...")
            guard token.kind == .name || token.kind == .string || token.kind == .number else {
                throw unexpected("a name")
            }
            try advance()
            if try take(":") { try skipBinding() }
            guard try take(",") else { break }
        }
        try expect("}")
    }

    mutating func skipObjectType() throws(TypeScriptProblem) {
        try expect("{")
        while !at("}") {
            try skipObjectTypeMember()
            if at("}") { break }
            if at(",") || at(";") {
                try advance()
            } else if !token.isFirstOnLine {
                throw unexpected("';'")
            }
        }
        try expect("}")
    }

    private mutating func skipObjectTypeMember() throws(TypeScriptProblem) {
        if at("+") || at("-") { try advance() }
        var hasKey = false
        while token.kind == .name || token.kind == .string || token.kind == .number {
            try advance()
            hasKey = true
            // A property without a type ends with its line.
            if token.isFirstOnLine, token.kind != .sign, !Self.memberModifiers.contains(lastWord) { return }
        }
        if at("[") {
            try advance()
            try skipType(.any, .index)
            if try take(":") {
                try skipType()
            } else if atWord("in") {
                try advance()
                try skipType()
                if atWord("as") {
                    try advance()
                    try skipType()
                }
            }
            try expect("]")
            if at("+") || at("-") { try advance() }
            hasKey = true
        }
        if hasKey, at("?") || at("!") { try advance() }
        if at("<") || at("<<") { try skipTypeParameters() }
        if at("(") {
            try skipSignatureParameters()
            if try take(":") { try skipType(.any, .returned) }
        } else if try take(":") {
            guard hasKey else { throw unexpected("a name") }
            try skipType()
        } else if !hasKey {
            throw unexpected("a member of a type")
        }
    }

    private static let memberModifiers: Set<String> = ["readonly", "get", "set", "new"]

    private var lastWord: String {
        var start = previousEnd
        while start > 0, ScriptCharacters.isNamePart(source[start - 1]) { start -= 1 }
        return String(decoding: source[start..<previousEnd], as: UTF8.self)
    }
}
