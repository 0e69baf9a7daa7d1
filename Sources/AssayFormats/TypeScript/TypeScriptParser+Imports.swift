/// Imports.
extension TypeScriptParser {

    /// - Returns: whether anything of it is left.
    mutating func parseImport(_ mark: Mark, isExported: Bool = false) throws(TypeScriptProblem) -> Bool {
        let word = token
        try advance()
        if token.kind == .string {
            try parseModuleName()
            return true
        }
        if atWord("type"), try isTypeModifier() {
            try advance()
            try skipImportClause()
            eraseStatement(from: mark)
            return false
        }
        if isIdentifier, try following().text == "=" {
            return try parseAlias(mark, word, isExported: isExported)
        }
        let statement = scopes.statements.count
        scopes.statements.append(.init(start: mark.token.start, end: mark.token.start))
        var count = 0
        if isIdentifier {
            let name = token
            try advance()
            if at(",") { try advance() }
            take(import: name.text, of: statement, name.start, at("{") || at("*") ? token.start : previousEnd)
            count += 1
        }
        if at("*") {
            let start = token.start
            try advance()
            try expectWord("as")
            let name = try expectIdentifier()
            take(import: name, of: statement, start, previousEnd)
            count += 1
        } else if at("{") {
            count += try parseImportNames(statement)
        } else if count == 0 {
            throw unexpected("what is imported")
        }
        try expectWord("from")
        let hadNames = count > 0
        try parseModuleName()
        scopes.statements[statement].end = previousEnd
        if !hadNames { return true }
        closeNamespaceImport(statement)
        return true
    }

    private mutating func take(
        import name: String, of statement: Int, _ start: Int, _ end: Int, isType: Bool = false
    ) {
        if !isType { scopes.declare(name, .imported(scopes.imports.count)) }
        scopes.imports.append(.init(name: name, statement: statement, start: start, end: end, isType: isType))
    }

    /// `default, * as names`: the comma goes with the one that goes.
    private mutating func closeNamespaceImport(_ statement: Int) {
        let ours = scopes.imports.indices.filter { scopes.imports[$0].statement == statement }
        guard ours.count == 2, source[scopes.imports[ours[1]].start] == UInt8(ascii: "*") else { return }
        let first = scopes.imports[ours[0]]
        scopes.imports[ours[1]].start = first.start + first.name.utf8.count
    }

    private mutating func parseImportNames(_ statement: Int) throws(TypeScriptProblem) -> Int {
        try advance()
        var count = 0
        while !at("}") {
            let start = token.start
            let (name, isType) = try parseSpecifier()
            let hasComma = try take(",")
            take(import: name, of: statement, start, previousEnd, isType: isType)
            count += 1
            guard hasComma else { break }
        }
        try expect("}")
        return count
    }

    /// `a`, `a as b`, `type a`, `type a as b`
    ///
    /// - Returns: what it is called here.
    mutating func parseSpecifier() throws(TypeScriptProblem) -> (name: String, isType: Bool) {
        var words: [TypeScriptToken] = []
        while token.kind == .name || token.kind == .string, words.count < 4 {
            words.append(token)
            try advance()
        }
        func isAs(_ index: Int) -> Bool { words[index].kind == .name && words[index].text == "as" }
        let startsType = words.first?.text == "type" && words.first?.kind == .name
        switch words.count {
        case 1: return (words[0].text, false)
        case 2 where startsType: return (words[1].text, true)
        // `type as as`: `type` is the name.
        case 3 where isAs(1): return (words[2].text, false)
        case 4 where startsType && isAs(2): return (words[3].text, true)
        default: throw unexpected("a name")
        }
    }

    /// Whether `type` says what the import or export is of, and is no name.
    func isTypeModifier() throws(TypeScriptProblem) -> Bool {
        var ahead = lexer
        let next = try ahead.next()
        if next.kind == .sign { return next.text == "{" || next.text == "*" }
        guard next.kind == .name else { return false }
        if next.text != "from" { return true }
        // `import type from from 'name'`
        let last = try ahead.next()
        return last.kind == .name && last.text == "from" || last.text == "="
    }

    /// What is of types alone, to the end of the statement.
    mutating func skipImportClause() throws(TypeScriptProblem) {
        if isIdentifier {
            try advance()
            if try take("=") { return try skipAliasTarget() }
            _ = try take(",")
        }
        if try take("*") {
            if atWord("as") {
                try advance()
                try advance()
            }
        } else if at("{") {
            try skipNames()
        }
        if atWord("from") {
            try advance()
            return try parseModuleName()
        }
        try endStatement()
    }

    private mutating func skipNames() throws(TypeScriptProblem) {
        try expect("{")
        while !at("}") {
            _ = try parseSpecifier()
            guard try take(",") else { break }
        }
        try expect("}")
    }

    /// `'name' with { … }`
    mutating func parseModuleName() throws(TypeScriptProblem) {
        try expectString()
        if atWord("with") || atWord("assert") && !token.isFirstOnLine {
            try advance()
            try expect("{")
            while !at("}") {
                try parsePropertyName()
                try expect(":")
                try expectString()
                guard try take(",") else { break }
            }
            try expect("}")
        }
        try endStatement()
    }

    /// `require('name')`, `A.B.C`
    private mutating func skipAliasTarget() throws(TypeScriptProblem) {
        if atWord("require"), try following().text == "(" {
            try advance()
            try advance()
            try expectString()
            try expect(")")
        } else {
            _ = try expectIdentifier()
            while try take(".") {
                guard token.kind == .name else { throw unexpected("a name") }
                try advance()
            }
        }
        try endStatement()
    }

    /// `import a = require('name')`, `import a = B.C`: constants, which go when nobody uses them.
    private mutating func parseAlias(_ mark: Mark, _ word: TypeScriptToken, isExported: Bool)
        throws(TypeScriptProblem) -> Bool
    {
        let statement = scopes.statements.count
        scopes.statements.append(.init(start: mark.token.start, end: mark.token.start))
        let number = scopes.imports.count
        let name = token
        if isExported, let space = context.space {
            edits.erase(mark.token.start, name.start, with: ";")
            scopes.declare(name.text, .member(space))
            scopes.spaces[space].exports.append(name.text)
            scopes.refer(name.text, at: name.start)
            scopes.statements.removeLast()
        } else {
            edits.erase(word.start, word.end, with: "const")
            // An export is a use, and what is required may do something when it is read.
            let isKept = try isRequired()
            if isExported || isKept {
                scopes.declare(name.text)
                scopes.statements.removeLast()
            } else {
                take(import: name.text, of: statement, name.start, name.end)
            }
        }
        try advance()
        try expect("=")
        if isIdentifier, !atWord("require") {
            scopes.refer(token.text, at: token.start, alias: isExported ? nil : number)
        }
        try skipAliasTarget()
        if scopes.statements.count > statement { scopes.statements[statement].end = previousEnd }
        return isExported
    }

    /// `name = require(`
    private func isRequired() throws(TypeScriptProblem) -> Bool {
        var ahead = lexer
        _ = try ahead.next()
        let word = try ahead.next()
        let bracket = try ahead.next()
        return word.kind == .name && word.text == "require" && bracket.text == "("
    }
}
