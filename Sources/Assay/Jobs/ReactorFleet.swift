internal import AssayNet

/// Reactors of a load: the first is the caller's own, the others run in threads of their own until they are stopped.
struct ReactorFleet {
    let reactors: [Reactor]
    private let signals: [Signal]

    init(first: Reactor, count: Int) throws(SystemError) {
        var reactors = [first]
        var signals: [Signal] = []
        for index in stride(from: 1, to: count, by: 1) {
            let reactor = try Reactor()
            let signal = reactor.makeSignal()
            reactors.append(reactor)
            signals.append(signal)
            startThread(named: "assay-reactor-\(index)") {
                reactor.run { _ = await signal.wait() }
            }
        }
        self.reactors = reactors
        self.signals = signals
    }

    /// Lets the other threads end.
    func stop() async {
        for (reactor, signal) in zip(reactors.dropFirst(), signals) {
            await Task(executorPreference: reactor) { signal.notifyAll() }.value
        }
    }
}
