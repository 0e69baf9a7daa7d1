/// Functions, their parameters, and arrows.
extension TypeScriptParser {
    struct FunctionKind {
        var isAsync = false
        var isGenerator = false
        /// Parameters may be properties, and `super()` may be called.
        var isConstructor = false
        var isDerived = false
    }

    /// From `async` or `function` on.
    ///
    /// - Returns: whether it has a body: without one it says only how another is called.
    @discardableResult
    mutating func parseFunction(isStatement: Bool) throws(TypeScriptProblem) -> Bool {
        var kind = FunctionKind()
        if atWord("async") {
            kind.isAsync = true
            try advance()
        }
        try expectWord("function")
        if try take("*") { kind.isGenerator = true }
        if isStatement, isIdentifier {
            scopes.declare(token.text)
            try advance()
            return try parseFunctionRest(kind, needsBody: false)
        }
        scopes.push(.block)
        if isIdentifier {
            scopes.declare(token.text)
            try advance()
        }
        let hasBody = try parseFunctionRest(kind, needsBody: !isStatement)
        scopes.pop()
        return hasBody
    }

    /// From the type parameters to the end of the body.
    @discardableResult
    mutating func parseFunctionRest(_ kind: FunctionKind, needsBody: Bool) throws(TypeScriptProblem) -> Bool {
        let outer = context
        context = Context()
        context.isGenerator = kind.isGenerator
        context.space = outer.space
        scopes.push(.function)
        try eraseTypeParameters()
        let properties = try parseParameters()
        try eraseAnnotation(isReturn: true)
        let hasBody = at("{")
        if hasBody {
            let assignments = kind.isConstructor ? properties.map { "this.\($0)=\($0);" }.joined() : ""
            if kind.isConstructor, kind.isDerived, !assignments.isEmpty {
                context.superAssignments = assignments
            }
            try parseBody(first: kind.isDerived ? "" : assignments)
        } else if needsBody {
            throw unexpected("'{'")
        }
        scopes.pop()
        context = outer
        return hasBody
    }

    /// - Parameter first: what is done before all else.
    mutating func parseBody(first: String = "") throws(TypeScriptProblem) {
        try expect("{")
        var place = previousEnd
        // `'use strict'` stays in front.
        var isPrologue = !first.isEmpty
        while !at("}") {
            if isPrologue, token.kind == .string {
                _ = try parseStatement()
                place = previousEnd
                continue
            }
            if isPrologue { edits.insert(first, at: place) }
            isPrologue = false
            _ = try parseStatement()
        }
        if isPrologue { edits.insert(first, at: place) }
        try advance()
    }

    // MARK: parameters

    /// - Returns: names of those that are properties.
    mutating func parseParameters() throws(TypeScriptProblem) -> [String] {
        var properties: [String] = []
        try expect("(")
        let (allowsIn, isConsequent) = (context.allowsIn, context.isConsequent)
        (context.allowsIn, context.isConsequent) = (true, false)
        var isFirst = true
        while !at(")") {
            if at("@") { throw decorator() }
            if isFirst, atWord("this") {
                try eraseThisParameter()
                continue
            }
            isFirst = false
            var isProperty = false
            while try isParameterModifier() {
                isProperty = true
                try eraseToken()
            }
            if isProperty, isIdentifier { properties.append(token.text) }
            try parseParameter()
            guard try take(",") else { break }
        }
        (context.allowsIn, context.isConsequent) = (allowsIn, isConsequent)
        try expect(")")
        return properties
    }

    private mutating func parseParameter() throws(TypeScriptProblem) {
        _ = try take("...")
        try parseBinding()
        if at("?") { try eraseToken() }
        try eraseAnnotation()
        if at("=") { try parseInitializer() }
    }

    /// It says what `this` is and is no parameter.
    private mutating func eraseThisParameter() throws(TypeScriptProblem) {
        let start = token.start
        try advance()
        if try take(":") { try skipType() }
        _ = try take(",")
        edits.erase(start, previousEnd)
    }

    static let accessWords: Set<String> = ["public", "private", "protected", "readonly", "override"]

    private func isParameterModifier() throws(TypeScriptProblem) -> Bool {
        guard token.kind == .name, Self.accessWords.contains(token.text) else { return false }
        let next = try following()
        return next.kind == .name || next.kind == .sign && (next.text == "[" || next.text == "{")
    }

    /// `= value`: what is bound in it is its own.
    mutating func parseInitializer() throws(TypeScriptProblem) {
        try expect("=")
        let (exports, hoists) = (context.exports, context.hoists)
        (context.exports, context.hoists) = (nil, false)
        try parseAssignment()
        (context.exports, context.hoists) = (exports, hoists)
    }

    /// A name, or a pattern of names.
    mutating func parseBinding() throws(TypeScriptProblem) {
        try enter()
        defer { leave() }
        guard at("[") || at("{") else { return try bind(token, isShorthand: false) }
        let allowsIn = context.allowsIn
        context.allowsIn = true
        if at("[") { try parseArrayBinding() } else { try parseObjectBinding() }
        context.allowsIn = allowsIn
    }

    private mutating func parseArrayBinding() throws(TypeScriptProblem) {
        try advance()
        while !at("]") {
            if try take(",") { continue }
            try parseBindingElement()
            guard at("]") || at(",") else { throw unexpected("']'") }
        }
        try advance()
    }

    private mutating func parseObjectBinding() throws(TypeScriptProblem) {
        try advance()
        while !at("}") {
            if at("...") {
                try parseBindingElement()
            } else {
                let name = token
                try parseBindingProperty(name)
            }
            guard try take(",") else { break }
        }
        try expect("}")
    }

    private mutating func parseBindingProperty(_ name: TypeScriptToken) throws(TypeScriptProblem) {
        if isIdentifier {
            let next = try following()
            if next.kind != .sign || next.text != ":" {
                try bind(name, isShorthand: true)
                if at("=") { try parseInitializer() }
                return
            }
        }
        try parsePropertyName()
        try expect(":")
        try parseBindingElement()
    }

    private mutating func parseBindingElement() throws(TypeScriptProblem) {
        _ = try take("...")
        try parseBinding()
        if at("=") { try parseInitializer() }
    }

    private mutating func bind(_ name: TypeScriptToken, isShorthand: Bool) throws(TypeScriptProblem) {
        guard isIdentifier else { throw unexpected("a name") }
        if let space = context.exports {
            scopes.declare(name.text, .member(space))
            scopes.spaces[space].exports.append(name.text)
            scopes.refer(name.text, at: name.start, isShorthand: isShorthand)
        } else {
            scopes.declare(name.text, isHoisted: context.hoists)
        }
        try advance()
    }
}
