/// Where a message between two sides is not what their contract says: what is told of a mismatch beside expected and
/// actual.
public struct ContractDrift: Sendable, Equatable {
    /// Whose message departs: the consumer's request or the provider's response.
    public enum Side: String, Sendable {
        case request, response
        /// No message of a run: an example or a version in the folder of contracts.
        case neither
    }

    /// Id of the rule: `response-body`, `operation-unknown`.
    public var rule: String
    public var side: Side
    /// As the manifest names it, with `@v1` behind it when it was judged by that version.
    public var contract: String
    /// `POST /tasks/{id}/status`; empty when the contract has none that fits.
    public var operation: String
    /// Who sent the departing message, in words: `service 'ui'`, `step 'update'`, `double 'pay'`.
    public var culprit: String
    /// `contracts/status/v2/update.schema.json#/required`; `nil` when no schema is concerned.
    public var schemaPath: String?
    /// Where the contract says so.
    public var location: SourceLocation?
    /// The text of that line, without its line break.
    public var line: String?

    public init(
        rule: String, side: Side, contract: String, operation: String, culprit: String,
        schemaPath: String? = nil, location: SourceLocation? = nil, line: String? = nil
    ) {
        self.rule = rule
        self.side = side
        self.contract = contract
        self.operation = operation
        self.culprit = culprit
        self.schemaPath = schemaPath
        self.location = location
        self.line = line
    }

    /// `POST /tasks/{id}/status response-body`
    public var what: String { operation.isEmpty ? rule : "\(operation) \(rule)" }
}

extension TestResult {
    /// What of it departs from contracts, in the order in which it happened, steps inside others included.
    public var drifts: [Mismatch] { steps.flatMap(\.drifts) }

    /// Whether it failed for nothing but contracts: all that was expected of it holds, and a message that it saw departs
    /// from what both sides agreed on.
    public var isDrift: Bool {
        status == .failed && reason == nil && steps.contains(where: \.hasDrift)
            && !steps.contains(where: \.hasOwnFailure)
    }
}

extension StepResult {
    /// What of it and the steps inside departs from contracts.
    public var drifts: [Mismatch] {
        mismatches.filter { $0.contract != nil } + children.flatMap(\.drifts)
    }

    /// Whether anything in it or in the steps inside departs from a contract.
    public var hasDrift: Bool {
        mismatches.contains { $0.contract != nil } || children.contains(where: \.hasDrift)
    }

    /// Whether it failed for something that no contract is concerned with.
    fileprivate var hasOwnFailure: Bool {
        guard status == .failed else { return false }
        if mismatches.contains(where: { $0.contract == nil }) { return true }
        // Without a word of its own it failed for what is inside; without that either, for something untold.
        return children.contains(where: \.hasOwnFailure) || !hasDrift
    }
}
