public import AssayNet

/// Ends a load from outside: a threshold, Ctrl-C, a service that died.
///
/// Confined to the first reactor's thread, like the run itself.
public final class LoadStop: Sendable {
    private let bound: ReactorBound<State>

    private final class State {
        var shards: [(ReactorBound<LoadShard>, Reactor)] = []
        var isStopped = false
        var isInterrupted = false
        /// A person does not want to wait for anything any more.
        var isCutOff = false
        /// Of the set-up, while there is no load to stop.
        var setup: CancelScope?
        /// Of a script's `teardown()`, which a stop lets end.
        var teardown: CancelScope?
        /// Of a script's `handleSummary()`, likewise.
        var summary: CancelScope?
    }

    public init(on reactor: Reactor) { bound = ReactorBound(State(), on: reactor) }

    var isStopped: Bool { bound.value.isStopped }
    var isInterrupted: Bool { bound.value.isInterrupted }

    func attach(_ shards: [ReactorBound<LoadShard>], _ reactors: [Reactor]) {
        bound.value.shards = Array(zip(shards, reactors))
        if isStopped { stop(gracefully: true) }
    }

    /// A set-up ends at once, and so do users of a script that are being made: nobody waits for a load that will not be.
    ///
    /// - Parameter scope: of the set-up that runs; `nil` when it is over.
    func attach(setup scope: CancelScope?) {
        bound.value.setup = scope
        if isStopped, scope != nil { stop(gracefully: true) }
    }

    /// - Parameter scope: of the teardown that runs; `nil` when it is over. One that begins after ``cutOff()`` ends at once.
    func attach(teardown scope: CancelScope?) {
        bound.value.teardown = scope
        if bound.value.isCutOff { scope?.cancel() }
    }

    /// The summary of what has run is made also of a run that was cut off; who cuts it off as well asks once more.
    ///
    /// - Parameter scope: of the `handleSummary()` that runs; `nil` when it is over.
    public func attach(summary scope: CancelScope?) { bound.value.summary = scope }

    /// Ends what a stop lets end: a person does not want to wait for it.
    public func cutOff() {
        bound.value.isCutOff = true
        stop(gracefully: false, interrupted: true)
        bound.value.teardown?.cancel()
        bound.value.summary?.cancel()
    }

    /// - Parameters:
    ///   - gracefully: running passes may end within the profile's bound; else they are cut off and not counted.
    ///   - interrupted: a person ended it, so there is no verdict on what was not run.
    public func stop(gracefully: Bool, interrupted: Bool = false) {
        let state = bound.value
        state.isStopped = true
        state.isInterrupted = state.isInterrupted || interrupted
        state.setup?.cancel()
        // Nothing of a load has begun that may still end by itself.
        let cuts = !gracefully || state.setup != nil
        for (shard, reactor) in state.shards {
            Task(executorPreference: reactor) { cuts ? shard.value.cancel() : shard.value.stop() }
        }
    }
}
