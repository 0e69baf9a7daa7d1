/// One request to a provider: what it is made of, and what it is for.
public struct ProbeCase: Sendable, Hashable {
    public enum Phase: String, Sendable, CaseIterable {
        /// Of the document's examples.
        case examples
        /// At every bound, of every enumeration, with each optional part there and not there.
        case coverage
        /// By chance.
        case random
        /// Broken in one place.
        case negative
        /// Without credentials, or with wrong ones.
        case security
    }

    public enum Credentials: String, Sendable { case given, none, wrong }

    /// `POST /jobs/{id}`.
    public var operation: String
    public var phase: Phase
    /// What it tries, in words: `query limit at its maximum`.
    public var what: String
    /// Why it must be refused; `nil` for one that must not.
    public var reason: NegativeReason?
    public var credentials = Credentials.given
    public var draft: RequestDraft
    /// Names of path parameters whose values were learned from the provider; they are left alone.
    public var learned: Set<String> = []

    public var isValid: Bool { reason == nil }
}

/// What is generated for an operation.
public struct CaseOptions: Sendable {
    public var seed: UInt64
    /// At most so many valid and so many invalid cases of an operation.
    public var limit: Int
    public var phases: Set<ProbeCase.Phase>
    /// Also sends what lenient readers take for the type asked for.
    public var isStrict: Bool
    /// Values of parameters that somebody named, in place of generated ones.
    public var values: [String: String]

    public init(
        seed: UInt64, limit: Int = 50, phases: Set<ProbeCase.Phase> = Set(ProbeCase.Phase.allCases),
        isStrict: Bool = false, values: [String: String] = [:]
    ) {
        self.seed = seed
        self.limit = limit
        self.phases = phases
        self.isStrict = isStrict
        self.values = values
    }
}
