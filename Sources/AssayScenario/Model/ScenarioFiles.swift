import AssayCore

extension Scenario {
    /// The files that the scenario is written in: its own, and those that it uses, each once.
    public var files: [String] {
        var found: [String] = []
        collectFiles(into: &found)
        return found
    }

    fileprivate func collectFiles(into found: inout [String]) {
        guard !found.contains(location.file) else { return }
        found.append(location.file)
        for step in (steps + blocks.flatMap(\.steps)) { step.collectFiles(into: &found) }
    }
}

extension Step {
    fileprivate func collectFiles(into found: inout [String]) {
        if case .use(let use) = action { use.scenario.collectFiles(into: &found) }
        for step in innerSteps + cleanup { step.collectFiles(into: &found) }
    }

    private var innerSteps: [Step] {
        switch action {
        case .repeat(let action): action.steps
        case .parallel(let action): action.steps + action.branches.joined()
        case .group(let action): action.steps
        case .if(let action): action.then + action.otherwise
        default: []
        }
    }
}
