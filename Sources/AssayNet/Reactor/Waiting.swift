/// What can be cancelled together: a user, a scenario, a branch of `parallel`.
///
/// A scope knows the one wait its task is in, so that cancelling ends it at once; children end with their parent.
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class CancelScope: @unchecked Sendable {
    let reactor: Reactor
    public private(set) var isCancelled = false
    var wait: Int32 = -1
    private var children: [CancelScope] = []
    private weak var parent: CancelScope?
    /// Where it stands among its parent's children.
    private var place = 0

    /// - Parameter parent: ends this scope when it ends.
    public init(on reactor: Reactor, within parent: CancelScope? = nil) {
        self.reactor = reactor
        self.parent = parent
        if let parent {
            isCancelled = parent.isCancelled
            place = parent.children.count
            parent.children.append(self)
        }
    }

    /// Ends the current wait, and every later one at once, with ``Wake/cancelled``.
    public func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        if wait >= 0 { reactor.waits.end(wait, .cancelled) }
        for child in children { child.cancel() }
        children.removeAll()
    }

    /// Takes the scope out of its parent's care; call it when its work is done.
    public func leave() {
        guard let parent else { return }
        self.parent = nil
        // A parent that was cancelled has let go of its children.
        guard place < parent.children.count, parent.children[place] === self else { return }
        // The last takes its place: a server has thousands of children that come and go.
        parent.children.swapAt(place, parent.children.count - 1)
        parent.children.removeLast()
        if place < parent.children.count { parent.children[place].place = place }
    }
}

extension Reactor {
    /// Suspends until a deadline (CLOCK_MONOTONIC nanoseconds) or a cancellation.
    ///
    /// - Returns: ``Wake/timeout`` when the time has come.
    @discardableResult
    public func sleep(until deadline: Int64, in scope: CancelScope? = nil) async -> Wake {
        await wait(until: deadline, in: scope) { _ in }
    }

    /// Suspends for a while; see ``sleep(until:in:)``.
    @discardableResult
    public func sleep(for duration: Duration, in scope: CancelScope? = nil) async -> Wake {
        let (seconds, attoseconds) = duration.components
        let length = seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
        return await sleep(until: Reactor.monotonicNow() &+ length, in: scope)
    }

    /// Suspends the current task until its wait is ended.
    ///
    /// - Parameter begun: is told the wait's index, to be ended by ``WaitTable/end(_:_:)``; runs before suspension.
    @inline(__always)
    func wait(until deadline: Int64, in scope: CancelScope?, _ begun: (Int32) -> Void) async -> Wake {
        assert(isCurrent, "waits belong to the reactor's own thread")
        if let scope, scope.isCancelled { return .cancelled }
        var index: Int32 = -1
        let wake = await unsafe withUnsafeContinuation { continuation in
            index = unsafe waits.begin(continuation, until: deadline)
            scope?.wait = index
            begun(index)
        }
        scope?.wait = -1
        waits.leave(index)
        return wake
    }

    /// A meeting point for tasks of this reactor: waiters sleep until someone signals.
    public func makeSignal() -> Signal { Signal(reactor: self) }
}

/// Lets tasks of one reactor wait for each other.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class Signal: @unchecked Sendable {
    let reactor: Reactor
    private var waiting: [Int32] = []

    init(reactor: Reactor) { self.reactor = reactor }

    /// Suspends until ``notifyAll()``, a deadline or a cancellation.
    @discardableResult
    public func wait(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> Wake {
        var own: Int32 = -1
        let wake = await reactor.wait(until: deadline, in: scope) { index in
            own = index
            waiting.append(index)
        }
        if wake != .ready { waiting.removeAll { $0 == own } }
        return wake
    }

    public func notifyAll() {
        let all = waiting
        waiting.removeAll(keepingCapacity: true)
        for index in all { reactor.waits.end(index, .ready) }
    }
}
