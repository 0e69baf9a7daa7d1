import AssayNet
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
}
