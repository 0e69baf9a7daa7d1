internal import AssayFormats
internal import AssayNet
internal import Synchronization

struct Booking: Sendable {
    var day: String
    var time: String
}

struct Order: Sendable {
    var item: String
    var quantity: Int64
}

/// How a call went, as it is kept.
struct CallSummary: Sendable {
    var turns = 0
    /// `goodbye`, `transferred`, `silence`, or `caller` when the caller just went.
    var outcome = "caller"
    /// How the connection ended.
    var endedBy = "fin"
}

/// Calls with what they booked and ordered, in SQLite; away from the loop that keeps time for all calls.
final class Store: Sendable {
    private let database: Mutex<SQLite>

    init(path: String) throws(SQLError) { database = Mutex(try SQLite(path: path)) }

    func begin(_ call: String) async throws(Trouble) {
        try await write("insert into calls (id, started_at) values (?, ?)", .text(call), .text(Self.now))
    }

    func end(_ call: String, _ summary: CallSummary) async throws(Trouble) {
        // One that was deleted meanwhile stays deleted.
        try await write(
            "update calls set ended_at = ?, turns = ?, outcome = ?, ended_by = ? where id = ?",
            .text(Self.now),
            .int(Int64(summary.turns)), .text(summary.outcome), .text(summary.endedBy), .text(call))
    }

    func add(_ booking: Booking, in call: String) async throws(Trouble) {
        try await write(
            "insert into bookings (call_id, day, time, created_at) values (?, ?, ?, ?)", .text(call),
            .text(booking.day), .text(booking.time), .text(Self.now))
    }

    func add(_ order: Order, in call: String) async throws(Trouble) {
        try await write(
            "insert into orders (call_id, item, quantity, created_at) values (?, ?, ?, ?)", .text(call),
            .text(order.item), .int(order.quantity), .text(Self.now))
    }

    /// Forgets a call with all that belongs to it.
    ///
    /// - Returns: whether there was one.
    func forget(_ call: String) async throws(Trouble) -> Bool {
        try await work { database throws(SQLError) in
            try database.run("delete from calls where id = ?", [.text(call)])
            return database.changes > 0
        }
    }

    /// Calls as `/calls` tells them: the latest, or the one of an id.
    func calls(of id: String? = nil, limit: Int = 100) async throws(Trouble) -> [JSON] {
        let columns = ["id", "started_at", "ended_at", "turns", "outcome", "ended_by", "bookings", "orders"]
        let wanted = id.map { SQLValue.text($0) } ?? .null
        let rows = try await work { database throws(SQLError) in
            try database.run(
                """
                select id, started_at, ended_at, turns, outcome, ended_by,
                    (select count(*) from bookings where call_id = calls.id),
                    (select count(*) from orders where call_id = calls.id)
                from calls where ? is null or id = ? order by started_at desc limit ?
                """, [wanted, wanted, .int(Int64(limit))])
        }
        return rows.map { row in .object(JSONObject(zip(columns, row.map(\.json)))) }
    }

    private static var now: String { CivilTime(milliseconds: WallClock.milliseconds).text }

    private func write(_ text: String, _ values: SQLValue...) async throws(Trouble) {
        try await work { database throws(SQLError) in _ = try database.run(text, values) }
    }

    private func work<Value: Sendable>(
        _ body: @escaping @Sendable (SQLite) throws(SQLError) -> Value
    ) async throws(Trouble) -> Value {
        let result: Result<Value, SQLError> = await Blocking.run { [self] in
            database.withLock { database in
                do throws(SQLError) { return .success(try body(database)) } catch { return .failure(error) }
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw Trouble(backEnd: "database", reason: error.description)
        }
    }
}

extension SQLValue {
    var json: JSON {
        switch self {
        case .null: .null
        case .int(let number): .int(number)
        case .text(let text): .string(text)
        }
    }
}
