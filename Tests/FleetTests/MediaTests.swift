import AssayFormats
import FleetCore
import Testing

@testable import fleet_worker

/// test_media_uniquification_distribution
@Suite("Media")
struct MediaTests {
    private static let names = (1...5).map { "m\($0)" }

    @Test(
        "Every account gets different media, every medium is used as often as any other or once more",
        arguments: [1, 2, 3, 5, 9])
    func distribution(perAccount: Int) {
        let accounts = (1...13).map { "a\($0)" }
        let plan = MediaVariants.distribute(Self.names, to: accounts, perAccount: perAccount)
        #expect(plan.map(\.account) == accounts)
        for (account, media) in plan {
            #expect(media.count == min(perAccount, Self.names.count))
            #expect(Set(media).count == media.count, "\(account) has \(media)")
        }
        var uses: [String: Int] = [:]
        for name in plan.flatMap(\.media) { uses[name, default: 0] += 1 }
        let counts = Self.names.map { uses[$0] ?? 0 }
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(uses)")
    }

    @Test("The same accounts and media give the same plan; without media there is nothing")
    func deterministic() {
        let one = MediaVariants.distribute(Self.names, to: ["a", "b"], perAccount: 2)
        let two = MediaVariants.distribute(Self.names, to: ["a", "b"], perAccount: 2)
        #expect(one.map(\.media) == two.map(\.media))
        #expect(one.map(\.media) == [["m1", "m2"], ["m3", "m4"]])
        #expect(MediaVariants.distribute([], to: ["a"], perAccount: 2).map(\.media) == [[]])
    }

    @Test("No two accounts have the same bytes, the picture itself is untouched")
    func unique() {
        let original: [UInt8] = Array("JPEG".utf8)
        var seen: Set<[UInt8]> = [original]
        for account in 0..<50 {
            for number in 0..<4 {
                let bytes = MediaVariants.unique(original, for: "a\(account)", number: number)
                #expect(seen.insert(bytes).inserted)
                #expect(bytes.starts(with: original + MediaVariants.mark))
                #expect(bytes == MediaVariants.unique(original, for: "a\(account)", number: number))
            }
        }
        #expect(
            MediaVariants.unique([1], for: "a", number: 0) != MediaVariants.unique([2], for: "a", number: 0))
    }

    private static func hashes(_ defect: Defect?) async throws -> [String] {
        let worker = try UIBed().worker(defect: defect)
        let job = try worker.start([
            "type": "bulk", "account_ids": ["acc-001", "acc-002", "acc-003"],
            "payload": ["media": ["media-001", "media-002"], "per_account": 2],
        ])
        _ = await worker.runNext()
        let published = worker.jobs[job.id]?.result?["published"]?.objectValue
        return (published?.values ?? []).flatMap {
            ($0.arrayValue ?? []).compactMap { $0["sha256"]?.stringValue }
        }
    }

    @Test("A bulk job publishes six different files for three accounts")
    func bulk() async throws {
        let hashes = try await Self.hashes(nil)
        #expect(hashes.count == 6)
        #expect(Set(hashes).count == 6)
    }

    @Test("Planted: the same bytes for everybody")
    func planted() async throws { #expect(Set(try await Self.hashes(.sameMedia)).count == 2) }

    @Test("Media that are not there, or have other bytes than they should, are told")
    func wrong() async throws {
        let worker = try UIBed().worker()
        let job = try worker.start([
            "type": "bulk", "account_ids": ["acc-001"], "payload": ["media": ["media-099"]],
        ])
        _ = await worker.runNext()
        #expect(worker.jobs[job.id]?.message == "the UI refuses: 404 no_such_media")
        let account: JSON = ["id": "a", "username": "u", "status": "active"]
        let mock = MockUI([
            (201, ["token": "k"]), (200, ["accounts": [account]]),
            (200, ["media": [["id": "m", "sha256": "00"]]]),
            (200, "other"), (204, .null),
        ])
        let other = Orchestrator(
            UIClient(mock, worker: "w1", version: .v2), pace: VirtualTime().pace,
            log: Log(least: .error) { _ in })
        let second = try other.start(["type": "bulk", "account_ids": ["a"], "payload": ["media": ["m"]]])
        _ = await other.runNext()
        #expect(
            other.jobs[second.id]?.message
                == "the UI's answer is none of the contract: media 'm' has other bytes than its sha256 says")
    }
}
