/// A stub that nearly matched a request.
public struct NearMiss: Sendable {
    public var stub: Stub
    public var comparison: Comparison
    /// Why it was not asked although its pattern matches: `scenario 'order' is in state 'Started', not 'paid'`.
    public var scenarioReason: String?

    /// `closest route 'POST /charges' differs in header x-tenant: expected equal to 'a', got 'b'`.
    public var sentence: String {
        var reasons = comparison.differences.map(\.text)
        if let scenarioReason { reasons.append(scenarioReason) }
        let shown = reasons.prefix(5).joined(separator: "; ")
        let more = reasons.count > 5 ? "; and \(reasons.count - 5) more" : ""
        return "closest route '\(stub.shown)' differs in \(shown)\(more)"
    }
}

extension StubStore {
    /// More stubs than this are not compared for one request.
    private static let comparedLimit = 1000

    /// The stubs nearest to a request that none matched, nearest first.
    public func nearMisses(of request: StubRequest, limit: Int = 3) -> [NearMiss] {
        let tenant = self.tenant(of: request)
        let states = Dictionary(scenarios(of: tenant).map { ($0.name, $0.state) }) { first, _ in first }
        let all = stubs.prefix(Self.comparedLimit).map { stub in
            var miss = NearMiss(stub: stub, comparison: stub.request.compare(request))
            if let scenario = stub.scenario, let required = scenario.requiredState,
                let current = states[scenario.name], current != required
            {
                miss.scenarioReason =
                    "scenario: expected '\(scenario.name)' in state '\(required)', got '\(current)'"
                miss.comparison.distance += 0.02
            }
            return miss
        }
        let sorted = all.enumerated().sorted {
            ($0.element.comparison.distance, $0.offset) < ($1.element.comparison.distance, $1.offset)
        }
        return sorted.prefix(limit).map(\.element)
    }

    /// What a request that no stub matched is told.
    func unmatchedText(_ request: StubRequest) -> String {
        let asked = "\(request.method) \(request.url)"
        guard let nearest = nearMisses(of: request, limit: 1).first else {
            return "no route matches \(asked): this double has no routes\n"
        }
        var text = "no route matches \(asked)\n\n\(nearest.sentence)\n\n"
        text += "  \(nearest.stub.shown)"
        if nearest.stub.name != nil { text += "   \(nearest.stub.request.shown)" }
        if let origin = nearest.stub.origin { text += "   \(origin)" }
        text += "\n"
        for difference in nearest.comparison.differences {
            text +=
                "    \(difference.place)\n      expected \(difference.expected)\n      got      \(difference.actual)\n"
            if let reason = difference.reason { text += "      \(reason)\n" }
        }
        if let reason = nearest.scenarioReason { text += "    \(reason)\n" }
        return text
    }
}
