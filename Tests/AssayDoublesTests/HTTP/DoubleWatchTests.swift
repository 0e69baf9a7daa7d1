import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Synchronization
import Testing

@testable import AssayDoubles

@Suite struct DoubleWatchTests {
    private static let mappings = """
        {"mappings": [
          {"request": {"method": "GET", "url": "/a"}, "response": {"status": 201, "body": "yes"}},
          {"request": {"method": "GET", "url": "/broken"}, "response": {"status": 200, "fault": "EMPTY_RESPONSE"}}
        ]}
        """

    @Test("a watch is told of what was asked, and of what the double itself answers")
    func tells() async throws {
        let seen = Mutex<[WatchedExchange]>([])
        let double = try StubDouble(Self.mappings)
        let front = DoubleFront(
            double.service, clock: double.clock,
            watch: DoubleWatch { exchange in seen.withLock { $0.append(exchange) } })
        for target in ["/a", "/nowhere", "/broken", "/__admin/mappings"] {
            _ = await front.answer(HTTPRequest(method: "GET", target: target))
        }
        let all = seen.withLock { $0 }
        #expect(all.map(\.request.target) == ["/a", "/nowhere", "/broken"])
        #expect(all.map { $0.response?.status } == [201, nil, nil])
        #expect(all.allSatisfy { $0.begunAt <= $0.endedAt })
    }

    @Test("a fault on purpose hides the double's own answer, not what it was asked")
    func faults() async throws {
        let seen = Mutex<[WatchedExchange]>([])
        let double = try StubDouble(Self.mappings)
        let front = DoubleFront(
            double.service, clock: double.clock,
            watch: DoubleWatch { exchange in seen.withLock { $0.append(exchange) } })
        let change = HTTPRequest(
            method: "PUT", target: "/__admin/assay/faults", body: Array(#"[{"status": 503}]"#.utf8))
        let changed = await front.answer(change)
        #expect(changed.status < 300, "\(String(decoding: changed.body, as: UTF8.self))")
        let response = await front.answer(HTTPRequest(method: "GET", target: "/a"))
        #expect(response.status == 503)
        let all = seen.withLock { $0 }
        #expect(all.map(\.request.target) == ["/a"] && all.allSatisfy { $0.response?.status != 503 })
    }
}
