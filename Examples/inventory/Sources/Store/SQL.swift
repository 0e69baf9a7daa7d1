/// What a database said no to.
struct DatabaseError: Error, CustomStringConvertible {
    enum Kind {
        /// The statement was refused; asking again will not help.
        case refused
        /// Somebody else was in the way, and nothing was changed: the same work may well succeed now.
        case conflict
        /// The connection is gone, and nothing was changed.
        case disconnected
        /// The connection went while the changes were being kept: nobody knows whether they were.
        case unknownOutcome
        /// Too much is waiting for a connection already.
        case busy
    }

    var kind = Kind.refused
    /// The database's own: SQLite's result code, PostgreSQL's SQLSTATE.
    var code: String
    var message: String
    var statement: String

    var description: String {
        statement.isEmpty ? "\(code): \(message)" : "\(code): \(message), in: \(statement)"
    }

    /// Whether the same request may be answered a moment later.
    var isPassing: Bool {
        switch kind {
        case .refused: false
        case .conflict, .disconnected, .unknownOutcome, .busy: true
        }
    }
}

/// A value that a parameter takes.
enum SQLValue: Sendable {
    case int(Int64)
    case text(String)
}

/// One row of an answer: columns by number, readable while its reader is being called.
protocol SQLRow {
    func int(_ column: Int32) -> Int64
    func text(_ column: Int32) -> String
}

/// Where the databases differ in what they are told; everything else is the same text for all of them.
struct Dialect: Sendable {
    /// Begins a transaction that will write.
    var begin: String
    /// Ends a `select` whose rows nobody else may change until the transaction ends; empty where a transaction
    /// keeps other writers out altogether.
    var lockingRows: String
    /// Keeps others from changing what a user held on past days until the transaction ends. Takes the user.
    var lockingHistory: String?
    /// A column of moments as RFC 3339 text.
    var instant: @Sendable (String) -> String

    /// One writer at a time: the transaction is the lock.
    static let sqlite = Dialect(begin: "begin immediate", lockingRows: "", lockingHistory: nil) { $0 }

    static let postgres = Dialect(
        begin: "begin", lockingRows: " for update",
        // There may be no row of that day yet which could be locked.
        lockingHistory: "select pg_advisory_xact_lock(hashtextextended('inventory history ' || $1::text, 0))"
    ) { "to_char(\($0) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')" }
}

/// A connection to a database that keeps its statements prepared. One thread at a time uses it.
///
/// Parameters are written `$1`, `$2`… in both dialects.
protocol SQLConnection: AnyObject {
    var dialect: Dialect { get }

    /// Whether another statement can be tried; once false, the connection is of no more use.
    var isUsable: Bool { get }

    /// Runs one statement and shows each of its rows.
    ///
    /// - Returns: how many rows it changed.
    func execute(
        _ text: String, _ arguments: [SQLValue], row: (any SQLRow) -> Void
    ) throws(DatabaseError) -> Int
}

extension SQLConnection {
    /// Runs a statement that answers nothing.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ text: String, _ arguments: SQLValue...) throws(DatabaseError) -> Int {
        try execute(text, arguments) { _ in }
    }

    /// Runs a statement and turns each of its rows into a value.
    func query<Value>(
        _ text: String, _ arguments: SQLValue..., row: (any SQLRow) -> Value
    ) throws(DatabaseError) -> [Value] {
        var values: [Value] = []
        _ = try execute(text, arguments) { values.append(row($0)) }
        return values
    }

    /// Runs `body` as one transaction; what it throws undoes everything.
    func transaction<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value, mapping: (DatabaseError) -> Failure
    ) throws(Failure) -> Value {
        do { try run(dialect.begin) } catch { throw mapping(error) }
        let value: Value
        do {
            value = try body()
        } catch {
            if isUsable { _ = try? run("rollback") }
            throw error
        }
        do {
            try run("commit")
        } catch {
            if isUsable { _ = try? run("rollback") }
            var error = error
            if error.kind == .disconnected { error.kind = .unknownOutcome }
            throw mapping(error)
        }
        return value
    }
}
