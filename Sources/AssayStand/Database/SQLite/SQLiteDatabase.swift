public import AssayCore
public import AssayFormats
public import AssayNet
internal import Synchronization

/// An SQLite database file, used off the reactors.
public final class SQLiteDatabase: Database {
    public let path: String
    private let connection: Mutex<SQLiteConnection>
    public var kind: DatabaseKind { .sqlite }

    /// Opens or makes the file, with a write-ahead log and a busy time-out of five seconds.
    ///
    /// - Parameter isTransaction: everything is done in one transaction, which ends unwritten with this value.
    public init(path: String, isTransaction: Bool = false) throws(DatabaseError) {
        self.path = path
        let opened = try SQLiteConnection(path: path)
        _ = try opened.now("pragma journal_mode = wal", [])
        // The file is thrown away: a power cut may take it, and each write would wait for the disk.
        _ = try opened.now("pragma synchronous = off", [])
        if isTransaction { _ = try opened.now("begin", []) }
        connection = Mutex(opened)
    }

    /// Runs one statement; `$1`, `$2`… or `?` stand for the arguments.
    ///
    /// Texts, numbers, booleans (as 0 and 1) and null are bound as such, lists and objects as JSON text; a blob comes
    /// back as Base64.
    public func execute(
        _ statement: String, arguments: [JSON] = [], on reactor: Reactor, in scope: CancelScope? = nil
    ) async -> Result<DatabaseAnswer, DatabaseError> {
        await using { connection throws(DatabaseError) in try connection.now(statement, arguments) }
    }

    /// Runs a script, statement by statement.
    public func apply(script: String, on reactor: Reactor, in scope: CancelScope?) async -> DatabaseError? {
        await Blocking.run { [self] in connection.withLock { $0.each(of: script) } }
    }

    /// Empties every table and takes the rows of another file of the same tables.
    func restore(from path: String) async -> DatabaseError? {
        switch await using({ connection throws(DatabaseError) in try connection.restore(from: path) }) {
        case .success: nil
        case .failure(let error): error
        }
    }

    /// The file is closed with the last reference to it.
    public func close(on reactor: Reactor) {}

    private func using<Value: Sendable>(
        _ work: @escaping @Sendable (borrowing SQLiteConnection) throws(DatabaseError) -> Value
    ) async -> Result<Value, DatabaseError> {
        await Blocking.run { [self] in
            connection.withLock { connection in
                do throws(DatabaseError) {
                    return .success(try work(connection))
                } catch {
                    return .failure(error)
                }
            }
        }
    }
}
