import AssayCore
import AssayFormats
import Testing

@testable import AssayScenario

@Suite("Steps that may write")
struct WriteCheckTests {
    private func scenario(_ steps: String, others: [String: String] = [:]) throws -> Scenario {
        let parts = [
            StandNames.Part(name: "api", kind: .service, members: ["url"]),
            StandNames.Part(name: "db", kind: .dependency, members: ["url"], isDatabase: true),
        ]
        var texts = others
        texts["t.yml"] = "assay: 1\nscenario: s\nsteps:\n" + steps
        let reader = ScenarioReader(files: FileReader(texts: texts), stand: StandNames(parts: parts))
        return try reader.scenario("t.yml").get()
    }

    @Test(
        "a step is judged by what it does",
        arguments: [
            ("http: {get: '${api.url}/'}", nil), ("http: {head: '${api.url}/'}", nil),
            ("http: {options: '${api.url}/'}", nil), ("http: {post: '${api.url}/items'}", "sends POST"),
            ("http: {put: '${api.url}/items'}", "sends PUT"),
            ("http: {delete: '${api.url}/1'}", "sends DELETE"),
            ("sql: {on: db, query: 'select 1'}", nil),
            ("sql: {on: db, run: 'select 1'}", "changes 'db' with `sql: run`"),
            (
                "sql: {on: db, query: 'delete from t returning 1'}",
                "queries 'db' with a statement that begins with 'delete'"
            ),
            ("run: 'true'", "is a `run` step, and nobody knows what that changes"),
            ("log: {of: api, contains: x}", nil), ("think: 1ms", nil),
        ])
    func kinds(step: String, what: String?) throws {
        #expect(try scenario("  - \(step)\n").writes.map(\.what) == (what.map { [$0] } ?? []))
    }

    @Test("steps inside others, cleanup and used scenarios are found, each at its place")
    func nested() throws {
        let found = try scenario(
            """
              - http: {get: "${api.url}/"}
                defer:
                  sql: {on: db, run: delete from t}
              - parallel: {times: 2, steps: [{http: {post: "${api.url}/a"}}]}
              - repeat: {times: 2, steps: [{http: {patch: "${api.url}/b"}}]}
              - if: "${1 > 0}"
                then: [{http: {put: "${api.url}/c"}}]
                else: [{http: {delete: "${api.url}/d"}}]
              - use: other.yml

            """, others: ["other.yml": "assay: 1\nscenario: other\nsteps:\n  - run: make data\n"]
        ).writes
        #expect(
            found.map { "\($0.location.file):\($0.location.line) \($0.what)" } == [
                "t.yml:6 changes 'db' with `sql: run`", "t.yml:7 sends POST", "t.yml:8 sends PATCH",
                "t.yml:10 sends PUT", "t.yml:11 sends DELETE",
                "other.yml:4 is a `run` step, and nobody knows what that changes",
            ])
    }

    @Test(
        "a statement reads, or is told why not",
        arguments: [
            ("select * from t where a = 'delete from t'", nil), ("  -- note\n(SELECT 1)", nil),
            ("/* update */ select \"update\" from t", nil), ("with a as (select 1) select * from a", nil),
            ("show tables", nil), ("explain select 1", nil), ("values (1)", nil), ("select 1;", nil),
            ("with a as (delete from t returning *) select * from a", "has 'delete' in it"),
            ("explain analyze update t set a = 1", "has 'update' in it"),
            ("select * into u from t", "has 'into' in it"),
            ("select nextval('s')", "has 'nextval' in it"),
            ("select * from t for update", "has 'update' in it"),
            ("select 1; select 2", "is more than one"), ("pragma user_version = 3", "begins with 'pragma'"),
            ("${statement}", "is computed"), ("select ${column} from t", "is computed in part"),
            ("", "is empty"),
            ("/* never ended", "is empty"), ("select 'never ended; delete", nil),
        ] as [(String, String?)])
    func statements(text: String, objection: String?) throws {
        let place = SourceLocation(file: "t.yml", line: 1, column: 1)
        #expect(SQLReading.objection(to: try Template(parsing: text, at: place)) == objection)
    }

    @Test(
        "a Redis command writes unless it is known to read",
        arguments: [
            ("get k", false), ("HGETALL h", false), ("scan 0", false), ("config get maxmemory", false),
            ("ping", false),
            ("xinfo stream s", false), ("set k v", true), ("del k", true), ("getdel k", true),
            ("getex k", true),
            ("eval x 0", true), ("config set a b", true), ("flushall", true), ("xreadgroup", true),
            ("config", true),
            ("sort k", true), ("an-unknown-one", true), ("", false),
        ])
    func redis(command: String, writes: Bool) {
        #expect(redisCommandWrites(command.split(separator: " ").map(String.init)) == writes)
    }
}
