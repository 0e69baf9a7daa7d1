import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("Parts of the identity presets")
struct IdentityPartsTests {
    @Test(
        "One-time codes are those of RFC 6238",
        arguments: [
            // RFC 6238 appendix B, SHA-1, the last six of eight digits.
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func oneTimeCodes(seconds: Int64, code: String) throws {
        // "12345678901234567890"
        let totp = try #require(TOTP("GEZDGNBVGY3TQOJQ GEZDGNBVGY3TQOJQ"))
        #expect(totp.code(step: seconds / 30) == code)
        #expect(totp.step(of: code, now: seconds, after: nil) == seconds / 30)
        #expect(totp.step(of: code, now: seconds + 30, after: nil) == seconds / 30)
        #expect(totp.step(of: code, now: seconds + 60, after: nil) == nil)
        #expect(totp.step(of: code, now: seconds, after: seconds / 30) == nil)
    }

    @Test("A secret that is no base32 or too short is none", arguments: ["", "JBSWY3DP", "JBSWY3DPEHPK3PX0"])
    func badSecret(text: String) { #expect(TOTP(text) == nil) }

    @Test(
        "A redirect goes to what is registered, sign by sign",
        arguments: [
            ("https://shop.test/callback", true), ("https://shop.test/callback/", false),
            ("https://shop.test/callback?x=1", false), ("http://shop.test/callback", false),
            ("https://shop.test.evil.test/callback", false), ("http://127.0.0.1:5000/cb", true),
            ("http://127.0.0.1/cb", true), ("http://127.0.0.1:5000/other", false),
            ("http://127.0.0.1.evil.test/cb", false), ("http://127.0.0.1:5000@evil.test/cb", false),
            ("http://localhost:3000/any/path", true), ("http://localhost:3000/../up", false),
            ("http://localhost:3000/%2e%2e/up", false), ("app.example:/done", true),
            ("app.example:/do", false),
            ("https://shop.test/callback#x", false), ("/callback", false), ("", false),
        ])
    func redirects(address: String, isRegistered: Bool) {
        let registered = [
            "https://shop.test/callback", "http://127.0.0.1/cb", "http://localhost/*", "app.example:/done",
        ]
        #expect(RedirectURI.isRegistered(address, among: registered) == isRegistered)
    }

    @Test("Keys follow each other by the clock, and old ones stay as long as their tokens")
    func schedule() {
        var keys = KeySchedule(every: 1000, keeps: 2500, from: 0)
        keys.advance(to: 999)
        #expect(keys.published(at: 999) == [0])
        keys.advance(to: 1000)
        #expect(keys.published(at: 1000) == [1, 0])
        keys.advance(to: 3499)
        #expect(keys.published(at: 3499) == [3, 2, 1, 0])
        keys.advance(to: 3500)
        #expect(keys.published(at: 3500) == [3, 2, 1])
        // A year later all at once.
        keys.advance(to: 31_536_000_000)
        #expect(keys.published(at: 31_536_000_000) == [31_536_000, 31_535_999, 31_535_998, 31_535_997])
    }

    @Test("Keys are replaced on demand, up to a number of published ones")
    func rotation() {
        var keys = KeySchedule(every: nil, keeps: 1000, from: 0)
        for number in 1..<KeySchedule.limit {
            let isDone = keys.rotate(at: 0, drops: false)
            #expect(isDone && keys.current == number)
        }
        var isDone = keys.rotate(at: 0, drops: false)
        #expect(!isDone && keys.current == KeySchedule.limit - 1)
        isDone = keys.rotate(at: 0, drops: true)
        #expect(isDone && keys.published(at: 0) == [KeySchedule.limit])
    }

    @Test("A table keeps what has not lapsed, and no more than fits")
    func table() {
        var table = ExpiringTable<Int>(capacity: 3)
        for number in 1...3 {
            let fits1 = table.insert(number, for: "\(number)", until: Int64(number) * 10, at: 0)
            #expect(fits1)
        }
        let fits2 = table.insert(4, for: "4", until: 40, at: 9)
        #expect(!fits2)
        #expect(table["1", at: 9] == 1)
        #expect(table["1", at: 10] == nil)
        let fits3 = table.insert(4, for: "4", until: 40, at: 10)
        #expect(fits3)
        table["2", at: 11] = nil
        let fits4 = table.insert(5, for: "5", until: 50, at: 11)
        #expect(fits4)
        table["5", at: 11] = 6
        #expect(table["5", at: 49] == 6)
        #expect(table.count == 3)
        for number in 0..<1000 {
            table["x", at: 12] = nil
            let fits5 = table.insert(number, for: "x", until: 60, at: 30)
            #expect(fits5)
        }
        #expect(table["x", at: 30] == 999)
    }

    @Test(
        "Parameters are added to an address where its query is",
        arguments: [
            ("http://a/b", "http://a/b?k=v%26"), ("http://a/b?x=1", "http://a/b?x=1&k=v%26"),
            ("http://a/b?", "http://a/b?k=v%26"), ("http://a/b#f", "http://a/b?k=v%26#f"),
        ])
    func addresses(address: String, result: String) {
        #expect(adding([("k", "v&")], to: address) == result)
    }

    @Test("A key of the schedule is made once, for all who ask at the same time")
    func ring() async {
        let ring = KeyRing(.es256, seed: [1])
        let ids = await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { await ring.key(0).id } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(await ring.key(1).id != ids.first)
    }
}
