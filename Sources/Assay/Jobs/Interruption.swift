internal import AssayNet

/// SIGINT, SIGTERM and SIGHUP as ordinary events: the first asks for an orderly end.
final class Interruption {
    private let watch: SignalWatch
    private let state: ReactorBound<State>
    private let reactor: Reactor

    private final class State {
        var count = 0
        var action: (() -> Void)?
        /// At every further one.
        var again: (() -> Void)?
    }

    /// Call before any thread is started: the signals must be blocked in all of them.
    init(on reactor: Reactor) throws(SystemError) {
        watch = try SignalWatch([.interrupt, .terminate, .hangUp], on: reactor)
        state = ReactorBound(State(), on: reactor)
        self.reactor = reactor
    }

    /// Whether a person has asked for the end.
    var happened: Bool { state.value.count > 0 }

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - console: is told that the end has begun.
    ///   - words: what follows now, for people.
    ///   - action: begins the end; called once.
    func watch(
        _ console: Console, saying words: String = "ending in order, then taking the stand down …",
        again: (() -> Void)? = nil, _ action: @escaping () -> Void
    ) {
        state.value.action = action
        state.value.again = again
        let (watch, state) = (watch, state)
        Task(executorPreference: reactor) {
            while await watch.next() != nil {
                state.value.count += 1
                if state.value.count == 1 {
                    console.complain("\ninterrupted: \(words)")
                    state.value.action?()
                } else {
                    state.value.again?()
                }
            }
        }
    }

    func close() { watch.close() }
}
