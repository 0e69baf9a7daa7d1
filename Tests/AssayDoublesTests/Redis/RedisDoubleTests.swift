import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("The Redis double in this process")
struct RedisDoubleTests {
    @Test("What is set can be got")
    func setAndGet() throws {
        let double = try RedisDouble(.init(port: nil), clock: DoubleClock { 1_000_000 }, on: Reactor())
        #expect(double.execute(["SET", "a", "1"]) == .ok)
        #expect(double.execute(["GET", "a"]) == .text("1"))
        #expect(double.execute(["PING"]) == .simple(Array("PONG".utf8)))
    }
}
