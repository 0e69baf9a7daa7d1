import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("Delays of stubs")
struct StubDelayTests {
    @Test("A seed gives the same delays, and they have the distribution's shape")
    func shape() {
        let lognormal = StubResponse.DelayDistribution.lognormal(median: 80, sigma: 0.4, maximum: nil)
        func draw(_ seed: UInt64) -> [Duration] {
            var random = SeededRandom(seed: seed)
            return (0..<4001).map { _ in lognormal.delay(&random) }
        }
        #expect(draw(1) == draw(1))
        let sorted = draw(2).sorted()
        #expect((.milliseconds(77)...(.milliseconds(83))).contains(sorted[2000]))
        // One sigma up and down: 80·e^±0.4.
        #expect((.milliseconds(112)...(.milliseconds(127))).contains(sorted[3366]))
        #expect((.milliseconds(50)...(.milliseconds(57))).contains(sorted[634]))
        var random = SeededRandom(seed: 3)
        let bounded = StubResponse.DelayDistribution.lognormal(median: 80, sigma: 5, maximum: 90)
        #expect((0..<100).allSatisfy { _ in bounded.delay(&random) <= .milliseconds(90) })
        let uniform = StubResponse.DelayDistribution.uniform(lower: 5, upper: 9)
        #expect(Set((0..<200).map { _ in uniform.delay(&random) }) == Set((5...9).map { .milliseconds($0) }))
    }

    @Test("eˣ is near enough", arguments: [0.0, 1, -1, 0.4, 5.5, -20, 300])
    func power(_ x: Double) {
        // ln of it, by the series for artanh in steps of e.
        let product = exponential(x) * exponential(-x)
        #expect(abs(product - 1) < 1e-12)
        #expect(abs(exponential(1) - 2.718281828459045) < 1e-15)
    }

    @Test("Settings delay every stub that says nothing itself")
    func settings() async throws {
        let double = try StubDouble(
            """
            {"mappings": [
              {"request": {"url": "/own"}, "response": {"fixedDelayMilliseconds": 7}},
              {"request": {"url": "/none"}}
            ]}
            """)
        #expect(await double.admin("POST", "/settings", ["fixedDelay": 500]).status == 200)
        #expect(await double.ask("GET", "/none").delivery.after == .milliseconds(500))
        #expect(await double.ask("GET", "/own").delivery.after == .milliseconds(7))
        #expect(await double.admin("GET", "/settings").json == ["settings": ["fixedDelay": 500]])
        let wrong = await double.admin("POST", "/settings", ["fixedDelay": "long"])
        #expect(wrong.status == 422)
        #expect(wrong.json["errors"]?[0]?["source"]?["pointer"] == "/fixedDelay")
        _ = await double.admin("POST", "/reset")
        #expect(await double.ask("GET", "/none").delivery.isPlain)
    }
}
