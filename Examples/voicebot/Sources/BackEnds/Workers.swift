internal import AssayNet

/// How many may do something at a time; others wait for their turn in their order.
///
/// What waits is bounded by the number of calls. Used on its reactor's thread only.
final class Workers {
    private final class Turn {
        let signal: Signal
        var hasCome = false
        init(_ signal: Signal) { self.signal = signal }
    }

    private let reactor: Reactor
    private var free: Int
    private var queue: [Turn] = []

    init(_ count: Int, on reactor: Reactor) {
        free = count
        self.reactor = reactor
    }

    var waiting: Int { queue.count }

    func run<Value>(_ work: () async throws(Trouble) -> Value) async throws(Trouble) -> Value {
        await take()
        defer { giveBack() }
        return try await work()
    }

    private func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        let turn = Turn(reactor.makeSignal())
        queue.append(turn)
        while !turn.hasCome { await turn.signal.wait() }
    }

    private func giveBack() {
        guard !queue.isEmpty else {
            free += 1
            return
        }
        let next = queue.removeFirst()
        next.hasCome = true
        next.signal.notifyAll()
    }
}
