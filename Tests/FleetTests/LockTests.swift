import AssayFormats
import FleetCore
import Testing

@testable import fleet_ui

/// test_lock_acquire_release_ttl
@Suite("Locks")
struct LockTests {
    private static func acquire(
        _ bed: UIBed, _ resource: String = "account:1", by owner: String, milliseconds: Int64 = 1000,
        as version: WireVersion = .v2
    ) async -> UIBed.Answer {
        await bed.ask(
            "POST", "/api/v1/locks",
            ["resource": .string(resource), "owner": .string(owner), "ttl_ms": .int(milliseconds)],
            as: version)
    }

    private static func end(
        _ bed: UIBed, _ verb: String, _ token: JSON?, _ more: [String: JSON] = [:]
    ) async -> UIBed.Answer {
        var body = JSONObject(more.map { ($0.key, $0.value) })
        body["token"] = token
        return await bed.ask("POST", "/api/v1/locks/account:1/\(verb)", .object(body))
    }

    @Test("One has it, another is told who, and for how long")
    func acquire() async throws {
        let bed = try UIBed()
        let first = await Self.acquire(bed, by: "w1")
        #expect(first.status == 201)
        #expect(try Contracts.violations(of: first.json, by: "locks/v2/acquired").isEmpty)
        try Contracts.expectGolden(first.json, "locks/v2/golden/acquired")
        bed.time.sleep(400)
        let second = await Self.acquire(bed, by: "w2")
        #expect(second.status == 409)
        #expect(second.json == ["error": "locked", "owner": "w1", "ttl_ms": 600])
        #expect(try Contracts.violations(of: second.json, by: "locks/v2/held").isEmpty)
        let seen = await bed.ask("GET", "/api/v1/locks/account:1")
        #expect(seen.json == ["resource": "account:1", "owner": "w1", "ttl_ms": 600])
        #expect(await Self.acquire(bed, "account:2", by: "w2").status == 201)
    }

    @Test("Its owner gives it back, and the next has it")
    func release() async throws {
        let bed = try UIBed()
        let token = await Self.acquire(bed, by: "w1").json["token"]
        #expect(await Self.end(bed, "release", token).status == 204)
        #expect(await Self.end(bed, "release", token).status == 404)
        #expect(await bed.ask("GET", "/api/v1/locks/account:1").status == 404)
        #expect(await Self.acquire(bed, by: "w2").status == 201)
    }

    @Test("Nobody ends or prolongs what is another's", arguments: ["release", "renew"])
    func others(verb: String) async throws {
        let bed = try UIBed()
        _ = await Self.acquire(bed, by: "w1")
        let answer = await Self.end(bed, verb, "other", ["ttl_ms": 5000])
        #expect(answer.status == 409)
        #expect(answer.json == ["error": "not_owner", "owner": "w1", "ttl_ms": 1000])
    }

    @Test("It ends by itself, to the millisecond, and its old owner's word counts no more")
    func expiry() async throws {
        let bed = try UIBed()
        let old = await Self.acquire(bed, by: "w1").json["token"]
        bed.time.sleep(999)
        #expect(await Self.acquire(bed, by: "w2").status == 409)
        bed.time.sleep(1)
        let new = await Self.acquire(bed, by: "w2")
        #expect(new.status == 201)
        #expect(new.json["fence"] == 2)
        #expect(await Self.end(bed, "release", old).status == 409)
        #expect(await Self.end(bed, "renew", old, ["ttl_ms": 5000]).status == 409)
        #expect(bed.ui.journal.overlaps == 0)
    }

    @Test("Renewed in time it lasts longer")
    func renewed() async throws {
        let bed = try UIBed()
        let token = await Self.acquire(bed, by: "w1").json["token"]
        bed.time.sleep(900)
        #expect(await Self.end(bed, "renew", token, ["ttl_ms": 1000]).json["ttl_ms"] == 1000)
        bed.time.sleep(900)
        #expect(await Self.acquire(bed, by: "w2").status == 409)
        bed.time.sleep(100)
        #expect(await Self.end(bed, "renew", token, ["ttl_ms": 1000]).status == 404)
    }

    @Test("Time can be moved by a request")
    func travel() async throws {
        let bed = try UIBed()
        _ = await Self.acquire(bed, by: "w1", milliseconds: 60_000)
        _ = await bed.ask(
            "POST", "/test/clock", ["travel_ms": 60_000], authorization: "Bearer \(UIBed.clockToken)")
        #expect(await Self.acquire(bed, by: "w2").status == 201)
    }

    @Test("Wrong requests are told member by member")
    func bad() async throws {
        let bed = try UIBed()
        let answer = await bed.ask("POST", "/api/v1/locks", ["resource": "a b", "ttl_ms": 9])
        #expect(answer.status == 400)
        #expect(answer.json["fields"]?.objectValue?.keys.sorted() == ["owner", "resource", "ttl_ms"])
        #expect(await Self.end(bed, "release", nil).status == 400)
        #expect(await Self.end(bed, "renew", "x").status == 400)
    }

    @Test("Planted: a lock that does not end")
    func planted() async throws {
        let bed = try UIBed(["FLEET_DEFECT": "lock-forever"])
        _ = await Self.acquire(bed, by: "w1")
        bed.time.sleep(100_000)
        #expect(
            await Self.acquire(bed, by: "w2").json == [
                "error": "locked", "owner": "w1", "ttl_ms": 86_400_000,
            ])
    }

    @Test("The journal counts two holders at a time, whatever the store says")
    func journal() {
        var journal = LockJournal()
        journal.acquired("a", by: "w1", milliseconds: 100, now: 0)
        journal.renewed("a", by: 100, now: 50)
        journal.acquired("a", by: "w2", milliseconds: 100, now: 149)
        #expect(journal.overlaps == 1)
        journal.released("a", now: 160)
        journal.acquired("a", by: "w1", milliseconds: 100, now: 161)
        #expect(journal.overlaps == 1)
        #expect(journal.events(of: "a").count == 4)
        #expect(journal.events(of: "b").isEmpty)
    }

    @Test("A holder's text keeps owner and token")
    func holder() {
        let holder = LockHolder(owner: "w:1", token: "t-9")
        #expect(LockHolder(text: holder.text) == holder)
    }
}
