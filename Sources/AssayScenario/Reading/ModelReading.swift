import AssayCore
import AssayFormats

/// How a profile drives its scenarios, and the steps of it when it rises in steps.
struct LoadDriving {
    var model: LoadProfile.Model
    var steps: [LoadProfile.Search.Step]?

    init(_ model: LoadProfile.Model) { self.model = model }

    /// A rising load: each step is two stages, the rise and the time that is measured.
    static func users(_ steps: [LoadProfile.Search.Step]) -> LoadDriving {
        var driving = LoadDriving(.users(start: 0, stages: stages(steps) { Int($0) }))
        driving.steps = steps
        return driving
    }

    static func arrivals(_ steps: [LoadProfile.Search.Step], maximumUsers: Int) -> LoadDriving {
        let stages = stages(steps) { Rate(perSecond: $0) }
        var driving = LoadDriving(
            .arrivals(start: Rate(perSecond: 0), stages: stages, maximumUsers: maximumUsers))
        driving.steps = steps
        return driving
    }

    private static func stages<Target>(
        _ steps: [LoadProfile.Search.Step], _ target: (Double) -> Target
    ) -> [LoadProfile.Stage<Target>] {
        steps.flatMap { step in
            [
                LoadProfile.Stage(length: step.ramp, target: target(step.load)),
                LoadProfile.Stage(length: step.hold, target: target(step.load)),
            ]
        }
    }

    /// The steps from one load to another.
    ///
    /// - Parameters:
    ///   - every: how long a step takes, the rise included.
    ///   - ramp: how long the rise takes; `nil` is a tenth of the step.
    /// - Returns: with the last step at `last`, even when the way there is no multiple of `by`.
    static func steps(
        from first: Double, by: Double, to last: Double, every: Duration, ramp: Duration?
    ) -> [LoadProfile.Search.Step] {
        let ramp = ramp ?? .nanoseconds(every.nanoseconds / 10)
        let hold = every - ramp
        // Multiplied, not added up: 0.1 a hundred times is not 10.
        let whole = Int(((last - first) / by + 1e-9).rounded(.down))
        var loads = (0...whole).map { first + Double($0) * by }
        if let end = loads.last, last - end > by * 1e-6 { loads.append(last) }
        return loads.map { LoadProfile.Search.Step(load: $0, ramp: ramp, hold: hold) }
    }
}

extension ScenarioFile {
    /// More steps than this are no search.
    static var stepLimit: Int { 1000 }

    func drive(_ fields: inout MappingReader) -> LoadDriving? {
        guard let pair = fields.choice(of: ["users", "arrivals", "iterations"], code: "AS090") else {
            return nil
        }
        switch pair.name {
        case "users": return users(pair.value)
        case "arrivals": return arrivals(pair.value)
        default: return iterations(pair.value).map(LoadDriving.init)
        }
    }

    private func users(_ node: YAMLNode) -> LoadDriving? {
        yaml.mapping(node, "'users'") { fields in
            let start = fields.optional("start", userCount)
            guard let way = fields.choice(of: ["stages", "step"], code: "AS091") else { return nil }
            if way.name == "step" {
                let first = start.map(Double.init)
                return steps(way.value, from: first) { userCount($0).map(Double.init) }.map(
                    LoadDriving.users)
            }
            guard let stages = stages(way.value, target: userCount) else { return nil }
            if start ?? 0 == 0, !stages.isEmpty, stages.allSatisfy({ $0.target == 0 }) {
                yaml.error(
                    "AS091", "'users' never starts a user", at: node,
                    fix: "write `stages: [{for: 1m, to: 20}]`")
            }
            return LoadDriving(.users(start: start ?? 0, stages: stages))
        }
    }

    private func arrivals(_ node: YAMLNode) -> LoadDriving? {
        yaml.mapping(node, "'arrivals'") { fields in
            let start = fields.optional("start", yaml.rate)
            let way = fields.choice(of: ["stages", "step"], code: "AS091")
            let most = fields.required("max-users", userCount)
            if most == 0 {
                yaml.error(
                    "AS091", "'max-users' of 0 drops every start", at: node, fix: "write `max-users: 500`")
            }
            guard let way else { return nil }
            if way.name == "step" {
                let steps = steps(way.value, from: start?.perSecond) { yaml.rate($0)?.perSecond }
                guard let steps, let most else { return nil }
                return .arrivals(steps, maximumUsers: most)
            }
            guard let stages = stages(way.value, target: yaml.rate), let most else { return nil }
            let first = start ?? Rate(perSecond: 0)
            if first.perSecond == 0, !stages.isEmpty, stages.allSatisfy({ $0.target.perSecond == 0 }) {
                yaml.error(
                    "AS091", "'arrivals' never starts a user", at: node,
                    fix: "write `stages: [{for: 1m, to: 20/s}]`")
            }
            return LoadDriving(.arrivals(start: first, stages: stages, maximumUsers: most))
        }
    }

    /// `{by: 20, every: 30s, to: 400, ramp: 3s}`
    ///
    /// - Parameter start: the first step; `nil` is one of `by`.
    private func steps(
        _ node: YAMLNode, from start: Double?, _ load: (YAMLNode) -> Double?
    ) -> [LoadProfile.Search.Step]? {
        yaml.mapping(node, "'step'") { fields in
            let by = fields.required("by", load)
            let every = fields.required("every", yaml.duration)
            let last = fields.required("to", load)
            let ramp = fields.optional("ramp", yaml.duration)
            guard let by, let every, let last else { return nil }
            let first = start ?? by
            guard let problem = Self.problem(first: first, by: by, last: last, every: every, ramp: ramp)
            else {
                return LoadDriving.steps(from: first, by: by, to: last, every: every, ramp: ramp)
            }
            yaml.error("AS400", problem.message, at: node, fix: problem.fix)
            return nil
        }
    }

    /// Why there are no such steps.
    static func problem(
        first: Double, by: Double, last: Double, every: Duration, ramp: Duration?
    ) -> (message: String, fix: String)? {
        if by <= 0 { return ("a step of 0 goes nowhere", "write `by: 20`") }
        if first <= 0 { return ("the first step has no load", "leave `start` out, or give it more than 0") }
        if every <= .zero { return ("a step takes no time", "write `every: 30s`") }
        if let ramp, ramp >= every {
            return (
                "'ramp' of \(ramp.shortText) leaves nothing of a step of \(every.shortText) to measure",
                "make 'ramp' shorter than 'every'"
            )
        }
        if last < first {
            return (
                "the steps rise from \(plainNumber(first)) to \(plainNumber(last))",
                "give 'to' more than the start"
            )
        }
        if (last - first) / by >= Double(stepLimit) {
            return ("more than \(stepLimit) steps are no search", "make 'by' larger")
        }
        return nil
    }

    private func iterations(_ node: YAMLNode) -> LoadProfile.Model? {
        yaml.mapping(node, "'iterations'") { fields in
            let users = fields.required("users") { yaml.int($0, in: 1...1_000_000) }
            let kind = fields.choice(of: ["each", "total"], code: "AS090")
            let count = kind.flatMap { yaml.int($0.value, in: 1...1_000_000_000) }
            guard let users, let kind, let count else { return nil }
            return kind.name == "each"
                ? .iterationsEach(users: users, each: count) : .iterationsTotal(users: users, total: count)
        }
    }

    private func stages<Target: Sendable>(
        _ node: YAMLNode, target: (YAMLNode) -> Target?
    ) -> [LoadProfile.Stage<Target>]? {
        if node.elements?.isEmpty == true {
            yaml.error("AS091", "'stages' has no stage", at: node, fix: "write `stages: [{for: 1m, to: …}]`")
        }
        return yaml.list(node) { row in
            yaml.mapping(row, "a stage") { fields in
                let length = fields.required("for", yaml.duration)
                let to = fields.required("to", target)
                guard let length, let to else { return nil }
                return .init(length: length, target: to)
            }
        }
    }

    /// `20` or `20 users`.
    func userCount(_ node: YAMLNode) -> Int? {
        let words = node.stringValue?.split(separator: " ").map(String.init) ?? []
        if words.count == 2, ["user", "users"].contains(words[1]), let count = Int(words[0]),
            (0...1_000_000).contains(count)
        {
            return count
        }
        if node.stringValue != nil {
            yaml.error(
                "AS091", "expected a number of users, found \(node.kindText)", at: node,
                fix: "write `20` or `20 users`")
            return nil
        }
        return yaml.int(node, in: 0...1_000_000)
    }
}
