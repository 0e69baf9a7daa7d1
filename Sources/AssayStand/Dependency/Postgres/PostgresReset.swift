internal import AssayFormats
internal import AssayNet

/// Brings a database back to what migrations and seeds had made of it.
enum PostgresReset {
    private static let tables = """
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg_toast%' and not c.relispartition order by 1
        """
    private static let sequences = """
        select format('%I.%I', schemaname, sequencename) as name, last_value from pg_sequences
        where last_value is not null order by 1
        """

    /// The rows that are there now are kept in files of the server; the script empties all tables and reads them back.
    static func script(from template: PostgresDatabase, folder: String, on reactor: Reactor) async
        -> Result<String, DatabaseError>
    {
        func rows(_ query: String) async throws(DatabaseError) -> [JSONObject] {
            try await template.execute(query, on: reactor).get().rows
        }
        do throws(DatabaseError) {
            let names = try await rows(tables).compactMap { $0["name"]?.stringValue }
            guard !names.isEmpty else { return .success("") }
            // Triggers and foreign keys stay quiet while rows come back in the order of their tables' names.
            var script = """
                set local session_replication_role = replica; set local lock_timeout = '5s';
                truncate \(names.joined(separator: ", ")) restart identity cascade;

                """
            for (index, name) in names.enumerated() {
                let some = try await rows("select exists (select 1 from \(name)) as some")
                guard some.first?["some"] == .bool(true) else { continue }
                let file = literal("\(folder)/reset-\(index)")
                let columns = try await rows(
                    """
                    select string_agg(quote_ident(attname), ', ' order by attnum) as list from pg_attribute
                    where attrelid = '\(name.replacing("'", with: "''"))'::regclass and attnum > 0
                    and not attisdropped and attgenerated = ''
                    """)
                let list = columns.first?["list"]?.stringValue ?? "*"
                _ = try await rows("copy (select \(list) from \(name)) to \(file)")
                script += "copy \(name) (\(list)) from \(file);\n"
            }
            for row in try await rows(sequences) {
                guard let name = row["name"]?.stringValue, let value = row["last_value"] else { continue }
                script += "select setval(\(literal(name)), \(value.rendered()));\n"
            }
            return .success(script)
        } catch {
            return .failure(error)
        }
    }

    private static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
