internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// What a test script of Postman says: checks, captures, and what is not understood, with its line.
struct PostmanScript {
    private(set) var checks: [Check] = []
    /// In the order written; the name is Postman's.
    private(set) var captures: [(key: String, source: Capture.Source, location: SourceLocation)] = []
    /// Variables that are given a value that no answer tells.
    private(set) var assigned: [(key: String, value: String, location: SourceLocation)] = []
    private(set) var notes: [ImportNote] = []
    private let name: String
    private var scope = ScriptScope()
    /// Where each line of the script stands.
    private let places: [SourceLocation]
    private var reader: PostmanExpectation { PostmanExpectation(scope: scope) }

    /// - Parameters:
    ///   - node: the `script` of an event.
    ///   - written: how Assay's files call a variable.
    init(_ node: YAMLNode, named name: String, written: @escaping (String) -> String) {
        self.name = name
        let lines: [(String, SourceLocation)]
        let exec = node["exec"] ?? node
        if let elements = exec.elements {
            lines = elements.flatMap { line in
                (line.scalarText ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
                    (String($0), line.location)
                }
            }
        } else {
            lines = (exec.stringValue ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
                (String($0), exec.location)
            }
        }
        places = lines.map(\.1)
        scope.meaning = { expression, scope in Self.meaning(expression, scope, written) }
        run(ScriptParser.statements(of: lines.map(\.0).joined(separator: "\n")))
    }

    private func place(_ line: Int) -> SourceLocation {
        places.isEmpty ? SourceLocation(file: "", line: 1, column: 1) : places[min(line, places.count - 1)]
    }

    private mutating func tell(_ line: Int, _ message: String) {
        notes.append(ImportNote(location: place(line), subject: name, message: message))
    }

    // MARK: names

    private static let stores: Set<String> = ["environment", "collectionVariables", "variables", "globals"]

    /// `pm.response.code` and the older `responseCode.code`.
    private static func meaning(
        _ expression: ScriptExpression, _ scope: ScriptScope, _ written: (String) -> String
    ) -> ScriptSymbol? {
        switch expression {
        case .name("responseBody"): return .body
        case .name("responseTime"): return .duration
        case .name("responseHeaders"): return .headers
        case .member: return expression.path.flatMap { paths[$0] }
        case .call(let function, let arguments): return called(function, arguments, scope, written)
        default: return nil
        }
    }

    private static let paths: [String: ScriptSymbol] = [
        "pm.response.code": .status, "pm.response.status": .reason, "pm.response.responseTime": .duration,
        "pm.response": .response, "responseCode.code": .status, "responseCode.name": .reason,
    ]

    private static func called(
        _ function: ScriptExpression, _ arguments: [ScriptExpression], _ scope: ScriptScope,
        _ written: (String) -> String
    ) -> ScriptSymbol? {
        guard let path = function.path else { return nil }
        let first = arguments.first.map { scope.symbol($0) }
        var text: String?
        if case .constant(.string(let value))? = first { text = value }
        switch path {
        case "pm.response.json": return .json("$")
        case "pm.response.text": return .body
        case "JSON.parse": return first == .body ? .json("$") : nil
        case "pm.response.headers.get", "postman.getResponseHeader": return text.map { .header($0) }
        case "pm.response.headers.has": return text.map { .header($0) }
        case "pm.cookies.get", "pm.cookies.has": return text.map { .cookie($0) }
        case "Date.now": return .written("${now.ms()}")
        case "pm.variables.replaceIn": return nil
        case "postman.getEnvironmentVariable", "postman.getGlobalVariable":
            return text.map { .written("${\(written($0))}") }
        default:
            let words = path.split(separator: ".").map(String.init)
            guard words.count == 3, words[0] == "pm", stores.contains(words[1]), words[2] == "get" else {
                return nil
            }
            return text.map { .written("${\(written($0))}") }
        }
    }

    // MARK: statements

    private mutating func run(_ statements: [ScriptStatement]) {
        for statement in statements {
            switch statement.kind {
            case .declaration(let name, let value):
                let symbol = scope.symbol(value)
                // A name that is not understood is told where it is used.
                scope.names[name] = symbol
            case .members(let names, let value):
                if case .json(let path) = scope.symbol(value) {
                    for name in names { scope.names[name] = .json(path + Correlation.member(name)) }
                }
            case .expression(let expression): run(expression, statement.line)
            case .condition(let condition, let then, let otherwise):
                branch(condition, then, otherwise, statement.line)
            case .returned: tell(statement.line, "`return` is not carried over")
            case .other: tell(statement.line, "this statement is not carried over")
            }
        }
    }

    /// `if (pm.response.code === 200) { set(…) }`: what is set on an answer that is as expected is taken from each.
    private mutating func branch(
        _ condition: ScriptExpression, _ then: [ScriptStatement], _ otherwise: [ScriptStatement], _ line: Int
    ) {
        let onlySets = then.allSatisfy { statement in
            if case .expression(.call(let function, _)) = statement.kind {
                return function.path.map { Self.isSetting($0) || $0.hasPrefix("console.") } ?? false
            }
            if case .declaration = statement.kind { return true }
            return false
        }
        guard onlySets, otherwise.isEmpty, !then.isEmpty,
            ScriptChecks(scope: scope, location: place(line)).checks(condition) != nil
        else { return tell(line, "`if` is not carried over") }
        tell(line, "the condition is not carried over: the value is taken from every answer")
        run(then)
    }

    private static func isSetting(_ path: String) -> Bool {
        if ["postman.setEnvironmentVariable", "postman.setGlobalVariable"].contains(path) { return true }
        let words = path.split(separator: ".").map(String.init)
        return words.count == 3 && words[0] == "pm" && stores.contains(words[1]) && words[2] == "set"
    }

    private mutating func run(_ expression: ScriptExpression, _ line: Int) {
        switch expression {
        case .call(let function, let arguments):
            guard let path = function.path else { return assertion(expression, line) }
            if path == "pm.test", arguments.count >= 2, case .function(_, let body) = arguments[1] {
                return run(body)
            }
            if Self.isSetting(path), arguments.count >= 2 { return set(arguments, line) }
            if path.hasPrefix("console.") { return }
            if path == "pm.environment.unset" || path == "pm.collectionVariables.unset"
                || path == "pm.variables.unset"
            {
                return
            }
            if path.hasPrefix("pm.expect") || path.hasPrefix("pm.response") {
                return assertion(expression, line)
            }
            switch path {
            case "pm.sendRequest": tell(line, "a request that a script sends is not carried over")
            case "postman.setNextRequest", "pm.execution.setNextRequest", "pm.setNextRequest":
                tell(line, "the order that a script chooses is not carried over")
            default: tell(line, "`\(path)(…)` is not carried over")
            }
        case .member: assertion(expression, line)
        case .assignment("=", .index(.name("tests"), _), let condition):
            add(ScriptChecks(scope: scope, location: place(line)).checks(condition), line)
        case .assignment("=", .name(let name), let value): scope.names[name] = scope.symbol(value)
        case .text("use strict"): break
        default: tell(line, "this statement is not carried over")
        }
    }

    private mutating func assertion(_ expression: ScriptExpression, _ line: Int) {
        add(reader.checks(expression, at: place(line)), line)
    }

    private mutating func add(_ found: [Check]?, _ line: Int) {
        guard let found else { return tell(line, "this check is not carried over") }
        checks += found
    }

    private mutating func set(_ arguments: [ScriptExpression], _ line: Int) {
        guard case .constant(.string(let key)) = scope.symbol(arguments[0]), !key.isEmpty else {
            return tell(line, "a variable whose name is computed is not carried over")
        }
        switch scope.symbol(arguments[1]) {
        case .json(let path):
            guard let read = try? JSONPath(parsing: path) else {
                return tell(line, "'\(path)' is not carried over")
            }
            captures.append((key, .jsonPath(.fixed(read, source: path)), place(line)))
        case .header(let header): captures.append((key, .header(header.lowercased()), place(line)))
        case .cookie(let cookie): captures.append((key, .cookie(cookie), place(line)))
        case .body: captures.append((key, .body, place(line)))
        case .status: captures.append((key, .status, place(line)))
        case .constant(let json): assigned.append((key, TemplateText.escaped(json.templateText), place(line)))
        case .written(let text): assigned.append((key, text, place(line)))
        default: tell(line, "what '\(key)' is set to is not carried over")
        }
    }
}

/// `pm.expect(…).to.…` and `pm.response.to.…`: chains of Chai.
struct PostmanExpectation {
    let scope: ScriptScope

    private struct Link {
        var name: String
        var arguments: [ScriptExpression]?
    }

    func checks(_ expression: ScriptExpression, at location: SourceLocation) -> [Check]? {
        guard let chain = chain(expression) else { return nil }
        let reading = ScriptChecks(scope: scope, location: location)
        let links = chain.links.filter { link in
            link.arguments != nil
                || ![
                    "to", "be", "been", "is", "that", "which", "and", "has", "have", "with", "at", "of",
                    "same", "does", "deep",
                ].contains(link.name)
        }
        let isNot = links.contains { $0.name == "not" && $0.arguments == nil }
        let words = links.filter { $0.name != "not" || $0.arguments != nil }
        guard let last = words.last, words.count <= 3 else { return nil }
        let found: [Check]?
        if chain.subject == .response {
            found = response(last, reading)
        } else {
            found = value(chain.subject, words, reading)
        }
        guard let found, isNot else { return found }
        guard found.count == 1 else { return nil }
        var check = found[0]
        check.matcher = ScriptChecks.not(check.matcher)
        return [check]
    }

    /// The subject and what is said of it, link by link.
    private func chain(_ expression: ScriptExpression) -> (subject: ScriptSymbol, links: [Link])? {
        var links: [Link] = []
        var rest = expression
        while links.count < 20 {
            switch rest {
            case .call(let function, let arguments):
                if function.path == "pm.expect" || function.path == "expect" {
                    guard let first = arguments.first else { return nil }
                    let symbol = scope.symbol(first)
                    return symbol.isSubject ? (symbol, links.reversed()) : nil
                }
                guard case .member(let base, let name) = function else { return nil }
                links.append(Link(name: name, arguments: arguments))
                rest = base
            case .member(let base, let name):
                if rest.path == "pm.response" { return (.response, links.reversed()) }
                links.append(Link(name: name, arguments: nil))
                rest = base
            default: return nil
            }
        }
        return nil
    }

    private func response(_ link: Link, _ reading: ScriptChecks) -> [Check]? {
        func status(_ matcher: Wanted) -> [Check]? { reading.made(.status, matcher) }
        func between(_ low: Int64, _ high: Int64) -> Wanted {
            .between(.literal(.int(low)), .literal(.int(high)))
        }
        let codes: [String: Int64] = [
            "accepted": 202, "badRequest": 400, "unauthorized": 401, "unauthorised": 401, "forbidden": 403,
            "notFound": 404, "rateLimited": 429,
        ]
        let first = link.arguments?.first.map { scope.symbol($0) }
        switch link.name {
        case "status":
            if case .constant(.string(let words))? = first {
                return reading.made(.reason, .equals(.literal(.string(words))))
            }
            return first.flatMap(reading.value).flatMap { status(.equals($0)) }
        case "ok", "success": return status(between(200, 299))
        case "info": return status(between(100, 199))
        case "redirection": return status(between(300, 399))
        case "clientError": return status(between(400, 499))
        case "serverError": return status(between(500, 599))
        case "error": return status(between(400, 599))
        case "json": return reading.made(.header("content-type"), .contains(.literal(.string("json"))))
        case "withBody": return reading.made(.body, .not(.equals(.literal(.string("")))))
        case "header":
            guard case .constant(.string(let name))? = first else { return nil }
            guard let second = link.arguments?.dropFirst().first else {
                return reading.made(.header(name), .absent(false))
            }
            return reading.value(scope.symbol(second)).flatMap { reading.made(.header(name), .equals($0)) }
        case "body":
            guard let first else { return reading.made(.body, .not(.equals(.literal(.string(""))))) }
            return reading.value(first).flatMap { reading.made(.body, .equals($0)) }
        case "jsonBody":
            guard case .constant(.string(let path))? = first else {
                return reading.made(.json("$"), .absent(false))
            }
            let place = ScriptSymbol.json("$" + DottedPath.path(path))
            guard let second = link.arguments?.dropFirst().first else {
                return reading.made(place, .absent(false))
            }
            return reading.value(scope.symbol(second)).flatMap { reading.made(place, .equals($0)) }
        default: return codes[link.name].flatMap { status(.equals(.literal(.int($0)))) }
        }
    }

    private func value(_ subject: ScriptSymbol, _ links: [Link], _ reading: ScriptChecks) -> [Check]? {
        guard let link = links.last else { return nil }
        let first = link.arguments?.first
        func literal(_ json: JSON) -> ValueTemplate { .literal(json) }
        func bound(_ make: (ValueTemplate) -> Wanted) -> [Check]? {
            guard let value = first.map(scope.symbol).flatMap(reading.value) else { return nil }
            let isLength = links.dropLast().contains { $0.name == "length" || $0.name == "lengthOf" }
            return reading.made(isLength ? .length(subject) : subject, make(value))
        }
        switch link.name {
        case "eql", "eqls", "equal", "equals", "eq":
            return first == .undefined ? reading.made(subject, .absent(true)) : bound { .equals($0) }
        case "a", "an":
            guard case .text(let type)? = first else { return nil }
            if case .json = subject,
                ["string", "number", "boolean", "object", "array", "null"].contains(type.lowercased())
            {
                return reading.made(subject, .type(type.lowercased()))
            }
            return type == "string" || type == "number" ? reading.made(subject, .absent(false)) : nil
        case "true": return reading.made(subject, .equals(literal(true)))
        case "false": return reading.made(subject, .equals(literal(false)))
        case "null": return reading.made(subject, .equals(.literal(.null)))
        case "undefined": return reading.made(subject, .absent(true))
        case "ok", "exist", "exists": return reading.made(subject, .absent(false))
        case "empty": return reading.made(.length(subject), .equals(literal(0)))
        case "include", "includes", "contain", "contains":
            if case .constant(.object)? = first.map(scope.symbol) { return bound { .contains($0) } }
            return bound { .contains($0) }
        case "match", "matches":
            guard case .pattern(let source, let flags)? = first else { return nil }
            return reading.pattern(source, flags).flatMap { reading.made(subject, $0) }
        case "below", "lessThan", "lt": return bound { .less($0) }
        case "above", "greaterThan", "gt": return bound { .greater($0) }
        case "most", "lte", "lessThanOrEqual": return bound { .atMost($0) }
        case "least", "gte", "greaterThanOrEqual": return bound { .atLeast($0) }
        case "within":
            guard let arguments = link.arguments, arguments.count == 2,
                let low = reading.value(scope.symbol(arguments[0])),
                let high = reading.value(scope.symbol(arguments[1]))
            else { return nil }
            return reading.made(subject, .between(low, high))
        case "oneOf":
            guard case .constant(.array(let values))? = first.map(scope.symbol), !values.isEmpty else {
                return nil
            }
            return reading.made(subject, .any(values.map { .equals(.literal($0)) }))
        case "lengthOf", "length":
            guard let count = first.map(scope.symbol).flatMap(reading.value) else { return nil }
            return reading.made(.length(subject), .equals(count))
        case "members": return nil
        case "property":
            guard case .json(let path) = subject, case .text(let key)? = first else { return nil }
            let isNested = links.dropLast().contains { $0.name == "nested" }
            let place = ScriptSymbol.json(path + (isNested ? DottedPath.path(key) : Correlation.member(key)))
            guard let second = link.arguments?.dropFirst().first else {
                return reading.made(place, .absent(false))
            }
            return reading.value(scope.symbol(second)).flatMap { reading.made(place, .equals($0)) }
        case "keys", "key":
            guard case .json(let path) = subject, let arguments = link.arguments else { return nil }
            var keys: [String] = []
            for argument in arguments {
                switch scope.symbol(argument) {
                case .constant(.string(let key)): keys.append(key)
                case .constant(.array(let values)): keys += values.compactMap(\.stringValue)
                default: return nil
                }
            }
            let found = keys.compactMap { reading.made(.json(path + Correlation.member($0)), .absent(false)) }
            return found.isEmpty ? nil : found.flatMap(\.self)
        default: return nil
        }
    }
}

/// `a.b[0].c` as the rest of a JSONPath.
enum DottedPath {
    static func path(_ text: String) -> String {
        var result = ""
        for part in text.replacing("[", with: ".").replacing("]", with: "").split(separator: ".") {
            result += part.allSatisfy { $0.isNumber } ? "[\(part)]" : Correlation.member(String(part))
        }
        return result
    }
}
