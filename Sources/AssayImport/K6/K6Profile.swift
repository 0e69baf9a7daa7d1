public import AssayCore
internal import AssayFormats
public import AssayScenario

extension K6Options {
    /// The load that the options ask for.
    ///
    /// Each scenario has a schedule of its own with k6's starts and ends; thresholds are parsed already, so that they are
    /// judged as k6 does. Requests follow ``httpSettings`` where a script does not say otherwise.
    ///
    /// - Parameters:
    ///   - name: of the run, in reports.
    ///   - location: of the script.
    ///   - metrics: the script's own, as it registered them.
    ///   - body: what an iteration of a scenario does; its name is that of the scenario.
    /// - Returns: thresholds on metrics that there are not, or that cannot answer them, as AS641.
    public func profile(
        named name: String, at location: SourceLocation, metrics: [Metric] = [],
        body: (K6Scenario) -> Scenario
    ) -> Result<LoadProfile, Diagnostics> {
        let judged: [Threshold]
        switch self.judged(by: metrics, at: location) {
        case .success(let thresholds): judged = thresholds
        case .failure(let problems): return .failure(problems)
        }
        let bodies = scenarios.map { scenario in
            var weighted = LoadProfile.WeightedScenario(
                scenario: body(scenario), weight: 1, model: scenario.model, pacing: pacing(of: scenario))
            weighted.seriesTags = Self.constant(scenario.tags)
            return weighted
        }
        var profile = LoadProfile(name: name, location: location, scenarios: bodies, model: nil)
        profile.thresholds = judged.map {
            LoadProfile.ThresholdText(text: $0.text, location: location, parsed: $0)
        }
        profile.seriesTags = Self.constant(tags)
        profile.setupTimeout = setupTimeout
        profile.teardownTimeout = teardownTimeout
        profile.http = httpSettings
        return .success(profile)
    }

    private func pacing(of scenario: K6Scenario) -> LoadProfile.Pacing {
        var pacing = LoadProfile.Pacing()
        pacing.startAfter = scenario.startTime
        pacing.gracefulStop = scenario.gracefulStop
        pacing.pace = minIterationDuration
        if case .rampingUsers(_, _, let rampDown) = scenario.executor { pacing.gracefulRampDown = rampDown }
        return pacing
    }

    private static func constant(_ tags: [String: String]) -> [SeriesTag] {
        tags.sorted { $0.key < $1.key }.map { SeriesTag(key: $0.key, value: .constant($0.value)) }
    }
}

extension K6Scenario {
    /// The schedule in Assay's own terms.
    var model: LoadProfile.Model {
        switch executor {
        case .sharedIterations(let users, let iterations, let most):
            return .iterations(.init(users: users, work: .total(iterations), within: most))
        case .perUserIterations(let users, let iterations, let most):
            return .iterations(.init(users: users, work: .each(iterations), within: most))
        case .constantUsers(let users, let duration), .externallyControlled(let users, let duration):
            return .users(start: users, stages: [.init(length: duration, target: users)])
        case .rampingUsers(let start, let stages, _):
            return .users(start: start, stages: stages.map { .init(length: $0.duration, target: $0.target) })
        case .constantArrivalRate(let rate, let unit, let duration, let ready, let most):
            let rate = Rate(perSecond: Double(rate) / unit.inSeconds)
            return .arrivals(
                .init(
                    start: rate, stages: [.init(length: duration, target: rate)], maximumUsers: most,
                    readyUsers: ready))
        case .rampingArrivalRate(let start, let unit, let stages, let ready, let most):
            func rate(_ count: Int) -> Rate { Rate(perSecond: Double(count) / unit.inSeconds) }
            var arrivals = LoadProfile.Arrivals(
                start: rate(start),
                stages: stages.map { .init(length: $0.duration, target: rate($0.target)) },
                maximumUsers: most, readyUsers: ready)
            // The first start is where the integral of the rate reaches 1, also when the rate never changes.
            arrivals.beginsAtOnce = false
            return .arrivals(arrivals)
        }
    }
}
