import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("Which requests meet a fault")
struct FaultPlanTests {
    private static func plan(_ text: String, seed: UInt64 = 1) -> FaultPlan {
        let read = FaultReading.faults(text)
        #expect(read.diagnostics.isEmpty)
        return FaultPlan(read.faults, random: SeededRandom(seed: seed))
    }

    private static func facts(_ method: String = "GET", _ target: String = "/") -> RequestFacts {
        RequestFacts(asked: HTTPRequest(method: method, target: target))
    }

    /// Which of the first `count` requests are struck, from 1.
    private static func struck(_ plan: inout FaultPlan, of count: Int, at time: Duration = .zero) -> [Int] {
        (1...count).filter { _ in plan.decide(facts(), at: time) != nil }
    }

    @Test("every third, never more often than twice, and a burst takes those behind it")
    func counting() {
        var third = Self.plan("- {every: 3, reset: mid-body}")
        #expect(Self.struck(&third, of: 10) == [3, 6, 9])
        var twice = Self.plan("- {every: 3, times: 2, reset: mid-body}")
        #expect(Self.struck(&twice, of: 12) == [3, 6])
        var burst = Self.plan("- {every: 5, burst: 3, status: 503}")
        #expect(Self.struck(&burst, of: 13) == [5, 6, 7, 10, 11, 12])
        #expect(burst.counts.map(\.struck) == [6])
    }

    @Test("a rate strikes its share, the same requests for the same seed and others for another")
    func rates() {
        var plan = Self.plan("- {rate: 10%, status: 503}")
        let first = Self.struck(&plan, of: 10_000)
        #expect((900...1100).contains(first.count))
        var again = Self.plan("- {rate: 10%, status: 503}")
        #expect(Self.struck(&again, of: 10_000) == first)
        var other = Self.plan("- {rate: 10%, status: 503}", seed: 2)
        #expect(Self.struck(&other, of: 10_000) != first)
    }

    @Test("a schedule has a beginning and an end, and only requests of the form count")
    func schedules() {
        var plan = Self.plan(
            "- {on: {post: \"/charges/{id}\"}, from: 10s, to: 20s, every: 2, close: mid-body}")
        func asked(_ method: String, _ target: String, _ seconds: Int) -> Bool {
            plan.decide(Self.facts(method, target), at: .seconds(seconds)) != nil
        }
        #expect(!asked("POST", "/charges/1", 9))
        #expect(!asked("POST", "/charges/1", 10))
        #expect(!asked("GET", "/charges/1", 11))
        #expect(!asked("POST", "/orders/1", 11))
        #expect(asked("POST", "/charges/2", 19))
        #expect(!asked("POST", "/charges/3", 20))
    }

    @Test("several faults add their delays, and the first breakage counts")
    func combined() throws {
        var plan = Self.plan(
            """
            - {latency: 10ms, bandwidth: 10 KB/s}
            - {latency: 30ms, status: 503}
            - {bandwidth: 5 KB/s, reset: mid-body}
            """)
        let found = plan.decide(Self.facts(), at: .zero)
        let decision = try #require(found)
        #expect(decision.latency == .milliseconds(40))
        #expect(decision.bytesPerSecond == 5000)
        let refusal = try #require(decision.refusal)
        #expect(refusal.status == 503)
        #expect(String(decoding: refusal.body, as: UTF8.self) == #"{"error":"Service Unavailable"}"#)
        #expect(refusal.delivery.after == .milliseconds(40))
    }

    @Test(
        "an answer breaks where it was asked to",
        arguments: [
            ("reset: mid-body", HTTPDelivery.Fault.resetInBody(afterBytes: 4)),
            ("close: before-head", .empty),
            ("data-limit: 3 B", .closeInBody(afterBytes: 3)), ("never-answer: true", .silence),
            ("timeout: 1s", .empty), ("wrong-content-length: 2", .wrongContentLength(by: 2)),
        ])
    func applied(text: String, wanted: HTTPDelivery.Fault) throws {
        var plan = Self.plan("- {\(text)}")
        let found = plan.decide(Self.facts(), at: .zero)
        let decision = try #require(found)
        let answer = decision.apply(to: HTTPResponse(text: "12345678"))
        #expect(answer.delivery.fault == wanted)
        #expect(answer.delivery.after == (text == "timeout: 1s" ? .seconds(1) : .zero))
    }

    @Test("truncated JSON is none", arguments: [#"{"a":[1,2,3]}"#, " [true]", "12", "\"ab\"", "{}", "null"])
    func truncated(body: String) throws {
        var plan = Self.plan("- {truncated-json: true}")
        let found = plan.decide(Self.facts(), at: .zero)
        let decision = try #require(found)
        let left = decision.apply(to: HTTPResponse(text: body)).body
        #expect(throws: JSONError.self) { try JSON(parsing: left) }
    }

    @Test("faults are shown and replaced as JSON, by the double's clock, and the admin API is spared")
    func control() async throws {
        let clock = DoubleClock { 1_000_000 }
        let faults = DoubleFaults([], random: SeededRandom(seed: 1), clock: clock)
        let request = HTTPRequest(method: "GET", target: "/")
        #expect(faults.decide(request) == nil)
        let list: JSON = [["from": "10s", "to": "20s", "status": 503]]
        #expect(faults.replace(list).isEmpty)
        #expect(faults.decide(request) == nil)
        clock.travel(.seconds(11))
        #expect(faults.decide(request) != nil)
        #expect(faults.decide(HTTPRequest(method: "GET", target: "/__admin/assay/faults")) == nil)
        #expect(faults.json["faults"] == list)
        #expect(faults.json["counts"] == [["seen": 1, "struck": 1]])
        let answer = await faults.answer(request) { _ in
            Issue.record("the double saw it")
            return HTTPResponse()
        }
        #expect(answer.status == 503)
        #expect(faults.replace([["every": 3]]).map(\.message) == ["the fault does not say what goes wrong"])
        #expect(faults.json["faults"] == list)
        #expect(faults.replace(faults.json).isEmpty)
        faults.reset()
        #expect(faults.isEmpty)
    }
}
