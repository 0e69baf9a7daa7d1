internal import CPostgres

/// One row of PostgreSQL's answer, which comes as text.
@safe private struct PostgresRow: SQLRow {
    let result: OpaquePointer
    let row: Int32

    func int(_ column: Int32) -> Int64 { Int64(text(column)) ?? 0 }

    func text(_ column: Int32) -> String {
        // SAFETY: the result lives while `PostgresConnection.execute` calls its reader; libpq checks both numbers,
        // and the bytes are copied.
        guard let start = unsafe PQgetvalue(result, row, column) else { return "" }
        let count = unsafe Int(PQgetlength(result, row, column))
        return unsafe UnsafeRawBufferPointer(start: start, count: count).withMemoryRebound(to: UInt8.self) {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }
}

/// How a PostgreSQL server is reached: libpq's keywords and what they are set to. Source: PostgreSQL 15, §34.1.2.
struct PostgresAddress: Sendable {
    /// A URL stands under `dbname`.
    var parameters: [(keyword: String, value: String)]

    /// What is wrong with a URL, in libpq's words; `nil` for one that can be tried.
    static func fault(in url: String) -> String? {
        // SAFETY: both results are freed here, after their texts were copied.
        var message: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(url, &message)
        defer {
            unsafe PQconninfoFree(options)
            unsafe PQfreemem(message)
        }
        guard unsafe options == nil else { return nil }
        return unsafe message.map { unsafe String(cString: $0) }?.trimmed ?? "it cannot be read"
    }
}

/// A connection to a PostgreSQL server.
@safe final class PostgresConnection: SQLConnection {
    private let connection: OpaquePointer
    /// Statement → the name under which the server keeps it.
    private var statements: [String: String] = [:]

    let dialect = Dialect.postgres
    var isUsable: Bool { unsafe PQstatus(connection) == CONNECTION_OK }

    /// Tables are found in these schemas, in this order; see db/migrations.
    private static let settings = """
        set search_path = inventory, auth, public; set datestyle = iso; set client_encoding = utf8;
        set statement_timeout = '5s'; set idle_in_transaction_session_timeout = '15s'
        """

    /// Connects, within three seconds a server.
    init(_ address: PostgresAddress) throws(DatabaseError) {
        // What the address says counts more: libpq takes the last of two.
        let standard = [("application_name", "inventory-service"), ("connect_timeout", "3")]
        let parameters = standard + address.parameters.map { ($0.keyword, $0.value) }
        // SAFETY: libpq copies the texts during the call.
        let opened = unsafe withCStrings(parameters.map(\.0)) { keywords in
            unsafe withCStrings(parameters.map(\.1)) { values in
                unsafe PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let handle = unsafe opened else {
            throw DatabaseError(code: "libpq", message: "out of memory", statement: "connect")
        }
        unsafe connection = handle
        guard isUsable else {
            // SAFETY: the text is copied; deinit closes the connection.
            let message = unsafe String(cString: PQerrorMessage(handle)).trimmed
            throw DatabaseError(
                kind: .disconnected, code: "PostgreSQL", message: message, statement: "connect")
        }
        // SAFETY: closed with the connection; the function writes nothing.
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
        unsafe try judged(PQexec(handle, Self.settings), Self.settings)
    }

    deinit {
        // SAFETY: nobody else holds the connection.
        unsafe PQfinish(connection)
    }

    func execute(
        _ text: String, _ arguments: [SQLValue], row: (any SQLRow) -> Void
    ) throws(DatabaseError) -> Int {
        let name = try prepared(text)
        var values: [String] = []
        for argument in arguments {
            switch argument {
            case .int(let number): values.append(String(number))
            case .text(let value):
                guard !value.utf8.contains(0) else {
                    throw DatabaseError(
                        code: "22021", message: "PostgreSQL keeps no NUL in a text", statement: text)
                }
                values.append(value)
            }
        }
        // SAFETY: libpq sends the texts during the call; the result is cleared below.
        let answer = unsafe withCStrings(values) { pointers in
            unsafe PQexecPrepared(connection, name, Int32(values.count), pointers, nil, nil, 0)
        }
        defer { unsafe PQclear(answer) }
        guard let result = unsafe answer else { throw lost(text) }
        try unsafe check(result, text)
        let count = unsafe PQntuples(result)
        for number in 0..<count {
            row(unsafe PostgresRow(result: result, row: number))
        }
        // SAFETY: the text belongs to the result and is copied.
        return unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    private func prepared(_ text: String) throws(DatabaseError) -> String {
        if let name = statements[text] { return name }
        let name = "s\(statements.count)"
        unsafe try judged(PQprepare(connection, name, text, 0, nil), text)
        statements[text] = name
        return name
    }

    /// Takes a result that has no rows to read.
    private func judged(_ answer: OpaquePointer?, _ text: String) throws(DatabaseError) {
        // SAFETY: cleared here, once.
        defer { unsafe PQclear(answer) }
        guard let result = unsafe answer else { throw lost(text) }
        try unsafe check(result, text)
    }

    private func check(_ result: OpaquePointer, _ text: String) throws(DatabaseError) {
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: break
        }
        guard isUsable else { throw lost(text) }
        // SAFETY: the texts belong to the result and are copied.
        func field(_ code: Character) -> String {
            let number = code.asciiValue.map { Int32($0) } ?? 0
            return unsafe PQresultErrorField(result, number).map { unsafe String(cString: $0) } ?? ""
        }
        let state = field("C")
        throw DatabaseError(
            kind: Self.kind(ofState: state), code: "PostgreSQL \(state)", message: field("M"), statement: text
        )
    }

    /// Source: PostgreSQL 15, appendix A.
    private static func kind(ofState state: String) -> DatabaseError.Kind {
        switch state {
        case "40001", "40P01": .conflict  // serialization failure, deadlock
        case "55P03", "57014": .busy  // waited too long for a lock, or altogether
        case "57P01", "57P02", "57P03", "57P05": .disconnected  // the server is going down or coming up
        default: .refused
        }
    }

    private func lost(_ text: String) -> DatabaseError {
        // SAFETY: the text is copied before the next call on the connection.
        let message = unsafe String(cString: PQerrorMessage(connection)).trimmed
        return DatabaseError(kind: .disconnected, code: "PostgreSQL", message: message, statement: text)
    }
}

extension String {
    /// Without line ends, which libpq puts into its messages.
    fileprivate var trimmed: String {
        split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.joined(separator: "; ")
    }
}

/// Shows texts to C as a list of pointers that a null pointer ends.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8.map { CChar(bitPattern: $0) })
        bytes.append(0)
    }
    bytes.append(0)  // never empty, so there is a base address
    // SAFETY: the pointers are used during `body` only, while `bytes` and `pointers` stand still.
    return unsafe bytes.withUnsafeBufferPointer { all in
        let pointers = unsafe starts.map { start in unsafe all.baseAddress.map { unsafe $0 + start } } + [nil]
        return unsafe pointers.withUnsafeBufferPointer { list in
            guard let base = list.baseAddress else { preconditionFailure("it has a null pointer at least") }
            return unsafe body(base)
        }
    }
}
