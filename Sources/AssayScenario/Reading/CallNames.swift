import AssayCore

/// Calls that the steps of a file begin and go on with.
struct CallNames {
    private var opened: Set<String> = []
    private var goneOn: [(name: String, location: SourceLocation)] = []

    mutating func saw(_ name: String, at location: SourceLocation, isOpened: Bool) {
        if isOpened { opened.insert(name) } else { goneOn.append((name, location)) }
    }

    /// Steps that go on with a call that nothing begins: AS367.
    ///
    /// A scenario with parameters is made to be used by others, which may have begun the call.
    func problems(in scenario: Scenario) -> [Diagnostic] {
        guard scenario.parameters.isEmpty, !goneOn.isEmpty else { return [] }
        let known = opened.union(Self.opened(in: scenario.steps))
        return goneOn.filter { !known.contains($0.name) }.map { name, location in
            let fix =
                nearestName(to: name, among: known.sorted()).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty
                    ? "begin with `- call: {to: \"${bot.audiosocket}\", as: \(name)}`"
                    : "there are: " + known.sorted().joined(separator: ", "))
            return Diagnostic("AS367", "no step begins the call '\(name)'", at: location, fix: fix)
        }
    }

    /// Calls that steps begin, those of the scenarios that they use among them.
    private static func opened(in steps: [Step]) -> Set<String> {
        var names: Set<String> = []
        for step in steps {
            switch step.action {
            case .call(let action): if case .connect = action.wish { names.insert(action.call) }
            case .use(let use): names.formUnion(opened(in: use.scenario.steps))
            default: names.formUnion(opened(in: step.inner))
            }
        }
        return names
    }
}

extension ScenarioFile {
    func sawCall(_ name: String, at location: SourceLocation, isOpened: Bool) {
        calls.saw(name, at: location, isOpened: isOpened)
    }
}

extension Scenario {
    /// Whether its steps, or those it uses, make calls.
    public var hasCalls: Bool { steps.contains(where: \.hasCalls) }

    /// Whether its steps, or those it uses, compare what a call hears with a file.
    public var comparesCalls: Bool { steps.contains(where: \.comparesCalls) }
}

extension Step {
    fileprivate var comparesCalls: Bool {
        switch action {
        case .call(let call):
            if case .response(let response) = call.wish { response.like != nil } else { false }
        case .use(let use): use.scenario.comparesCalls
        default: (inner + cleanup).contains(where: \.comparesCalls)
        }
    }

    fileprivate var hasCalls: Bool {
        switch action {
        case .call: true
        case .use(let use): use.scenario.hasCalls
        default: (inner + cleanup).contains(where: \.hasCalls)
        }
    }
}
