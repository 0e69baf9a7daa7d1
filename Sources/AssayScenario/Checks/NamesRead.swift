import AssayFormats

extension LoadProfile {
    /// Names that passes of a scenario may read: its own templates, those of scenarios that it uses, and what the profile
    /// says of requests and series.
    ///
    /// - Parameter place: of the scenario in ``scenarios``.
    public func namesRead(byScenarioAt place: Int) -> Set<String> {
        var computed = Computed()
        computed.add(http)
        computed.add(seriesTags)
        computed.add(scenarios[place].seriesTags)
        scenarios[place].scenario.collect(into: &computed)
        return Set(computed.reads.map(\.name))
    }
}

extension Scenario {
    fileprivate func collect(into computed: inout Computed) {
        for parameter in parameters { if let value = parameter.standard { computed.add(value) } }
        for variable in variables { computed.add(variable.value) }
        computed.add(http)
        computed.add(seriesTags)
        Self.collect(steps, into: &computed)
    }

    private static func collect(_ steps: [Step], into computed: inout Computed) {
        for step in steps {
            computed.add(step.action)
            computed.add(step.expectation)
            computed.add(step.captures)
            computed.add(step.seriesTags)
            computed.add(step.metrics)
            if case .use(let action) = step.action { action.scenario.collect(into: &computed) }
            collect(step.inner + step.cleanup, into: &computed)
        }
    }
}
