import AssayCore
import AssayFormats
import Testing

@Suite("CSV tables")
struct CSVTests {
    @Test(
        "fields are read as RFC 4180 writes them",
        arguments: [
            ("a,b\n1,2\n", [["1", "2"]]), ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
            ("\u{FEFF}a,b\n1,2", [["1", "2"]]),
            ("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", [["x,y", "say \"hi\""]]),
            ("a,b\n\"two\r\nlines\",\n", [["two\r\nlines", ""]]), ("a,b\n\n,\n\n", [["", ""]]),
            ("a,b\n x , é \n", [[" x ", " é "]]), ("a,b", []),
        ] as [(String, [[String]])])
    func reading(text: String, rows: [[String]]) {
        let table = CSVTable(parsing: text, file: "t.csv")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map { $0.values.compactMap(\.stringValue) } == rows)
        #expect(table.problems.isEmpty)
        for row in table.rows { #expect(row["b"] == row.values[1]) }
    }

    @Test(
        "a row that does not fit is named by its place, the others are kept",
        arguments: [
            ("a,b\n1\n2,3\n", "AS018", 2, 1, 1), ("a,b\n\"x\ny\",1\n1,2,3\n", "AS018", 4, 1, 1),
            ("a,b\n1,\"x\n", "AS017", 2, 3, 0), ("a,b\n\"x\"y,1\n2,3\n", "AS017", 2, 4, 1),
            ("a,a\n1,2\n", "AS017", 1, 1, 0), ("", "AS017", 1, 1, 0),
        ] as [(String, DiagnosticCode, Int, Int, Int)])
    func problems(text: String, code: DiagnosticCode, line: Int, column: Int, kept: Int) {
        let table = CSVTable(parsing: text, file: "t.csv")
        #expect(table.problems.map(\.code) == [code])
        #expect(table.problems.first?.location == SourceLocation(file: "t.csv", line: line, column: column))
        #expect(table.rows.count == kept)
    }

    @Test("many problems are counted, not listed")
    func manyProblems() {
        let table = CSVTable(parsing: "a,b\n" + String(repeating: "1\n", count: 1000), file: "t.csv")
        #expect(table.problems.count == CSVTable.maxProblems + 1)
        #expect(table.problems.last?.message == "950 more rows have problems")
    }
}
