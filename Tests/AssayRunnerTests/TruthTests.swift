import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayTestSupport
import AssayWire
import Testing

@testable import AssayRunner

/// What a load measures is the same however it is divided, and takes no more memory the longer it runs.
@Suite("What figures are worth", .serialized)
struct TruthTests {
    private static let scenario = """
        assay: 1
        scenario: test
        steps:
          - {id: one, http: {get: "http://a/one"}, expect: {status: 200}}
          - {id: feed, sse: {open: "http://a/feed"}}
          - {id: line, tcp: {connect: "a:1"}}
        """

    private static func work() throws -> LoadWork {
        let texts = [
            "test.yml": scenario,
            "profile.yml":
                "assay: 1\nload: profile\nscenarios: [{use: test.yml}]\niterations: {users: 1, each: 1}",
        ].mapValues { Array($0.utf8) }
        let files = FileReader { path in texts[path].map { .success($0) } ?? .failure(.missing) }
        let profile = try ScenarioReader(files: files, stand: nil).profile("profile.yml").get()
        return LoadWork(profile, constants: [:], seed: 1)
    }

    /// One request, and figures of the other steps, by chance.
    private static func record(_ meter: Meter, _ steps: [PlannedStep], _ random: inout SeededRandom) {
        var exchange = Exchange(outcome: .answered, at: 1_000_000)
        exchange.status = random.next() % 10 == 0 ? 500 : 200
        exchange.firstByteAt = exchange.sentAt + Int64(random.next() % 50_000_000)
        exchange.endAt = exchange.firstByteAt + Int64(random.next() % 5_000_000)
        exchange.bytesSent = Int(random.next() % 1000)
        meter.exchange(exchange, steps[0], intendedAt: 0)
        meter.check(0, passed: exchange.status == 200)
        meter.iteration(0, nanoseconds: exchange.endAt, isBroken: exchange.status != 200)
        meter.late(by: Int64(random.next() % 2_000_000))
        meter.record(steps[1], SSESeries.waiting, Int64(random.next() % 9_000_000))
        meter.count(steps[1], SSESeries.received, by: Int(random.next() % 5))
        meter.record(steps[2], TCPSeries.roundTrip, Int64(random.next() % 9_000_000))
        meter.rate(steps[2], TCPSeries.failed, hit: random.next() % 7 == 0)
    }

    @Test(
        "What several reactors measured, put together, is exactly what one would have measured",
        arguments: [2, 3])
    func merging(count: Int) throws {
        let work = try Self.work()
        let steps = work.scenarios[0].steps
        let whole = Meter(layout: work.layout, startedAt: 0)
        let parts = (0..<count).map { _ in Meter(layout: work.layout, startedAt: 0) }
        for number in 0..<3000 {
            var (first, second) = (SeededRandom(seed: UInt64(number)), SeededRandom(seed: UInt64(number)))
            Self.record(whole, steps, &first)
            Self.record(parts[number % count], steps, &second)
        }
        let one = whole.drain().sorted { $0.series < $1.series }
        #expect(one.count > 12)
        #expect(merged(parts.map { $0.drain() }) == one)
    }

    @Test("The same seed asks the same of a server on one reactor and on two, and finds the same")
    func reactors() throws {
        let scenario = """
            steps:
              - {id: draw, http: {get: "${api.url}/item/${random.int(1, 1000)}"}, expect: {status: 200}}
              - {think: {between: [0ms, 2ms]}}
              - {id: again, http: {get: "${api.url}/list/${random.int(1, 50)}"}, expect: {json: {$.ok: true}}}
            """
        var seen: [(asked: [String], counts: [UInt64])] = []
        for extra in [0, 1] {
            let bench = try Bench { request, _ in
                // What is answered depends on nothing but the request.
                let number = request.target.utf8.reduce(0) { $0 &+ Int($1) }
                return HTTPResponse(
                    status: number % 7 == 0 ? 503 : 200,
                    text:
                        #"{"ok": \#(number % 5 != 0), "pad": "\#(String(repeating: "x", count: number % 90))"}"#
                )
            }
            let others = try (0..<extra).map { _ in try Reactor() }
            let stops = others.map { $0.makeSignal() }
            for (reactor, stop) in zip(others, stops) {
                startThread(named: "second") { reactor.run { _ = await stop.wait() } }
            }
            let (record, _) = try bench.load(
                "iterations: {users: 9, each: 12}", scenario: scenario, reactors: others)
            for (reactor, stop) in zip(others, stops) {
                bench.reactor.run { await Task(executorPreference: reactor) { stop.notifyAll() }.value }
            }
            var counts = [
                "iterations", "http.requests", "http.failed", "checks", "data.sent", "data.received",
            ]
            .map { record.counter($0) }
            counts += ["http.duration", "http.response", "iteration.duration"].map { record.trend($0).count }
            seen.append((bench.reactor.run { bench.asked.all.sorted() }, counts))
        }
        #expect(seen[0].asked.count == 216 && seen[0].asked == seen[1].asked)
        #expect(seen[0].counts == seen[1].counts, "\(seen.map(\.counts))")
        // The checks told requests apart, or this would say nothing.
        #expect(seen[0].counts[2] > 0 && seen[0].counts[3] < 216)
    }

    @Test("A meter holds no more after three hours than after one, whatever fails")
    func memory() throws {
        let work = try Self.work()
        let steps = work.scenarios[0].steps
        let meter = Meter(layout: work.layout, startedAt: 0)
        var random = SeededRandom(seed: 5)
        var held: [Int] = []
        for second in 0..<10_800 {
            Self.record(meter, steps, &random)
            var exchange = Exchange(outcome: .answered, at: 0)
            exchange.endAt = Int64(second)
            meter.slow(exchange, steps[0]) { Self.report }
            // Reasons that never come again, as of a server that puts the time into its errors.
            meter.failure(
                "at second \(second)", steps[0], [Mismatch(subject: "a", expected: "b", actual: "c")]
            ) {
                Self.report
            }
            _ = meter.drain()
            if second % 3600 == 3599 { held.append(heldValues(in: meter)) }
        }
        #expect(held.count == 3 && (held.max() ?? 0) <= held[0], "\(held)")
        #expect(meter.samples().failures.count == 100 && meter.samples().slowest.count == 5)
    }

    private static let report = ExchangeReport(
        summary: "s", request: "", response: "", outcome: "answered", serviceNanoseconds: 1)
}
