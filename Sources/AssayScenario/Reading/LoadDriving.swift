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
            .arrivals(
                .init(start: Rate(perSecond: 0), stages: stages, maximumUsers: maximumUsers)))
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

    /// `{by: 20, every: 30s, to: 400, ramp: 3s}`
    ///
    /// - Parameter start: the first step; `nil` is one of `by`.
    func steps(
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
}
