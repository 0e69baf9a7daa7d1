public import AssayCore

/// How a connection that lasts over steps ended, or why something on it could not be done.
public struct StreamEnd: Error, Sendable, Equatable {
    /// ``Outcome/answered`` when the peer ended it as its protocol ends.
    public var outcome: Outcome
    /// What it was about, in a sentence.
    public var note: String

    public init(_ outcome: Outcome, _ note: String) {
        self.outcome = outcome
        self.note = note
    }

    init(_ failure: ConnectFailure) { self.init(failure.outcome, failure.note) }

    /// The peer ended it as its protocol ends.
    public var isClean: Bool { outcome == .answered }

    static let cancelled = StreamEnd(.cancelled, "cancelled")
    static let closedHere = StreamEnd(.cancelled, "closed by this side")
}
