internal import AssayContracts
internal import AssayFormats
internal import AssayScenario

/// What scenarios say of the HTTP exchanges that they have, without running them: paths, methods, bodies, statuses.
struct ScenarioTraffic {
    private(set) var traffic = ObservedTraffic()

    /// Adds every `http` step of a scenario, those of the scenarios that it uses too.
    mutating func add(_ scenario: Scenario) {
        add(scenario.steps)
        for block in scenario.blocks { add(block.steps) }
    }

    private mutating func add(_ steps: [Step]) {
        for step in steps {
            switch step.action {
            case .http(let action): add(action, step)
            case .repeat(let action): add(action.steps)
            case .parallel(let action): add(action.steps)
            case .group(let action): add(action.steps)
            case .if(let action):
                add(action.then)
                add(action.otherwise)
            case .use(let action): add(action.scenario)
            default: break
            }
            add(step.cleanup)
        }
    }

    private mutating func add(_ action: HTTPAction, _ step: Step) {
        guard let address = ScenarioAddress(action.url) else { return }
        var sent = ContractExchange.Request(method: action.method, path: address.path)
        var fields = address.query
        fields += action.query.map { ($0.name, $0.value.constantText) }
        if !fields.isEmpty {
            sent.query = fields.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value ?? ""))" }.joined(
                separator: "&")
        }
        sent.headers = action.headers.map { .init($0.name, Self.filled($0.value)) }
        if action.bearer != nil { sent.headers.append(.init("Authorization", "Bearer x")) }
        var observed = ObservedExchange(ContractExchange(request: sent))
        observed.pathParameters = address.parameters
        observed.openQueryParameters = Set(fields.filter { $0.value == nil }.map(\.name))
        add(action.body, to: &observed)
        let statuses =
            step.expectation.checks.lazy.compactMap { check -> [Int]? in
                guard case .status = check.subject else { return nil }
                return Self.statuses(check.matcher)
            }.first ?? []
        guard !statuses.isEmpty else {
            traffic.entries.append(.init(observed, host: address.host))
            return
        }
        for status in statuses {
            var answered = observed
            answered.exchange.response = .init(status: status)
            // Without a word about the body nothing is known of it, not even that there is none.
            answered.isResponseBodyCut = true
            if statuses.count == 1, let shape = ExpectedBody(step).shape { answered.responseShape = shape }
            traffic.entries.append(.init(answered, host: address.host))
        }
    }

    // MARK: bodies

    private func add(_ body: HTTPAction.Body, to observed: inout ObservedExchange) {
        func type(_ usual: String) {
            guard observed.exchange.request.header("Content-Type") == nil else { return }
            observed.exchange.request.headers.append(.init("Content-Type", usual))
        }
        switch body {
        case .none: break
        case .json(let value):
            type("application/json")
            observed.requestShape = ExampleShape(Self.partial(value))
        case .text:
            type("text/plain")
            observed.requestShape = ExampleShape(.some("string"))
        case .form(let fields):
            type("application/x-www-form-urlencoded")
            let text = fields.map { "\(Self.encoded($0.name))=\(Self.encoded(Self.filled($0.value)))" }
            observed.exchange.request.body = Array(text.joined(separator: "&").utf8)
        case .file: observed.isRequestBodyCut = true
        case .multipart:
            type("multipart/form-data")
            observed.isRequestBodyCut = true
        }
    }

    static func partial(_ value: ValueTemplate) -> PartialJSON {
        switch value {
        case .literal(let json): return .known(json)
        case .template(let template):
            if let text = template.constantText { return .known(.string(text)) }
            // A value that is only `${…}` keeps its type, which is not known here.
            return template.soleExpression == nil ? .some("string") : .unknown
        case .array(let elements): return .array(elements.map(partial))
        case .object(let members):
            return .object(
                members.compactMap { member in member.key.constantText.map { ($0, partial(member.value)) } },
                isOpen: false)
        }
    }

    // MARK: texts

    /// The text with something in place of what is computed.
    private static func filled(_ template: Template) -> String {
        template.segments.map { if case .text(let text) = $0 { text } else { "x" } }.joined()
    }

    private static func encoded(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("&", with: "%26").replacing("=", with: "%3D").replacing(
            "+", with: "%2B")
    }

    /// Statuses that are named one by one; a class of them names none.
    private static func statuses(_ matcher: Matcher<ValueTemplate>) -> [Int] {
        switch matcher {
        case .equals(.literal(let value)):
            return value.intValue.flatMap { Int(exactly: $0) }.map { [$0] } ?? []
        case .any(let matchers):
            let all = matchers.map(statuses)
            return all.contains { $0.isEmpty } ? [] : all.flatMap(\.self)
        default: return []
        }
    }
}

/// The parts of a step's URL; what is computed in its path are parameters.
struct ScenarioAddress {
    /// The service as the URL names it: `api` of `${api.url}`, or host and port; empty for the usual one.
    var host = ""
    var path = ""
    /// Values that are computed are `nil`.
    var query: [(name: String, value: String?)] = []
    var parameters: [Int: String] = [:]

    /// Stands for a computed part while the text is taken apart.
    private static let mark: Character = "\u{1}"

    /// - Returns: `nil` when the whole address is computed.
    init?(_ url: Template) {
        var expressions: [Expression] = []
        var text = ""
        for segment in url.segments {
            switch segment {
            case .text(let part): text += part
            case .expression(let expression):
                expressions.append(expression)
                text.append(Self.mark)
            }
        }
        var rest = text.prefix { $0 != "#" }
        var next = 0
        if rest.first == Self.mark {
            host = Self.name(expressions[0], isHost: true)
            next = 1
            rest = rest.dropFirst()
            guard rest.hasPrefix("/") else { return nil }
        } else if let scheme = rest.firstRange(of: "://") {
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            next = authority.count { $0 == Self.mark }
            host =
                next > 0
                ? Self.name(expressions[0], isHost: true) : String(authority)
            rest = rest.dropFirst(authority.count)
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let written = parts.first.map(String.init) ?? ""
        guard written.isEmpty || written.hasPrefix("/") else { return nil }
        var segments: [String] = []
        for (place, segment) in written.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .enumerated()
        {
            let marks = segment.count { $0 == Self.mark }
            guard marks > 0 else {
                segments.append(String(segment))
                continue
            }
            let name = marks == 1 && segment.count == 1 ? Self.name(expressions[next]) : ""
            next += marks
            parameters[place] = name
            segments.append("{\(name)}")
        }
        path = "/" + segments.joined(separator: "/")
        for field in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let words = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !words[0].contains(Self.mark), !words[0].isEmpty else { continue }
            let value = words.count > 1 ? String(words[1]) : ""
            query.append((String(words[0]), value.contains(Self.mark) ? nil : value))
        }
    }

    /// `jobId` of `${job.id}`, `job` of `${job}`; with `isHost` the first word.
    private static func name(_ expression: Expression, isHost: Bool = false) -> String {
        switch expression {
        case .name(let name, _): return name
        case .member(let base, let member):
            let owner = name(base, isHost: isHost)
            if isHost || owner.isEmpty { return owner }
            // Words of Assay's own say nothing.
            if ["case", "feed", "env", "secret"].contains(owner) { return member }
            return owner + member.prefix(1).uppercased() + member.dropFirst()
        case .index(let base, _): return name(base, isHost: isHost)
        default: return ""
        }
    }
}

/// What a step says of the body that it is answered with: paths that it judges and captures.
private struct ExpectedBody {
    private indirect enum Tree {
        case value(PartialJSON)
        case object([(name: String, tree: Tree)])
        case list(Tree)

        var isUnknown: Bool {
            if case .value(.unknown) = self { true } else { false }
        }

        var partial: PartialJSON {
            switch self {
            case .value(let value): value
            case .object(let members): .object(members.map { ($0.name, $0.tree.partial) }, isOpen: true)
            case .list(let element): .array([element.partial])
            }
        }
    }

    private var root: Tree?

    init(_ step: Step) {
        for check in step.expectation.checks {
            guard case .json(let path) = check.subject else { continue }
            add(path, Self.value(check.matcher))
        }
        for capture in step.captures {
            if case .jsonPath(let path) = capture.source { add(path, .value(.unknown)) }
        }
    }

    /// `nil` when the step says nothing of it.
    var shape: ExampleShape? { root.map { ExampleShape($0.partial) } }

    private mutating func add(_ path: TemplatedPath, _ value: Tree?) {
        guard let value, case .fixed(let path, _) = path, let segments = path.singularSegments else { return }
        root = Self.merged(root, Self.tree(segments[...], value))
    }

    private static func tree(_ segments: ArraySlice<CompiledPath.Segment>, _ value: Tree) -> Tree {
        guard let first = segments.first else { return value }
        let rest = tree(segments.dropFirst(), value)
        switch first {
        case .name(let name): return .object([(name, rest)])
        case .index: return .list(rest)
        }
    }

    private static func merged(_ left: Tree?, _ right: Tree) -> Tree {
        switch (left, right) {
        case (nil, _): return right
        case (.object(var mine)?, .object(let theirs)):
            for (name, tree) in theirs {
                if let place = mine.firstIndex(where: { $0.name == name }) {
                    mine[place].tree = merged(mine[place].tree, tree)
                } else {
                    mine.append((name, tree))
                }
            }
            return .object(mine)
        case (.list(let mine)?, .list(let theirs)): return .list(merged(mine, theirs))
        case (.value(.unknown)?, _): return right
        case (let known?, _): return known
        }
    }

    /// - Returns: `nil` when the path must not be there, or nothing is said of its kind.
    private static func value(_ matcher: Matcher<ValueTemplate>) -> Tree? {
        switch matcher {
        case .equals(let value): .value(ScenarioTraffic.partial(value))
        case .type(let kind): .value(.some(kind))
        case .matches, .pattern: .value(.some("string"))
        case .absent(let isAbsent): isAbsent ? nil : .value(.unknown)
        case .object(let members):
            .object(members.compactMap { member in value(member.matcher).map { (member.key, $0) } })
        case .all(let matchers):
            // `{type: string, length: …}`: the kind is what is looked for.
            matchers.lazy.compactMap(value).first { !$0.isUnknown }
                ?? (matchers.isEmpty ? nil : .value(.unknown))
        case .array, .unordered: .value(.some("array"))
        case .not: nil
        default: .value(.unknown)
        }
    }
}
