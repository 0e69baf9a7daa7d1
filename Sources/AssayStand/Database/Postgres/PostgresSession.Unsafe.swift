internal import Glibc
internal import AssayCore

/// One connection to PostgreSQL whose calls block: for the run history, off every reactor's thread.
///
/// Used by one thread at a time. The stand's own databases are ``PostgresDatabase``, which never block.
@safe public final class PostgresSession {
    /// What the server, or the way to it, said.
    public struct Failure: Error, Sendable, Equatable {
        /// One line; the connection string is not in it.
        public var message: String
        /// Five characters of the SQL standard; empty when the server said nothing.
        public var state: String

        public init(message: String, state: String = "") {
            self.message = message
            self.state = state
        }
    }

    /// A column of a row.
    public enum Value: Sendable, Equatable {
        case null
        case int(Int64)
        case text(String)
    }

    private let handle: OpaquePointer

    /// Whether libpq is installed; without it nothing can be connected to.
    public static var isPossible: Bool { PostgresLibrary.isThere }

    /// Connects.
    ///
    /// - Parameters:
    ///   - information: a connection string or URL, as libpq takes it.
    ///   - patience: how long each server that it names is waited for, and another session's lock later on.
    public init(_ information: String, patience: Duration) throws(Failure) {
        guard Self.isPossible else {
            throw Failure(message: "libpq is not installed (apt install libpq5)")
        }
        guard !information.utf8.contains(0) else { throw Failure(message: "the address has a NUL character") }
        let seconds = max(2, Int(patience.inSeconds.rounded(.up)))  // libpq knows whole seconds, from 2 on
        // What the address itself says comes later and so counts.
        let opened = unsafe Self.withTexts([
            "connect_timeout", "application_name", "dbname",
        ]) { names in
            unsafe Self.withTexts([String(seconds), "assay", information]) { values in
                unsafe PQconnectdbParams(names, values, 1)
            }
        }
        guard let opened = unsafe opened else { throw Failure(message: "out of memory") }
        // SAFETY: owned by this object alone from here on; finished in deinit, once.
        unsafe handle = opened
        guard unsafe PQstatus(opened) == CONNECTION_OK else { throw failure }
        // SAFETY: replaces the processor that prints to stderr; it is given no state.
        _ = unsafe PQsetNoticeProcessor(opened, { _, _ in }, nil)
        let milliseconds = patience.nanoseconds / 1_000_000
        try run("set lock_timeout = \(milliseconds)")
        try run("set statement_timeout = \(max(30_000, 4 * milliseconds))")
    }

    deinit { unsafe PQfinish(handle) }

    /// Runs one statement; `$1`, `$2`… stand for the values.
    ///
    /// - Returns: its rows.
    @discardableResult
    public func run(_ statement: String, _ values: [Value] = []) throws(Failure) -> [[Value]] {
        let texts = values.map { value -> String? in
            switch value {
            case .null: nil
            case .int(let number): String(number)
            // PostgreSQL holds every character but this one.
            case .text(let text): text.utf8.contains(0) ? text.filter { $0 != "\0" } : text
            }
        }
        let result = unsafe Self.withTexts(texts) { values in
            unsafe PQexecParams(handle, statement, Int32(texts.count), nil, values, nil, nil, 0)
        }
        guard let result = unsafe result else { throw failure }
        // SAFETY: cleared on every way out, after all that is read of it was copied.
        defer { unsafe PQclear(result) }
        switch unsafe PQresultStatus(result) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: throw unsafe failure(result)
        default: return unsafe rows(result)
        }
    }

    private func rows(_ result: OpaquePointer) -> [[Value]] {
        let whole: Set<UInt32> = [20, 21, 23]  // int8, int2, int4
        return unsafe (0..<PQntuples(result)).map { row in
            unsafe (0..<PQnfields(result)).map { column in
                // SAFETY: the value is alive until the result is cleared; it is copied.
                guard unsafe PQgetisnull(result, row, column) == 0,
                    let start = unsafe PQgetvalue(result, row, column)
                else { return .null }
                let text = unsafe String(cString: start)
                guard unsafe whole.contains(PQftype(result, column)), let number = Int64(text) else {
                    return .text(text)
                }
                return .int(number)
            }
        }
    }

    /// Gives `body` an array of C strings that ends in no address; they are freed behind it.
    private static func withTexts<Result>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        // SAFETY: each copy lives until `body` has returned, and is freed once.
        let copies = unsafe texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let list = unsafe copies.map { unsafe UnsafePointer($0) } + [nil]
        return unsafe list.withUnsafeBufferPointer { buffer in
            // SAFETY: never empty, so there is an address.
            unsafe body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }

    private var failure: Failure {
        // SAFETY: the text is copied before the next call on the connection.
        unsafe Failure(message: Self.line(String(cString: PQerrorMessage(handle))))
    }

    private func failure(_ result: OpaquePointer) -> Failure {
        func field(_ code: Character) -> String {
            // SAFETY: the text is alive until the result is cleared; it is copied.
            guard let value = code.asciiValue, let text = unsafe PQresultErrorField(result, Int32(value))
            else { return "" }
            return unsafe String(cString: text)
        }
        let message = field("M")
        return message.isEmpty ? failure : Failure(message: Self.line(message), state: field("C"))
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
