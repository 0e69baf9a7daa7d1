import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Tables")
struct TableTests {
    @Test(
        "names are quoted for the database, whatever is in them",
        arguments: [
            ("users", #""users""#, #""users""#), ("auth.users", #""auth"."users""#, #""users""#),
            (#"a"b.c"; drop table x; --"#, #""a""b"."c""; drop table x; --""#, #""c""; drop table x; --""#),
        ])
    func quoting(written: String, postgres: String, sqlite: String) throws {
        let table = try #require(TableName(parsing: written))
        #expect(table.quoted(for: .postgres) == postgres && table.quoted(for: .sqlite) == sqlite)
        #expect(table.description == written)
    }

    @Test("what is no table is refused", arguments: ["", ".", "a.", ".b", "a.b.c", "a\0b"])
    func refused(written: String) { #expect(TableName(parsing: written) == nil) }

    @Test("PostgreSQL empties tables in one statement, in the order given")
    func postgres() {
        let tables = [TableName(schema: "inventory", name: "operations"), TableName(name: "items")]
        let emptying = Emptying(tables: tables, cascades: true, restarts: true)
        #expect(emptying.question(for: .postgres) == nil)
        #expect(
            emptying.statements(for: .postgres, answer: []).map(\.text) == [
                #"truncate table "inventory"."operations", "items" restart identity cascade"#
            ])
    }

    @Test("all tables but some are asked of the database")
    func all() throws {
        let emptying = Emptying(except: [TableName(name: "migrations")])
        let answer = ["migrations", "a", "b"].map { name in
            JSONObject([("schema", "public"), ("name", .string(name)), ("parent", JSON.null)])
        }
        #expect(emptying.question(for: .postgres)?.contains("pg_tables") == true)
        #expect(
            emptying.statements(for: .postgres, answer: answer).map(\.text) == [
                #"truncate table "public"."a", "public"."b""#
            ])
        #expect(emptying.statements(for: .sqlite, answer: []).isEmpty)
    }

    /// images and operations refer to items, items to kinds; a and b refer to each other, own to itself.
    private static let references = [
        ("a", "b"), ("b", "a"), ("images", "items"), ("items", "kinds"), ("kinds", nil),
        ("operations", "items"),
        ("operations", "kinds"), ("own", "own"), ("sqlite_sequence", nil),
    ].map { name, parent in
        JSONObject([("name", .string(name)), ("parent", parent.map { .string($0) } ?? JSON.null)])
    }

    @Test(
        "SQLite empties tables before those that they refer to, with cascade also what refers to them",
        arguments: [
            (["kinds", "items", "operations"], false, "operations items kinds"),
            (["kinds"], false, "kinds"), (["kinds"], true, "operations images items kinds"),
            (["operations", "kinds"], true, "operations images items kinds"), (["a", "b"], false, "a b"),
            (["own"], true, "own"), (["Items", "IMAGES"], false, "IMAGES Items"),
        ])
    func sqlite(tables: [String], cascades: Bool, order: String) {
        let emptying = Emptying(
            tables: tables.map { TableName(name: $0) }, cascades: cascades, restarts: true)
        let statements = emptying.statements(for: .sqlite, answer: Self.references)
        let names = statements.dropLast().map { $0.text.dropFirst(#"delete from ""#.count).dropLast() }
        #expect(names.joined(separator: " ") == order)
        #expect(statements.last?.text.hasPrefix("delete from sqlite_sequence where name in ($1") == true)
    }
}
