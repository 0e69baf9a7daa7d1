public import AssayCore

/// What came of a saved case that was sent again.
public struct ReplayedCase: Sendable {
    public enum End: Sendable, Equatable {
        /// It shows the same finding.
        case fails
        /// It does not any more.
        case holds
        /// The document no longer has the operation.
        case unknown
        /// There was no answer to judge.
        case unanswered(LiveFailure)
    }

    public var saved: SavedCase
    public var end: End
    public var exchange: ExchangeReport?
    /// As it shows now.
    public var finding: ProbeFinding?
}
