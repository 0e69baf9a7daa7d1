import AssayCore
@testable import AssayDoubles
import AssayFormats
import Testing

@Suite("Reading faults")
struct FaultReaderTests {
    @Test(
        "every way of breaking an answer is read",
        arguments: [
            ("reset: before-head", Fault.Breakage.reset(.beforeHead)),
            ("reset: before-body", .reset(.bytes(0))),
            ("reset: mid-body", .reset(.middle)), ("reset: 2 KiB", .reset(.bytes(2048))),
            ("close: before-head", .close(.beforeHead)), ("data-limit: 100 B", .close(.bytes(100))),
            ("timeout: 5s", .timeout(.seconds(5))), ("never-answer: true", .neverAnswer),
            ("half-close: true", .halfClose), ("malformed-chunk: true", .malformedChunk),
            ("garbage: 64 B", .garbage(bytes: 64)), ("wrong-content-length: -3", .wrongContentLength(by: -3)),
            ("truncated-json: true", .truncatedJSON),
        ])
    func breakages(text: String, wanted: Fault.Breakage) {
        let read = FaultReading.faults("- {every: 3, \(text)}")
        #expect(read.diagnostics.isEmpty)
        #expect(read.faults.first?.effect.breakage == wanted)
        #expect(read.faults.first?.condition.every == 3)
    }

    @Test("delays, rates, pieces and refusals are read with their schedule")
    func effects() throws {
        let read = FaultReading.faults(
            """
            - {on: {post: /charges}, latency: {lognormal: {median: 40ms, sigma: 0.4}}, from: 10s, to: 20s}
            - {rate: 5%, status: 503, burst: 10, times: 30, headers: {Retry-After: 7}, body: later}
            - {latency: {percentiles: {p50: 20ms, p99: 1s}}, bandwidth: 10 KB/s, slow-close: 2s}
            - {latency: {uniform: {from: 1ms, to: 2ms}}, slicer: {pieces: 5, over: 1s}}
            """)
        #expect(read.diagnostics.isEmpty)
        try #require(read.faults.count == 4)
        #expect(
            read.faults[0].effect.latency == .lognormal(median: .milliseconds(40), sigma: 0.4, atMost: nil))
        #expect(read.faults[0].condition.from == .seconds(10))
        #expect(read.faults[0].condition.to == .seconds(20))
        #expect(read.faults[0].condition.request?.method == "POST")
        var refusal = Fault.Refusal(status: 503)
        refusal.headers = [.init(name: "Retry-After", value: "7")]
        refusal.body = "later"
        #expect(read.faults[1].effect.breakage == .refusal(refusal))
        #expect(read.faults[1].condition.rate == 0.05)
        #expect(read.faults[1].condition.burst == 10)
        #expect(read.faults[1].condition.times == 30)
        #expect(
            read.faults[2].effect.latency
                == .percentiles([.init(0.5, .milliseconds(20)), .init(0.99, .seconds(1))]))
        #expect(read.faults[2].effect.bytesPerSecond == 10_000)
        #expect(read.faults[2].effect.closesAfter == .seconds(2))
        #expect(read.faults[3].effect.slicer == Fault.Effect.Slicer(pieces: 5, over: .seconds(1)))
    }

    @Test(
        "what is wrong is said with the way out",
        arguments: [
            ("- {status: 503, reset: mid-body}", "AS340", "a fault has both 'status' and 'reset'"),
            ("- {reset: mid-body, body: x}", "AS340", "'body' belongs to a fault with 'status'"),
            ("- {every: 3}", "AS341", "the fault does not say what goes wrong"),
            ("- {every: 3, rate: 5%, status: 503}", "AS342", "a fault with both 'every' and 'rate'"),
            (
                "- {from: 20s, to: 10s, status: 503}", "AS343",
                "the fault ends at 10.0 s, before it begins at 20.0 s"
            ),
            ("- {rate: 120%, status: 503}", "AS344", "a share is at most 100%, found 120%"),
            (
                "- {on: {post: charges}, status: 503}", "AS345",
                "'charges' is no path of a request: a path begins with '/'"
            ),
            (
                "- {on: {post: \"/${x}\"}, status: 503}", "AS345",
                "the request of a fault is constant, found '/${x}'"
            ),
            ("- {half-close: false}", "AS346", "`half-close: false` breaks nothing"),
            ("- {wrong-content-length: 0}", "AS346", "a Content-Length that is off by 0 is right"),
            (
                "- {reset: midbody}", "AS347",
                "expected `before-head`, `before-body`, `mid-body` or a size, found the text 'midbody'"
            ),
            (
                "- {latency: {uniform: {from: 2s, to: 1s}}}", "AS348",
                "a delay from 2.00 s to 1.00 s holds nothing"
            ),
            ("- {latency: {percentiles: {median: 1s}}}", "AS348", "'median' is no percentile"),
            (
                "- {latency: {percentiles: {p90: 1s, p50: 2s}}}", "AS348",
                "percentiles rise from line to line, and so do their delays"
            ),
            ("- {bandwidth: 10 KB}", "AS348", "expected a bandwidth, found the text '10 KB'"),
            ("- {evry: 3, status: 503}", "AS010", "'evry' is not known in a fault"),
        ])
    func diagnostics(text: String, code: String, message: String) {
        let found = FaultReading.faults(text).diagnostics
        #expect(found.map { "\($0.code) \($0.message)" } == ["\(code) \(message)"])
    }

    @Test("faults of a proxy are toxics with a schedule")
    func proxyFaults() throws {
        let read = FaultReading.toxics(
            """
            - {latency: 200ms, jitter: 50ms, stream: upstream, rate: 50%}
            - {bandwidth: 10 KB/s, from: 10s, to: 20s}
            - {reset: 1s, every: 5}
            - {slicer: {size: 100 B, variation: 20 B, delay: 1ms}}
            - {tls-failure: true}
            - {never-answer: true}
            - {down: true, from: 1s}
            """)
        #expect(read.diagnostics.isEmpty)
        #expect(
            read.toxics.map(\.kind) == [
                .latency(.milliseconds(200), jitter: .milliseconds(50)), .bandwidth(bytesPerSecond: 10_000),
                .resetPeer(.seconds(1)), .slicer(average: 100, variation: 20, delay: .milliseconds(1)),
                .garbage(bytes: 128), .timeout(.zero), .down,
            ])
        #expect(read.toxics.first?.stream == .upstream)
        #expect(read.toxics.first?.toxicity == 0.5)
        #expect(read.toxics[2].every == 5)
        #expect(read.toxics[1].to == .seconds(20))
        let wrong = FaultReading.toxics("- {timeout: 1s, jitter: 2s}").diagnostics
        #expect(wrong.map(\.message) == ["'jitter' belongs to a fault with 'latency'"])
    }

    @Test("a proxy that leads nowhere is said so")
    func notAServer() {
        let bag = DiagnosticBag()
        let text = "slow-db: {proxy: {to: db.example}}\n"
        let yaml = YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag)
        #expect(yaml.map { DoubleReader($0).read($0.root).isEmpty } == true)
        #expect(
            bag.all.map { "\($0.code) \($0.message)" }
                == ["AS349 a proxy leads to a host and a port, found 'db.example'"])
    }
}
