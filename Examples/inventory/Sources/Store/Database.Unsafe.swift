internal import AssayCore
internal import AssayFormats
internal import CSQLite

/// What SQLite said no to.
struct DatabaseError: Error, CustomStringConvertible {
    var code: Int32
    var message: String
    var statement: String
    var description: String { "SQLite \(code): \(message), in: \(statement)" }
}

/// A value that a column holds or a parameter takes.
enum SQLValue {
    case int(Int64)
    case text(String)
}

/// One row of an answer: columns by number.
@safe struct SQLRow {
    fileprivate let statement: OpaquePointer

    func int(_ column: Int32) -> Int64 {
        // SAFETY: the statement stands on a row while `Database.query` calls its reader.
        unsafe sqlite3_column_int64(statement, column)
    }

    func text(_ column: Int32) -> String {
        // SAFETY: as above; the bytes are copied before the statement moves on.
        guard let start = unsafe sqlite3_column_text(statement, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

/// A statement that its connection keeps.
@safe private struct Prepared {
    let statement: OpaquePointer
}

/// A connection to an SQLite file that keeps its statements prepared. One thread uses it.
@safe final class Database {
    private let connection: OpaquePointer
    private var statements: [String: Prepared] = [:]

    /// Opens or makes the file: write-ahead log, a sync only at checkpoints, five seconds of patience with other writers.
    init(path: String) throws(DatabaseError) {
        var opened: OpaquePointer?
        // SAFETY: on failure too there may be a handle, which is closed here; else it is closed in deinit.
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            // SAFETY: SQLite's texts for codes are static.
            let reason = unsafe String(cString: sqlite3_errstr(code))
            throw DatabaseError(code: code, message: "\(reason): \(path)", statement: "open")
        }
        unsafe connection = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
        try run(script: "pragma journal_mode = wal; pragma synchronous = normal;")
    }

    deinit {
        // SAFETY: nobody else holds the statements or the connection.
        for kept in statements.values { unsafe sqlite3_finalize(kept.statement) }
        unsafe sqlite3_close_v2(connection)
    }

    /// Runs every statement of a script.
    func run(script: String) throws(DatabaseError) {
        // SAFETY: the text is copied by the call; no callback is given.
        let code = unsafe sqlite3_exec(connection, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, script) }
    }

    /// Runs a statement that answers nothing.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ text: String, _ arguments: SQLValue...) throws(DatabaseError) -> Int {
        try step(text, arguments) { _ in }
        return unsafe Int(sqlite3_changes(connection))
    }

    /// Runs a statement and turns each of its rows into a value.
    func query<Value>(
        _ text: String, _ arguments: SQLValue..., row: (SQLRow) -> Value
    ) throws(DatabaseError) -> [Value] {
        var values: [Value] = []
        try step(text, arguments) { values.append(row($0)) }
        return values
    }

    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(connection) }

    /// Runs `body` as one transaction that nobody else writes in; what it throws undoes everything.
    func transaction<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value, mapping: (DatabaseError) -> Failure
    ) throws(Failure) -> Value {
        do { try run("begin immediate") } catch { throw mapping(error) }
        let value: Value
        do {
            value = try body()
        } catch {
            _ = try? run("rollback")
            throw error
        }
        do {
            try run("commit")
        } catch {
            _ = try? run("rollback")
            throw mapping(error)
        }
        return value
    }

    private func step(
        _ text: String, _ arguments: [SQLValue], _ row: (SQLRow) -> Void
    ) throws(DatabaseError) {
        let statement = unsafe try prepared(text)
        // SAFETY: the statement lives as long as the connection; it is free for the next use after the reset.
        defer { unsafe sqlite3_reset(statement) }
        for (place, argument) in arguments.enumerated() {
            let code = unsafe bind(argument, at: Int32(place + 1), of: statement)
            guard code == SQLITE_OK else { throw failure(code, text) }
        }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW: row(unsafe SQLRow(statement: statement))
            case SQLITE_DONE: return
            case let code: throw failure(code, text)
            }
        }
    }

    private func prepared(_ text: String) throws(DatabaseError) -> OpaquePointer {
        if let kept = statements[text] { return unsafe kept.statement }
        var made: OpaquePointer?
        // SAFETY: finalised in deinit.
        let code = unsafe sqlite3_prepare_v3(
            connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let statement = unsafe made else { throw failure(code, text) }
        statements[text] = unsafe Prepared(statement: statement)
        return unsafe statement
    }

    private func bind(_ value: SQLValue, at place: Int32, of statement: OpaquePointer) -> Int32 {
        switch value {
        case .int(let number): return unsafe sqlite3_bind_int64(statement, place, number)
        case .text(var text):
            // SAFETY: -1 is SQLITE_TRANSIENT: SQLite copies the text during the call.
            let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) {
                    unsafe sqlite3_bind_text(
                        statement, place, $0.baseAddress, Int32(clamping: $0.count), transient)
                }
            }
        }
    }

    private func failure(_ code: Int32, _ statement: String) -> DatabaseError {
        // SAFETY: the text is copied before the next call on the connection.
        DatabaseError(
            code: code, message: unsafe String(cString: sqlite3_errmsg(connection)), statement: statement)
    }
}
