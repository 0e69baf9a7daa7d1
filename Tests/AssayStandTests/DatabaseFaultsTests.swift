import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite(
    "What goes wrong on a PostgreSQL connection", .timeLimit(.minutes(5)),
    .enabled(if: StandSupport.hasPostgres, "PostgreSQL is not installed: apt install postgresql"))
struct PostgresFaultsTests {
    private static func cancel(_ scope: CancelScope, after pause: Int64, on reactor: Reactor) {
        let bound = ReactorBound(scope, on: reactor)
        Task(executorPreference: reactor) {
            _ = await reactor.sleep(until: Reactor.monotonicNow() + pause, in: nil)
            bound.value.cancel()
        }
    }

    private static let plain = "dependencies: {db: {postgres: {schema: db.sql}}}"

    @Test("a text with a NUL is refused, for libpq would end it there")
    func nul() throws {
        let answers = try StandSupport.with(Self.plain, name: "nul", files: ["db.sql": "select 1"]) {
            stand, reactor -> [String] in
            let database = stand.databases["db"]
            return [
                await StandSupport.ask(database, "select $1::text as t", ["a\u{0}b"], on: reactor),
                await StandSupport.ask(database, "select 1 as t\u{0}, 2", on: reactor),
            ]
        }.get()
        #expect(
            answers == [
                "argument $1 has a NUL character, which PostgreSQL cannot hold",
                "the statement has a NUL character, which PostgreSQL cannot hold",
            ])
    }

    @Test(
        "a statement that leaves a transaction open is an error, and the next finds a connection without one")
    func openTransactions() throws {
        let answers = try StandSupport.with(
            Self.plain, name: "begun", files: ["db.sql": "create table t (a int)"]
        ) { stand, reactor -> [String] in
            guard let database = stand.databases["db"] else { return ["no database"] }
            return [
                await StandSupport.ask(database, "begin", on: reactor),
                await database.apply(
                    script: "begin; insert into t values (1); select absent", on: reactor, in: nil)?
                    .message ?? "",
                await database.apply(script: "begin; insert into t values (1)", on: reactor, in: nil)?.message
                    ?? "",
                await StandSupport.ask(database, "select count(*) as n from t", on: reactor),
            ]
        }.get()
        let left = "it leaves a transaction open, which is rolled back: each statement is its own here"
        #expect(answers == [left, #"column "absent" does not exist (42703)"#, left, #"[{"n":0}]"#])
    }

    @Test("a statement that is cut off ends on the server too")
    func cutOff() throws {
        let answers = try StandSupport.with(Self.plain, name: "cut", files: ["db.sql": "select 1"]) {
            stand, reactor -> [String] in
            guard let database = stand.databases["db"] else { return ["no database"] }
            let scope = CancelScope(on: reactor)
            Self.cancel(scope, after: 300_000_000, on: reactor)
            let said = await database.execute("select pg_sleep(60)", arguments: [], on: reactor, in: scope)
            var message = ""
            if case .failure(let error) = said { message = error.message }
            var left = ""
            for _ in 0..<100 where left != #"[{"n":0}]"# {
                left = await StandSupport.ask(
                    database,
                    "select count(*) as n from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like '%pg_sleep(60)%'",
                    on: reactor)
                _ = await reactor.sleep(until: Reactor.monotonicNow() + 20_000_000, in: nil)
            }
            return [message, left]
        }.get()
        #expect(answers == ["cancelled before the answer came", #"[{"n":0}]"#])
    }

    @Test("rows beyond the limit are not waited for")
    func rowLimit() throws {
        let answers = try StandSupport.with(Self.plain, name: "rows", files: ["db.sql": "select 1"]) {
            stand, reactor -> [String] in
            let said = await StandSupport.ask(
                stand.databases["db"], "select generate_series(1, 1000000000000) as g", on: reactor)
            return [said, await StandSupport.ask(stand.databases["db"], "select 1 as n", on: reactor)]
        }.get()
        #expect(answers == ["more than 100000 rows", #"[{"n":1}]"#])
    }

    @Test("a reset brings back inherited tables, free sequences and materialised views")
    func reset() throws {
        let schema = """
            create table a (x int, y int generated always as (x * 2) stored); create table b () inherits (a);
            insert into a values (1); insert into b values (2);
            create sequence numbers; create materialized view m as select count(*) as n from a;
            """
        let answers = try StandSupport.with(Self.plain, name: "reset-inherited", files: ["db.sql": schema]) {
            stand, reactor -> [String] in
            let database = stand.databases["db"]
            _ = await StandSupport.ask(database, "insert into a values (3)", on: reactor)
            _ = await StandSupport.ask(database, "select nextval('numbers')", on: reactor)
            _ = await StandSupport.ask(database, "refresh materialized view m", on: reactor)
            return [
                await stand.reset() ?? "",
                await StandSupport.ask(database, "select x, y from only a", on: reactor),
                await StandSupport.ask(database, "select count(*) as n from a", on: reactor),
                await StandSupport.ask(database, "select nextval('numbers') as v", on: reactor),
                await StandSupport.ask(database, "select n from m", on: reactor),
            ]
        }.get()
        #expect(answers == ["", #"[{"x":1,"y":2}]"#, #"[{"n":2}]"#, #"[{"v":1}]"#, #"[{"n":2}]"#])
    }

    @Test("a temporary table of a service is none of a snapshot's business")
    func temporary() throws {
        let told = try StandSupport.with(
            Self.plain, name: "temp", files: ["db.sql": "create table t (a int)"]
        ) {
            stand, reactor -> [String] in
            guard let database = stand.databases["db"] else { return ["no database"] }
            let held = await StandSupport.ask(database, "create temp table mine as select 1", on: reactor)
            // A second connection takes the snapshot while the first holds its table.
            async let busy = StandSupport.ask(database, "select pg_sleep(1)", on: reactor)
            _ = await reactor.sleep(until: Reactor.monotonicNow() + 200_000_000, in: nil)
            let taken = await DatabaseSnapshot.take(of: database, on: reactor)
            _ = await busy
            if case .failure(let error) = taken { return [held, error.message] }
            return [held]
        }.get()
        #expect(told == ["[]"])
    }

    @Test("cancelling ends a migration at once")
    func cancelledMigration() throws {
        let spec = try StandSupport.spec(Self.plain)
        let surroundings = try StandSupport.surroundings("cancelled")
        defer { try? Files.remove(surroundings.projectFolder) }
        try Files.write(
            Array("select pg_sleep(60), \(Host.processID)".utf8), to: surroundings.projectFolder + "/db.sql")
        let reactor = try Reactor()
        let message = reactor.run {
            let scope = CancelScope(on: reactor)
            Self.cancel(scope, after: 5_000_000_000, on: reactor)
            do throws(StandFailure) {
                await (try await Stand.start(spec, on: reactor, in: surroundings, scope: scope)).stop()
                return "up"
            } catch {
                return error.message
            }
        }
        #expect(message == "db.sql: cancelled before the answer came")
    }
}

@Suite("What goes wrong with an SQLite file", .timeLimit(.minutes(5)))
struct SQLiteFaultsTests {
    @Test("a reset copes with generated columns, triggers and tables that a service made")
    func reset() throws {
        let schema = """
            create table t (x integer, y integer generated always as (x * 2) virtual);
            create table log (what text); insert into t values (1);
            create trigger gone after delete on t begin insert into log values ('gone'); end;
            create trigger come after insert on t begin insert into log values ('come'); end;
            """
        let answers = try StandSupport.with(
            "dependencies: {db: {sqlite: {schema: db.sql}}}", name: "lite-reset", files: ["db.sql": schema]
        ) { stand, reactor -> [String] in
            let database = stand.databases["db"]
            _ = await StandSupport.ask(database, "insert into t (x) values (2)", on: reactor)
            _ = await StandSupport.ask(database, "create table late (a)", on: reactor)
            _ = await StandSupport.ask(database, "insert into late values (1)", on: reactor)
            var said = [await stand.reset() ?? ""]
            for query in ["select x, y from t", "select * from log", "select * from late"] {
                said.append(await StandSupport.ask(database, query, on: reactor))
            }
            _ = await StandSupport.ask(database, "insert into t (x) values (3)", on: reactor)
            said.append(await StandSupport.ask(database, "select * from log", on: reactor))
            return said
        }.get()
        #expect(answers == ["", #"[{"x":1,"y":2}]"#, "[]", "[]", #"[{"what":"come"}]"#])
    }

    @Test(
        "a snapshot counts tables without rowid however they are written, and tables with quotes in their names"
    )
    func withoutRowid() throws {
        let schema = """
            create table t (a primary key) without
              rowid; create table "o""dd" (a); create table u (a, rowid text);
            """
        let told = try StandSupport.with(
            "dependencies: {db: {sqlite: {schema: db.sql}}}", name: "lite-rowid", files: ["db.sql": schema]
        ) { stand, reactor -> [String] in
            guard let database = stand.databases["db"] else { return ["no database"] }
            do throws(DatabaseError) {
                let before = try await DatabaseSnapshot.take(of: database, on: reactor).get()
                for statement in [
                    "insert into t values (1)", #"insert into "o""dd" values (1)"#,
                    "insert into u values (1, 'z')",
                ] {
                    _ = await StandSupport.ask(database, statement, on: reactor)
                }
                let after = try await DatabaseSnapshot.take(of: database, on: reactor).get()
                return await before.differences(to: after, in: database, named: "db", on: reactor)
            } catch {
                return [error.message]
            }
        }.get()
        #expect(
            told == [
                #"db: 1 new row in "o""dd": {"a":1}"#, #"db: 1 new row in "t""#,
                #"db: 1 new row in "u": {"a":1,"rowid":"z"}"#,
            ])
    }
}

@Suite("What a stand leaves out", .timeLimit(.minutes(5)))
struct LeavingOutTests {
    @Test("a service that a shared dependency needs is started, whoever else brings its own")
    func needed() throws {
        let spec = try StandSupport.spec(
            """
            {dependencies: {db: {sqlite: {}}, side: {run: "echo ${api.url}; exec sleep 60", ready: {run: "true"}}},
             services: {api: {run: "echo ${db.url}; exec sleep 60", ready: {run: "true"}}}}
            """)
        let surroundings = try StandSupport.surroundings("leaving-out")
        defer { try? Files.remove(surroundings.projectFolder) }
        let reactor = try Reactor()
        let names = reactor.run { () -> [String] in
            do throws(StandFailure) {
                let stand = try await Stand.start(
                    spec, on: reactor, in: surroundings, leavingOut: spec.servicesOfScenarios)
                await stand.stop()
                return stand.members.map(\.name).sorted()
            } catch {
                return [error.message]
            }
        }
        #expect(names == ["api", "db", "side"])
    }
}
