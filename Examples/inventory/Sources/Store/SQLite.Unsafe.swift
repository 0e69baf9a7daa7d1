internal import CSQLite

/// One row of SQLite's answer.
@safe private struct SQLiteRow: SQLRow {
    let statement: OpaquePointer

    func int(_ column: Int32) -> Int64 {
        // SAFETY: the statement stands on a row while `SQLiteConnection.execute` calls its reader.
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
    /// For each of SQLite's parameters the argument it takes: SQLite numbers `$n` by first appearance.
    let arguments: [Int]
}

/// A connection to an SQLite file.
@safe final class SQLiteConnection: SQLConnection {
    private let connection: OpaquePointer
    private var statements: [String: Prepared] = [:]

    let dialect = Dialect.sqlite
    let isUsable = true

    /// Opens the file, which must exist: write-ahead log, a sync only at checkpoints, five seconds of patience with
    /// other writers.
    init(path: String) throws(DatabaseError) {
        var opened: OpaquePointer?
        // SAFETY: on failure too there may be a handle, which is closed here; else it is closed in deinit.
        let code = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            // SAFETY: SQLite's texts for codes are static.
            let reason = unsafe String(cString: sqlite3_errstr(code))
            throw DatabaseError(
                kind: .disconnected, code: "SQLite \(code)", message: "\(reason): \(path)", statement: "open")
        }
        unsafe connection = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
        try run("pragma journal_mode = wal")
        try run("pragma synchronous = normal")
        try run("pragma foreign_keys = on")
    }

    deinit {
        // SAFETY: nobody else holds the statements or the connection.
        for kept in statements.values { unsafe sqlite3_finalize(kept.statement) }
        unsafe sqlite3_close_v2(connection)
    }

    func execute(
        _ text: String, _ arguments: [SQLValue], row: (any SQLRow) -> Void
    ) throws(DatabaseError) -> Int {
        let prepared = try prepared(text)
        // SAFETY: the statement lives as long as the connection; it is free for the next use after the reset.
        let statement = unsafe prepared.statement
        defer { unsafe sqlite3_reset(statement) }
        for (place, argument) in prepared.arguments.enumerated() {
            guard arguments.indices.contains(argument) else {
                throw DatabaseError(
                    code: "SQLite", message: "no argument $\(argument + 1)", statement: text)
            }
            let code = unsafe bind(arguments[argument], at: Int32(place + 1), of: statement)
            guard code == SQLITE_OK else { throw failure(code, text) }
        }
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW: row(unsafe SQLiteRow(statement: statement))
            case SQLITE_DONE: return unsafe Int(sqlite3_changes(connection))
            case let code: throw failure(code, text)
            }
        }
    }

    private func prepared(_ text: String) throws(DatabaseError) -> Prepared {
        if let kept = statements[text] { return kept }
        var made: OpaquePointer?
        // SAFETY: finalised in deinit.
        let code = unsafe sqlite3_prepare_v3(
            connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let statement = unsafe made else { throw failure(code, text) }
        let places = unsafe (0..<sqlite3_bind_parameter_count(statement)).map { place in
            // SAFETY: the name belongs to the statement and is copied.
            let name = unsafe sqlite3_bind_parameter_name(statement, place + 1).map {
                unsafe String(cString: $0)
            }
            return name.flatMap { Int($0.dropFirst()) }.map { $0 - 1 } ?? Int(place)
        }
        let kept = unsafe Prepared(statement: statement, arguments: places)
        statements[text] = kept
        return kept
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
        let message = unsafe String(cString: sqlite3_errmsg(connection))
        // It has waited already.
        let isBusy = code & 0xFF == SQLITE_BUSY || code & 0xFF == SQLITE_LOCKED
        return DatabaseError(
            kind: isBusy ? .busy : .refused, code: "SQLite \(code)", message: message,
            statement: statement)
    }
}
