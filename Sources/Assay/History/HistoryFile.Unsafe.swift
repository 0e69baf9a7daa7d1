internal import AssayCore
internal import CSQLite

/// One connection to the history's SQLite file, used by one thread at a time and never on a reactor's.
///
/// Apart from the stand's databases: a run is written in one transaction, and what went wrong is told by its code.
@safe final class HistoryFile: HistoryDatabase {
    typealias Value = HistoryValue
    typealias Failure = HistoryFailure

    private let connection: OpaquePointer

    /// Opens the file, and makes it when it is not there and is to be written.
    ///
    /// - Parameter patience: how long another process that writes is waited for.
    init(path: String, forWriting: Bool, patience: Duration = .seconds(5)) throws(Failure) {
        var (opened, code) = unsafe Self.open(
            path, SQLITE_OPEN_READWRITE | (forWriting ? SQLITE_OPEN_CREATE : 0))
        if code != SQLITE_OK, !forWriting {
            // SAFETY: the failed handle is not used again; closing none is allowed.
            unsafe sqlite3_close_v2(opened)
            unsafe (opened, code) = Self.open(path, SQLITE_OPEN_READONLY)
        }
        guard code == SQLITE_OK, let handle = unsafe opened else {
            // SAFETY: on failure too there may be a handle.
            unsafe sqlite3_close_v2(opened)
            throw Failure(sqlite: code, message: unsafe String(cString: sqlite3_errstr(code)))
        }
        // SAFETY: closed in deinit, once; statements are finalised before every return.
        unsafe connection = handle
        unsafe sqlite3_busy_timeout(handle, Int32(clamping: patience.nanoseconds / 1_000_000))
    }

    deinit { unsafe sqlite3_close_v2(connection) }

    /// Readers and a writer do not wait for each other. When another process is making the same change, it is made.
    func begin() throws(Failure) {
        do throws(Failure) {
            try run("pragma journal_mode = wal")
        } catch {
            if !error.isBusy { throw error }
        }
        try run("begin immediate")
    }

    func version() throws(Failure) -> Int64 { try run("pragma user_version").first?.first?.int ?? 0 }

    func keep(version: Int64) throws(Failure) { try run("pragma user_version = \(version)") }

    func dialect(_ statement: String) -> String { statement }

    private static func open(_ path: String, _ flags: Int32) -> (OpaquePointer?, Int32) {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        return unsafe (opened, code)
    }

    /// Runs one statement for each list of values, prepared once.
    @discardableResult
    func run(_ text: String, each lists: [[Value]]) throws(Failure) -> [[Value]] {
        var prepared: OpaquePointer?
        // SAFETY: the statement is finalised on every way out.
        guard unsafe sqlite3_prepare_v2(connection, text, -1, &prepared, nil) == SQLITE_OK,
            let statement = unsafe prepared
        else { throw failure }
        defer { unsafe sqlite3_finalize(statement) }
        var rows: [[Value]] = []
        for values in lists {
            unsafe sqlite3_reset(statement)
            for (index, value) in values.enumerated() {
                guard unsafe bind(value, Int32(index + 1), statement) == SQLITE_OK else { throw failure }
            }
            var code = unsafe sqlite3_step(statement)
            while code == SQLITE_ROW {
                rows.append(unsafe row(statement))
                code = unsafe sqlite3_step(statement)
            }
            guard code == SQLITE_DONE else { throw failure }
        }
        return rows
    }

    private func bind(_ value: Value, _ slot: Int32, _ statement: OpaquePointer) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(statement, slot)
        case .int(let value): return unsafe sqlite3_bind_int64(statement, slot, value)
        case .text(var text):
            // SAFETY: -1 is SQLITE_TRANSIENT: SQLite copies the text during the call. An empty text may have no
            // address, which would mean null; of the address in its place no byte is read.
            let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) {
                    unsafe sqlite3_bind_text(
                        statement, slot, $0.baseAddress ?? UnsafePointer(bitPattern: 1),
                        Int32(clamping: $0.count), transient)
                }
            }
        }
    }

    private func row(_ statement: OpaquePointer) -> [Value] {
        (0..<(unsafe sqlite3_column_count(statement))).map { column in
            switch unsafe sqlite3_column_type(statement, column) {
            case SQLITE_NULL: return .null
            case SQLITE_INTEGER: return unsafe .int(sqlite3_column_int64(statement, column))
            default:
                // SAFETY: valid until the next step, and copied here; none means there was no memory for it.
                guard let text = unsafe sqlite3_column_text(statement, column) else { return .null }
                let count = unsafe Int(sqlite3_column_bytes(statement, column))
                return .text(
                    unsafe String(
                        decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
            }
        }
    }

    private var failure: Failure {
        // SAFETY: the text is copied before the next call on the connection.
        unsafe Failure(
            sqlite: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)))
    }
}
