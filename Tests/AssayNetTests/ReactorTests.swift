import AssayNet
import Glibc
import Synchronization
import Testing

@Suite("Reactor")
struct ReactorTests {
    @Test("a task sleeps on the reactor's timers and comes back on its thread")
    func sleeping() throws {
        let reactor = try Reactor()
        let wake = reactor.run {
            let begin = Reactor.monotonicNow()
            let wake = await reactor.sleep(for: .milliseconds(5))
            return (wake == .timeout, Reactor.monotonicNow() - begin >= 5_000_000, reactor.isCurrent)
        }
        #expect(wake == (true, true, true))
    }

    @Test("cancelling a scope ends the wait of its task and of its children at once")
    func cancelling() throws {
        let reactor = try Reactor()
        let wakes = reactor.run {
            let parent = CancelScope(on: reactor)
            let child = CancelScope(on: reactor, within: parent)
            let first = Task(executorPreference: reactor) { await reactor.sleep(until: .max, in: parent) }
            let second = Task(executorPreference: reactor) { await reactor.sleep(until: .max, in: child) }
            await reactor.sleep(for: .milliseconds(1))
            parent.cancel()
            let third = await reactor.sleep(until: .max, in: child)
            return [await first.value, await second.value, third]
        }
        #expect(wakes == [.cancelled, .cancelled, .cancelled])
    }

    @Test("another reactor's task can be awaited across threads")
    func foreignJobs() throws {
        let reactor = try Reactor()
        let total = reactor.run {
            var sum = 0
            for value in 1...100 {
                sum += await Task.detached { value }.value
            }
            return sum
        }
        #expect(total == 5050)
    }

    /// How a wait is ended a second time by someone who does not know yet that it is over.
    enum LateEnd: CaseIterable { case notify, cancel, close }

    @Test(
        "a wait that is over keeps its place until its task goes on, so no one ends another's",
        arguments: LateEnd.allCases)
    func lateEnds(_ late: LateEnd) throws {
        let reactor = try Reactor()
        // A socket without an address: no one sends anything to it.
        let channel = try Channel(
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | O_NONBLOCK, 0), on: reactor)
        let wakes: [Wake] = reactor.run {
            let (scope, signal, own) = (CancelScope(on: reactor), reactor.makeSignal(), reactor.makeSignal())
            let over = Task(executorPreference: reactor) {
                late == .close
                    ? await channel.readable(in: scope) : await signal.wait(in: scope)
            }
            await Task.yield()
            // In one turn of the loop, in this order: another wait begins, the old one is ended again, its task goes on.
            let innocent = Task(executorPreference: reactor) {
                await own.wait(until: Reactor.monotonicNow() + 5_000_000)
            }
            let culprit = Task(executorPreference: reactor) {
                switch late {
                case .notify: signal.notifyAll()
                case .cancel: scope.cancel()
                case .close: channel.close()
                }
            }
            if late == .cancel { signal.notifyAll() } else { scope.cancel() }
            await culprit.value
            return [await over.value, await innocent.value]
        }
        #expect(wakes == [late == .cancel ? .ready : .cancelled, .timeout])
    }

    @Test("a wait whose time came in the same turn in which its signal is given ends no other wait")
    func lateNotify() throws {
        let reactor = try Reactor()
        let wakes = reactor.run {
            let (signal, own) = (reactor.makeSignal(), reactor.makeSignal())
            // What is due at one time goes on in the reverse order of its beginning.
            let due = Reactor.monotonicNow() + 1_000_000
            let over = Task(executorPreference: reactor) { await signal.wait(until: due) }
            let culprit = Task(executorPreference: reactor) {
                await reactor.sleep(until: due)
                signal.notifyAll()
            }
            let innocent = Task(executorPreference: reactor) {
                await reactor.sleep(until: due)
                return await own.wait(until: due + 5_000_000)
            }
            await culprit.value
            return [await over.value, await innocent.value]
        }
        #expect(wakes == [.timeout, .timeout])
    }

    @Test(
        "a task that cannot suspend lets others run, also those that were ready before it and those it starts"
    )
    func turningWithin() throws {
        let reactor = try Reactor()
        let order = reactor.run {
            let steps = Steps()
            Task(executorPreference: reactor) {
                Task(executorPreference: reactor) { steps.add("started") }
                while steps.all.count < 2 { reactor.turnWithin() }
                steps.add("long")
            }
            let other = Task(executorPreference: reactor) { steps.add("ready") }
            await other.value
            await reactor.sleep(for: .milliseconds(1))
            return steps.all
        }
        #expect(order == ["ready", "started", "long"])
    }
}

/// What happened, in order.
private final class Steps: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
