internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Pauses, loops and branches.
extension ArtilleryReading {
    // MARK: pauses

    /// In seconds: about a year.
    private static let longestPause = 3e7

    func think(_ node: YAMLNode, _ think: YAMLNode) -> Step? {
        check(node, ["think", "jitter"], in: "`think`")
        let jitter = node["jitter"].flatMap(self.jitter) ?? defaults.jitter
        guard let text = text(think) else { return nil }
        func step(_ action: ThinkAction) -> Step {
            Step(name: "think", location: node.location, action: .think(action))
        }
        let written = template(text, at: think.location)
        guard let constant = written.constantText else {
            guard case .template(let value) = value(text, at: think.location) else { return nil }
            if case .seconds? = jitter { leftOut("a `jitter` in seconds of a computed pause", at: think) }
            let spread: Double = if case .part(let part)? = jitter { part } else { 0 }
            return step(.computed(.template(value), spread: spread))
        }
        guard let seconds = ArtilleryDuration.seconds(constant), seconds >= 0, seconds < Self.longestPause
        else {
            shape(
                think, "seconds or a time with a unit for `think`", fix: "write `think: 1`, or `think: 500ms`"
            )
            return nil
        }
        let spread: Double =
            switch jitter {
            case .seconds(let spread)?: spread
            case .part(let part)?: seconds * part
            case nil: 0
            }
        guard seconds + spread <= Self.longestPause else {
            shape(
                node["jitter"] ?? think, "a `jitter` that keeps the pause below \(Int(Self.longestPause)) s",
                fix: "write `jitter: 20%`")
            return nil
        }
        func duration(_ seconds: Double) -> Duration { .nanoseconds(Int64(max(0, seconds) * 1e9)) }
        return step(
            spread > 0
                ? .between(duration(seconds - spread), duration(seconds + spread)) : .fixed(duration(seconds))
        )
    }

    /// `20%`, or a number of milliseconds.
    func jitter(_ node: YAMLNode) -> Jitter? {
        guard let text = node.scalarText else {
            shape(node, "a percentage or milliseconds for `jitter`")
            return nil
        }
        let digits = text.prefix { $0.isNumber }
        guard let value = Double(digits) else {
            shape(node, "a percentage or milliseconds for `jitter`", fix: "write `jitter: 20%`")
            return nil
        }
        // More is a slip of the pen; a pause has to stay a length of time.
        guard value <= (text.hasSuffix("%") ? 1e6 : Self.longestPause * 1000) else {
            shape(
                node, "at most 1000000% or 30000000000 milliseconds for `jitter`", fix: "write `jitter: 20%`")
            return nil
        }
        return text.hasSuffix("%") ? .part(value / 100) : .seconds(value / 1000)
    }

    // MARK: control

    func loop(_ node: YAMLNode, _ loop: YAMLNode, _ engine: ArtilleryEngine) -> Step? {
        check(node, ["loop", "count", "over", "whileTrue", "loopValue", "loopElement"], in: "`loop`")
        guard let elements = loop.elements else {
            shape(loop, "a list of steps for `loop`")
            return nil
        }
        let inner = steps(elements, engine)
        let element = node["loopElement"]?.scalarText ?? "$loopElement"
        var first = 0
        let count: RepeatAction.Count
        let whileHook = node["whileTrue"].flatMap { functions("whileTrue", $0).first }
        if whileHook != nil {
            count = .whileTrue(.literal(true), limit: .max)
        } else if let over = node["over"] {
            guard let list = list(over) else { return nil }
            count = .over(list, name: element)
        } else {
            guard let (from, rounds) = rounds(node["count"]) else { return nil }
            first = from
            count = rounds
        }
        var action = RepeatAction(count: count, steps: inner)
        action.indexName = node["loopValue"]?.scalarText ?? "$loopCount"
        action.first = first
        action.whileHook = whileHook
        return Step(name: "loop", location: node.location, action: .repeat(action))
    }

    /// A list, or the path of a variable; what is no list has no rounds.
    private func list(_ node: YAMLNode) -> ValueTemplate? {
        if node.elements != nil { return yaml.json(node).map { .literal($0) } }
        guard let path = text(node) else { return nil }
        guard let expression = names.expression(path, at: node.location) else {
            warnUnset(path, "no rounds", at: node.location, inConfig: false)
            return .literal([])
        }
        // `x + []` is a list only when x is one.
        let list = Expression.optional(
            .binary(.plus, expression, .literal([])), otherwise: [])
        let template = Template(source: path, location: node.location, segments: [.expression(list)])
        return ValueTemplate.template(template).folded { _ in nil }
    }

    /// `5`, `"1-5"` (five is not a round any more), `-1` and nothing for ever.
    private func rounds(_ node: YAMLNode?) -> (Int, RepeatAction.Count)? {
        let forever = RepeatAction.Count.whileTrue(.literal(true), limit: .max)
        guard let node else { return (0, forever) }
        guard let text = text(node) else { return nil }
        guard template(text, at: node.location).constantText == nil else {
            return constantRounds(text, node, forever)
        }
        guard case .template(let written) = value(text, at: node.location), let path = written.soleExpression
        else {
            unsupported("a `count` that is a template and more", at: node, fix: "write `count: \"{{ n }}\"`")
            return nil
        }
        let number = Expression.optional(
            .call(function: "number", arguments: [path], node.location), otherwise: 0)
        return (
            0,
            .times(
                .template(
                    Template(source: text, location: node.location, segments: [.expression(number)])))
        )
    }

    /// Of a bound of a range; numbers are whole and exact up to it.
    private static let mostRounds = 1e15

    private func constantRounds(_ text: String, _ node: YAMLNode, _ forever: RepeatAction.Count) -> (
        Int, RepeatAction.Count
    )? {
        let text = template(text, at: node.location).constantText ?? text
        if let count = Double(text) {
            if count == 0, case .string = node.content { return (0, .times(.literal(0))) }
            // 0 that is a number is none, and none is for ever.
            if count == -1 || count == 0 { return (0, forever) }
            return (0, .times(.literal(.int(Int64(max(0, min(count.rounded(.up), 1e6)))))))
        }
        let bounds = text.split(separator: "-", maxSplits: 1).map { Int($0.filter { $0 != " " }) }
        guard bounds.count == 2, let from = bounds[0], let to = bounds[1],
            abs(Double(from)) <= Self.mostRounds, abs(Double(to)) <= Self.mostRounds
        else {
            shape(node, "a number or a range for `count`", fix: "write `count: 10`, or `count: \"1-10\"`")
            return nil
        }
        return (from, .times(.literal(.int(Int64(max(0, to - from))))))
    }

    func parallel(_ node: YAMLNode, _ branches: YAMLNode, _ engine: ArtilleryEngine) -> Step? {
        check(node, ["parallel", "limit"], in: "`parallel`")
        guard let elements = branches.elements else {
            shape(branches, "a list of steps for `parallel`")
            return nil
        }
        let steps = steps(elements, engine)
        var action = ParallelAction(
            times: .literal(.int(Int64(steps.count))), steps: [], expectation: Expectation())
        action.branches = steps.map { [$0] }
        action.limit = node["limit"].flatMap(number).map { Int(max(1, min($0, 1e6))) } ?? 100
        return Step(name: "parallel", location: node.location, action: .parallel(action))
    }
}
