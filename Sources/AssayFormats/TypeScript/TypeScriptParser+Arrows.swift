/// Arrow functions, which only what follows tells from expressions in brackets.
extension TypeScriptParser {

    /// `x => …`, `async x => …`, `async (x) => …`
    mutating func parseNamedArrow() throws(TypeScriptProblem) -> Bool {
        guard isIdentifier else { return false }
        let isAsync = atWord("async")
        guard isAsync || mayBeArrow else { return false }
        let mark = mark
        let first = token
        try advance()
        if at("=>"), !token.isFirstOnLine {
            scopes.push(.function)
            scopes.declare(first.text)
            try advance()
            try parseArrowBody()
            scopes.pop()
            return true
        }
        if isAsync, !token.isFirstOnLine {
            if isIdentifier, mayBeArrow {
                scopes.push(.function)
                scopes.declare(token.text)
                try advance()
                if at("=>"), !token.isFirstOnLine {
                    try advance()
                    try parseArrowBody()
                    scopes.pop()
                    return true
                }
            } else if at("(") || at("<") || at("<<"), try parseArrow() {
                return true
            }
        }
        restore(mark)
        return false
    }

    /// Whether what follows the name begins as `=>` does, or is a comment.
    private var mayBeArrow: Bool {
        var place = token.end
        while place < source.count, source[place] == 32 || source[place] == 9 { place += 1 }
        return place < source.count
            && (source[place] == UInt8(ascii: "=") || source[place] == UInt8(ascii: "/"))
    }

    private mutating func parseArrowBody() throws(TypeScriptProblem) {
        guard at("{") else { return try parseAssignment() }
        let outer = context
        context = Context()
        context.superAssignments = outer.superAssignments
        context.space = outer.space
        try parseBody()
        context = outer
    }

    /// `(a, b): T => …`, `<T>(a) => …`
    ///
    /// - Returns: whether it is one; what stands here is not read otherwise.
    mutating func parseArrow() throws(TypeScriptProblem) -> Bool {
        let place = token.start
        guard !notArrows.contains(place) else { return false }
        let mark = mark
        do throws(TypeScriptProblem) {
            scopes.push(.function)
            let isTyped = try parseArrowHead()
            if isTyped, mark.context.isConsequent {
                // `a ? (b) : c => d`: only another colon makes the first one a type's.
                try parseArrowBody()
                guard at(":") else { throw unexpected("':'") }
                scopes.pop()
                context.isGenerator = mark.context.isGenerator
                return true
            }
        } catch {
            restore(mark)
            notArrows.insert(place)
            return false
        }
        try parseArrowBody()
        scopes.pop()
        context.isGenerator = mark.context.isGenerator
        return true
    }

    /// - Returns: whether it says what it returns.
    private mutating func parseArrowHead() throws(TypeScriptProblem) -> Bool {
        if at("<") || at("<<") {
            let start = token.start
            try skipTypeParameters()
            guard at("(") else { throw unexpected("'('") }
            if ScriptCharacters.hasLineBreak(source, start, token.start) {
                // A line must not end before the bracket.
                edits.erase(start, token.end, with: "(")
            } else {
                edits.erase(start, previousEnd)
            }
        }
        context.isGenerator = false
        _ = try parseParameters()
        let bracket = previousEnd - 1
        let isTyped = at(":")
        if isTyped {
            let start = token.start
            try advance()
            try skipType(isReturn: true)
            if ScriptCharacters.hasLineBreak(source, bracket, previousEnd) {
                // Nor before the arrow.
                let last = lastScalar(before: previousEnd)
                edits.erase(bracket, last)
                edits.erase(last, previousEnd, with: ")")
            } else {
                edits.erase(start, previousEnd)
            }
        }
        guard at("=>"), !token.isFirstOnLine else { throw unexpected("'=>'") }
        try advance()
        return isTyped
    }

    private func lastScalar(before end: Int) -> Int {
        var place = end - 1
        while place > 0, source[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }
}
