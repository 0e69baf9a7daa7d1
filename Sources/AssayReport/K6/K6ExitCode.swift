/// How `k6 run` ends, by what ended the run.
public enum K6ExitCode: Int32, Sendable, CaseIterable {
    case passed = 0
    /// A threshold was crossed.
    case thresholdsCrossed = 99
    case setupTimeout = 100
    case teardownTimeout = 101
    case timeout = 102
    /// The options are wrong.
    case invalidOptions = 104
    /// Somebody stopped it: Ctrl-C, SIGTERM.
    case stopped = 105
    /// An exception outside of iterations: when the script was loaded, in its set-up or in its teardown.
    case scriptException = 107
    /// `exec.test.abort()`.
    case scriptAborted = 108
    /// `exec.test.fail()`.
    case markedAsFailed = 110

    /// The one of several that k6 ends with: what broke the run off comes before what is judged at its end.
    public static func of(_ reasons: [K6ExitCode]) -> K6ExitCode {
        let order: [K6ExitCode] = [
            .invalidOptions, .stopped, .scriptAborted, .setupTimeout, .scriptException, .teardownTimeout,
            .timeout, .markedAsFailed, .thresholdsCrossed,
        ]
        return order.first(where: reasons.contains) ?? .passed
    }
}
