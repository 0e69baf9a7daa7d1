internal import AssayNet

/// Things that one task at a time may use, lent in the order in which they are asked for.
///
/// Used on its reactor's thread only.
final class Lender<Thing> {
    /// Somebody who waits.
    private final class Turn {
        let signal: Signal
        var thing: Thing?
        init(_ signal: Signal) { self.signal = signal }
    }

    private let reactor: Reactor
    private var idle: [Thing]
    private var waiting: [Turn] = []

    /// More than these wait for nothing that would come in time.
    static var mostWaiting: Int { 1000 }

    init(_ things: [Thing], on reactor: Reactor) {
        idle = things
        self.reactor = reactor
    }

    /// Waits for a thing that is free, the one that was used last if there are several.
    ///
    /// - Returns: what has to be given back; `nil` when too many wait already.
    func take() async -> Thing? {
        if let thing = idle.popLast() { return thing }
        guard waiting.count < Self.mostWaiting else { return nil }
        let turn = Turn(reactor.makeSignal())
        waiting.append(turn)
        await turn.signal.wait()
        return turn.thing
    }

    func giveBack(_ thing: Thing) {
        guard !waiting.isEmpty else {
            idle.append(thing)
            return
        }
        let next = waiting.removeFirst()
        next.thing = thing
        next.signal.notifyAll()
    }
}
