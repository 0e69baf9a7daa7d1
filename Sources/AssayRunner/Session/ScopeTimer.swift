internal import AssayNet

/// Ends a scope after a while and remembers that it did.
final class ScopeTimer {
    private let own: CancelScope
    private let fired: ReactorBound<Flag>

    private final class Flag { var isSet = false }

    var hasFired: Bool { fired.value.isSet }

    init(_ scope: CancelScope, on reactor: Reactor, after bound: Duration) {
        let own = CancelScope(on: reactor)
        let fired = ReactorBound(Flag(), on: reactor)
        self.own = own
        self.fired = fired
        Task(executorPreference: reactor) {
            guard await reactor.sleep(for: bound, in: own) == .timeout else { return }
            fired.value.isSet = true
            scope.cancel()
        }
    }

    func cancel() { own.cancel() }
}
