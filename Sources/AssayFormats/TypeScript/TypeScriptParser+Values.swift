/// What expressions begin with.
extension TypeScriptParser {
    mutating func parsePrimary() throws(TypeScriptProblem) {
        switch token.kind {
        case .number, .string: try advance()
        case .template: try parseTemplate()
        // `#name in object`
        case .privateName: try advance()
        case .pattern: try advance()
        case .end: throw unexpected("an expression")
        case .name: try parseWord()
        case .sign:
            switch token.text {
            case "(":
                try advance()
                try parseEnclosed(")")
            case "[": try parseArray()
            case "{": try parseObject()
            case "/", "/=":
                try lexer.skipPattern(from: token.start)
                token.kind = .pattern
                token.end = lexer.place
                try advance()
            case "@": throw decorator()
            default: throw unexpected("an expression")
            }
        }
    }

    private mutating func parseWord() throws(TypeScriptProblem) {
        switch token.text {
        case "function": try parseFunction(isStatement: false)
        case "class": try parseClass(isStatement: false)
        case "new": try parseNew()
        case "this", "null", "true", "false": try advance()
        case "super": try parseSuper()
        case "import":
            try advance()
            if try take(".") {
                guard token.kind == .name else { throw unexpected("a name") }
                try advance()
            } else if !at("(") {
                throw unexpected("'('")
            }
        case "async":
            let next = try following()
            if next.kind == .name, next.text == "function", !next.isFirstOnLine {
                try parseFunction(isStatement: false)
                return
            }
            scopes.refer(token.text, at: token.start)
            try advance()
        default:
            guard isIdentifier else { throw unexpected("an expression") }
            scopes.refer(token.text, at: token.start)
            try advance()
        }
    }

    private mutating func parseNew() throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        try advance()
        if try take(".") {
            guard token.kind == .name else { throw unexpected("a name") }
            return try advance()
        }
        if atWord("new") { try parseNew() } else { try parsePrimary() }
        try parseMembers(allowsCalls: false)
        if at("(") { try parseArguments() }
    }

    /// `super(…)` gives a constructor its object, so its parameters that are properties are set behind it.
    private mutating func parseSuper() throws(TypeScriptProblem) {
        let start = token.start
        try advance()
        guard at("("), let assignments = context.superAssignments else { return }
        let open = edits.count
        edits.insert("(", at: start)
        try parseArguments()
        // In an expression; a statement of its own says it plainly.
        context.superCall = (open, edits.count, start, previousEnd)
        edits.insert("," + assignments.replacing(";", with: ",") + "this)", at: previousEnd)
    }

    // MARK: templates, lists, objects

    mutating func parseTemplate() throws(TypeScriptProblem) {
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        while token.isOpen {
            try advance()
            try parseExpression()
            try readTemplateAgain()
        }
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try advance()
    }

    private mutating func parseArray() throws(TypeScriptProblem) {
        try advance()
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        while !at("]") {
            if try take(",") { continue }
            _ = try take("...")
            try parseAssignment()
            guard at("]") || at(",") else { throw unexpected("']'") }
        }
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try advance()
    }

    private mutating func parseObject() throws(TypeScriptProblem) {
        try advance()
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        while !at("}") {
            try parseObjectMember()
            guard try take(",") else { break }
        }
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect("}")
    }

    private mutating func parseObjectMember() throws(TypeScriptProblem) {
        if try take("...") { return try parseAssignment() }
        var kind = FunctionKind()
        while atWord("get") || atWord("set") || atWord("async") {
            let next = try following()
            let isName =
                next.kind != .sign && next.kind != .end && next.kind != .template || next.text == "["
                || next.text == "*"
            guard isName else { break }
            if atWord("async") { kind.isAsync = true }
            try advance()
        }
        if try take("*") { kind.isGenerator = true }
        let name = token
        try parsePropertyName()
        if at("(") || at("<") {
            try parseFunctionRest(kind, needsBody: true)
            return
        }
        if try take(":") { return try parseAssignment() }
        guard name.kind == .name, !Self.reserved.contains(name.text) else { throw unexpected("':'") }
        scopes.refer(name.text, at: name.start, isShorthand: true)
        if try take("=") { try parseAssignment() }
    }

    mutating func parsePropertyName() throws(TypeScriptProblem) {
        guard isPropertyName else { throw unexpected("a name") }
        guard at("[") else { return try advance() }
        try advance()
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        try parseAssignment()
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect("]")
    }

    func decorator() -> TypeScriptProblem {
        TypeScriptProblem(
            start: token.start, end: token.end, message: "decorators cannot be carried over to JavaScript",
            fix: "call the function on the class or the method itself")
    }
}
