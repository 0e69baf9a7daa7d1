internal import AssayCore
internal import AssayFormats
public import AssayNet

/// How many rows each table of a database has, and a mark that newer rows can be told by.
public struct DatabaseSnapshot: Sendable {
    private struct Table: Sendable {
        var rows: Int64
        /// SQLite: the highest rowid.
        var last: Int64
    }
    private var tables: [String: Table] = [:]
    /// PostgreSQL: the transaction that took the snapshot.
    private var transaction: Int64 = 0

    private static let tablesOfPostgres = """
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg_toast%' order by 1
        """
    private static let tablesOfSQLite = """
        select '"' || replace(t.name, '"', '""') || '"' as name,
            t.wr or exists (select 1 from pragma_table_xinfo(t.name) c where lower(c.name) = 'rowid') as plain
        from pragma_table_list t
        where t.schema = 'main' and t.type in ('table', 'virtual') and t.name not like 'sqlite_%' order by 1
        """

    /// Counts all rows of all tables.
    public static func take(of database: any Database, on reactor: Reactor) async -> Result<
        Self, DatabaseError
    > {
        var snapshot = DatabaseSnapshot()
        let isPostgres = database.kind == .postgres
        do throws(DatabaseError) {
            let listed = try await database.execute(
                isPostgres ? tablesOfPostgres : tablesOfSQLite, arguments: [], on: reactor, in: nil
            ).get().rows
            let names = listed.compactMap { $0["name"]?.stringValue }
            let last = listed.map { isPostgres || $0["plain"] == .int(1) ? "0" : "coalesce(max(rowid), 0)" }
            if isPostgres {
                let mark = try await database.execute(
                    "select (pg_current_xact_id()::text::numeric % 4294967296)::bigint as mark",
                    arguments: [],
                    on: reactor, in: nil
                ).get()
                if case .int(let mark)? = mark.rows.first?["mark"] { snapshot.transaction = mark }
            }
            // Some at a time: one statement for all would be too long for a schema of thousands.
            for start in stride(from: 0, to: names.count, by: 200) {
                let part = names[start..<min(start + 200, names.count)]
                let counts = part.enumerated().map { index, name in
                    "select \(index) as place, count(*) as rows, \(last[start + index]) as last from \(name)"
                }.joined(separator: " union all ")
                let found = try await database.execute(counts, arguments: [], on: reactor, in: nil).get()
                for row in found.rows {
                    guard case .int(let place)? = row["place"], case .int(let rows)? = row["rows"],
                        case .int(let last)? = row["last"]
                    else { continue }
                    snapshot.tables[part[part.startIndex + Int(place)]] = Table(rows: rows, last: last)
                }
            }
            return .success(snapshot)
        } catch {
            return .failure(error)
        }
    }

    /// What a later snapshot has more or less of, one sentence each, with up to three of the new rows.
    public func differences(
        to later: DatabaseSnapshot, in database: any Database, named name: String, on reactor: Reactor
    ) async -> [String] {
        var found: [String] = []
        for (table, after) in later.tables.sorted(by: { $0.key < $1.key }) {
            let before = tables[table]
            let more = after.rows - (before?.rows ?? 0)
            if before == nil { found.append("\(name): new table \(table)") }
            if more < 0 {
                found.append("\(name): \(-more) \(-more == 1 ? "row" : "rows") gone from \(table)")
            }
            guard more > 0 else { continue }
            let condition =
                database.kind == .postgres
                ? "t.xmin::text::bigint >= \(transaction)" : "t.rowid > \(before?.last ?? 0)"
            let rows = await database.execute(
                "select t.* from \(table) t where \(condition) limit 3", arguments: [], on: reactor, in: nil)
            let shown = ((try? rows.get())?.rows ?? []).map { JSON.object($0).rendered() }.joined(
                separator: ", ")
            found.append(
                "\(name): \(more) new \(more == 1 ? "row" : "rows") in \(table)"
                    + (shown.isEmpty ? "" : ": \(shown.prefix(400))"))
        }
        for table in tables.keys.sorted() where later.tables[table] == nil {
            found.append("\(name): table \(table) is gone")
        }
        return found
    }
}
