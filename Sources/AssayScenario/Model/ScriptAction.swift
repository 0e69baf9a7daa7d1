/// One pass of a function that a script exports.
///
/// Files of Assay's own have no such step: it is what a script of another tool comes to, which is driven like any other
/// scenario.
public struct ScriptAction: Sendable, Equatable {
    public struct Pair: Sendable, Equatable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Name of the exported function: `default`.
    public var export: String
    /// Of the script's scenario: `default` where the script names none.
    public var scenario: String
    /// What drives the scenario, as the script's tool spells it: `ramping-vus`.
    public var executor: String
    /// Set in the script's environment while the scenario runs.
    public var environment: [Pair]
    /// On everything that the scenario measures.
    public var tags: [Pair]

    public init(
        export: String = "default", scenario: String = "default", executor: String = "",
        environment: [Pair] = [], tags: [Pair] = []
    ) {
        self.export = export
        self.scenario = scenario
        self.executor = executor
        self.environment = environment
        self.tags = tags
    }
}
