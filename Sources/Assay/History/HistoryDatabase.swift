internal import CSQLite

/// Where runs are remembered: one connection, used by one thread at a time and never on a reactor's.
///
/// Statements are of the SQL that SQLite and PostgreSQL share; `?` stands for a value.
protocol HistoryDatabase: AnyObject {
    /// Runs one statement for each list of values.
    ///
    /// - Returns: all rows.
    @discardableResult
    func run(_ text: String, each lists: [[HistoryValue]]) throws(HistoryFailure) -> [[HistoryValue]]

    /// Begins a transaction in which nobody else writes.
    func begin() throws(HistoryFailure)

    /// Of the tables; 0 when there are none yet.
    func version() throws(HistoryFailure) -> Int64
    func keep(version: Int64) throws(HistoryFailure)

    /// A statement of ``HistorySchema`` in the words of this database.
    func dialect(_ statement: String) -> String
}

extension HistoryDatabase {
    /// Runs one statement.
    ///
    /// - Parameter values: bound to `?` in order.
    /// - Returns: its rows.
    @discardableResult
    func run(_ text: String, _ values: [HistoryValue] = []) throws(HistoryFailure) -> [[HistoryValue]] {
        try run(text, each: [values])
    }
}

/// A value of a column.
enum HistoryValue: Equatable {
    case null
    case int(Int64)
    case text(String)

    var int: Int64? { if case .int(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }

    init(_ text: String?) { self = text.map(HistoryValue.text) ?? .null }
    init(_ number: Int) { self = .int(Int64(number)) }
    init(_ flag: Bool) { self = .int(flag ? 1 : 0) }
}

/// Why a statement did not do its work.
struct HistoryFailure: Error {
    var message: String
    /// SQLite's code; `nil` of a server.
    var sqlite: Int32?

    init(sqlite code: Int32, message: String) {
        self.message = message
        sqlite = code
    }

    init(server message: String) { self.message = message }

    /// The file is no database, or pages of it are broken.
    var isDamage: Bool { sqlite.map { [SQLITE_NOTADB, SQLITE_CORRUPT].contains($0 & 0xFF) } ?? false }
    var isBusy: Bool { sqlite.map { [SQLITE_BUSY, SQLITE_LOCKED].contains($0 & 0xFF) } ?? false }
}
