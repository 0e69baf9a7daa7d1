public import AssayContracts
public import AssayCore

/// One way in which a provider departs from its contract, with the smallest request that shows it.
public struct ProbeFinding: Sendable {
    public enum Level: String, Sendable { case error, warning }

    public var finding: ContractFinding
    public var level: Level
    /// Which findings are the same one: of one operation and one rule about one thing.
    public var key: String
    /// How many cases showed it.
    public var count = 1
    /// The first case that showed it; `nil` when no request did.
    public var original: ProbeCase?
    /// That case made smaller.
    public var smallest: ProbeCase?
    /// The smallest case as it was sent, without credentials.
    public var request: ContractExchange.Request?
    /// What was asked and answered then, masked.
    public var exchange: ExchangeReport?
    /// It came again when the same request was sent once more.
    public var isRepeatable = true

    init(_ finding: ContractFinding, level: Level = .error, key: String) {
        self.finding = finding
        self.level = level
        self.key = key
    }
}
