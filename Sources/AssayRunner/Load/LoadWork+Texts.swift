internal import AssayCore
internal import AssayScenario

extension LoadWork {
    public var name: String { profile.name }

    /// Names of the steps that are measured, in the order of the files.
    public var stepNames: [String] { stepsOfPlan.map(\.name) }

    /// Steps that ask something; those that only record the user's own metrics are no lines of a table.
    var stepsOfPlan: [LoadPlan.StepName] {
        zip(layout.steps, layout.protocols).filter { $0.1 != .none }.map(\.0)
    }

    /// Where the schedule is, for people: `stage 2 of 5 → 100 users`; of several, those that run:
    /// `buy stage 1 of 2 → 20 users · browse in 30 s`.
    public func stageText(at elapsed: Int64) -> String {
        if let search = profile.search {
            var end: Int64 = 0
            let place = search.steps.firstIndex { step in
                end += (step.ramp + step.hold).nanoseconds
                return elapsed < end
            }
            guard let place else { return "ending" }
            let load = search.steps[place].load
            return "step \(place + 1) of \(search.steps.count) → \(LoadPlan.Model(profile).loadText(load))"
        }
        let own = profile.schedules
        if own.count == 1, own[0].name == nil, own[0].pacing.startAfter == .zero {
            return own[0].model.stageText(at: elapsed)
        }
        // What is over needs no place in a line that is short.
        let texts = own.compactMap { schedule -> String? in
            let name = schedule.name.map { $0 + " " } ?? ""
            let start = schedule.pacing.startAfter.nanoseconds
            if elapsed < start { return name + "in \(shortText(nanoseconds: Double(start - elapsed)))" }
            let text = schedule.model.stageText(at: elapsed - start)
            return text.hasPrefix("ending") ? nil : name + text
        }
        return texts.isEmpty ? "ending" : texts.joined(separator: " · ")
    }
}

extension LoadPlan.Model {
    fileprivate init(_ profile: LoadProfile) {
        switch profile.model {
        case .arrivals: self = .arrivals
        case .iterations: self = .iterations
        case .users, .none: self = .users
        }
    }
}

extension LoadProfile.Model {
    /// Where it is, from its own start on.
    fileprivate func stageText(at elapsed: Int64) -> String {
        func text<Target>(_ stages: [LoadProfile.Stage<Target>], _ goal: (Target) -> String) -> String {
            var end: Int64 = 0
            for (index, stage) in stages.enumerated() {
                end += stage.length.nanoseconds
                if elapsed < end || index == stages.count - 1 {
                    let place = elapsed < end ? "stage \(index + 1) of \(stages.count)" : "ending"
                    return "\(place) → \(stage.isPause ? "pause" : goal(stage.target))"
                }
            }
            return ""
        }
        switch self {
        case .users(_, let stages): return text(stages) { "\($0) users" }
        case .arrivals(let arrivals): return text(arrivals.stages) { $0.shortText }
        case .iterations(let work):
            return switch work.work {
            case .each(let each): "\(work.users) users × \(each)"
            case .total(let total): "\(total) by \(work.users) users"
            }
        }
    }
}
