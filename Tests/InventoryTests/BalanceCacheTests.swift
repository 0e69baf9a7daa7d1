import Testing

@testable import inventory_service

@Suite("The cache of balances")
struct BalanceCacheTests {
    /// A store in memory that can fail, and that can let something happen while it writes.
    private final class Memory: KeyValueStore {
        var texts: [String: String] = [:]
        var seconds: [String: Int] = [:]
        var isAway = false
        var whileSetting: (() async -> Void)?

        private func asked() throws(KeyValueError) { if isAway { throw KeyValueError(description: "away") } }

        func get(_ key: String) async throws(KeyValueError) -> String? {
            try asked()
            return texts[key]
        }

        func set(_ key: String, to text: String, forSeconds seconds: Int) async throws(KeyValueError) {
            try asked()
            await whileSetting?()
            texts[key] = text
            self.seconds[key] = seconds
        }

        func delete(_ key: String) async throws(KeyValueError) {
            try asked()
            texts[key] = nil
        }

        func ping() async throws(KeyValueError) { try asked() }
    }

    private final class Clock { var now: Int64 = 0 }

    private let memory = Memory()
    private let clock = Clock()
    private let cache: BalanceCache
    private let balances = [Balance(section: "main", item: "a", available: 3, reserved: 1)]

    init() {
        let clock = clock
        cache = BalanceCache(memory) { clock.now }
    }

    private func read(_ user: String, during change: (() async -> Void)? = nil) async {
        let ticket = cache.beginReading(user)
        await change?()
        await cache.keep(balances, of: user, readWith: ticket)
        cache.endReading(ticket)
    }

    @Test("what was read is kept under the user's key for a minute, and comes back")
    func kept() async {
        #expect(await cache.balances(of: "u") == nil)
        await read("u")
        #expect(memory.texts == ["inventory:u": #"[["main","a",3,1]]"#])
        #expect(memory.seconds == ["inventory:u": 60])
        #expect(await cache.balances(of: "u") == balances)
        #expect(cache.counts == .init(hits: 1, misses: 1, failures: 0))
    }

    @Test("a change forgets the user, and nobody else")
    func forgotten() async {
        await read("u")
        await read("v")
        await cache.forget("u")
        #expect(memory.texts.keys.sorted() == ["inventory:v"])
    }

    @Test("what was read before a change is not kept after it")
    func outdatedReading() async {
        await read("u") { await cache.forget("u") }
        #expect(memory.texts.isEmpty)
    }

    @Test("a change while the store is being written takes the text out again")
    func outdatedWriting() async {
        let cache = cache
        memory.whileSetting = { await cache.forget("u") }
        await read("u")
        #expect(memory.texts.isEmpty)
    }

    @Test("a store that failed is left alone until what it did not hear of has grown old")
    func resting() async {
        await read("u")
        memory.isAway = true
        await cache.forget("u")
        memory.isAway = false
        #expect(await cache.balances(of: "u") == nil)
        clock.now = 64_999_999_999
        #expect(await cache.balances(of: "u") == nil)
        clock.now = 65_000_000_000
        #expect(await cache.balances(of: "u") == balances)
    }

    @Test(
        "what somebody else put there is a miss",
        arguments: ["", "{}", "[1]", #"[["main","a","3",1]]"#, #"[["main","a",3]]"#])
    func foreign(text: String) async {
        memory.texts["inventory:u"] = text
        #expect(await cache.balances(of: "u") == nil)
        #expect(cache.counts?.misses == 1)
    }

    @Test("without a store nothing is kept, and that is told")
    func absent() async {
        let none = BalanceCache(nil) { 0 }
        #expect(await none.balances(of: "u") == nil)
        #expect(none.counts == nil)
        guard case .absent = await none.health() else {
            Issue.record("it has a health")
            return
        }
    }

    @Test("a store that is away is told with its reason")
    func away() async {
        memory.isAway = true
        guard case .failing("away") = await cache.health() else {
            Issue.record("it is not failing")
            return
        }
        #expect(cache.counts?.failures == 0, "asking how it is does not keep it from being used")
        #expect(await cache.balances(of: "u") == nil)
        memory.isAway = false
        guard case .failing("left alone for a minute after: away") = await cache.health() else {
            Issue.record("it is asked again at once")
            return
        }
        #expect(cache.counts?.failures == 1)
    }
}
