import AssayFormats
import AssayNet
import Testing

@testable import voicebot_service

@Suite("What the bot keeps of calls")
struct StoreTests {
    private static let schema =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Examples/voicebot/db/schema.sql"

    /// Works on a new database with the example's tables.
    private func withStore<Value: Sendable>(
        _ body: @escaping @Sendable (Store) async throws(Trouble) -> Value
    ) throws -> Value {
        let path = "/tmp/assay-voicebot-tests-\(Host.processID)-\(UInt32.random(in: 0 ... .max)).db"
        defer { for end in ["", "-wal", "-shm"] { try? Files.remove(path + end) } }
        try Files.write([], to: path)
        let database = try SQLite(path: path)
        let schema = String(decoding: try Files.read(Self.schema), as: UTF8.self)
        for statement in schema.split(separator: ";") where statement.contains("create") {
            try database.run(String(statement))
        }
        let store = try Store(path: path)
        let reactor = try Reactor()
        return try reactor.run { () -> Result<Value, Trouble> in
            do throws(Trouble) { return .success(try await body(store)) } catch { return .failure(error) }
        }.get()
    }

    @Test("A call is kept with what was booked and ordered in it, and told")
    func told() throws {
        let calls = try withStore { store throws(Trouble) in
            try await store.begin("a")
            try await store.add(Booking(day: "2026-01-31", time: "10:00"), in: "a")
            try await store.add(Order(item: "1", quantity: 4), in: "a")
            try await store.add(Order(item: "2", quantity: 2), in: "a")
            try await store.begin("b")
            try await store.end("a", CallSummary(turns: 3, outcome: "goodbye", endedBy: "bot"))
            return try await store.calls(of: "a")
        }
        #expect(calls.count == 1)
        #expect(calls.first?["turns"] == 3)
        #expect(calls.first?["outcome"] == "goodbye")
        #expect(calls.first?["ended_by"] == "bot")
        #expect(calls.first?["bookings"] == 1)
        #expect(calls.first?["orders"] == 2)
        #expect(calls.first?["ended_at"]?.stringValue != nil)
    }

    @Test("A forgotten call is gone with all that belongs to it, also when it ends afterwards")
    func forgotten() throws {
        let (wasThere, isThere, left) = try withStore { store throws(Trouble) in
            try await store.begin("a")
            try await store.add(Booking(day: "2026-01-31", time: "10:00"), in: "a")
            let wasThere = try await store.forget("a")
            try await store.end("a", CallSummary())
            return (wasThere, try await store.forget("a"), try await store.calls())
        }
        #expect(wasThere)
        #expect(!isThere)
        #expect(left == [])
    }

    @Test("What cannot be kept is told with the statement")
    func refused() {
        #expect(throws: Trouble.self) {
            try withStore { store throws(Trouble) in
                try await store.add(Order(item: "1", quantity: 4), in: "nobody")
            }
        }
        #expect(throws: Trouble.self) {
            try withStore { store throws(Trouble) in
                try await store.begin("a")
                try await store.add(Order(item: "1", quantity: 0), in: "a")
            }
        }
        #expect(throws: SQLError.self) { try Store(path: "/nowhere/voicebot.db") }
    }
}
