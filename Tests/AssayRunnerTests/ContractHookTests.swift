import AssayCore
import AssayNet
import AssayRunner
import AssayWire
import Synchronization
import Testing

@Suite("Steps that are held to contracts")
struct ContractHookTests {
    /// Finds fault with every answer whose body has the word `drift`.
    private final class Judge: ExchangeJudge {
        let seen = Mutex<[StepExchange]>([])
        var exchanges: [StepExchange] { seen.withLock { $0 } }

        func judges(host: String, port: UInt16, contract: String?) -> Bool { contract != "unknown" }

        func judge(_ exchange: StepExchange) -> [Mismatch] {
            seen.withLock { $0.append(exchange) }
            guard String(decoding: exchange.responseBody, as: UTF8.self).contains("drift") else { return [] }
            return [
                Mismatch(
                    subject: "response body", expected: "another", actual: "hush-hush",
                    contract: ContractDrift(
                        rule: "response-body", side: .response, contract: "c", operation: "GET /",
                        culprit: "service 'api'"))
            ]
        }
    }

    @Test("the whole exchange is handed over, as it was on the wire")
    func exchange() throws {
        let judge = Judge()
        var bench = try Bench { _, _ in
            HTTPResponse(status: 201, headers: HTTPHeaders([("X-A", "1")]), body: Array("{}".utf8))
        }
        bench.contracts = judge
        let results = try bench.test(
            """
            steps:
              - id: send
                http: {post: "${api.url}/a%20b?q=1", headers: {X-Own: "two: parts"}, json: {n: 1}}
                expect: {status: 200, contract: "api@v1"}
            """)
        let seen = try #require(judge.exchanges.first)
        #expect(seen.method == "POST" && seen.target == "/a%20b?q=1" && seen.step == "send")
        #expect(seen.requestHeaders.contains { $0.name.lowercased() == "x-own" && $0.value == "two: parts" })
        #expect(String(decoding: seen.requestBody, as: UTF8.self) == #"{"n":1}"#)
        #expect(seen.status == 201 && seen.responseHeaders.contains { $0 == ("X-A", "1") })
        #expect(seen.contract == "api@v1" && !seen.isAsExpected)
        #expect(results[0].status == .failed && !results[0].isDrift)
    }

    @Test("a departure fails the test, is masked, ends nothing and is tried once")
    func drift() throws {
        let judge = Judge()
        var bench = try Bench { _, _ in HTTPResponse(text: "drift") }
        bench.contracts = judge
        let result = try bench.test(
            """
            steps:
              - eventually: {within: 5s, every: 1ms}
                http: {get: "${api.url}/one"}
                expect: {status: 200}
              - repeat: {times: 2, steps: [{http: {get: "${api.url}/two"}}]}
              - http: {get: "${api.url}/three"}
                expect: {contract: none}
              - http: {get: "${api.url}/four"}
                expect: {contract: unknown}
            """)[0]
        #expect(judge.exchanges.map(\.target) == ["/one", "/two", "/two"])
        #expect(result.isDrift && result.drifts.count == 3)
        #expect(result.steps.map(\.status) == [.failed, .failed, .passed, .passed])
        #expect(result.steps[0].attempts == 1)
        #expect(result.drifts.allSatisfy { $0.actual == "•••" })
    }

    @Test("of tries the last is judged, and an expectation that fails besides is the test's own failure")
    func eventually() throws {
        let judge = Judge()
        var bench = try Bench { _, count in HTTPResponse(status: count < 3 ? 503 : 200, text: "drift") }
        bench.contracts = judge
        let result = try bench.test(
            """
            steps:
              - eventually: {within: 5s, every: 1ms}
                http: {get: "${api.url}/one"}
                expect: {status: 200}
            """)[0]
        #expect(result.isDrift && result.drifts.count == 1 && judge.exchanges.count == 3)
        #expect(judge.exchanges.map(\.isAsExpected) == [false, false, true])
        var other = try Bench { _, _ in HTTPResponse(status: 500, text: "drift") }
        other.contracts = judge
        let failed = try other.test(
            #"steps: [{http: {get: "${api.url}/one"}, expect: {status: 200}}]"#)[0]
        #expect(failed.status == .failed && !failed.isDrift && failed.drifts.count == 1)
    }

    @Test(
        "a load judges every so many-th exchange, and none without a sample",
        arguments: [("contracts: {sample: 25%}", 5), ("contracts: {sample: 100%}", 20), ("", 0)])
    func load(sample: String, judged: Int) throws {
        let judge = Judge()
        var bench = try Bench { _, _ in HTTPResponse(text: "drift") }
        if judged > 0 { bench.contracts = judge }
        let (record, ending) = try bench.load(
            "iterations: {users: 4, each: 5}\n" + sample,
            scenario: #"steps: [{id: one, http: {get: "${api.url}/one"}, expect: {status: 200}}]"#)
        #expect(record.counter("http.requests") == 20 && record.counter("checks") == 20)
        #expect(judge.exchanges.count == judged && record.counter("contract.drift") == UInt64(judged))
        #expect(record.series.contains { $0.metric == "contract.drift" } == (judged > 0))
        #expect(
            ending.failures.contains { $0.reason == "contract response-body" && $0.sample != nil }
                == (judged > 0))
    }
}
