import Testing

@testable import voicebot_service

@Suite("A back end's circuit breaker")
struct CircuitBreakerTests {
    /// Who is let through, told as it is asked.
    private static func asks(_ breaker: inout CircuitBreaker, at times: Int64...) -> [Bool] {
        times.map { breaker.mayAsk(at: $0) }
    }

    @Test("It opens after so many failures in a row")
    func opens() {
        var breaker = CircuitBreaker(failuresToOpen: 3, rest: .seconds(1))
        breaker.failed(at: 1)
        breaker.failed(at: 2)
        breaker.succeeded()
        breaker.failed(at: 3)
        breaker.failed(at: 4)
        #expect(breaker.state(at: 5) == .closed)
        #expect(Self.asks(&breaker, at: 5, 5) == [true, true])
        breaker.failed(at: 5)
        #expect(breaker.state(at: 6) == .open)
        #expect(Self.asks(&breaker, at: 6, 7) == [false, false])
    }

    @Test("After its rest one request tries; the others wait for what comes of it", arguments: [true, false])
    func rest(helps: Bool) {
        var breaker = CircuitBreaker(failuresToOpen: 1, rest: .nanoseconds(100))
        breaker.failed(at: 1000)
        #expect(breaker.state(at: 1099) == .open)
        #expect(breaker.state(at: 1100) == .halfOpen)
        #expect(Self.asks(&breaker, at: 1099, 1100, 1101) == [false, true, false])
        if helps { breaker.succeeded() } else { breaker.failed(at: 1102) }
        #expect(breaker.state(at: 1103) == (helps ? .closed : .open))
        #expect(Self.asks(&breaker, at: 1103, 1202) == [helps, true])
    }
}
