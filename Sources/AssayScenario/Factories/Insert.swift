public import AssayCore
public import AssayFormats

/// A statement with the values bound to its `$1`, `$2`, …
public struct BoundStatement: Sendable, Equatable {
    public var text: String
    public var arguments: [JSON]
    public init(_ text: String, _ arguments: [JSON] = []) {
        self.text = text
        self.arguments = arguments
    }
}

/// One row that a factory or a fixture wants in a table.
public struct Insert: Sendable, Equatable {
    /// Who asks for it, for messages: `factory 'user'`.
    public var source: String
    /// Where that is defined.
    public var location: SourceLocation
    /// The dependency; `nil` when the project names none and the factory does not say.
    public var database: String?
    public var table: TableName
    public var columns: [String]
    /// One a column; always bound, never written into the statement.
    public var values: [JSON]
    /// Columns that the database fills in and others read.
    public var returning: [String]
    /// Columns that tell the row apart; empty when the factory does not say.
    public var key: [String]

    /// The statement; it answers the whole row as the database holds it.
    public func statement(for kind: DatabaseKind) -> BoundStatement {
        let target = "insert into \(table.quoted(for: kind)) "
        if columns.isEmpty { return BoundStatement(target + "default values returning *") }
        let names = columns.map(kind.quoted).joined(separator: ", ")
        let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return BoundStatement(target + "(\(names)) values (\(places)) returning *", values)
    }

    /// How the row is taken out again.
    ///
    /// It is found by its key; without one by what the database filled in, else by `id`, else by all that was written.
    public func removal(of row: JSONObject) -> Removal {
        var written = JSONObject(zip(columns, values).map { ($0, $1) })
        for (name, value) in row where written[name] == nil { written[name] = value }
        let named = key.isEmpty ? returning : key
        var columns = named.isEmpty ? ["id"] : named
        if !columns.allSatisfy({ written[$0] != nil }) { columns = self.columns }
        return Removal(
            database: database, table: table, location: location,
            conditions: JSONObject(columns.compactMap { name in written[name].map { (name, $0) } }))
    }
}

/// One row to be deleted.
public struct Removal: Sendable, Equatable {
    public var database: String?
    public var table: TableName
    public var location: SourceLocation
    /// Columns with the values that the row has in them.
    public var conditions: JSONObject

    /// Most rows that one statement deletes.
    private static let batch = 200

    /// Statements that delete rows in the order given; neighbours told apart by one column go together.
    public static func statements(
        _ removals: [Removal], kind: (_ database: String?) -> DatabaseKind
    ) -> [(database: String?, statement: BoundStatement)] {
        var statements: [(database: String?, statement: BoundStatement)] = []
        var rest = removals[...]
        while let first = rest.first {
            let count = max(1, rest.prefix(batch).prefix { $0.goesWith(first) }.count)
            let kind = kind(first.database)
            let statement =
                count > 1 ? first.statement(withAll: rest.prefix(count), kind) : first.statement(for: kind)
            statements.append((first.database, statement))
            rest = rest.dropFirst(count)
        }
        return statements
    }

    private func goesWith(_ other: Removal) -> Bool {
        database == other.database && table == other.table && conditions.count == 1
            && conditions.keys == other.conditions.keys && conditions.values != [.null]
    }

    private func statement(withAll rows: ArraySlice<Removal>, _ kind: DatabaseKind) -> BoundStatement {
        let values = rows.flatMap(\.conditions.values)
        let places = values.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let column = kind.quoted(conditions.keys[0])
        return BoundStatement("delete from \(table.quoted(for: kind)) where \(column) in (\(places))", values)
    }

    private func statement(for kind: DatabaseKind) -> BoundStatement {
        var arguments: [JSON] = []
        let tests = conditions.map { name, value in
            guard value != .null else { return kind.quoted(name) + " is null" }
            arguments.append(value)
            return kind.quoted(name) + " = $\(arguments.count)"
        }
        let condition = tests.joined(separator: " and ")
        return BoundStatement("delete from \(table.quoted(for: kind)) where \(condition)", arguments)
    }
}
