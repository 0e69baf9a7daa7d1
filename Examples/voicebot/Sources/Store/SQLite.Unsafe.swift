internal import CSQLite

/// A value of a column or a parameter.
enum SQLValue: Sendable, Equatable {
    case null
    case int(Int64)
    case text(String)
}

struct SQLError: Error, CustomStringConvertible {
    var message: String
    var statement: String
    var description: String { "\(message), in: \(statement)" }
}

/// A connection to an SQLite file. One thread at a time uses it.
@safe final class SQLite {
    private let connection: OpaquePointer

    /// Opens a file that must exist. Writers wait five seconds for each other.
    init(path: String) throws(SQLError) {
        var opened: OpaquePointer?
        // SAFETY: on failure too there may be a handle, which is closed here; else it is closed in deinit.
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            // SAFETY: SQLite's texts for codes are static.
            throw SQLError(message: unsafe String(cString: sqlite3_errstr(code)), statement: "open \(path)")
        }
        unsafe connection = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
        for setting in ["journal_mode = wal", "synchronous = normal", "foreign_keys = on"] {
            try run("pragma \(setting)")
        }
    }

    deinit {
        // SAFETY: nobody else holds it, and every statement is finalised where it was made.
        unsafe sqlite3_close_v2(connection)
    }

    /// Runs one statement with `?` for each value.
    ///
    /// - Returns: its rows.
    @discardableResult
    func run(_ text: String, _ values: [SQLValue] = []) throws(SQLError) -> [[SQLValue]] {
        var made: OpaquePointer?
        // SAFETY: the statement is finalised before this returns.
        guard unsafe sqlite3_prepare_v2(connection, text, -1, &made, nil) == SQLITE_OK,
            let statement = unsafe made
        else { throw failure(text) }
        defer { unsafe sqlite3_finalize(statement) }
        for (place, value) in values.enumerated() {
            guard unsafe bind(value, at: Int32(place + 1), of: statement) == SQLITE_OK else {
                throw failure(text)
            }
        }
        var rows: [[SQLValue]] = []
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let columns = unsafe sqlite3_column_count(statement)
                rows.append((0..<columns).map { unsafe column($0, of: statement) })
            case SQLITE_DONE: return rows
            default: throw failure(text)
            }
        }
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changes: Int { unsafe Int(sqlite3_changes(connection)) }

    private func bind(_ value: SQLValue, at place: Int32, of statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(statement, place)
        case .int(let number): return unsafe sqlite3_bind_int64(statement, place, number)
        case .text(let text):
            // SAFETY: -1 is SQLITE_TRANSIENT: SQLite copies the text during the call.
            let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return unsafe sqlite3_bind_text(statement, place, text, -1, transient)
        }
    }

    private func column(_ place: Int32, of statement: OpaquePointer) -> SQLValue {
        // SAFETY: the statement stands on a row; the text is copied before it moves on.
        switch unsafe sqlite3_column_type(statement, place) {
        case SQLITE_NULL: .null
        case SQLITE_INTEGER: .int(unsafe sqlite3_column_int64(statement, place))
        default: .text(unsafe sqlite3_column_text(statement, place).map { unsafe String(cString: $0) } ?? "")
        }
    }

    private func failure(_ statement: String) -> SQLError {
        // SAFETY: the text is copied before the next call on the connection.
        SQLError(message: unsafe String(cString: sqlite3_errmsg(connection)), statement: statement)
    }
}
