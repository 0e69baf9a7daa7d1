public import AssayCore
public import AssayFormats

/// Takes all rows out of tables: `TRUNCATE` on PostgreSQL, `DELETE` in the order of the references on SQLite.
public struct Emptying: Sendable, Equatable {
    /// In the order written; `nil` for all tables of the database.
    public var tables: [TableName]?
    /// Left out when all are meant.
    public var except: [TableName]
    /// Also tables that refer to these.
    public var cascades: Bool
    /// Numbers that the database gives out begin again.
    public var restarts: Bool

    public init(
        tables: [TableName]? = nil, except: [TableName] = [], cascades: Bool = false, restarts: Bool = false
    ) {
        self.tables = tables
        self.except = except
        self.cascades = cascades
        self.restarts = restarts
    }

    /// What must be asked of the database before: its tables, `schema` and `name`, each with a `parent` that it refers
    /// to in a row of its own. `nil` when nothing must be known.
    public func question(for kind: DatabaseKind) -> String? {
        switch kind {
        case .postgres where tables != nil: nil
        case .postgres:
            """
            select schemaname as schema, tablename as name, null as parent from pg_catalog.pg_tables \
            where schemaname <> 'information_schema' and schemaname not like 'pg\\_%' order by 1, 2
            """
        case .sqlite:
            """
            select null as schema, m.name as name, f."table" as parent from sqlite_master m \
            left join pragma_foreign_key_list(m.name) f on true \
            where m.type = 'table' and (m.name not like 'sqlite\\_%' escape '\\' or m.name = 'sqlite_sequence') \
            order by m.name
            """
        }
    }

    /// The statements, in order.
    ///
    /// - Parameter answer: rows of ``question(for:)``; empty when there was none.
    public func statements(for kind: DatabaseKind, answer: [JSONObject]) -> [BoundStatement] {
        let known = Self.tables(in: answer)
        let all = known.filter { table in !except.contains { $0.names(table, in: kind) } }
        switch kind {
        case .postgres:
            let targets = tables ?? all
            guard !targets.isEmpty else { return [] }
            let names = targets.map { $0.quoted(for: kind) }.joined(separator: ", ")
            let restart = restarts ? " restart identity" : ""
            // Of all tables, those that were kept must not be emptied through others.
            return [BoundStatement("truncate table \(names)\(restart)" + (cascades ? " cascade" : ""))]
        case .sqlite:
            let parents = Self.parents(in: answer)
            var targets = (tables ?? all).map(\.name)
            if cascades { targets = Self.withChildren(of: targets, parents, kept: Set(except.map(\.name))) }
            var statements = Self.childrenFirst(targets, parents).map {
                BoundStatement("delete from " + kind.quoted($0))
            }
            let counts = answer.contains { $0["name"] == .string(Self.counters) }
            if restarts, counts, !targets.isEmpty { statements.append(Self.restarting(targets)) }
            return statements
        }
    }

    private static func tables(in answer: [JSONObject]) -> [TableName] {
        var tables: [TableName] = []
        for row in answer {
            guard let name = row["name"]?.stringValue, name != counters else { continue }
            let table = TableName(schema: row["schema"]?.stringValue, name: name)
            if tables.last != table { tables.append(table) }
        }
        return tables
    }

    private static func parents(in answer: [JSONObject]) -> [String: Set<String>] {
        var parents: [String: Set<String>] = [:]
        for row in answer {
            guard let name = row["name"]?.stringValue, let parent = row["parent"]?.stringValue else {
                continue
            }
            if name.lowercased() != parent.lowercased() {
                parents[name.lowercased(), default: []].insert(parent.lowercased())
            }
        }
        return parents
    }

    /// The tables and all that refer to them, at any distance.
    private static func withChildren(
        of tables: [String], _ parents: [String: Set<String>], kept: Set<String>
    ) -> [String] {
        var all = tables
        var names = Set(tables.map { $0.lowercased() })
        var grows = true
        while grows {
            grows = false
            for (child, referred) in parents.sorted(by: { $0.key < $1.key })
            where !names.contains(child) && !kept.contains(child) && !referred.isDisjoint(with: names) {
                names.insert(child)
                all.append(child)
                grows = true
            }
        }
        return all
    }

    /// Tables before those that they refer to; tables in a circle stay in the order given.
    private static func childrenFirst(_ tables: [String], _ parents: [String: Set<String>]) -> [String] {
        var waiting = tables
        var ordered: [String] = []
        while !waiting.isEmpty {
            let free = waiting.firstIndex { table in
                !waiting.contains { other in
                    other != table && parents[other.lowercased()]?.contains(table.lowercased()) == true
                }
            }
            ordered.append(waiting.remove(at: free ?? 0))
        }
        return ordered
    }

    /// SQLite's table of numbers given out; it is there once a table has an AUTOINCREMENT.
    private static let counters = "sqlite_sequence"

    private static func restarting(_ tables: [String]) -> BoundStatement {
        let places = tables.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return BoundStatement("delete from \(counters) where name in (\(places))", tables.map { .string($0) })
    }
}

extension TableName {
    /// Whether a name as written means a table as the database lists it.
    fileprivate func names(_ table: TableName, in kind: DatabaseKind) -> Bool {
        name == table.name && (kind == .sqlite || schema == nil || schema == table.schema)
    }
}
