/// Declarations: of types, which go, and of values.
extension TypeScriptParser {
    /// - Returns: whether anything of it is left; `nil` when there is none here.
    mutating func parseDeclaration() throws(TypeScriptProblem) -> Bool? {
        let mark = mark
        switch token.text {
        case "import":
            let next = try following()
            if next.kind == .sign, next.text == "(" || next.text == "." { return nil }
            return try parseImport(mark)
        case "export": return try parseExport(mark)
        default: return try parsePlainDeclaration(mark)
        }
    }

    /// What may stand behind `export`, and alone.
    ///
    /// - Parameter mark: where the statement begins.
    mutating func parsePlainDeclaration(_ mark: Mark) throws(TypeScriptProblem) -> Bool? {
        switch token.text {
        case "function":
            return try parseFunctionStatement(mark)
        case "async":
            let next = try following()
            guard next.kind == .name, next.text == "function", !next.isFirstOnLine else { return nil }
            return try parseFunctionStatement(mark)
        case "class":
            try parseClass(isStatement: true)
            return true
        case "abstract":
            let next = try following()
            guard next.kind == .name, next.text == "class", !next.isFirstOnLine else { return nil }
            try eraseToken()
            try parseClass(isStatement: true)
            return true
        case "enum":
            try parseEnum(mark)
            return true
        case "const" where try following().text == "enum":
            try advance()
            try parseEnum(mark)
            return true
        case "interface", "type", "namespace", "module", "declare", "global":
            return try parseTypeDeclaration(mark)
        default:
            guard try isVariableDeclaration() else { return nil }
            try parseVariables()
            try endStatement()
            return true
        }
    }

    /// One without a body says how the next is called.
    private mutating func parseFunctionStatement(_ mark: Mark) throws(TypeScriptProblem) -> Bool {
        if try parseFunction(isStatement: true) { return true }
        try endStatement()
        eraseStatement(from: mark)
        return false
    }

    // MARK: types

    private mutating func parseTypeDeclaration(_ mark: Mark) throws(TypeScriptProblem) -> Bool? {
        let next = try following()
        guard !next.isFirstOnLine || next.text == "{" else { return nil }
        let isName = next.kind == .name && !Self.reserved.contains(next.text)
        switch token.text {
        case "interface" where isName: try skipInterface()
        case "type" where isName: try skipAlias()
        case "namespace" where isName, "module" where isName: return try parseNamespace(mark)
        case "module" where next.kind == .string:
            try advance()
            try skipModuleBody()
        case "global" where next.kind == .sign && next.text == "{": try skipModuleBody()
        case "declare" where next.kind == .name:
            let declared = [
                "var", "let", "const", "function", "class", "abstract", "interface", "type", "enum",
                "namespace", "module", "global", "async", "import", "using",
            ]
            guard declared.contains(next.text) else { return nil }
            try advance()
            let inner = self.mark
            let known = scopes.declarations.count
            if atWord("import") {
                _ = try parseImport(inner)
            } else {
                guard try parsePlainDeclaration(inner) != nil else { throw unexpected("a declaration") }
            }
            for one in scopes.declarations[known...] where one.scope == 0 { declaredNames.insert(one.name) }
        default: return nil
        }
        eraseStatement(from: mark)
        return false
    }

    /// `module "name" { … }`, `global { … }`: from the last word on.
    private mutating func skipModuleBody() throws(TypeScriptProblem) {
        try advance()
        if at("{") { try parseBlock() } else { try endStatement() }
    }

    mutating func skipInterface() throws(TypeScriptProblem) {
        try advance()
        noteType()
        try advance()
        if at("<") { try skipTypeParameters() }
        while atWord("extends") || atWord("implements") || at(",") {
            try advance()
            try skipType()
        }
        try skipObjectType()
    }

    /// `type A = B`
    mutating func skipAlias() throws(TypeScriptProblem) {
        try advance()
        noteType()
        _ = try expectIdentifier()
        if at("<") { try skipTypeParameters() }
        try expect("=")
        try skipType()
        try endStatement()
    }

    private mutating func noteType() {
        if scopes.current == 0 { typeNames.insert(token.text) }
    }
}
