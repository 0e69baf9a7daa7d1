internal import AssayCore

/// Keeps a back end that fails from being asked again and again: after some failures in a row it rests, and everybody is told so at
/// once; after the rest one request tries whether it is back.
struct CircuitBreaker {
    /// Numbers are those on `/metrics`.
    enum State: Int {
        case closed = 0
        case halfOpen = 1
        case open = 2
    }

    private let failuresToOpen: Int
    private let restNanoseconds: Int64
    private var failures = 0
    private var openedAt: Int64?
    /// Half-open, somebody is trying already.
    private var isTrying = false

    init(failuresToOpen: Int, rest: Duration) {
        self.failuresToOpen = failuresToOpen
        restNanoseconds = rest.nanoseconds
    }

    /// - Parameter now: nanoseconds of any one clock, as in the other calls.
    func state(at now: Int64) -> State {
        guard let openedAt else { return .closed }
        return now - openedAt < restNanoseconds ? .open : .halfOpen
    }

    /// Whether the back end is to be asked; whoever is let through says what came of it by ``succeeded()`` or ``failed(at:)``.
    mutating func mayAsk(at now: Int64) -> Bool {
        switch state(at: now) {
        case .closed: return true
        case .open: return false
        case .halfOpen:
            defer { isTrying = true }
            return !isTrying
        }
    }

    mutating func succeeded() {
        failures = 0
        openedAt = nil
        isTrying = false
    }

    mutating func failed(at now: Int64) {
        failures += 1
        isTrying = false
        if failures >= failuresToOpen { openedAt = now }
    }
}
