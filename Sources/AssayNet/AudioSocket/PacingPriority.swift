internal import CLinux
internal import Synchronization

/// What the system grants to a thread that must be on time. Reports name it: lateness is read against it.
public enum PacingPriority: String, Sendable, CaseIterable {
    /// Runs before every ordinary thread.
    case fifo = "SCHED_FIFO"
    /// An ordinary thread with a greater share.
    case nice
    case normal
}

/// Asks for the best class that the system grants to the calling thread: SCHED_FIFO at its lowest priority, else a nice value of
/// -10, else neither. Threads and programs that it starts do not inherit SCHED_FIFO.
///
/// - Returns: what it got; ``lowerPacingPriority()`` gives it back.
public func raisePacingPriority() -> PacingPriority {
    // Ordinary threads may be woken 50 µs late to save power.
    _ = clinux_thread_slack(1)
    if clinux_thread_fifo(1) == 0 { return .fifo }
    let before = 20 - clinux_thread_nice()
    guard (-20...19).contains(before) else { return .normal }
    if before <= -10 { return .nice }
    guard clinux_thread_set_nice(-10) == 0 else { return .normal }
    niceBefore.withLock { $0[currentThreadIdentity()] = before }
    return .nice
}

/// Makes of the calling thread what it was before ``raisePacingPriority()``.
public func lowerPacingPriority() {
    _ = clinux_thread_slack(0)
    _ = clinux_thread_normal()
    if let before = niceBefore.withLock({ $0.removeValue(forKey: currentThreadIdentity()) }) {
        _ = clinux_thread_set_nice(before)
    }
}

/// Nice values of threads that were raised.
private let niceBefore = Mutex<[UInt: Int32]>([:])
