internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// What an expression of a test stands for, as far as it is about the answer of a request.
indirect enum ScriptSymbol: Sendable, Equatable {
    /// The answer itself.
    case response
    /// A place in its body read as JSON.
    case json(String)
    case status
    /// The words behind the status: `OK`.
    case reason
    case body
    /// Milliseconds.
    case duration
    case headers
    case header(String)
    case cookie(String)
    case timings
    /// Elements or characters of another one.
    case length(ScriptSymbol)
    case kind(of: ScriptSymbol)
    /// Text as Assay's templates write it.
    case written(String)
    case constant(JSON)
    case unknown

    /// Something of the answer that a check can look at.
    var isSubject: Bool {
        switch self {
        case .json, .status, .reason, .body, .duration, .header, .cookie, .length, .kind: true
        default: false
        }
    }
}

/// Which names a kind of script has for the parts of an answer.
struct ScriptScope {
    var names: [String: ScriptSymbol] = [:]
    /// Calls and paths that a tool gives a meaning of its own; `nil` where it gives none.
    var meaning: (ScriptExpression, ScriptScope) -> ScriptSymbol? = { _, _ in nil }

    /// What an expression stands for.
    func symbol(_ expression: ScriptExpression) -> ScriptSymbol {
        if let own = meaning(expression, self) { return own }
        switch expression {
        case .name(let name): return names[name] ?? .unknown
        case .text, .number, .bool, .null, .array, .object, .unary("-", .number):
            return Self.constant(expression).map { .constant($0) } ?? .unknown
        case .unary("typeof", let operand):
            let inner = symbol(operand)
            return inner.isSubject ? .kind(of: inner) : .unknown
        case .member(let base, let name): return member(symbol(base), name)
        case .index(let base, let index):
            switch symbol(index) {
            case .constant(.string(let name)): return member(symbol(base), name)
            case .constant(.int(let place)):
                if case .json(let path) = symbol(base) { return .json("\(path)[\(place)]") }
                return .unknown
            default: return .unknown
            }
        case .template(let parts): return template(parts)
        case .binary("+", let left, let right): return joined(left, right)
        default: return .unknown
        }
    }

    private func member(_ base: ScriptSymbol, _ name: String) -> ScriptSymbol {
        switch base {
        case .json(let path):
            return name == "length" ? .length(base) : .json(path + Correlation.member(name))
        case .headers: return .header(name)
        case .body, .header: return name == "length" ? .length(base) : .unknown
        case .timings: return name == "duration" ? .duration : .unknown
        default: return .unknown
        }
    }

    private func template(_ parts: [ScriptExpression.TemplatePart]) -> ScriptSymbol {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += TemplateText.escaped(piece)
            case .value(let expression):
                guard let written = written(symbol(expression)) else { return .unknown }
                text += written
            }
        }
        return .written(text)
    }

    private func joined(_ left: ScriptExpression, _ right: ScriptExpression) -> ScriptSymbol {
        guard let first = written(symbol(left)), let second = written(symbol(right)) else { return .unknown }
        return .written(first + second)
    }

    /// A symbol as a part of a template's text.
    func written(_ symbol: ScriptSymbol) -> String? {
        switch symbol {
        case .constant(let json): TemplateText.escaped(json.templateText)
        case .written(let text): text
        default: nil
        }
    }

    /// A literal as a value.
    static func constant(_ expression: ScriptExpression) -> JSON? {
        switch expression {
        case .text(let text): return .string(text)
        case .number(let number): return self.number(number)
        case .unary("-", .number(let number)): return self.number(-number)
        case .bool(let value): return .bool(value)
        case .null: return .some(.null)
        case .array(let elements):
            let values = elements.compactMap { constant($0) }
            guard values.count == elements.count else { return nil }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for member in members {
                guard let value = constant(member.value) else { return nil }
                object[member.key] = .some(value)
            }
            return .object(object)
        default: return nil
        }
    }

    private static func number(_ number: Double) -> JSON? {
        guard number.isFinite else { return nil }
        if let whole = Int64(exactly: number) { return .int(whole) }
        return .double(number)
    }
}

/// Conditions of scripts as expectations.
struct ScriptChecks {
    var scope: ScriptScope
    var location: SourceLocation

    /// The checks that hold exactly when a condition does; `nil` where Assay has no words for it.
    func checks(_ condition: ScriptExpression) -> [Check]? {
        switch condition {
        case .binary("&&", let left, let right):
            guard let first = checks(left), let second = checks(right) else { return nil }
            // `r.body && r.body.includes(…)`: what must be there is told by what it must be.
            return (first + second).filter { check in
                guard case .absent(false) = check.matcher else { return true }
                return (first + second).count { $0.subject.name == check.subject.name } == 1
            }
        case .binary("||", let left, let right):
            guard let first = checks(left), let second = checks(right), first.count == 1, second.count == 1,
                first[0].subject.name == second[0].subject.name
            else { return nil }
            func parts(_ matcher: Wanted) -> [Wanted] {
                if case .any(let parts) = matcher { parts } else { [matcher] }
            }
            return [check(first[0].subject, .any(parts(first[0].matcher) + parts(second[0].matcher)))]
        case .unary("!", .unary("!", let operand)): return checks(operand)
        case .unary("!", let operand):
            guard let inner = checks(operand), inner.count == 1 else { return nil }
            return [check(inner[0].subject, Self.not(inner[0].matcher))]
        case .binary(let sign, let left, let right): return comparison(sign, left, right)
        case .call(let function, let arguments): return call(function, arguments)
        default:
            let symbol = scope.symbol(condition)
            return symbol.isSubject ? made(symbol, .absent(false)) : nil
        }
    }

    static func not(_ matcher: Wanted) -> Wanted {
        switch matcher {
        case .absent(let isAbsent): .absent(!isAbsent)
        case .not(let inner): inner
        default: .not(matcher)
        }
    }

    private static let swapped = ["<": ">", ">": "<", "<=": ">=", ">=": "<="]

    private func comparison(_ sign: String, _ left: ScriptExpression, _ right: ScriptExpression) -> [Check]? {
        if case .call(.member(let text, "indexOf"), let arguments) = left, arguments.count == 1 {
            let isFound =
                (sign == "!==" || sign == "!=" || sign == ">") && right == .unary("-", .number(1))
                || sign == ">=" && right == .number(0)
            return isFound ? call(.member(text, "includes"), arguments) : nil
        }
        let (first, second) = (scope.symbol(left), scope.symbol(right))
        if !first.isSubject, second.isSubject { return comparison(Self.swapped[sign] ?? sign, right, left) }
        guard first.isSubject else { return nil }
        if right == .undefined || right == .null {
            switch sign {
            case "===", "==":
                return made(first, right == .null && sign == "===" ? .equals(.literal(.null)) : .absent(true))
            case "!==", "!=":
                return made(
                    first, right == .null && sign == "!==" ? .not(.equals(.literal(.null))) : .absent(false))
            default: return nil
            }
        }
        guard let value = value(second) else { return nil }
        switch sign {
        case "===", "==": return made(first, .equals(value))
        case "!==", "!=": return made(first, .not(.equals(value)))
        case "<": return made(first, .less(value))
        case ">": return made(first, .greater(value))
        case "<=": return made(first, .atMost(value))
        case ">=": return made(first, .atLeast(value))
        default: return nil
        }
    }

    private func call(_ function: ScriptExpression, _ arguments: [ScriptExpression]) -> [Check]? {
        if case .name("Boolean") = function, arguments.count == 1 { return checks(arguments[0]) }
        if function.path == "Array.isArray", arguments.count == 1 {
            return made(scope.symbol(arguments[0]), .type("array"))
        }
        guard case .member(let base, let name) = function else { return nil }
        if case .pattern(let source, let flags) = base, name == "test", arguments.count == 1 {
            return pattern(source, flags).flatMap { made(scope.symbol(arguments[0]), $0) }
        }
        if name == "includes", arguments.count == 1, case .array(let elements) = base {
            let subject = scope.symbol(arguments[0])
            let values = elements.compactMap { value(scope.symbol($0)) }
            guard values.count == elements.count, !values.isEmpty else { return nil }
            return made(subject, .any(values.map { .equals($0) }))
        }
        let subject = scope.symbol(base)
        guard subject.isSubject else {
            let symbol = scope.symbol(.call(function, arguments))
            return symbol.isSubject ? made(symbol, .absent(false)) : nil
        }
        guard arguments.count == 1 else { return nil }
        if name == "match", case .pattern(let source, let flags) = arguments[0] {
            return pattern(source, flags).flatMap { made(subject, $0) }
        }
        if name == "hasOwnProperty", case .text(let key) = arguments[0], case .json(let path) = subject {
            return made(.json(path + Correlation.member(key)), .absent(false))
        }
        guard case .constant(.string(let text)) = scope.symbol(arguments[0]) else {
            guard name == "includes", let value = value(scope.symbol(arguments[0])) else { return nil }
            return made(subject, .contains(value))
        }
        switch name {
        case "includes": return made(subject, .contains(.literal(.string(text))))
        case "startsWith": return pattern("^" + HTMLFields.escaped(text), "").flatMap { made(subject, $0) }
        case "endsWith": return pattern(HTMLFields.escaped(text) + "$", "").flatMap { made(subject, $0) }
        default: return nil
        }
    }

    /// A regular expression of JavaScript, where PCRE reads it the same way.
    func pattern(_ source: String, _ flags: String) -> Wanted? {
        let options = flags.filter { "ims".contains($0) }
        guard flags.allSatisfy({ "gimsuy".contains($0) }) else { return nil }
        return (try? Pattern(options.isEmpty ? source : "(?\(options))\(source)")).map { .pattern($0) }
    }

    /// What a symbol is compared with.
    func value(_ symbol: ScriptSymbol) -> ValueTemplate? {
        switch symbol {
        case .constant(let json): .literal(json)
        case .written(let text): ValueTemplate.of(TemplateWriting.template(text, at: location))
        default: nil
        }
    }

    /// A check of a part of the answer; `nil` for what is none, and for values that it cannot have.
    func made(_ symbol: ScriptSymbol, _ matcher: Wanted) -> [Check]? {
        switch symbol {
        case .status: return [check(.status, matcher)]
        case .body: return [check(.body, matcher)]
        case .header(let name): return [check(.header(name.lowercased()), matcher)]
        case .cookie(let name): return [check(.cookie(name), matcher)]
        case .json(let path):
            guard let read = try? JSONPath(parsing: path) else { return nil }
            return [check(.json(.fixed(read, source: path)), matcher)]
        case .duration: return duration(matcher)
        case .length(let inner): return made(inner, .length(matcher))
        case .kind(let inner):
            guard case .equals(.literal(.string(let name))) = matcher else { return nil }
            let types = ["string", "number", "boolean", "object"]
            return types.contains(name)
                ? made(inner, .type(name)) : name == "undefined" ? made(inner, .absent(true)) : nil
        case .reason:
            guard case .equals(.literal(.string(let words))) = matcher,
                let code = ReasonWords.codes[words.lowercased()]
            else { return nil }
            return [check(.status, .equals(.literal(.int(Int64(code)))))]
        default: return nil
        }
    }

    /// Milliseconds become nanoseconds.
    private func duration(_ matcher: Wanted) -> [Check]? {
        var isWhole = true
        let scaled = matcher.map { value -> ValueTemplate in
            guard let number = value.constantValue?.doubleValue, number >= 0, number < 1e9 else {
                isWhole = false
                return value
            }
            return .literal(.int(Int64((number * 1e6).rounded())))
        }
        // Requests have a bound (`within`), and nothing else to say of their time.
        switch scaled {
        case .less(let bound), .atMost(let bound): return isWhole ? [check(.duration, .atMost(bound))] : nil
        default: return nil
        }
    }

    private func check(_ subject: Check.Subject, _ matcher: Wanted) -> Check {
        Check(subject: subject, matcher: matcher, location: location, name: subject.name)
    }
}

/// The words that stand behind status codes. Source: RFC 9110 §15.
enum ReasonWords {
    static let codes: [String: Int] = [
        "ok": 200, "created": 201, "accepted": 202, "no content": 204, "moved permanently": 301, "found": 302,
        "see other": 303, "not modified": 304, "bad request": 400, "unauthorized": 401, "forbidden": 403,
        "not found": 404,
        "method not allowed": 405, "conflict": 409, "gone": 410, "unprocessable entity": 422,
        "too many requests": 429,
        "internal server error": 500, "bad gateway": 502, "service unavailable": 503, "gateway timeout": 504,
    ]
}
