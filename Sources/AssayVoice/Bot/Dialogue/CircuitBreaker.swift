internal import AssayCore

/// Keeps a caller of a failing back end from waiting for it again and again.
///
/// Closed it lets every request through and counts failures in a row. After enough of them it opens: nothing gets through
/// for a while. Then it is half open: one request is tried, and what becomes of it closes or opens the breaker again.
/// Pure: the time is passed in, in nanoseconds of any one clock.
public struct CircuitBreaker: Sendable, Equatable {
    public enum State: String, Sendable { case closed, open, halfOpen = "half-open" }

    /// Failures in a row that open it.
    public var failures: Int
    /// How long it lets nothing through, nanoseconds.
    public var openNanoseconds: Int64
    private var failed = 0
    private var openedAt: Int64?
    private var isTrying = false

    /// - Parameters:
    ///   - failures: at least 1.
    ///   - openFor: how long nothing gets through once it is open.
    public init(failures: Int, openFor: Duration) {
        self.failures = max(1, failures)
        openNanoseconds = openFor.nanoseconds
    }

    public func state(at now: Int64) -> State {
        guard let openedAt else { return .closed }
        return now - openedAt < openNanoseconds ? .open : .halfOpen
    }

    /// Whether a request may be made now; the one that is let through half open counts as the trial until it is told of.
    public mutating func admits(at now: Int64) -> Bool {
        switch state(at: now) {
        case .closed: return true
        case .open: return false
        case .halfOpen:
            if isTrying { return false }
            isTrying = true
            return true
        }
    }

    /// A request was answered well.
    public mutating func succeeded() {
        (failed, openedAt, isTrying) = (0, nil, false)
    }

    /// A request failed or took too long.
    ///
    /// - Returns: whether that opened the breaker.
    @discardableResult
    public mutating func failed(at now: Int64) -> Bool {
        failed += 1
        let wasTrial = isTrying
        isTrying = false
        guard wasTrial || openedAt == nil && failed >= failures else { return false }
        openedAt = now
        return true
    }

    /// A request that was let through ended without saying anything about the back end, as when its caller hung up.
    public mutating func forgotten() { isTrying = false }
}
