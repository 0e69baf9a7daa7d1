import AssayCore
import AssayNet
import AssayRunner
import AssayWire
import Testing

/// A server whose latencies are known, because it writes down each as it saw it: from the request read to the answer
/// handed back. Once it stalls for 200 ms, for everyone.
private final class KnownServer: Sendable {
    let state: ReactorBound<State>
    let reactor: Reactor

    final class State {
        var seen = Histogram()
        var count = 0
        var stalledUntil: Int64 = 0
    }

    /// Steps of a right-skewed distribution, drawn in a fixed order: most near 4 ms, some near 30 ms.
    private static let latencies: [Int64] = [3, 4, 4, 5, 4, 3, 6, 4, 12, 4, 5, 3, 4, 30, 4, 5, 8, 4, 3, 4]
    private static let stallAt = 100
    private static let stall: Int64 = 200_000_000

    init(on reactor: Reactor) {
        self.reactor = reactor
        state = ReactorBound(State(), on: reactor)
    }

    func answer() async -> HTTPResponse {
        let state = state.value
        let begin = Reactor.monotonicNow()
        let number = state.count
        state.count += 1
        if number == Self.stallAt { state.stalledUntil = begin + Self.stall }
        let latency = Self.latencies[number % Self.latencies.count] * 1_000_000
        await reactor.sleep(until: max(begin + latency, state.stalledUntil))
        state.seen.record(UInt64(Reactor.monotonicNow() - begin))
        return HTTPResponse(text: "{}")
    }

    var snapshot: HistogramSnapshot { state.value.seen.snapshot() }
}

@Suite("Calibration: what is measured against what the server saw", .serialized)
struct CalibrationTests {
    private struct Run {
        var server: HistogramSnapshot
        var service: HistogramSnapshot
        var response: HistogramSnapshot
        var lagP99: UInt64
    }

    private func run(_ profile: String) throws -> Run {
        // The server has a reactor, and so a thread, of its own: its sleeps do not wait for the generator.
        let serverReactor = try Reactor()
        let known = KnownServer(on: serverReactor)
        let stop = serverReactor.makeSignal()
        let server = try HTTPServer(at: .loopback(port: 0), on: serverReactor) { _ in await known.answer() }
        startThread(named: "known-server") { serverReactor.run { _ = await stop.wait() } }
        var bench = try Bench { _, _ in HTTPResponse(text: "") }
        bench.target = server.url
        let (record, _) = try bench.load(
            profile, scenario: #"steps: [{http: {get: "${api.url}/"}, expect: {status: 200}}]"#)
        let seen = bench.reactor.run {
            await Task(executorPreference: serverReactor) {
                server.stop()
                stop.notifyAll()
                return known.snapshot
            }.value
        }
        return Run(
            server: seen, service: record.trend("http.duration"), response: record.trend("http.response"),
            lagP99: record.trend("schedule.lag").value(at: 0.99) ?? 0)
    }

    /// Repeats a measurement that the machine itself disturbed, as the generator's own lag tells; five times at most.
    private func undisturbed(_ profile: String, _ isGood: (Run) -> Bool) throws -> Run {
        var last = try run(profile)
        for _ in 0..<4 where !isGood(last) || last.lagP99 > 1_000_000 { last = try run(profile) }
        return last
    }

    private static let quantiles = [0.5, 0.75, 0.9, 0.95, 0.99]

    /// The histogram's 0.8 % and 1 ms.
    private func agrees(_ measured: HistogramSnapshot, _ truth: HistogramSnapshot) -> Bool {
        measured.count == truth.count
            && Self.quantiles.allSatisfy { quantile in
                guard let a = measured.value(at: quantile), let b = truth.value(at: quantile) else {
                    return false
                }
                return abs(Double(a) - Double(b)) <= 0.008 * Double(b) + 1_000_000
            }
    }

    @Test("an open model measures what the server saw, and does not hide the stall")
    func openModel() throws {
        let run = try undisturbed(
            "arrivals: {start: 200/s, stages: [{for: 2s, to: 200/s}], max-users: 200}"
        ) { agrees($0.service, $0.server) && agrees($0.response, $0.server) }
        #expect(run.server.count == 400)
        for quantile in Self.quantiles {
            let truth = Double(try #require(run.server.value(at: quantile)))
            let allowed = 0.008 * truth + 1_000_000
            #expect(
                abs(Double(try #require(run.service.value(at: quantile))) - truth) <= allowed, "p\(quantile)")
            #expect(
                abs(Double(try #require(run.response.value(at: quantile))) - truth) <= allowed, "p\(quantile)"
            )
        }
        // 200 ms × 200/s: forty arrivals of 400 fall into the stall.
        #expect(try #require(run.response.value(at: 0.95)) > 90_000_000)
        #expect(try #require(run.response.value(at: 0.99)) > 150_000_000)
    }

    @Test("a closed model measures what the server saw, and hides the stall")
    func closedModel() throws {
        let run = try undisturbed("users: {start: 1, stages: [{for: 2s, to: 1}]}") {
            agrees($0.service, $0.server)
        }
        #expect(agrees(run.service, run.server))
        // The one user met the stall once: it shows in the maximum and in no percentile that people look at.
        #expect(run.service.maximum > 190_000_000)
        #expect(try #require(run.service.value(at: 0.99)) < 60_000_000)
    }
}
