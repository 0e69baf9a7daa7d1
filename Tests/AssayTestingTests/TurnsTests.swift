import Synchronization
import Testing

@testable import Assay

@Suite("Turns")
struct TurnsTests {
    private struct Count: Sendable {
        var now = 0
        var most = 0
        var done = 0
    }
    private static let atWork = Mutex(Count())

    @Test("no more than the limit are at work at a time, and all get their turn")
    func bound() async {
        let turns = Turns(limit: 3)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await turns.take()
                    Self.atWork.withLock { state in
                        state.now += 1
                        state.most = max(state.most, state.now)
                    }
                    for _ in 0..<5 { await Task.yield() }
                    Self.atWork.withLock { state in
                        state.now -= 1
                        state.done += 1
                    }
                    turns.give()
                }
            }
        }
        let seen = Self.atWork.withLock { $0 }
        #expect(seen.most <= 3 && seen.most > 0)
        #expect(seen.done == 50)
    }
}
