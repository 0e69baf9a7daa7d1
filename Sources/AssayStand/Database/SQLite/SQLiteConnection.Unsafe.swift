internal import AssayFormats
internal import CSQLite

/// One open SQLite file; whoever holds it is alone with it.
@safe struct SQLiteConnection: ~Copyable {
    private let connection: OpaquePointer

    init(path: String) throws(DatabaseError) {
        var opened: OpaquePointer?
        // SAFETY: on failure too there may be a handle, which is closed here; else it is closed in deinit.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw DatabaseError(message: "cannot open \(path): \(Self.text(code))", statement: "open")
        }
        unsafe connection = handle
        unsafe sqlite3_busy_timeout(handle, 5000)
    }

    deinit { unsafe sqlite3_close_v2(connection) }

    /// - Returns: the first failure; its place is one of the script.
    func each(of script: String) -> DatabaseError? {
        let length = script.utf8.count
        return unsafe script.withCString { text in
            var start = 0
            while start < length {
                var prepared: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                // SAFETY: the text is alive for the closure; the statement is finalised in each round.
                var code = unsafe sqlite3_prepare_v2(
                    connection, text + start, Int32(clamping: length - start), &prepared, &tail)
                var offset = code == SQLITE_OK ? 0 : unsafe Int(sqlite3_error_offset(connection))
                if code == SQLITE_OK, let statement = unsafe prepared {
                    repeat { code = unsafe sqlite3_step(statement) } while code == SQLITE_ROW
                    offset = 0
                }
                guard code == SQLITE_OK || code == SQLITE_DONE else {
                    var error = failure("the script")
                    unsafe sqlite3_finalize(prepared)
                    let skipped = script.utf8.dropFirst(start).prefix { $0 <= 32 }.count
                    let place = start + (offset > 0 ? offset : skipped)
                    error.offset =
                        String(decoding: script.utf8.prefix(place), as: UTF8.self).unicodeScalars.count
                    return error
                }
                unsafe sqlite3_finalize(prepared)
                guard let next = unsafe tail else { return nil }
                unsafe start = next - text
            }
            return nil
        }
    }

    /// Empties every table and takes the rows of another file of the same tables.
    func restore(from path: String) throws(DatabaseError) {
        _ = try now("attach $1 as pristine", [.string(path)])
        defer { _ = try? now("detach pristine", []) }
        _ = try now("pragma foreign_keys = off", [])
        _ = try now("begin immediate", [])
        do throws(DatabaseError) {
            // What triggers write is among the rows that come back.
            let triggers = try parts("type = 'trigger'", of: "main")
            for trigger in triggers { _ = try now("drop trigger main.\(trigger.quoted)", []) }
            let tables = "type = 'table' and (name not like 'sqlite_%' or name = 'sqlite_sequence')"
            let kept = Set(try parts(tables, of: "pristine").map(\.quoted))
            for table in try parts(tables, of: "main") {
                _ = try now("delete from main.\(table.quoted)", [])
                // A table that a service has made since has no rows to come back.
                guard kept.contains(table.quoted) else { continue }
                let columns =
                    try now(
                        """
                        select group_concat('"' || replace(name, '"', '""') || '"', ', ') as list
                        from pragma_table_xinfo($1, 'main') where hidden = 0
                        """, [.string(table.name)]
                    ).rows.first?["list"]?.stringValue ?? ""
                _ = try now(
                    "insert into main.\(table.quoted) (\(columns)) select \(columns) from pristine.\(table.quoted)",
                    [])
            }
            for trigger in triggers { _ = try now(trigger.sql, []) }
            _ = try now("commit", [])
        } catch {
            _ = try? now("rollback", [])
            throw error
        }
    }

    /// Tables or triggers, as a schema lists them.
    private func parts(_ condition: String, of schema: String) throws(DatabaseError)
        -> [(name: String, quoted: String, sql: String)]
    {
        try now("select name, sql from \(schema).sqlite_schema where \(condition)", []).rows.map { row in
            let name = row["name"]?.stringValue ?? ""
            return (name, "\"" + name.replacing("\"", with: "\"\"") + "\"", row["sql"]?.stringValue ?? "")
        }
    }

    func now(_ text: String, _ arguments: [JSON]) throws(DatabaseError) -> DatabaseAnswer {
        var prepared: OpaquePointer?
        // SAFETY: the statement is finalised below, before the connection can close.
        guard unsafe sqlite3_prepare_v2(connection, text, -1, &prepared, nil) == SQLITE_OK else {
            throw failure(text)
        }
        guard let statement = unsafe prepared else {
            throw DatabaseError(message: "there is no statement in it", statement: text)
        }
        defer { unsafe sqlite3_finalize(statement) }
        let wanted = unsafe Int(sqlite3_bind_parameter_count(statement))
        guard wanted == arguments.count else {
            throw DatabaseError(
                message: "it takes \(wanted) arguments, found \(arguments.count)", statement: text)
        }
        for slot in 0..<wanted {
            // SQLite numbers `$n` by first appearance; the person numbered them by n.
            let name = unsafe sqlite3_bind_parameter_name(statement, Int32(slot + 1)).map {
                unsafe String(cString: $0)
            }
            let place = name.flatMap { Int($0.dropFirst()) }.map { $0 - 1 } ?? slot
            guard arguments.indices.contains(place) else {
                throw DatabaseError(
                    message: "there is no argument for \(name ?? "?"), found \(arguments.count)",
                    statement: text)
            }
            guard unsafe bind(arguments[place], to: Int32(slot + 1), statement) == SQLITE_OK else {
                throw failure(text)
            }
        }
        let before = unsafe sqlite3_total_changes(connection)
        var rows: [JSONObject] = []
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                guard rows.count < databaseRowLimit else {
                    throw DatabaseError(message: "more than \(databaseRowLimit) rows", statement: text)
                }
                rows.append(unsafe row(statement))
            case SQLITE_DONE:
                let changes = unsafe sqlite3_total_changes(connection) - before
                return DatabaseAnswer(rows: rows, changedRows: Int(changes))
            default: throw failure(text)
            }
        }
    }

    private func bind(_ value: JSON, to slot: Int32, _ statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(statement, slot)
        case .bool(let value): return unsafe sqlite3_bind_int64(statement, slot, value ? 1 : 0)
        case .int(let value): return unsafe sqlite3_bind_int64(statement, slot, value)
        case .double(let value): return unsafe sqlite3_bind_double(statement, slot, value)
        case .string, .array, .object:
            var text = value.stringValue ?? value.rendered()
            // SAFETY: -1 is SQLITE_TRANSIENT: SQLite copies the text during the call.
            let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) {
                    unsafe sqlite3_bind_text(
                        statement, slot, $0.baseAddress, Int32(clamping: $0.count), transient)
                }
            }
        }
    }

    private func row(_ statement: OpaquePointer) -> JSONObject {
        var object = JSONObject()
        let columns = unsafe sqlite3_column_count(statement)
        for column in 0..<columns {
            let name = unsafe sqlite3_column_name(statement, column).map { unsafe String(cString: $0) } ?? ""
            object[name] = unsafe value(statement, column)
        }
        return object
    }

    private func value(_ statement: OpaquePointer, _ column: Int32) -> JSON {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return unsafe .int(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return unsafe .double(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        case let type:
            // SAFETY: the memory is valid until the next step; it is copied here.
            let start = unsafe sqlite3_column_blob(statement, column)
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
            return .string(
                type == SQLITE_TEXT ? String(decoding: bytes, as: UTF8.self) : Base64.standard.encode(bytes))
        }
    }

    private func failure(_ statement: String) -> DatabaseError {
        // SAFETY: the text is copied before the next call on the connection.
        DatabaseError(message: unsafe String(cString: sqlite3_errmsg(connection)), statement: statement)
    }

    private static func text(_ code: Int32) -> String { unsafe String(cString: sqlite3_errstr(code)) }
}
