import AssayNet
import Testing

@testable import AssayRunner

@Suite("Ending a load from outside")
struct LoadStopTests {
    @Test(
        "A teardown that begins after a load was cut off ends at once; a summary does when that is asked for again"
    )
    func cutOff() throws {
        let reactor = try Reactor()
        let seen = reactor.run {
            let stop = LoadStop(on: reactor)
            let (teardown, summary) = (CancelScope(on: reactor), CancelScope(on: reactor))
            stop.stop(gracefully: true, interrupted: true)
            stop.cutOff()
            stop.attach(teardown: teardown)
            stop.attach(summary: summary)
            let before = [teardown.isCancelled, summary.isCancelled]
            stop.cutOff()
            return before + [summary.isCancelled]
        }
        #expect(seen == [true, false, true])
    }

    @Test("A teardown of a load that ends in order has its time")
    func ending() throws {
        let reactor = try Reactor()
        let isCancelled = reactor.run {
            let stop = LoadStop(on: reactor)
            let teardown = CancelScope(on: reactor)
            stop.stop(gracefully: true, interrupted: true)
            stop.attach(teardown: teardown)
            return teardown.isCancelled
        }
        #expect(!isCancelled)
    }
}
