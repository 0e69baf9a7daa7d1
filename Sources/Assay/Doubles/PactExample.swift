internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// One exchange as an interaction, with rules where the double's route leaves values open.
struct PactExample {
    /// `nil` for a double without routes, like a preset.
    let route: Route?
    let mask: (String) -> String

    // MARK: Requests

    func request(_ request: HTTPRequest) -> PactRequest {
        var made = PactRequest(method: request.method, path: mask(String(request.path)))
        let query = PactField.query(String(request.query))
        if !query.isEmpty { made.query = query.map { PactField($0.name, $0.values.map(mask)) } }
        var headers = headers(request.headers, of: ["content-type"])
        if let pattern = route?.request.fixedPath?.pattern {
            made.rules[.path].add(.regex(pattern), at: .whole)
        }
        made.body = body(request.body)
        let json = try? JSON(parsing: request.body)
        for part in route?.request.parts ?? [] {
            switch part.subject {
            case .header(let name):
                guard let value = request.headers[name] else { continue }
                if name != "content-type" { headers.append(PactField(name, [mask(value)])) }
                add(part.matcher, to: &made.rules[.header], at: .name(name), isText: true)
                if mask(value) != value { made.rules[.header] = open(made.rules[.header], .name(name)) }
            case .query(let name):
                add(part.matcher, to: &made.rules[.query], at: .name(name), isText: true)
            case .json(.fixed(let path, let source)):
                guard let json else { continue }
                let places =
                    PactPath(source).map { [$0] }
                    ?? path.nodes(in: json).compactMap { PactPath($0.readablePath) }
                for place in places where !path.nodes(in: json).isEmpty {
                    add(part.matcher, to: &made.rules[.body], at: place, isText: false)
                }
            case .form(let name): add(part.matcher, to: &made.rules[.body], at: .name(name), isText: true)
            case .body:
                if json == nil { add(part.matcher, to: &made.rules[.body], at: .root, isText: true) }
            case .json(.templated): break
            }
        }
        made.headers = headers.sorted { $0.name.lowercased() < $1.name.lowercased() }
        return made
    }

    /// What is masked cannot be compared.
    private func open(_ rules: PactRuleSet, _ path: PactPath) -> PactRuleSet {
        var rules = PactRuleSet(rules.entries.filter { $0.path != path })
        rules.add(.type(min: nil, max: nil), at: path)
        return rules
    }

    private func headers(_ headers: HTTPHeaders, of names: Set<String>) -> [PactField] {
        PactField.headers(headers.fields.map { ContractExchange.Header($0.name, $0.value) })
            .filter { names.contains($0.name.lowercased()) }
            .map { PactField($0.name, $0.values.map(mask)) }
    }

    private func body(_ bytes: [UInt8]) -> PactBody {
        guard !bytes.isEmpty else { return .missing }
        guard let text = String(validating: bytes, as: UTF8.self) else { return .bytes(bytes, type: nil) }
        return .bytes(Array(mask(text).utf8), type: nil)
    }

    // MARK: Matchers

    /// The rule that says what a matcher says, as far as rules can.
    private func add(
        _ matcher: Matcher<ValueTemplate>, to rules: inout PactRuleSet, at path: PactPath, isText: Bool
    ) {
        switch matcher {
        case .object(let members) where !isText:
            for member in members {
                add(member.matcher, to: &rules, at: path.member(member.key), isText: isText)
            }
        case .array(let elements) where !isText:
            for (index, element) in elements.enumerated() {
                add(element, to: &rules, at: path.element(index), isText: isText)
            }
        case .all(let matchers):
            for matcher in matchers { add(matcher, to: &rules, at: path, isText: isText) }
        default: if let rule = rule(matcher, isText: isText) { rules.add(rule, at: path) }
        }
    }

    /// `nil` where the example itself is what is expected.
    private func rule(_ matcher: Matcher<ValueTemplate>, isText: Bool) -> PactRule? {
        let open = PactRule.type(min: nil, max: nil)
        switch matcher {
        case .equals(let value): return value.asConstant == nil ? open : nil
        case .type("integer"): return .integer
        case .type("number"): return .number
        case .type("boolean"): return .boolean
        case .type("null"): return .null
        case .matches(let value):
            return (value.asConstant?.stringValue).flatMap { Self.whole($0) }.map { .regex($0) } ?? open
        case .pattern(let pattern): return Self.whole(pattern.source).map { .regex($0) } ?? open
        case .contains(let value): return (value.asConstant?.stringValue).map { .include($0) } ?? open
        case .between, .less, .greater, .atMost, .atLeast: return .number
        case .absent(let isAbsent): return isAbsent ? nil : open
        default: return open
        }
    }

    /// A pattern of Assay is searched, one of a pact must match all.
    private static func whole(_ source: String) -> Pattern? {
        if source.hasPrefix("^"), source.hasSuffix("$") { return try? Pattern(source) }
        let start = source.hasPrefix("^") ? source : ".*(?:\(source))"
        return try? Pattern(start.hasSuffix("$") ? start : start + ".*")
    }

    // MARK: Responses

    func response(_ response: HTTPResponse, to request: HTTPRequest) -> PactResponse {
        var made = PactResponse(status: response.status)
        let answer = route.flatMap { route in
            route.answers.first { ($0.status?.asConstant?.intValue ?? 200) == Int64(response.status) }
                ?? route.answers.first
        }
        var names: Set<String> = ["content-type"]
        for (name, value) in answer?.headers ?? [] {
            names.insert(name.lowercased())
            if value.constantText == nil {
                made.rules[.header].add(.type(min: nil, max: nil), at: .name(name))
            }
        }
        made.headers = headers(response.headers, of: names).sorted {
            $0.name.lowercased() < $1.name.lowercased()
        }
        made.body = body(response.body)
        guard !response.body.isEmpty else { return made }
        switch answer?.body {
        case .json(let value)?: addOpen(value, to: &made.rules[.body], at: .root)
        case .text(let text)? where text.constantText != nil: break
        // What a preset or a file answers is its own; the consumer relies on what it is like.
        default: made.rules[.body].add(.type(min: nil, max: nil), at: .root)
        }
        return made
    }

    /// Values that templates make are open, constants are what the consumer was tested with.
    private func addOpen(_ value: ValueTemplate, to rules: inout PactRuleSet, at path: PactPath) {
        switch value {
        case .literal: break
        case .template(let template):
            if template.constantText == nil { rules.add(.type(min: nil, max: nil), at: path) }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                addOpen(element, to: &rules, at: path.element(index))
            }
        case .object(let members):
            for member in members {
                guard let name = member.key.constantText else { continue }
                addOpen(member.value, to: &rules, at: path.member(name))
            }
        }
    }
}

extension RoutePath {
    /// What paths of it are like; `nil` for one without parameters.
    fileprivate var pattern: Pattern? {
        guard literal == nil else { return nil }
        let source = segments.map { segment in
            switch segment {
            case .literal(let word):
                "/" + word.map { "\\^$.|?*+()[]{}".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            case .parameter, .any: "/[^/]+"
            case .rest: "(?:/.*)?"
            }
        }
        return try? Pattern("^" + source.joined() + "$")
    }
}
