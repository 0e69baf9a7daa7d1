// Long: statements and expressions are one recursive reader over private state.
/// Reads statements of JavaScript as tests are written in; whatever it does not know becomes `other` and is passed over.
struct ScriptParser {
    private let tokens: [ScriptToken]
    private var place = 0
    private var depth = 0
    private static let deepest = 60

    /// - Parameter line: of the text's first line, from 0.
    static func statements(of text: String, line: Int = 0) -> [ScriptStatement] {
        var parser = ScriptParser(tokens: ScriptLexer.tokens(of: text, line: line))
        return parser.statements(until: nil)
    }

    /// One expression, with nothing behind it but a `;`; `nil` for anything else.
    static func expression(of text: String) -> ScriptExpression? {
        var parser = ScriptParser(tokens: ScriptLexer.tokens(of: text))
        let expression = parser.expression()
        parser.skip(";")
        return parser.current.kind == .end ? expression : nil
    }

    private init(tokens: [ScriptToken]) { self.tokens = tokens }

    private var current: ScriptToken { tokens[min(place, tokens.count - 1)] }

    private func isSign(_ sign: String, _ ahead: Int = 0) -> Bool {
        tokens[min(place + ahead, tokens.count - 1)].kind == .sign(sign)
    }

    private var word: String? { if case .word(let word) = current.kind { word } else { nil } }

    @discardableResult
    private mutating func skip(_ sign: String) -> Bool {
        guard isSign(sign) else { return false }
        place += 1
        return true
    }

    // MARK: statements

    private mutating func statements(until close: String?) -> [ScriptStatement] {
        var statements: [ScriptStatement] = []
        while current.kind != .end {
            if let close, isSign(close) { break }
            let before = place
            statements += statement()
            // Nothing can stand still.
            if place == before { place += 1 }
        }
        return statements
    }

    private mutating func block() -> [ScriptStatement] {
        guard skip("{") else { return statement() }
        let inner = statements(until: "}")
        skip("}")
        return inner
    }

    private mutating func statement() -> [ScriptStatement] {
        depth += 1
        defer { depth -= 1 }
        let line = current.line
        func made(_ kind: ScriptStatement.Kind) -> [ScriptStatement] {
            [ScriptStatement(line: line, kind: kind)]
        }
        guard depth < Self.deepest else {
            skipStatement()
            return made(.other)
        }
        if skip(";") { return [] }
        if isSign("{") { return block() }
        switch word {
        case "const", "let", "var": return declarations(line)
        case "return":
            place += 1
            if isSign(";") || isSign("}") || current.isFirstOnLine { return made(.returned(.undefined)) }
            let value = expression()
            endStatement()
            return made(.returned(value))
        case "if":
            place += 1
            guard skip("(") else { break }
            let condition = expression()
            guard skip(")") else { break }
            let then = block()
            skip(";")
            var otherwise: [ScriptStatement] = []
            if word == "else" {
                place += 1
                otherwise = block()
            }
            return made(.condition(condition, then, otherwise))
        case "function":
            if case .word(let name) = tokens[min(place + 1, tokens.count - 1)].kind {
                let value = function()
                return made(.declaration(name, value))
            }
        case "for", "while", "do", "switch", "try", "class", "import", "export", "throw", "async":
            if word == "async" { break }
            skipStatement()
            return made(.other)
        default: break
        }
        let value = expression()
        if !isEnd {
            skipStatement()
            return made(.other)
        }
        endStatement()
        return made(.expression(value))
    }

    private var isEnd: Bool {
        current.kind == .end || isSign(";") || isSign("}") || isSign(",") || current.isFirstOnLine
    }

    private mutating func endStatement() { skip(";") }

    /// To the end of a statement that is not read, with the blocks in it.
    private mutating func skipStatement() {
        var depth = 0
        while current.kind != .end {
            if case .sign(let sign) = current.kind {
                if ["{", "(", "["].contains(sign) { depth += 1 }
                if ["}", ")", "]"].contains(sign) {
                    if depth == 0 { return }
                    depth -= 1
                    if depth == 0, sign == "}" {
                        place += 1
                        if ["else", "catch", "finally", "while"].contains(word ?? "") { continue }
                        return
                    }
                }
                if sign == ";", depth == 0 {
                    place += 1
                    return
                }
            }
            place += 1
        }
    }

    private mutating func declarations(_ line: Int) -> [ScriptStatement] {
        place += 1
        var result: [ScriptStatement] = []
        repeat {
            if isSign("{") {
                place += 1
                var names: [String] = []
                while let name = word {
                    names.append(name)
                    place += 1
                    if !skip(",") { break }
                }
                guard skip("}"), skip("=") else {
                    skipStatement()
                    return [ScriptStatement(line: line, kind: .other)]
                }
                result.append(ScriptStatement(line: line, kind: .members(names, expression())))
                continue
            }
            guard let name = word else {
                skipStatement()
                return [ScriptStatement(line: line, kind: .other)]
            }
            place += 1
            let value = skip("=") ? expression() : .undefined
            result.append(ScriptStatement(line: line, kind: .declaration(name, value)))
        } while skip(",")
        endStatement()
        return result
    }

    // MARK: expressions

    private static let strengths: [String: Int] = [
        "??": 1, "||": 1, "&&": 2, "|": 3, "^": 3, "&": 3, "==": 4, "!=": 4, "===": 4, "!==": 4, "<": 5,
        ">": 5, "<=": 5,
        ">=": 5, "in": 5, "instanceof": 5, "<<": 6, ">>": 6, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "**": 9,
    ]
    private static let assignments: Set<String> = ["=", "+=", "-=", "*=", "/=", "||=", "&&=", "??="]

    mutating func expression() -> ScriptExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { return .other }
        let left = binary(1)
        if case .sign(let sign) = current.kind, Self.assignments.contains(sign) {
            place += 1
            return .assignment(sign, left, expression())
        }
        guard isSign("?") else { return left }
        place += 1
        let then = expression()
        guard skip(":") else { return .other }
        return .choice(left, then, expression())
    }

    private mutating func binary(_ least: Int) -> ScriptExpression {
        var left = unary()
        while true {
            let sign: String
            switch current.kind {
            case .sign(let found): sign = found
            case .word(let found) where found == "in" || found == "instanceof": sign = found
            default: return left
            }
            guard let strength = Self.strengths[sign], strength >= least else { return left }
            place += 1
            left = .binary(sign, left, binary(strength + 1))
        }
    }

    private mutating func unary() -> ScriptExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { return .other }
        for sign in ["!", "-", "+", "~", "++", "--"] where skip(sign) { return .unary(sign, unary()) }
        if let word, ["typeof", "void", "delete", "await"].contains(word) {
            place += 1
            let operand = unary()
            return word == "await" ? operand : .unary(word, operand)
        }
        var value = postfix(primary())
        if isSign("++") || isSign("--"), !current.isFirstOnLine {
            place += 1
            value = .other
        }
        return value
    }

    private mutating func postfix(_ base: ScriptExpression) -> ScriptExpression {
        var value = base
        while true {
            if isSign("?.") || isSign(".") {
                let isOptional = isSign("?.")
                place += 1
                if isOptional, isSign("(") || isSign("[") { continue }
                guard let name = word else { return .other }
                place += 1
                value = .member(value, name)
            } else if isSign("[") {
                place += 1
                let index = expression()
                guard skip("]") else { return .other }
                value = .index(value, index)
            } else if isSign("(") {
                value = .call(value, arguments())
            } else {
                return value
            }
        }
    }

    private mutating func arguments() -> [ScriptExpression] {
        place += 1
        return elements(until: ")")
    }

    private mutating func elements(until close: String) -> [ScriptExpression] {
        var result: [ScriptExpression] = []
        while current.kind != .end, !isSign(close) {
            let before = place
            if skip("...") {
                _ = expression()
                result.append(.other)
            } else {
                result.append(expression())
            }
            if !skip(","), !isSign(close) {
                // Something that is not read stands in it: to its end.
                skipTo(close)
                result.append(.other)
                break
            }
            if place == before { place += 1 }
        }
        skip(close)
        return result
    }

    private mutating func skipTo(_ close: String) {
        var depth = 0
        while current.kind != .end {
            if case .sign(let sign) = current.kind {
                if depth == 0, sign == close { return }
                if ["{", "(", "["].contains(sign) { depth += 1 }
                if ["}", ")", "]"].contains(sign) {
                    if depth == 0 { return }
                    depth -= 1
                }
            }
            place += 1
        }
    }

    private mutating func primary() -> ScriptExpression {
        let token = current
        switch token.kind {
        case .text(let text):
            place += 1
            return .text(text)
        case .number(let number):
            place += 1
            return .number(number)
        case .pattern(let source, let flags):
            place += 1
            return .pattern(source, flags: flags)
        case .template(let texts, let values):
            place += 1
            return template(texts, values)
        case .word(let word): return named(word)
        case .sign("("):
            if let arrow = arrow() { return arrow }
            place += 1
            let inner = expression()
            guard skip(")") else { return .other }
            return inner
        case .sign("["):
            place += 1
            return .array(elements(until: "]"))
        case .sign("{"): return object()
        default: return .other
        }
    }

    private mutating func named(_ word: String) -> ScriptExpression {
        switch word {
        case "true", "false":
            place += 1
            return .bool(word == "true")
        case "null":
            place += 1
            return .null
        case "undefined":
            place += 1
            return .undefined
        case "function": return function()
        case "async":
            if case .word("function") = tokens[min(place + 1, tokens.count - 1)].kind {
                place += 1
                return function()
            }
            if isSign("(", 1) {
                place += 1
                return primary()
            }
        case "new":
            place += 1
            var maker = primary()
            while skip(".") {
                guard let name = self.word else { return .other }
                place += 1
                maker = .member(maker, name)
            }
            return .made(maker, isSign("(") ? arguments() : [])
        default: break
        }
        if isSign("=>", 1) {
            place += 2
            return .function([word], body())
        }
        place += 1
        return .name(word)
    }

    /// `(a, b) => …`, when that is what the bracket begins.
    private mutating func arrow() -> ScriptExpression? {
        var end = place + 1
        var names: [String] = []
        while end < tokens.count {
            switch tokens[end].kind {
            case .word(let name): names.append(name)
            case .sign(","): break
            case .sign(")"):
                guard end + 1 < tokens.count, tokens[end + 1].kind == .sign("=>") else { return nil }
                place = end + 2
                return .function(names, body())
            default: return nil
            }
            end += 1
        }
        return nil
    }

    private mutating func body() -> [ScriptStatement] {
        if isSign("{") { return block() }
        let line = current.line
        return [ScriptStatement(line: line, kind: .returned(expression()))]
    }

    private mutating func function() -> ScriptExpression {
        place += 1
        skip("*")
        if word != nil { place += 1 }
        guard skip("(") else { return .other }
        var names: [String] = []
        while current.kind != .end, !isSign(")") {
            if let name = word { names.append(name) }
            place += 1
        }
        skip(")")
        guard isSign("{") else { return .other }
        return .function(names, block())
    }

    private mutating func object() -> ScriptExpression {
        place += 1
        var members: [ScriptExpression.Member] = []
        while current.kind != .end, !isSign("}") {
            let key: String
            switch current.kind {
            case .word(let word): key = word
            case .text(let text): key = text
            case .number(let number):
                key = number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
            default:
                skipTo("}")
                skip("}")
                return .other
            }
            place += 1
            if skip(":") {
                members.append(.init(key: key, value: expression()))
            } else if isSign("(") {
                // `name(a) { … }`: the name stands where `function` would.
                place -= 1
                members.append(.init(key: key, value: function()))
            } else {
                members.append(.init(key: key, value: .name(key)))
            }
            if !skip(","), !isSign("}") {
                skipTo("}")
                skip("}")
                return .other
            }
        }
        skip("}")
        return .object(members)
    }

    private func template(_ texts: [String], _ values: [String]) -> ScriptExpression {
        guard depth < Self.deepest / 2 else { return .other }
        var parts: [ScriptExpression.TemplatePart] = []
        for (place, text) in texts.enumerated() {
            if !text.isEmpty { parts.append(.text(text)) }
            guard place < values.count else { continue }
            var inner = ScriptParser(tokens: ScriptLexer.tokens(of: values[place]))
            inner.depth = depth + 10
            parts.append(.value(inner.expression()))
        }
        if values.isEmpty { return .text(texts.joined()) }
        return .template(parts)
    }
}
