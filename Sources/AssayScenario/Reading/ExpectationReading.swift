import AssayCore
import AssayFormats

extension ScenarioFile {
    /// What a step of a kind must answer.
    func expectation(_ node: YAMLNode, of kind: StepKind?) -> Expectation? {
        guard let kind else { return nil }
        guard !kind.expectations.isEmpty else {
            let fix =
                kind.keyword == "parallel"
                ? "write it inside: `parallel: {times: …, of: …, expect: {succeeded: …}}`"
                : kind.keyword == "log"
                    ? "the step itself says what must be logged; remove `expect`"
                    : "expect it of the steps that answer"
            yaml.error(
                "AS030", "a step of kind '\(kind.keyword)' answers nothing to expect", at: node, fix: fix)
            return nil
        }
        return expectation(node, knowing: kind.expectations, in: kind.keyword)
    }

    /// - Parameter known: the keys that the step kind answers.
    func expectation(_ node: YAMLNode, knowing known: [String], in keyword: String) -> Expectation? {
        yaml.mapping(node, "the expectation of '\(keyword)'") { fields in
            for pair in fields.remaining where !known.contains(pair.name) {
                let kinds = StepKind.all.filter { $0.expectations.contains(pair.name) }.map(\.keyword)
                guard !kinds.isEmpty else { continue }
                fields.allow(pair.name)
                yaml.error(
                    "AS030", "a step of kind '\(keyword)' does not answer '\(pair.name)'", at: pair.key,
                    fix: "'\(pair.name)' is answered by \(kinds.joined(separator: ", ")); here are: "
                        + known.joined(separator: ", "))
            }
            var checks: [Check] = []
            for key in known where key != "contract" {
                guard let pair = fields.pair(key) else { continue }
                checks += self.checks(pair, keyword)
            }
            var expectation = Expectation(checks: checks)
            if known.contains("contract") { expectation.contract = fields.optional("contract", contract) }
            return expectation
        }
    }

    /// `none`, or the name of a contract, perhaps with a version: `ui-api@v1`.
    private func contract(_ node: YAMLNode) -> ContractChoice? {
        guard let text = yaml.string(node) else { return nil }
        if text == "none" { return ContractChoice(name: nil, location: node.location) }
        if let problem = session.stand?.contractProblem?(text) {
            yaml.error(problem.code, problem.message, at: node, fix: problem.fix)
        }
        return ContractChoice(name: text, location: node.location)
    }

    private func checks(_ pair: YAMLNode.Pair, _ keyword: String) -> [Check] {
        let node = pair.value
        switch pair.name {
        case "status": return check(.status, statusMatcher(node), pair).filter(canHold)
        case "headers":
            return yaml.entries(node, "headers").flatMap { pair in
                check(.header(pair.name.lowercased()), yaml.textMatcher(pair.value), pair)
            }
        case "cookies":
            return yaml.entries(node, "cookies").flatMap { pair in
                check(.cookie(pair.name), yaml.textMatcher(pair.value), pair)
            }
        case "json": return jsonChecks(node)
        case "schema": return check(whole, yaml.template(node).map { .schema(.of($0)) }, pair)
        case "golden": return check(whole, yaml.golden(node), pair)
        case "within":
            let bound = yaml.duration(node).map { Wanted.atMost(.literal(.int($0.nanoseconds))) }
            return check(.duration, bound, pair, shown: node.scalarText.map { "duration within \($0)" })
        case "latency":
            let matcher = yaml.matcher(node, value: latency)
            return check(.duration, matcher, pair, shown: matcher.map { "latency \($0.latencyText)" })
        case "marker", "likeness": return check(.measured(pair.name), yaml.matcher(node), pair)
        case "rows": return check(.rows, yaml.matcher(node), pair)
        case "row-count": return check(.rowCount, yaml.matcher(node), pair)
        case "value": return check(.value, yaml.matcher(node), pair)
        case "error": return check(.error, yaml.textMatcher(node), pair)
        case "exit": return check(.exit, yaml.matcher(node), pair)
        case "body": return check(.body, yaml.textMatcher(node), pair)
        case "event", "id", "data", "text", "kind", "protocol", "reason":
            return check(.measured(pair.name), yaml.textMatcher(node), pair)
        case "hex": return check(.measured("hex"), yaml.matcher(node, value: hexDigits), pair)
        case "count", "length", "passed-over", "per-second", "code":
            return check(.measured(pair.name), yaml.matcher(node), pair)
        case "stdout": return check(.output, yaml.textMatcher(node), pair)
        case "stderr": return check(.errorOutput, yaml.textMatcher(node), pair)
        case "succeeded": return check(.succeeded, yaml.matcher(node), pair)
        default: return check(.failed, yaml.matcher(node), pair)
        }
    }

    /// The body as JSON, whole.
    private var whole: Check.Subject {
        (try? JSONPath(parsing: "$")).map { .json(.fixed($0, source: "$")) } ?? .body
    }

    private func check(
        _ subject: Check.Subject, _ matcher: Wanted?, _ pair: YAMLNode.Pair, shown: String? = nil
    ) -> [Check] {
        guard let matcher else { return [] }
        let name = shown ?? "\(subject.name) \(matcher.checkText)"
        return [Check(subject: subject, matcher: matcher, location: pair.key.location, name: name)]
    }

    func jsonChecks(_ node: YAMLNode) -> [Check] {
        let pairs = node.pairs ?? []
        guard pairs.contains(where: { $0.name.hasPrefix("$") }) else {
            yaml.error(
                "AS026",
                "'json' maps paths to what stands there, found \(pairs.first.map { "the key '\($0.name)'" } ?? node.kindText)",
                at: pairs.first?.key ?? node,
                fix: "write `json: {$.\(pairs.first?.name ?? "id"): …}`, or `json: {$: …}` for the whole body"
            )
            return []
        }
        return pairs.flatMap { pair -> [Check] in
            guard pair.name.hasPrefix("$") else {
                yaml.error(
                    "AS029", "'\(pair.name)' is no JSONPath: it begins with `$`", at: pair.key,
                    fix: "write `$.\(pair.name)`")
                return []
            }
            let matcher = yaml.matcher(pair.value)
            guard let path = yaml.path(pair.key) else { return [] }
            return check(.json(path), matcher, pair)
        }
    }

    /// A time to compare with: `2s`.
    private func latency(_ node: YAMLNode) -> ValueTemplate? {
        yaml.duration(node).map { .literal(.int($0.nanoseconds)) }
    }

    /// Digits as answers have them: small, and nothing between.
    func hexDigits(_ node: YAMLNode) -> ValueTemplate? {
        guard let template = yaml.template(node) else { return nil }
        guard let text = template.constantText else { return .of(template) }
        guard let bytes = hexadecimalBytes(text) else {
            yaml.error(
                "AS550",
                "'\(Shown.text(text, limit: 40))' is not hexadecimal: pairs of digits, with spaces or colons between",
                at: node, fix: "write `hex: \"00 05 68 65 6c 6c 6f\"`, in quotes")
            return nil
        }
        return .literal(.string(hexadecimal(bytes)))
    }

    // MARK: Status

    /// `200`, `2xx`, `[200, 201]` for any of them, or a matcher.
    private func statusMatcher(_ node: YAMLNode) -> Wanted? {
        guard let elements = node.elements else {
            return yaml.matcher(node, value: statusValue)?.withStatusClasses
        }
        if elements.isEmpty {
            yaml.error("AS031", "no status is expected", at: node, fix: "write `status: [200, 201]`")
        }
        let parts = elements.compactMap { yaml.matcher($0, value: statusValue)?.withStatusClasses }
        return parts.isEmpty || parts.count < elements.count ? nil : .any(parts)
    }

    private func statusValue(_ node: YAMLNode) -> ValueTemplate? {
        if let text = node.stringValue, statusClass(text) != nil { return .literal(.string(text)) }
        guard let value = yaml.valueTemplate(node) else { return nil }
        if case .template = value { return value }
        if let number = value.asConstant?.intValue, (100...999).contains(number) { return value }
        yaml.error(
            "AS046", "a status is a number from 100 to 999, found \(node.kindText)", at: node,
            fix: "write `200`, `2xx` or `[200, 201]`")
        return nil
    }

    private func canHold(_ check: Check) -> Bool {
        guard let constant = check.matcher.constant, StatusCodes(accepting: constant).isEmpty else {
            return true
        }
        yaml.error(
            "AS031", "no status can be what is expected: \(constant.description)", at: check.location,
            fix: "write `200`, `2xx` or `[200, 201]`")
        return false
    }
}

/// The first code of a class: 200 for `2xx`.
private func statusClass(_ text: String) -> Int64? {
    guard text.count == 3, text.lowercased().hasSuffix("xx"), let digit = text.first?.wholeNumberValue,
        (1...5).contains(digit)
    else { return nil }
    return Int64(digit * 100)
}

extension Matcher where Value == ValueTemplate {
    /// `2xx` as 200…299, wherever it stands.
    fileprivate var withStatusClasses: Wanted {
        switch self {
        case .equals(.literal(.string(let text))):
            guard let low = statusClass(text) else { return self }
            return .between(.literal(.int(low)), .literal(.int(low + 99)))
        case .not(let part): return .not(part.withStatusClasses)
        case .any(let parts): return .any(parts.map(\.withStatusClasses))
        case .all(let parts): return .all(parts.map(\.withStatusClasses))
        default: return self
        }
    }

    /// The same of times, which are whole nanoseconds.
    fileprivate var latencyText: String {
        map { value in
            value.asConstant?.intValue.map { .literal(.string(shortText(nanoseconds: Double($0)))) } ?? value
        }.checkText.replacing("\"", with: "")
    }

    /// What a check says of its subject, the same in every run: `is 200`, `has length 3`.
    var checkText: String {
        let shown = map { value in value.asConstant ?? .string(value.templates.first?.source ?? "…") }
        let text = Shown.text(shown.description, limit: 80)
        return switch self {
        case .length: "has \(text)"
        case .matches, .pattern: "matches \(text.dropFirst("text matching ".count))"
        case .contains: "contains \(text.dropFirst("containing ".count))"
        default: "is \(text)"
        }
    }
}

extension Check {
    /// The codes that a status check accepts, when nothing in it is computed; `nil` for other checks.
    public var statusCodes: StatusCodes? {
        guard case .status = subject, let constant = matcher.constant else { return nil }
        return StatusCodes(accepting: constant)
    }
}
