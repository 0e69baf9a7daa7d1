/// Classes.
extension TypeScriptParser {
    /// From `class` on.
    mutating func parseClass(isStatement: Bool) throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        try expectWord("class")
        // `class implements T {}` has no name, `class implements {}` has this one.
        let next = try following()
        let isNamed = isIdentifier && !(atWord("implements") && next.text != "extends" && next.text != "{")
        if isNamed, isStatement { scopes.declare(token.text) }
        scopes.push(.block)
        if isNamed {
            if !isStatement { scopes.declare(token.text) }
            try advance()
        }
        try eraseTypeParameters()
        let isDerived = atWord("extends")
        if isDerived {
            try advance()
            try parseOperand(allowsCalls: true)
            if at("<") || at("<<") {
                let start = token.start
                token.isFirstOnLine = false
                try skipTypeArguments()
                edits.erase(start, previousEnd)
            }
        }
        if atWord("implements") {
            let start = token.start
            repeat {
                try advance()
                try skipType()
            } while at(",")
            edits.erase(start, previousEnd)
        }
        try expect("{")
        let outer = context
        context = Context()
        context.space = outer.space
        while !at("}") { try parseMember(isDerived: isDerived) }
        context = outer
        scopes.pop()
        try advance()
    }

    /// What a member's words say.
    private struct MemberWords {
        var function = FunctionKind()
        var isStatic = false
        /// It is of types alone: `abstract`, `declare`.
        var isErased = false
    }

    private mutating func parseMember(isDerived: Bool) throws(TypeScriptProblem) {
        if try take(";") { return }
        if at("@") { throw decorator() }
        let mark = mark
        var words = try parseMemberWords()
        if words.isStatic, at("{") {
            scopes.push(.function)
            try parseBody()
            return scopes.pop()
        }
        if try take("*") { words.function.isGenerator = true }
        if try isIndexSignature() {
            try skipIndexSignature()
            return eraseStatement(from: mark)
        }
        let isConstructor =
            !words.isStatic
            && (atWord("constructor")
                || token.kind == .string && text(token).dropFirst().dropLast() == "constructor")
        try parsePropertyName()
        if at("?") || at("!") && !token.isFirstOnLine { try eraseToken() }
        if at("(") || at("<") || at("<<") {
            words.function.isConstructor = isConstructor
            words.function.isDerived = isDerived
            if try parseFunctionRest(words.function, needsBody: false) { return }
            try endMember()
            return eraseStatement(from: mark)
        }
        try eraseAnnotation()
        if at("=") {
            scopes.push(.function)
            try parseInitializer()
            scopes.pop()
        }
        try endMember()
        if words.isErased { eraseStatement(from: mark) }
    }

    private mutating func endMember() throws(TypeScriptProblem) {
        // A comma is an error of which other tools say more.
        try endStatement()
    }

    private static let memberWords: Set<String> = accessWords.union([
        "abstract", "declare", "static", "async", "accessor", "get", "set",
    ])

    private mutating func parseMemberWords() throws(TypeScriptProblem) -> MemberWords {
        var words = MemberWords()
        let start = token.start
        while token.kind == .name, Self.memberWords.contains(token.text) {
            let word = token.text
            let next = try following()
            let isPart =
                switch next.kind {
                case .name, .privateName, .string, .number: true
                case .sign: ["[", "*"].contains(next.text) || next.text == "{" && word == "static"
                case .end, .template, .pattern: false
                }
            guard isPart,
                !next.isFirstOnLine || ["static", "get", "set"].contains(word)
                    || Self.accessWords.contains(word)
            else { break }
            switch word {
            case "static": words.isStatic = true
            case "async": words.function.isAsync = true
            case "get", "set", "accessor": break
            default:
                if word == "abstract" || word == "declare" { words.isErased = true }
                // The member before may have no semicolon, and go on with brackets or a star.
                edits.erase(token.start, token.end, with: token.start == start ? ";" : "")
            }
            try advance()
        }
        return words
    }

    /// `[key: string]`
    private func isIndexSignature() throws(TypeScriptProblem) -> Bool {
        guard at("[") else { return false }
        var ahead = lexer
        // What stands in brackets may be anything, and not even tokens as they are read here.
        guard let name = try? ahead.next(), name.kind == .name, let colon = try? ahead.next() else {
            return false
        }
        return colon.kind == .sign && colon.text == ":"
    }

    private mutating func skipIndexSignature() throws(TypeScriptProblem) {
        try advance()
        try advance()
        try expect(":")
        try skipType()
        try expect("]")
        if try take(":") { try skipType() }
        try endMember()
    }
}
