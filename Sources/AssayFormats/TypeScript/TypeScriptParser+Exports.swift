/// Exports.
extension TypeScriptParser {

    /// - Returns: whether anything of it is left.
    mutating func parseExport(_ mark: Mark) throws(TypeScriptProblem) -> Bool {
        try advance()
        if at("@") { throw decorator() }
        if at("=") {
            edits.erase(mark.token.start, mark.token.end, with: "module.exports")
            try advance()
            try parseExpression()
            try endStatement()
            return true
        }
        if at("*") {
            try advance()
            if atWord("as") {
                try advance()
                try advance()
            }
            try expectWord("from")
            try parseModuleName()
            return true
        }
        if at("{") {
            try parseExportNames()
            return true
        }
        switch token.kind == .name ? token.text : "" {
        case "default": return try parseDefault(mark)
        case "import":
            return try parseImport(mark, isExported: true)
        case "type":
            if try isTypeModifier(), try following().kind != .name {
                try advance()
                try skipImportClause()
                eraseStatement(from: mark)
                return false
            }
            try skipAlias()
            eraseStatement(from: mark)
            return false
        case "as":
            try advance()
            try expectWord("namespace")
            _ = try expectIdentifier()
            try endStatement()
            eraseStatement(from: mark)
            return false
        default: break
        }
        if let space = context.space { return try parseExportedMember(mark, of: space) }
        guard let isValue = try parsePlainDeclaration(mark) else { throw unexpected("what is exported") }
        return isValue
    }

    private mutating func parseExportNames() throws(TypeScriptProblem) {
        try advance()
        var found: [(token: TypeScriptToken, start: Int, end: Int, isType: Bool)] = []
        while !at("}") {
            let first = token
            let start = token.start
            let (_, isType) = try parseSpecifier()
            let hasComma = try take(",")
            found.append((first, start, previousEnd, isType))
            guard hasComma else { break }
        }
        try expect("}")
        let isElsewhere = atWord("from")
        for one in found {
            if one.isType {
                edits.erase(one.start, one.end)
            } else if !isElsewhere, one.token.kind == .name {
                scopes.references.append(.init(scope: scopes.current, name: one.token.text, start: one.start))
                exportedNames.append((one.token.text, one.start, one.end, false))
            }
        }
        if isElsewhere {
            try advance()
            try parseModuleName()
        } else {
            try endStatement()
        }
    }

    /// `export default …`
    private mutating func parseDefault(_ mark: Mark) throws(TypeScriptProblem) -> Bool {
        try advance()
        if token.kind == .name {
            switch token.text {
            case "function", "class", "async", "abstract":
                if let isValue = try parsePlainDeclaration(mark) { return isValue }
            case "interface" where try following().kind == .name:
                try skipInterface()
                eraseStatement(from: mark)
                return false
            default: break
            }
        }
        let first = token
        try parseAssignment()
        let isName = first.kind == .name && first.end == previousEnd
        try endStatement()
        if isName { exportedNames.append((first.text, mark.token.start, previousEnd, true)) }
        return true
    }
}
