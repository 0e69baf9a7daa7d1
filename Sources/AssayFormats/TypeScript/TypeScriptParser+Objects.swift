/// Enumerations and namespaces: types that are values as well, and become functions that fill an object.
extension TypeScriptParser {
    /// Declares the object and its block.
    ///
    /// - Parameter isExported: it is a member of the namespace around it, or of the module.
    /// - Returns: its number, and what stands before and behind the block.
    private mutating func openSpace(_ name: String, isExported: Bool) -> (
        number: Int, head: String, tail: String
    ) {
        let object = name + suffix
        let isKnown = scopes.isDeclaredHere(name)
        let isBlock = scopes.kinds[scopes.current] == .block
        var head = ";"
        var tail = "})(\(name)||(\(name)={}));"
        if let outer = isExported ? context.space : nil {
            let path = "\(scopes.spaces[outer].object).\(name)"
            if !isKnown { head = "let \(name);" }
            tail = "})(\(name)=\(path)||(\(path)={}));"
            scopes.spaces[outer].exports.append(name)
        } else if !isKnown {
            head = (isExported ? "export " : "") + (isBlock ? "let" : "var") + " \(name);"
        }
        scopes.declare(name)
        scopes.spaces.append(.init(name: name, outer: scopes.current, inner: 0, object: object))
        scopes.push(.function)
        let number = scopes.spaces.count - 1
        scopes.spaces[number].inner = scopes.current
        return (number, head + "(\(object)=>{", tail)
    }

    // MARK: enumerations

    /// From `enum` on.
    ///
    /// - Parameter mark: where the statement begins.
    mutating func parseEnum(_ mark: Mark) throws(TypeScriptProblem) {
        try expectWord("enum")
        let name = try expectIdentifier()
        guard at("{") else { throw unexpected("'{'") }
        let space = openSpace(name, isExported: mark.token.text == "export")
        edits.erase(mark.token.start, token.end, with: space.head)
        try advance()
        let outer = context
        context = Context()
        var next: Double? = 0
        while !at("}") {
            try parseEnumMember(of: space.number, name, &next)
            let comma = token
            guard at(",") || at(";") else { break }
            try advance()
            edits.erase(comma.start, comma.end, with: ";")
        }
        context = outer
        guard at("}") else { throw unexpected("','") }
        edits.erase(token.start, token.end, with: space.tail)
        scopes.pop()
        try advance()
    }

    private mutating func parseEnumMember(of space: Int, _ name: String, _ next: inout Double?)
        throws(TypeScriptProblem)
    {
        let member = token
        guard token.kind == .name || token.kind == .string else { throw unexpected("a member's name") }
        let plain =
            token.kind == .name ? token.text : EnumConstant.string(in: source[token.start..<token.end]) ?? ""
        let key = token.kind == .name ? "\"\(token.text)\"" : text(token)
        try advance()
        let object = scopes.spaces[space].object
        scopes.declare(plain, .member(space))
        scopes.spaces[space].exports.append(plain)
        var value: EnumConstant?
        if at("=") {
            edits.erase(token.start, token.end)
            try advance()
            let start = token.start
            try parseAssignment()
            value = EnumConstant.evaluate(source, start, previousEnd, constants, of: name)
            let isText: Bool = if case .text = value { true } else { false }
            edits.erase(
                member.start, member.end, with: isText ? "\(object)[\(key)]=" : "\(object)[\(object)[\(key)]="
            )
            if !isText { edits.insert("]=\(key)", at: previousEnd) }
        } else {
            value = next.map { .number($0) }
            let shown = next.map(EnumConstant.shown) ?? "void 0"
            edits.erase(member.start, member.end, with: "\(object)[\(object)[\(key)]=\(shown)]=\(key)")
        }
        constants[name, default: [:]][plain] = value
        if case .number(let number) = value { next = number + 1 } else { next = nil }
    }

    // MARK: namespaces

    /// From `namespace` on. One that has only types goes.
    mutating func parseNamespace(_ mark: Mark) throws(TypeScriptProblem) -> Bool {
        try advance()
        return try parseNamespaceRest(mark, from: mark.token.start, isExported: mark.token.text == "export")
    }

    private mutating func parseNamespaceRest(_ mark: Mark, from start: Int, isExported: Bool)
        throws(TypeScriptProblem) -> Bool
    {
        try enter()
        defer { leave() }
        let name = try expectIdentifier()
        let isPath = at(".")
        guard isPath || at("{") else { throw unexpected("'{'") }
        let space = openSpace(name, isExported: isExported)
        edits.erase(start, token.end, with: space.head)
        let outer = context
        context = Context()
        context.space = space.number
        try advance()
        var isValue = false
        let end: Int
        if isPath {
            isValue = try parseNamespaceRest(mark, from: token.start, isExported: true)
            end = previousEnd
            edits.insert(space.tail, at: end)
        } else {
            while !at("}") {
                let isOne = try parseStatement()
                isValue = isValue || isOne
            }
            edits.erase(token.start, token.end, with: space.tail)
            try advance()
        }
        context = outer
        scopes.pop()
        if !isValue {
            if scopes.current == 0 { declaredNames.insert(name) }
            eraseStatement(from: mark)
        }
        return isValue
    }

    /// What a namespace exports becomes a member of its object.
    mutating func parseExportedMember(_ mark: Mark, of space: Int) throws(TypeScriptProblem) -> Bool {
        let object = scopes.spaces[space].object
        let edit = edits.count
        edits.erase(mark.token.start, mark.token.end, with: ";")
        if atWord("function") || atWord("async") || atWord("class") || atWord("abstract") {
            let name = try declaredName()
            guard try parsePlainDeclaration(mark) == true else { return false }
            edits.insert("\(object).\(name)=\(name);", at: previousEnd)
            scopes.spaces[space].exports.append(name)
            return true
        }
        if try isVariableDeclaration() {
            edits.erase(token.start, token.end)
            try parseExportedVariables(space)
            return true
        }
        // What is written anew from its start, or goes.
        edits.truncate(to: edit)
        guard let isValue = try parsePlainDeclaration(mark) else { throw unexpected("what is exported") }
        return isValue
    }

    private func declaredName() throws(TypeScriptProblem) -> String {
        var ahead = lexer
        var next = token
        let words: Set<String> = ["function", "async", "class", "abstract"]
        for _ in 0..<4 where next.kind != .name || words.contains(next.text) { next = try ahead.next() }
        guard next.kind == .name else { throw unexpected("a name") }
        return next.text
    }

    private mutating func parseExportedVariables(_ space: Int) throws(TypeScriptProblem) {
        try advance()
        repeat {
            let isPattern = at("[") || at("{")
            if isPattern { edits.insert("(", at: token.start) }
            context.exports = space
            try parseBinding()
            context.exports = nil
            if at("!"), !token.isFirstOnLine { try eraseToken() }
            try eraseAnnotation()
            if at("=") { try parseInitializer() }
            if isPattern { edits.insert(")", at: previousEnd) }
        } while try take(",")
        try endStatement()
    }
}
