public import Assay
internal import AssayCore
public import AssayFormats

/// A database of the stand, for arranging what a test needs and looking at what came of it.
public struct StandDatabase: Sendable {
    public let name: String
    let layer: LiveStand.Layer

    /// The rows of one statement; `$1`, `$2`… stand for the arguments, on SQLite as on PostgreSQL.
    ///
    /// - Throws: ``SQLError`` with the database's own words.
    public func query(_ statement: String, _ arguments: JSON...) async throws(SQLError) -> [JSONObject] {
        try await layer.execute(statement, arguments: arguments, on: name).rows
    }

    /// Runs one statement; `$1`, `$2`… stand for the arguments.
    ///
    /// - Returns: how many rows it changed.
    /// - Throws: ``SQLError`` with the database's own words.
    @discardableResult
    public func run(_ statement: String, _ arguments: JSON...) async throws(SQLError) -> Int {
        try await layer.execute(statement, arguments: arguments, on: name).changedRows
    }
}

/// A stand-in for what tests must not call. It is shared by all tests of the stand.
public struct StandDouble: Sendable {
    public let name: String
    let layer: LiveStand.Layer

    /// `http://127.0.0.1:40131`
    public var url: String { self["url"]?.stringValue ?? "" }

    /// What `${name.…}` gives in the project file: a JWT double's `key`, `issuer`, `audience`.
    public var bindings: JSONObject { layer.bindings[name]?.objectValue ?? [:] }

    /// One of its ``bindings``; `nil` when it has none of this name.
    public subscript(key: String) -> JSON? { bindings[key] }

    /// What it was asked since the test began, in order. Tests that run at the same time ask the same double.
    public var requests: [RecordedRequest] { layer.requests(to: name) }
}

/// What a service or dependency writes to its two streams.
public struct ServiceLog: Sendable {
    public let name: String
    let layer: LiveStand.Layer

    /// Lines since the test began, with those of its start for a service that is the test's own; the latest 4 MiB.
    public var lines: [String] { layer.logLines(of: name) }

    /// Suspends until there is a line with this text among ``lines``.
    ///
    /// - Returns: the line.
    /// - Throws: AS283 with the last lines when there is none in time.
    @discardableResult
    public func waitFor(_ text: String, within limit: Duration = .seconds(5)) async throws(StandError)
        -> String
    {
        if let line = await layer.logLine(of: name, containing: text, within: limit) { return line }
        let last = lines.suffix(5).map { "\n    \($0)" }.joined()
        throw StandError(
            "AS283",
            "no line with '\(text)' in the log of '\(name)' within \(limit)"
                + (last.isEmpty ? "; it has written nothing" : "; its last lines:\(last)"))
    }
}
