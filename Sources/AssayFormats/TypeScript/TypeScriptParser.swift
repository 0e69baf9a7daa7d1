/// Reads a module once from its start to its end and takes down what has to be overwritten.
///
/// There is no tree: what is read is behind. Where only what follows can tell (whether brackets are parameters, whether `<`
/// begins types) it is tried, and places that were no arrow functions are remembered, so that nothing is tried twice.
struct TypeScriptParser {
    var lexer: TypeScriptLexer
    var token: TypeScriptToken
    /// Behind the token before.
    var previousEnd = 0
    var edits = SourceEdits()
    var scopes = TypeScriptScopes()
    var context = Context()
    /// Brackets that are no parameters of an arrow function, by their place.
    var notArrows: Set<Int> = []
    /// Likewise `<` that begin no types.
    var notTypes: Set<Int> = []
    /// Of the module, as the next.
    var typeNames: Set<String> = []
    /// Of what is said to be elsewhere, and of namespaces of types.
    var declaredNames: Set<String> = []
    /// Exports of names that may be types, as a statement or a part of one.
    var exportedNames: [(name: String, start: Int, end: Int, isStatement: Bool)] = []
    /// Values of enumerations by their names.
    var constants: [String: [String: EnumConstant]] = [:]
    /// Behind the names of objects inside of their blocks: as many as the text has nowhere.
    let suffix: String
    private var depth = 0

    /// What surrounds a place.
    struct Context {
        var isGenerator = false
        /// `in` is an operator: it is none in the head of `for`.
        var allowsIn = true
        /// Between `?` and `:`, where `(a): b => c` may be two things.
        var isConsequent = false
        /// What `super()` of a constructor has to do afterwards.
        var superAssignments: String?
        /// The edits around the last `super()`, and its extent.
        var superCall: (open: Int, close: Int, start: Int, end: Int)?
        /// The block of a namespace, by its number.
        var space: Int?
        /// Bound names are members of this one.
        var exports: Int?
        /// Bound names are the function's: `var`.
        var hoists = false
    }

    struct Mark {
        var place: Int
        var token: TypeScriptToken
        var previousEnd: Int
        var edits: Int
        var exportedNames: Int
        var scopes: TypeScriptScopes.Mark
        var context: Context
        var depth: Int
    }

    var source: [UInt8] { lexer.source }

    init(_ source: [UInt8]) throws(TypeScriptError) {
        var lexer = TypeScriptLexer(source)
        do throws(TypeScriptProblem) {
            token = try lexer.next()
        } catch {
            throw TypeScriptError(error, in: source)
        }
        self.lexer = lexer
        var longest = 0
        var run = 0
        for byte in source {
            run = byte == UInt8(ascii: "$") ? run + 1 : 0
            longest = max(longest, run)
        }
        suffix = String(repeating: "$", count: longest + 1)
    }

    mutating func parseModule() throws(TypeScriptError) {
        do throws(TypeScriptProblem) {
            while token.kind != .end { _ = try parseStatement() }
        } catch {
            throw TypeScriptError(error, in: source)
        }
        finish()
    }

    /// What only the whole module tells.
    private mutating func finish() {
        let (used, members) = scopes.resolved()
        for (reference, object) in members {
            let text = (reference.isShorthand ? "\(reference.name):" : "") + "\(object)."
            edits.insert(text, at: reference.start)
        }
        var remaining: [Int: Int] = [:]
        for (number, one) in scopes.imports.enumerated() {
            remaining[one.statement, default: 0] += used.contains(number) && !one.isType ? 1 : 0
        }
        for (number, one) in scopes.imports.enumerated() where remaining[one.statement] != 0 {
            if one.isType || !used.contains(number) { edits.erase(one.start, one.end) }
        }
        edits.eraseWhole(
            remaining.filter { $0.value == 0 }.keys.sorted().map {
                (scopes.statements[$0].start, scopes.statements[$0].end)
            })
        for one in exportedNames where !scopes.isValue(one.name) {
            let isType = typeNames.contains(one.name) || !one.isStatement && declaredNames.contains(one.name)
            guard isType else { continue }
            edits.erase(one.start, one.end, with: one.isStatement ? ";" : "")
        }
    }

    // MARK: tokens

    mutating func advance() throws(TypeScriptProblem) {
        previousEnd = token.end
        token = try lexer.next()
    }

    func at(_ sign: String) -> Bool { token.kind == .sign && token.text == sign }
    func atWord(_ word: String) -> Bool { token.kind == .name && token.text == word }

    /// A name that is no word of the language.
    var isIdentifier: Bool { token.kind == .name && !Self.reserved.contains(token.text) }

    /// A name as properties have it.
    var isPropertyName: Bool {
        switch token.kind {
        case .name, .privateName, .string, .number: true
        default: at("[")
        }
    }

    static let reserved: Set<String> = [
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else",
        "enum",
        "export", "extends", "false", "finally", "for", "function", "if", "import", "in", "instanceof", "new",
        "null",
        "return", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with",
    ]

    mutating func expect(_ sign: String) throws(TypeScriptProblem) {
        guard at(sign) else { throw unexpected("'\(sign)'") }
        try advance()
    }

    mutating func expectWord(_ word: String) throws(TypeScriptProblem) {
        guard atWord(word) else { throw unexpected("'\(word)'") }
        try advance()
    }

    mutating func take(_ sign: String) throws(TypeScriptProblem) -> Bool {
        guard at(sign) else { return false }
        try advance()
        return true
    }

    mutating func expectIdentifier() throws(TypeScriptProblem) -> String {
        guard isIdentifier else { throw unexpected("a name") }
        let name = token.text
        try advance()
        return name
    }

    mutating func expectString() throws(TypeScriptProblem) {
        guard token.kind == .string else { throw unexpected("a text in quotes") }
        try advance()
    }

    func text(_ token: TypeScriptToken) -> String {
        String(decoding: source[token.start..<token.end], as: UTF8.self)
    }

    func unexpected(_ expected: String) -> TypeScriptProblem {
        let found = token.kind == .end ? "the end of the file" : "'\(text(token).prefix(40))'"
        return TypeScriptProblem(
            start: token.start, end: token.end, message: "expected \(expected), found \(found)")
    }

    /// The end of a statement: a semicolon, or where one may be left out.
    mutating func endStatement() throws(TypeScriptProblem) {
        if try take(";") { return }
        guard at("}") || token.kind == .end || token.isFirstOnLine else { throw unexpected("';'") }
        edits.closeStatement(endingAt: previousEnd)
    }

    // MARK: trying

    var mark: Mark {
        Mark(
            place: lexer.place, token: token, previousEnd: previousEnd, edits: edits.count,
            exportedNames: exportedNames.count, scopes: scopes.mark, context: context, depth: depth)
    }

    mutating func restore(_ mark: Mark) {
        lexer.place = mark.place
        token = mark.token
        previousEnd = mark.previousEnd
        edits.truncate(to: mark.edits)
        exportedNames.removeLast(exportedNames.count - mark.exportedNames)
        scopes.restore(mark.scopes)
        context = mark.context
        depth = mark.depth
    }

    /// The token behind this one.
    func following() throws(TypeScriptProblem) -> TypeScriptToken {
        var lexer = lexer
        return try lexer.next()
    }

    /// One level further in.
    mutating func enter() throws(TypeScriptProblem) {
        depth += 1
        guard depth <= TypeScript.deepest else {
            throw TypeScriptProblem(
                start: token.start, end: token.end,
                message: "this is nested deeper than \(TypeScript.deepest) levels")
        }
    }

    mutating func leave() { depth -= 1 }

    // MARK: erasing

    /// Takes back what a statement did and overwrites it.
    mutating func eraseStatement(from mark: Mark) {
        edits.truncate(to: mark.edits)
        exportedNames.removeLast(exportedNames.count - mark.exportedNames)
        scopes.restore(mark.scopes)
        edits.erase(mark.token.start, previousEnd, with: ";")
    }

    /// `: Type`, if there is one.
    mutating func eraseAnnotation(isReturn: Bool = false) throws(TypeScriptProblem) {
        guard at(":") else { return }
        let start = token.start
        try advance()
        try skipType(isReturn: isReturn)
        edits.erase(start, previousEnd)
    }

    mutating func eraseToken() throws(TypeScriptProblem) {
        edits.erase(token.start, token.end)
        try advance()
    }

    /// `<T>` of declarations, if there is one.
    mutating func eraseTypeParameters() throws(TypeScriptProblem) {
        guard at("<") else { return }
        let start = token.start
        try skipTypeParameters()
        edits.erase(start, previousEnd)
    }
}
