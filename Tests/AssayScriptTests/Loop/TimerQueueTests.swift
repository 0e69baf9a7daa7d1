import Testing

@testable import AssayScript

@Suite("The order of timers")
struct TimerQueueTests {
    private func queue(_ dues: [Int64]) -> TimerQueue<Void> {
        var queue = TimerQueue<Void>()
        for (id, due) in dues.enumerated() { queue.add(.init(id: id, due: due, interval: nil, payload: ())) }
        return queue
    }

    @Test("timers come by time, and equal ones in the order of their setting")
    func order() {
        var queue = queue([5, 3, 5, 1, 3, 0])
        #expect(queue.nextDue == 0)
        var order: [Int] = []
        while let entry = queue.take(at: 4) { order.append(entry.id) }
        #expect(order == [5, 3, 1, 4])
        #expect(queue.nextDue == 5)
        #expect(queue.remove(2) && !queue.remove(2) && !queue.remove(9))
        #expect(queue.take(at: .max)?.id == 0)
        #expect(queue.isEmpty && queue.nextDue == .max && queue.take(at: .max) == nil)
    }

    @Test(
        "what is no time counts as none",
        arguments: [
            (1, 1_000_000), (0.5, 500_000), (0, 0), (-3, 0), (.nan, 0), (.infinity, 0), (1e300, 0),
        ] as [(Double, Int64)])
    func delays(_ milliseconds: Double, _ expected: Int64) {
        #expect(TimerQueue<Void>.nanoseconds(milliseconds) == expected)
    }
}
