/// The one judgement of a run.
public struct Verdict: Sendable, Equatable {
    public enum Status: String, Sendable { case passed, failed, inconclusive, interrupted }

    public var status: Status
    /// Why, in words, most important first; empty only when passed.
    public var reasons: [String]

    public init(_ status: Status, reasons: [String] = []) {
        self.status = status
        self.reasons = reasons
    }

    public var exitCode: ExitCode {
        switch status {
        case .passed: .passed
        case .failed: .failed
        case .inconclusive: .inconclusive
        case .interrupted: .interrupted
        }
    }
}

/// What the process says when it ends.
public enum ExitCode: Int32, Sendable {
    case passed = 0
    case failed = 1
    /// A file or an option that cannot be used.
    case badInput = 2
    case standNotReady = 3
    case internalFault = 4
    /// There is no judgement: no data, or the generator was saturated.
    case inconclusive = 5
    /// Ended by SIGINT or SIGTERM, after teardown.
    case interrupted = 130

    // As k6 ends, where the command line asks for that.
    case thresholdsCrossed = 99
    case setupTimeout = 100
    case teardownTimeout = 101
    case timeout = 102
    case invalidOptions = 104
    case stopped = 105
    case scriptException = 107
    case scriptAborted = 108
    case markedAsFailed = 110
}
