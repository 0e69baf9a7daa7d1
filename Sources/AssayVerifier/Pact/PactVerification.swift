public import AssayContracts
public import AssayCore
public import AssayFormats

/// What came of asking a provider for everything that a pact expects of it.
public struct PactVerification: Sendable {
    public var pact: Pact
    /// One for each interaction that was chosen, in the pact's order.
    public var results: [PactInteractionResult]
    /// Interactions that were not chosen.
    public var leftOut: Int

    public init(pact: Pact, results: [PactInteractionResult], leftOut: Int = 0) {
        self.pact = pact
        self.results = results
        self.leftOut = leftOut
    }

    /// Whether the provider was asked for all of the pact.
    public var isWhole: Bool { leftOut == 0 && !results.contains(where: \.isUnasked) }
    /// Whether nothing failed but what is pending.
    public var hasSucceeded: Bool { results.allSatisfy { !$0.counts } }
    public var passed: Int { results.count { $0.hasPassed } }
}

/// What came of one interaction.
public struct PactInteractionResult: Sendable {
    public var interaction: PactInteraction
    /// What the answer has otherwise than expected.
    public var mismatches: [PactMismatch] = []
    /// Why there was nothing to compare: a state that could not be made, a provider that gave no answer.
    public var failure: String?
    /// Who could not be asked, and why: `http://127.0.0.1:8080 does not answer: connect-refused`. `nil` once somebody was.
    public var unasked: String?
    /// The exchange as reports show it; `nil` when none took place.
    public var report: ExchangeReport?
    /// Steps of scenarios that made states.
    public var stateSteps: [StepResult] = []
    public var startedAtNanoseconds: Int64 = 0
    public var durationNanoseconds: Int64 = 0

    public init(_ interaction: PactInteraction) { self.interaction = interaction }

    /// Whether it says nothing of the provider: nobody was there to ask, or the run was ended.
    public var isUnasked: Bool { unasked != nil }
    public var hasPassed: Bool { failure == nil && mismatches.isEmpty }
    /// A failure that decides: one of a pending interaction does not.
    public var counts: Bool { !hasPassed && !interaction.isPending }
}

/// Asks a provider; the live one over HTTP, or a stand-in in tests.
public protocol PactProvider: AnyObject {
    func ask(_ request: ContractExchange.Request) async -> Result<ContractExchange.Response, PactNoAnswer>
    /// The exchange that took place last, for reports.
    var lastReport: ExchangeReport? { get }
}

/// Why a provider gave no answer, in words.
public struct PactNoAnswer: Error, Sendable, Equatable {
    public var reason: String
    /// Who could not be asked, and why; `nil` when somebody was.
    public var unasked: String?

    public init(_ reason: String, unasked: String? = nil) {
        self.reason = reason
        self.unasked = unasked
    }
}

/// Makes provider states hold, and takes them back.
public protocol PactStateMaker: AnyObject {
    /// - Returns: values that the state has, for generators; or why it cannot be made.
    func setUp(_ state: PactState, for interaction: PactInteraction) async -> Result<JSONObject, PactNoAnswer>
    /// Takes back what was set up last; the reverse order of setting up.
    ///
    /// - Returns: why it could not be done; `nil` when it was.
    func tearDown(_ state: PactState, for interaction: PactInteraction) async -> String?
    /// Steps that were run since this was asked last.
    func takeSteps() -> [StepResult]
}

extension PactStateMaker {
    public func takeSteps() -> [StepResult] { [] }
}
