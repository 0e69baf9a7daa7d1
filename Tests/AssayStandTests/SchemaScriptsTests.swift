@testable import AssayStand
import Testing

@Suite("Schema scripts")
struct SchemaScriptsTests {
    @Test("numbers in names count as numbers")
    func order() {
        let names = ["V10__c.sql", "V2__b.sql", "V1__a.sql", "0003_x.sql", "V2.1__d.sql", "20240101_a.sql"]
        #expect(
            names.sorted(by: SchemaScripts.isBefore) == [
                "0003_x.sql", "20240101_a.sql", "V1__a.sql", "V2.1__d.sql", "V2__b.sql", "V10__c.sql",
            ])
    }

    @Test(
        "the way back is no migration",
        arguments: [
            ("1_a.up.sql", true), ("1_a.down.sql", false), ("U1__undo.sql", false), ("V1__do.sql", true),
            ("Users.sql", true), ("readme.md", false),
        ])
    func migrations(name: String, isOne: Bool) { #expect(SchemaScripts.isMigration(name) == isOne) }

    @Test("the part after a tool's marker of the way back is left out")
    func upPart() {
        #expect(SchemaScripts.upPart("a;\n-- +goose Down\nb;") == "a;")
        #expect(SchemaScripts.upPart("-- migrate:up\na;\n-- migrate:down\nb;") == "-- migrate:up\na;")
    }
}
