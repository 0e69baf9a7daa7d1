internal import AssayFormats

/// Compares JSON bodies.
struct PactJSONJudge {
    /// Requests must not have members that the example does not have.
    let refusesMore: Bool
    private(set) var mismatches: [PactMismatch] = []
    /// More are not kept: one wrong list of thousands would bury what else is wrong.
    static let limit = 200

    init(refusesMore: Bool) { self.refusesMore = refusesMore }

    mutating func judge(_ expected: JSON, _ actual: JSON, _ scope: PactRuleScope, at path: PactPath = .root) {
        switch (expected, actual) {
        case (.object(let expected), .object(let actual)): judge(expected, actual, scope, path)
        case (.array(let expected), .array(let actual)): judge(expected, actual, scope, path)
        case (.object, _), (.array, _):
            report(path, "\(PactValues.kind(expected)), like \(PactValues.shown(expected))", actual)
        default: judgeValue(expected, actual, scope, path)
        }
    }

    private mutating func report(_ path: PactPath, _ expected: String, _ actual: JSON) {
        report(path, expected, PactValues.shown(actual))
    }

    private mutating func report(_ path: PactPath, _ expected: String, _ actual: String) {
        guard mismatches.count < Self.limit else { return }
        mismatches.append(PactMismatch(.body, path.description, expected: expected, actual: actual))
    }

    private mutating func judgeValue(
        _ expected: JSON, _ actual: JSON, _ scope: PactRuleScope, _ path: PactPath
    ) {
        guard let choice = scope.choice else {
            if !PactValues.isEqual(expected, actual) { report(path, PactValues.shown(expected), actual) }
            return
        }
        let problems = choice.list.rules.map {
            PactValues.problem($0, expected: expected, actual: actual, isCascaded: choice.isCascaded)
        }
        for problem in choice.list.unmet(problems) { report(path, problem, actual) }
    }

    private mutating func take(_ once: PactOnce) {
        let found = once.mismatches(refusesMore: refusesMore)
        mismatches += found.prefix(max(0, Self.limit - mismatches.count))
    }

    /// Runs some comparisons, of which all or one must hold.
    ///
    /// What they share they must not do more than once: a comparison of all that is below, once for each rule, would
    /// double the work at every level.
    private mutating func combine(
        _ list: PactRuleList, _ compare: (PactRule, inout PactJSONJudge) -> Void
    ) {
        var found: [[PactMismatch]] = []
        for rule in list.rules {
            var judge = PactJSONJudge(refusesMore: refusesMore)
            compare(rule, &judge)
            found.append(judge.mismatches)
        }
        if list.combination == .or, found.contains(where: { $0.isEmpty }) { return }
        for mismatch in found.joined() where mismatches.count < Self.limit && !mismatches.contains(mismatch) {
            mismatches.append(mismatch)
        }
    }

    /// For rules that no collection can keep.
    private mutating func reportKind(
        _ rule: PactRule, _ expected: JSON, _ actual: JSON, _ choice: PactRuleScope.Choice, _ path: PactPath
    ) {
        let problem = PactValues.problem(
            rule, expected: expected, actual: actual, isCascaded: choice.isCascaded)
        report(path, problem ?? "another kind of value", actual)
    }

    // MARK: Objects

    private mutating func judge(
        _ expected: JSONObject, _ actual: JSONObject, _ scope: PactRuleScope, _ path: PactPath
    ) {
        if expected.isEmpty, refusesMore, !actual.isEmpty {
            report(path, "an empty object", .object(actual))
            return
        }
        guard let choice = scope.choice else {
            judgeNames(expected, actual, scope, path)
            judgeMembers(expected, actual, scope, path)
            return
        }
        let names = PactOnce { judge in judge.judgeNames(expected, actual, scope, path) }
        var members: [String: PactOnce] = [:]
        func once(_ name: String, _ example: JSON, _ value: JSON) -> PactOnce {
            if let known = members[name] { return known }
            let made = PactOnce { $0.judge(example, value, scope.below(name), at: path.member(name)) }
            members[name] = made
            return made
        }
        combine(choice.list) { rule, judge in
            if !choice.isCascaded, case .eachValue(let rules) = rule {
                judge.judgeValues(expected, actual, PactRuleScope(eachBelow: rules), path)
            } else if !choice.isCascaded, rule.isOfValues {
                for (name, value) in actual {
                    guard let example = expected[name] ?? expected.values.first else { continue }
                    judge.take(once(name, example, value))
                }
            } else {
                judge.judgeWhole(rule, expected, actual, choice, path)
                judge.take(names)
                for (name, example) in expected {
                    if let value = actual[name] { judge.take(once(name, example, value)) }
                }
            }
        }
    }

    private mutating func judgeMembers(
        _ expected: JSONObject, _ actual: JSONObject, _ scope: PactRuleScope, _ path: PactPath
    ) {
        for (name, value) in expected {
            if let found = actual[name] { judge(value, found, scope.below(name), at: path.member(name)) }
        }
    }

    private mutating func judgeWhole(
        _ rule: PactRule, _ expected: JSONObject, _ actual: JSONObject, _ choice: PactRuleScope.Choice,
        _ path: PactPath
    ) {
        switch rule {
        case .type(let min, let max):
            if !choice.isCascaded, let problem = PactValues.sizeProblem(actual.count, (min, max)) {
                report(path, problem, "\(actual.count)")
            }
        case .equality:
            if !PactValues.isEqual(.object(expected), .object(actual)) {
                report(path, "equal to \(PactValues.shown(.object(expected)))", .object(actual))
            }
        case .notEmpty: if actual.isEmpty { report(path, "an object that is not empty", .object(actual)) }
        // A rule for texts that reaches down is for the values below.
        case .regex, .arrayContains, .eachKey, .eachValue, .values: break
        default: reportKind(rule, .object(expected), .object(actual), choice, path)
        }
    }

    private mutating func judgeNames(
        _ expected: JSONObject, _ actual: JSONObject, _ scope: PactRuleScope, _ path: PactPath
    ) {
        if !scope.letsNamesDiffer {
            for name in expected.keys where actual[name] == nil {
                report(path.member(name), PactValues.shown(expected[name] ?? .null), "nothing")
            }
            if refusesMore {
                for name in actual.keys where expected[name] == nil {
                    report(path.member(name), "nothing", actual[name] ?? .null)
                }
            }
        }
        for rule in scope.keyRules {
            for name in actual.keys {
                if let problem = PactValues.textProblem(rule, expected: "", actual: name, isCascaded: false) {
                    report(path.member(name), "a name that is \(problem)", "'\(PactValues.bounded(name))'")
                }
            }
        }
    }

    private mutating func judgeValues(
        _ expected: JSONObject, _ actual: JSONObject, _ scope: PactRuleScope, _ path: PactPath
    ) {
        for (name, value) in actual {
            guard let example = expected[name] ?? expected.values.first else { continue }
            judge(example, value, scope.below(name), at: path.member(name))
        }
    }

    // MARK: Lists

    private mutating func judge(
        _ expected: [JSON], _ actual: [JSON], _ scope: PactRuleScope, _ path: PactPath
    ) {
        guard let choice = scope.choice else {
            for (index, value) in expected.enumerated() {
                if index < actual.count {
                    judge(value, actual[index], scope.below("\(index)"), at: path.element(index))
                } else if !scope.below("\(index)").hasRules {
                    report(path.element(index), PactValues.shown(value), "nothing")
                }
            }
            if expected.count != actual.count {
                let expectation = expected.isEmpty ? "an empty list" : "a list of \(expected.count)"
                report(path, expectation, "\(actual.count): \(PactValues.shown(.array(actual)))")
            }
            return
        }
        // Without an example for the elements anything will do, also for how many there are.
        guard !expected.isEmpty else { return }
        let elements = PactOnce { judge in judge.judgeElements(expected, actual, scope, path) }
        combine(choice.list) { rule, judge in
            judge.judgeList(rule, expected, actual, elements, choice, path)
        }
    }

    private mutating func judgeList(
        _ rule: PactRule, _ expected: [JSON], _ actual: [JSON], _ elements: PactOnce,
        _ choice: PactRuleScope.Choice, _ path: PactPath
    ) {
        switch rule {
        case .arrayContains(let variants): judgeVariants(variants, expected, actual, path)
        case .eachValue(let rules):
            if !choice.isCascaded { judgeElements(expected, actual, PactRuleScope(eachBelow: rules), path) }
        default:
            switch rule {
            case .type(let min, let max):
                if !choice.isCascaded, let problem = PactValues.sizeProblem(actual.count, (min, max)) {
                    report(path, problem, "\(actual.count)")
                }
            case .equality:
                if !PactValues.isEqual(.array(expected), .array(actual)) {
                    report(path, "equal to \(PactValues.shown(.array(expected)))", .array(actual))
                }
            case .notEmpty: if actual.isEmpty { report(path, "a list that is not empty", .array(actual)) }
            case .null, .statusCode, .unknown:
                reportKind(rule, .array(expected), .array(actual), choice, path)
            default: break
            }
            take(elements)
        }
    }

    /// Each element as its example, or as the first one where there are more elements than examples.
    private mutating func judgeElements(
        _ expected: [JSON], _ actual: [JSON], _ scope: PactRuleScope, _ path: PactPath
    ) {
        for index in 0..<max(expected.count, actual.count) {
            let example = expected[index < expected.count ? index : 0]
            let below = scope.below("\(index)")
            if index < actual.count {
                judge(example, actual[index], below, at: path.element(index))
            } else if !below.hasRules {
                report(path.element(index), PactValues.shown(example), "nothing")
            }
        }
    }

    private mutating func judgeVariants(
        _ variants: [PactVariant], _ expected: [JSON], _ actual: [JSON], _ path: PactPath
    ) {
        let equal = PactRuleSet([PactRuleSet.Entry(.whole, PactRuleList([.equality]))])
        let wanted =
            variants.isEmpty
            ? expected.indices.map { PactVariant(index: $0, rules: equal, generators: []) } : variants
        for variant in wanted {
            guard expected.indices.contains(variant.index) else {
                report(path, "variant \(variant.index)", "only \(expected.count) examples in the pact")
                continue
            }
            let example = expected[variant.index]
            let scope = PactRuleScope(variant.rules)
            let isFound = actual.contains { value in
                var judge = PactJSONJudge(refusesMore: refusesMore)
                judge.judge(example, value, scope)
                return judge.mismatches.isEmpty
            }
            if !isFound {
                report(path, "an element like \(PactValues.shown(example))", .array(actual))
            }
        }
    }
}

/// A comparison that several rules ask for and that is made once, for the first of them.
private final class PactOnce {
    private let compare: (inout PactJSONJudge) -> Void
    private var found: [PactMismatch]?

    init(_ compare: @escaping (inout PactJSONJudge) -> Void) { self.compare = compare }

    func mismatches(refusesMore: Bool) -> [PactMismatch] {
        if let found { return found }
        var judge = PactJSONJudge(refusesMore: refusesMore)
        compare(&judge)
        found = judge.mismatches
        return judge.mismatches
    }
}

extension PactRuleList {
    /// The problems that count: all of them, or none when one of several rules is enough and holds.
    func unmet(_ problems: [String?]) -> [String] {
        if combination == .or, problems.contains(where: { $0 == nil }) { return [] }
        return problems.compactMap(\.self)
    }
}
