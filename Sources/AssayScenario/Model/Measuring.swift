public import AssayCore
public import AssayFormats

/// A metric of the user's own, and what a step records in it.
public struct OwnMetric: Sendable {
    /// Name, kind and unit, as thresholds and reports know it.
    public var metric: Metric
    public var value: Value
    /// What a value is multiplied by to be in the unit that is kept: 1,000,000 of milliseconds, 1024 of KiB.
    public var factor: Double
    public var location: SourceLocation

    public enum Value: Sendable {
        /// Taken out of what the step answered, like a capture.
        case taken(Capture.Source)
        /// A constant, or computed once the step's captures are taken.
        case computed(ValueTemplate)
    }

    public init(metric: Metric, value: Value, factor: Double = 1, location: SourceLocation) {
        self.metric = metric
        self.value = value
        self.factor = factor
        self.location = location
    }
}

/// A tag that the series of a step have: `region: ${feed.region}`.
public struct SeriesTag: Sendable {
    public var key: String
    /// Computed before the step when it is no constant.
    public var value: Template
    public init(key: String, value: Template) {
        self.key = key
        self.value = value
    }

    /// Keys that Assay itself sets.
    public static let reserved = [
        "name", "scenario", "group", "check", "method", "status", "error", "quantile",
    ]

    /// Series of one metric that are kept when tags are computed, unless a profile says otherwise.
    public static let usualLimit = 1000
}

extension [SeriesTag] {
    /// Names that the values read.
    public var names: Set<String> { Set(flatMap { $0.value.freeNames.map(\.name) }) }
}

extension Scenario {
    /// The user's own metrics that its steps record, those of scenarios that it uses among them; each once.
    public var ownMetrics: [Metric] {
        var found: [Metric] = []
        func collect(_ steps: [Step]) {
            for step in steps {
                for own in step.metrics where !found.contains(own.metric) { found.append(own.metric) }
                if case .use(let use) = step.action { collect(use.scenario.steps) }
                collect(step.inner)
                collect(step.cleanup)
            }
        }
        collect(steps)
        return found
    }
}

extension LoadProfile {
    /// The metrics that thresholds may judge: Assay's own, and those of its scenarios.
    public var metrics: MetricRegistry {
        MetricRegistry(adding: scenarios.flatMap(\.scenario.ownMetrics))
    }
}
