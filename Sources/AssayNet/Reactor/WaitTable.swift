/// Why a suspended task goes on.
public enum Wake: Sendable {
    case ready
    case timeout
    case cancelled
}

/// Every suspended task of a reactor: a continuation, perhaps a deadline, found by index.
///
/// One table instead of an object per wait: at 10,000 users each request would otherwise allocate.
///
/// An index belongs to its wait until the task itself has gone on and calls ``leave(_:)``, not only until the wait is
/// ended: whoever still holds the index in between ends nothing, and no one else's wait.
@safe struct WaitTable {
    private var continuations: [UnsafeContinuation<Wake, Never>?] = unsafe []
    private var free: [Int32] = []
    private var wheel: TimerWheel

    init(now: Int64) { wheel = TimerWheel(now: now) }

    /// - Parameter deadline: when to end it with ``Wake/timeout``; `.max` for never.
    /// - Returns: the wait's index, to be left by the task that waited once it goes on.
    mutating func begin(_ continuation: UnsafeContinuation<Wake, Never>, until deadline: Int64) -> Int32 {
        let index: Int32
        if let recycled = free.popLast() {
            index = recycled
            unsafe continuations[Int(index)] = continuation
        } else {
            index = unsafe Int32(continuations.count)
            unsafe continuations.append(continuation)
        }
        if deadline != .max { wheel.insert(index, at: deadline) }
        return index
    }

    /// Resumes the task; does nothing when the wait has ended already.
    mutating func end(_ index: Int32, _ wake: Wake) {
        guard let continuation = unsafe continuations[Int(index)] else { return }
        unsafe continuations[Int(index)] = nil
        wheel.remove(index)
        unsafe continuation.resume(returning: wake)
    }

    /// Gives the index of an ended wait to others; no one may hold it any more when the caller next suspends.
    mutating func leave(_ index: Int32) { free.append(index) }

    func nextDeadline() -> Int64? { wheel.nextDeadline() }

    mutating func due(at now: Int64, _ due: inout [Int32]) { wheel.advance(to: now, &due) }
}
