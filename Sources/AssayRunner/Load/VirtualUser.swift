internal import AssayNet

/// One virtual user of a schedule: its number, and what the schedule tells it.
///
/// Belongs to its reactor's thread.
final class VirtualUser {
    /// Over all schedules and segments of the run.
    let number: Int
    let signal: Signal
    /// Ends its pass at once.
    let scope: CancelScope
    private(set) var isStopped = false
    /// It begins no pass any more, whatever it is told.
    var hasLeft = false
    /// Passes it still has to make; `nil` when they are shared or unbounded.
    var passes: Int?
    /// Passes that it has begun.
    var passesBegun = 0
    /// When it may begin its next pass; 0 at once.
    var mayBeginAt: Int64 = 0
    /// Rows that it keeps, by feed; empty until it is given one.
    var rows: [Int?] = []
    private var due: Int64?
    private var rampDown: ScopeTimer?
    private let reactor: Reactor

    /// - Parameter parent: ends the user when it ends.
    init(number: Int, on reactor: Reactor, within parent: CancelScope) {
        self.number = number
        self.reactor = reactor
        signal = reactor.makeSignal()
        scope = CancelScope(on: reactor, within: parent)
    }

    /// The pass that runs is the last.
    func stop() {
        isStopped = true
        signal.notifyAll()
    }

    /// The pass that runs is the last, and is broken off when it takes longer than a bound.
    func stop(within bound: Duration) {
        guard !isStopped else { return }
        stop()
        rampDown = ScopeTimer(scope, on: reactor, after: bound)
    }

    /// Takes a stop back, for the schedule rises again.
    ///
    /// - Returns: `false` when it is too late.
    func goOn() -> Bool {
        guard !hasLeft, !scope.isCancelled else { return false }
        isStopped = false
        rampDown?.cancel()
        rampDown = nil
        return true
    }

    /// It is gone; nothing is timed any more.
    func leave() {
        hasLeft = true
        rampDown?.cancel()
        scope.leave()
    }

    /// Hands over the next arrival.
    func give(_ due: Int64) {
        self.due = due
        signal.notifyAll()
    }

    func take() -> Int64? {
        defer { due = nil }
        return due
    }
}
