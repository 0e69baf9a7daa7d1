import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite(
    "PostgreSQL", .timeLimit(.minutes(3)),
    .enabled(if: StandSupport.hasPostgres, "PostgreSQL is not installed: apt install postgresql"))
struct PostgresTests {
    private static let migrations = [
        "db/V2__more.up.sql": "alter table items add price numeric(10, 2); update items set price = 12.50;",
        "db/V10__last.sql": "create table log (at timestamptz default now(), what text);",
        "db/V1__tables.sql": """
        create table items (id serial primary key, name text not null, tags int[], facts jsonb, raw bytea);
        insert into items (name, tags, facts) values ('sword', '{1,2}', '{"a": [1]}');
        -- +goose Down
        drop table items;
        """,
        "db/V2__more.down.sql": "alter table items drop price;",
        "seed.sql": "insert into log (what) values ('seeded');",
    ]
    private static let stand =
        "dependencies: {db: {postgres: {migrations: db, seed: seed.sql, database: shop}}}"

    @Test("migrations run in the order of their numbers, then the seed; types come back as JSON's")
    func migrations() throws {
        let answers = try StandSupport.with(Self.stand, name: "pg", files: Self.migrations) {
            stand, reactor in
            let database = stand.databases["db"]
            return [
                await StandSupport.ask(
                    database, "select id, name, tags, facts, price from items", on: reactor),
                await StandSupport.ask(database, "select what from log", on: reactor),
                await StandSupport.ask(
                    database,
                    "insert into items (name, tags, facts, raw) values ($1, $2, $3, '\\x0102') returning id",
                    ["bow", [3, nil], ["b": true]], on: reactor),
                await StandSupport.ask(
                    database, "select tags, facts, raw, price from items where tags && $1", [[3]], on: reactor
                ),
                await StandSupport.ask(database, "select absent from items", on: reactor),
                await StandSupport.ask(database, "select current_database() as d", on: reactor),
            ]
        }.get()
        #expect(
            answers == [
                #"[{"id":1,"name":"sword","tags":[1,2],"facts":{"a":[1]},"price":12.5}]"#,
                #"[{"what":"seeded"}]"#,
                #"[{"id":2}]"#, #"[{"tags":[3,null],"facts":{"b":true},"raw":"AQI=","price":null}]"#,
                #"column "absent" does not exist (42703)"#, #"[{"d":"shop"}]"#,
            ])
    }

    @Test("psql reaches the database by the URL that services are told")
    func psql() throws {
        guard let psql = Installed().path(of: "psql") else { return }
        let said = try StandSupport.with(Self.stand, name: "psql", files: Self.migrations) { stand, reactor in
            let url = stand.bindings["db"]?["url"]?.stringValue ?? ""
            let command = ProcessSpec(command: [psql, url, "-Atc", "select name, price from items"])
            let result = try? await ChildProcess.runToEnd(command, on: reactor)
            return String(decoding: result?.output ?? [], as: UTF8.self)
        }.get()
        #expect(said == "sword|12.50\n")
    }

    @Test("layers have databases of their own, and what one writes no other sees")
    func layers() throws {
        let seen = try StandSupport.with(Self.stand, name: "layers", files: Self.migrations) {
            stand, reactor in
            var seen: [String] = []
            let layers = ReactorBound(stand, on: reactor)
            guard let first = try? await layers.value.layer(.databasePerScenario, for: "a"),
                let second = try? await layers.value.layer(.databasePerScenario, for: "b")
            else { return ["no layer"] }
            _ = await StandSupport.ask(first.databases["db"], "delete from items", on: reactor)
            for stand in [first, second, layers.value] {
                seen.append(
                    await StandSupport.ask(
                        stand.databases["db"], "select current_database() as d, count(*) as n from items",
                        on: reactor))
            }
            await first.stop()
            await second.stop()
            return seen
        }.get()
        #expect(seen == [#"[{"d":"shop_1","n":0}]"#, #"[{"d":"shop_2","n":1}]"#, #"[{"d":"shop","n":1}]"#])
    }

    @Test("what `alter database … set` says holds in every copy")
    func settings() throws {
        let files = ["m.sql": "create schema own; alter database app set search_path = own, public;"]
        let text = "dependencies: {db: {postgres: {schema: m.sql}}}"
        let path = try StandSupport.with(text, name: "settings", files: files) { stand, reactor in
            let layer = try? await stand.layer(.databasePerScenario, for: "x")
            let seen = await StandSupport.ask(layer?.databases["db"], "show search_path", on: reactor)
            await layer?.stop()
            return seen
        }.get()
        #expect(path == #"[{"search_path":"own, public"}]"#)
    }

    @Test("a transaction's work is gone with its layer, a reset brings the first rows back")
    func rollbackAndReset() throws {
        let seen = try StandSupport.with(Self.stand, name: "reset", files: Self.migrations) {
            stand, reactor in
            let count = "select (select count(*) from items) as items, (select count(*) from log) as log"
            var seen: [String] = []
            let layer = try? await stand.layer(.transaction, for: "x")
            _ = await StandSupport.ask(layer?.databases["db"], "delete from items", on: reactor)
            seen.append(await StandSupport.ask(layer?.databases["db"], count, on: reactor))
            await layer?.stop()
            seen.append(await StandSupport.ask(stand.databases["db"], count, on: reactor))
            _ = await StandSupport.ask(stand.databases["db"], "delete from items", on: reactor)
            _ = await StandSupport.ask(
                stand.databases["db"], "insert into log (what) values ('x')", on: reactor)
            seen.append(await stand.reset() ?? "reset")
            seen.append(await StandSupport.ask(stand.databases["db"], count, on: reactor))
            seen.append(
                await StandSupport.ask(
                    stand.databases["db"], "insert into items (name) values ('y') returning id", on: reactor))
            return seen
        }.get()
        #expect(
            seen == [
                #"[{"items":0,"log":1}]"#, #"[{"items":1,"log":1}]"#, "reset", #"[{"items":1,"log":1}]"#,
                #"[{"id":2}]"#,
            ])
    }

    @Test("rows left behind are counted and shown")
    func leftovers() throws {
        let found = try StandSupport.with(Self.stand, name: "left", files: Self.migrations) {
            stand, reactor in
            guard let database = stand.databases["db"],
                case .success(let before) = await DatabaseSnapshot.take(of: database, on: reactor)
            else { return ["no snapshot"] }
            _ = await StandSupport.ask(
                database, "insert into log (at, what) values ('2026-01-02Z', 'x')", on: reactor)
            _ = await StandSupport.ask(database, "delete from items", on: reactor)
            _ = await StandSupport.ask(database, "create table extra (a int)", on: reactor)
            guard case .success(let after) = await DatabaseSnapshot.take(of: database, on: reactor) else {
                return ["no snapshot"]
            }
            return await before.differences(to: after, in: database, named: "db", on: reactor)
        }.get()
        #expect(
            found == [
                "db: new table public.extra", "db: 1 row gone from public.items",
                #"db: 1 new row in public.log: {"at":"2026-01-02 00:00:00+00","what":"x"}"#,
            ])
    }

    @Test("a database's name may hold a dot, a quote and a slash, in SQL and in its URL")
    func strangeName() throws {
        let text = #"dependencies: {db: {postgres: {database: "my.\"shop's/2"}}}"#
        let seen = try StandSupport.with(text, name: "strange") { stand, reactor in
            let layer = try? await stand.layer(.databasePerScenario, for: "x")
            let name = "select current_database() as d"
            let seen = await StandSupport.ask(layer?.databases["db"], name, on: reactor)
            await layer?.stop()
            return [
                seen,
                stand.bindings["db"]?["url"]?.stringValue?.split(separator: "/").last.map(String.init) ?? "",
            ]
        }.get()
        #expect(seen == [#"[{"d":"my.\"shop's/2_1"}]"#, "my.%22shop%27s%2F2?sslmode=disable"])
    }

    @Test("a mistake in a migration is shown at its place")
    func mistake() throws {
        let files = ["db/1.sql": "create table a (id int);\ncreate tabel b (id int);\n"]
        let text = "dependencies: {db: {postgres: {migrations: db}}}"
        guard case .failure(let failure) = try StandSupport.with(text, name: "bad", files: files, { _, _ in })
        else {
            Issue.record("it came up")
            return
        }
        #expect(failure.message == #"db/1.sql: syntax error at or near "tabel" (42601)"#)
        #expect(failure.location == SourceLocation(file: "db/1.sql", line: 2, column: 8))
        #expect(failure.line == "create tabel b (id int);")
    }

    @Test("a migration tool is told the database's address by the environment, and its exit counts")
    func tool() throws {
        let good =
            "dependencies: {db: {postgres: {migrations: {run: 'psql -qc \"create table made (id int)\"'}}}}"
        let seen = try StandSupport.with(good, name: "tool") { stand, reactor in
            let layer = try? await stand.layer(.databasePerScenario, for: "x")
            let seen = await StandSupport.ask(
                layer?.databases["db"], "select count(*) as n from made", on: reactor)
            await layer?.stop()
            return seen
        }.get()
        #expect(seen == #"[{"n":0}]"#)
        let bad = "dependencies: {db: {postgres: {migrations: {run: 'echo no such revision; exit 3'}}}}"
        guard case .failure(let failure) = try StandSupport.with(bad, name: "badtool", { _, _ in }) else {
            Issue.record("it came up")
            return
        }
        #expect(failure.message == "the migration `echo no such revision; exit 3` exited with status 3")
        #expect(failure.lastLines == ["no such revision"])
    }
}
