internal import AssayFormats
internal import AssayNet

/// Brings a database back to what migrations and seeds had made of it.
enum PostgresReset {
    private static let tables = """
        select format('%I.%I', n.nspname, c.relname) as name,
        case c.relkind when 'p' then '' else 'only ' end as only
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg_toast%' and not c.relispartition order by 1
        """
    private static let sequences = """
        select format('%I.%I', schemaname, sequencename) as name, last_value from pg_sequences
        order by 1
        """
    /// In the order they were made, for one may read another.
    private static let views = """
        select oid::regclass::text as name, relispopulated as filled from pg_class where relkind = 'm' order by oid
        """

    /// The rows that are there now are kept in files of the server; the script empties all tables and reads them back.
    static func script(from template: PostgresDatabase, folder: String, on reactor: Reactor) async
        -> Result<String, DatabaseError>
    {
        func rows(_ query: String) async throws(DatabaseError) -> [JSONObject] {
            try await template.execute(query, on: reactor).get().rows
        }
        do throws(DatabaseError) {
            let found = try await rows(tables).map { row in
                (name: row["name"]?.stringValue ?? "", only: row["only"]?.stringValue ?? "")
            }
            // Triggers and foreign keys stay quiet while rows come back in the order of their tables' names.
            var script = """
                set local session_replication_role = replica; set local lock_timeout = '5s';

                """
            if !found.isEmpty {
                let names = found.map(\.name).joined(separator: ", ")
                script += "truncate \(names) restart identity cascade;\n"
            }
            for (index, (name, only)) in found.enumerated() {
                // Rows of tables that inherit from this one are theirs.
                let some = try await rows("select exists (select 1 from \(only)\(name)) as some")
                guard some.first?["some"] == .bool(true) else { continue }
                let file = quotedLiteral("\(folder)/reset-\(index)")
                let columns = try await rows(
                    """
                    select string_agg(quote_ident(attname), ', ' order by attnum) as list from pg_attribute
                    where attrelid = '\(name.replacing("'", with: "''"))'::regclass and attnum > 0
                    and not attisdropped and attgenerated = ''
                    """)
                let list = columns.first?["list"]?.stringValue ?? "*"
                _ = try await rows("copy (select \(list) from \(only)\(name)) to \(file)")
                script += "copy \(name) (\(list)) from \(file);\n"
            }
            for row in try await rows(sequences) {
                guard let name = row["name"]?.stringValue else { continue }
                if case .int(let value)? = row["last_value"] {
                    script += "select setval(\(quotedLiteral(name)), \(value));\n"
                } else {
                    script += "alter sequence \(name) restart;\n"
                }
            }
            for row in try await rows(views) {
                guard let name = row["name"]?.stringValue else { continue }
                script +=
                    "refresh materialized view \(name)\(row["filled"] == .bool(true) ? "" : " with no data");\n"
            }
            return .success(script)
        } catch {
            return .failure(error)
        }
    }
}
