public import AssayCore
public import AssayFormats
public import AssayNet

/// A database of a stand, usable from every reactor.
public protocol Database: AnyObject, Sendable {
    var kind: DatabaseKind { get }

    /// Runs one statement; `$1`, `$2`… stand for the arguments.
    ///
    /// - Parameters:
    ///   - reactor: the caller's own; the answer arrives there.
    ///   - scope: ends the wait; the statement's own fate is then unknown.
    func execute(
        _ statement: String, arguments: [JSON], on reactor: Reactor, in scope: CancelScope?
    ) async -> Result<DatabaseAnswer, DatabaseError>

    /// Runs every statement of a script, like a schema file; all of it or nothing where the database can.
    ///
    /// - Parameter scope: ends the wait, and the script where the database can.
    func apply(script: String, on reactor: Reactor, in scope: CancelScope?) async -> DatabaseError?

    /// Ends what a reactor has open; a transaction that is open is rolled back.
    func close(on reactor: Reactor)
}

/// A statement that the database refused, in its own words.
public struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    public var message: String
    public var statement: String
    /// Where in the statement, in Unicode scalars from 0; `nil` when the database does not say.
    public var offset: Int?
    public var description: String { "\(message), in: \(statement.prefix(200))" }

    public init(message: String, statement: String, offset: Int? = nil) {
        self.message = message
        self.statement = statement
        self.offset = offset
    }
}

/// Rows as objects, and how many rows a statement changed.
public struct DatabaseAnswer: Sendable, Equatable {
    public var rows: [JSONObject]
    public var changedRows: Int
    public init(rows: [JSONObject], changedRows: Int) {
        self.rows = rows
        self.changedRows = changedRows
    }
}

/// More rows than this are an error: an answer is held in memory.
let databaseRowLimit = 100_000

/// A name as SQL text; a dot in it is part of the name.
func quotedIdentifier(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

/// A text as SQL text.
func quotedLiteral(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
