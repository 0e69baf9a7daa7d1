import AssayVoice
import Testing

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    /// A breaker that opens after three failures for ten seconds.
    private var breaker = CircuitBreaker(failures: 3, openFor: .seconds(10))
    private static let second: Int64 = 1_000_000_000

    @Test("opens after so many failures in a row, and a success in between starts the count again")
    func opens() {
        var breaker = breaker
        #expect(breaker.failed(at: 0) == false)
        #expect(breaker.failed(at: 0) == false)
        breaker.succeeded()
        #expect(breaker.failed(at: 0) == false)
        #expect(breaker.failed(at: 0) == false)
        let admitsStill = breaker.admits(at: 0)
        #expect(admitsStill)
        #expect(breaker.failed(at: 5) == true)
        #expect(breaker.state(at: 5) == .open)
        let admits = breaker.admits(at: 5 + 10 * Self.second - 1)
        #expect(!admits)
    }

    @Test(
        "is half open after its time: one request is tried, and what becomes of it decides",
        arguments: [true, false])
    func halfOpen(succeeds: Bool) {
        var breaker = breaker
        for _ in 0..<3 { breaker.failed(at: 0) }
        let then = 10 * Self.second
        #expect(breaker.state(at: then) == .halfOpen)
        let (first, second) = (breaker.admits(at: then), breaker.admits(at: then))
        #expect(first && !second)
        if succeeds { breaker.succeeded() } else { #expect(breaker.failed(at: then) == true) }
        #expect(breaker.state(at: then) == (succeeds ? .closed : .open))
        let admits = breaker.admits(at: then)
        #expect(admits == succeeds)
        #expect(breaker.state(at: then + 10 * Self.second) == (succeeds ? .closed : .halfOpen))
    }

    @Test("a trial whose caller has gone leaves room for the next")
    func forgotten() {
        var breaker = breaker
        for _ in 0..<3 { breaker.failed(at: 0) }
        let then = 10 * Self.second
        let first = breaker.admits(at: then)
        breaker.forgotten()
        let second = breaker.admits(at: then)
        #expect(first && second)
    }

    @Test("a failure that was under way when it opened does not keep it open for longer")
    func late() {
        var breaker = breaker
        for _ in 0..<3 { breaker.failed(at: 0) }
        #expect(breaker.failed(at: 9 * Self.second) == false)
        #expect(breaker.state(at: 10 * Self.second) == .halfOpen)
    }
}
