import AssayNet
import AssayTestSupport
import Testing

@testable import inventory_service

@Suite(
    "The cache of balances in a real Redis",
    .enabled(if: RealRedis.isInstalled && RealRedis.hasCLI, "Redis is not installed"), .timeLimit(.minutes(5))
)
struct RedisStoreTests {
    private static let balances = [Balance(section: "main", item: "a", available: 3, reserved: 1)]

    private static func read(_ user: String, _ cache: BalanceCache) async {
        let ticket = cache.beginReading(user)
        await cache.keep(balances, of: user, readWith: ticket)
        cache.endReading(ticket)
    }

    @Test("redis-cli finds what is kept, for a minute, and nothing after a change")
    func cli() throws {
        let reactor = try Reactor()
        let seen = Collected()
        reactor.run {
            let server = RealRedis("inventory-cli", on: reactor)
            guard await server.start(on: reactor) else { return }
            let cache = BalanceCache(RedisStore(server.address, on: reactor)) { Reactor.monotonicNow() }
            func cli(_ words: String...) async -> String {
                (try? await run(["redis-cli", "-s", server.socket] + words, on: reactor)) ?? "?"
            }
            await Self.read("u", cache)
            seen.set("kept", await cli("GET", "inventory:u"))
            let left = Int(await cli("TTL", "inventory:u")) ?? 0
            seen.set("for a minute", "\((55...60).contains(left))")
            seen.set("read", await cache.balances(of: "u") == Self.balances ? "the same" : "other")
            await cache.forget("u")
            seen.set("after a change", await cli("EXISTS", "inventory:u"))
            _ = await cli("LPUSH", "inventory:u", "not ours")
            seen.set("another type", await cache.balances(of: "u") == nil ? "none" : "some")
            await server.stop()
        }
        #expect(
            seen.all == [
                "kept": #"[["main","a",3,1]]"#, "for a minute": "true", "read": "the same",
                "after a change": "0", "another type": "none",
            ])
    }

    @Test("more requests at once than connections are all answered, and a server that dies is no error")
    func crowd() throws {
        let reactor = try Reactor()
        let seen = Collected()
        reactor.run {
            let server = RealRedis("inventory-crowd", on: reactor)
            guard await server.start(on: reactor) else { return }
            let cache = ReactorBound(
                BalanceCache(RedisStore(server.address, on: reactor)) { Reactor.monotonicNow() }, on: reactor)
            func hits() async -> String {
                let tasks = (0..<100).map { _ in
                    Task(executorPreference: reactor) { await cache.value.balances(of: "u") == Self.balances }
                }
                var count = 0
                for task in tasks where await task.value { count += 1 }
                return "\(count)"
            }
            await Self.read("u", cache.value)
            seen.set("hits", await hits())
            await server.kill()
            seen.set("hits without a server", await hits())
            if case .failing(let reason) = await cache.value.health() {
                seen.set("health", reason.contains(server.socket) ? "names the server" : reason)
            }
            await server.stop()
        }
        #expect(seen.all == ["hits": "100", "hits without a server": "0", "health": "names the server"])
    }
}
