import AssayCore
import AssayFormats
import AssayReport
import Testing

@Suite("Coverage in reports")
struct CoverageReportTests {
    private static var record: RunRecord {
        var record = Sample.passing
        let place = SourceLocation(file: "assay.yml", line: 30, column: 5)
        record.coverage = [
            CoverageResult(component: "total", status: .measured, unit: "statements", covered: 5, total: 8),
            CoverageResult(
                component: "api", status: .broken, covered: 2, total: 8, minimum: 0.9, location: place,
                files: [.init(path: "api/<a>.go", covered: 1, total: 6, uncovered: [2...4, 9...9])]),
            CoverageResult(
                component: "db", status: .noData, covered: 0, total: 0, minimum: 0.855, location: place,
                reason: "no file"),
            CoverageResult(
                component: "web", status: .held, covered: 3, total: 3, minimum: 0.7, location: place),
        ]
        return record
    }

    @Test("a record with coverage comes back as it was written")
    func roundTrip() throws {
        let reading = try RecordReader.read(RecordWriter.render(Self.record), file: "record.jsonl")
        #expect(reading.warnings.isEmpty)
        #expect(reading.record.coverage == Self.record.coverage)
    }

    @Test("a damaged range of lines is told")
    func damaged() {
        var lines = String(decoding: RecordWriter.render(Self.record), as: UTF8.self)
        lines.replace("[2,4]", with: "[4,2]")
        #expect {
            _ = try RecordReader.read(Array(lines.utf8), file: "record.jsonl")
        } throws: { ($0 as? Diagnostic)?.message.contains("[first line, last line] pairs") == true }
    }

    @Test("the terminal shows each share beside its gate")
    func terminal() {
        let text = TestSummary(width: 80).render(Self.record)
        #expect(
            text.contains(
                """
                coverage   total 62.50 %   api 25.00 % ✗ ≥ 90 %   db no data ✗ ≥ 85.5 %
                           web 100 % ✓ ≥ 70 %
                """))
    }

    @Test("the page shows bars, limits and the uncovered files, escaped")
    func page() {
        let html = HTMLReport.render(Self.record)
        #expect(html.contains("<h2>Coverage</h2>"))
        #expect(html.contains("api/&lt;a&gt;.go</td><td>2–4, 9</td>"))
        #expect(html.contains("<i style=\"width:25.00%\"></i><u style=\"left:90.00%\"></u>"))
        #expect(!html.contains("<a>.go"))
        var scanner = MarkupScanner(html, html: true)
        #expect(throws: Never.self) { try scanner.scan() }
        #expect(!HTMLReport.render(Sample.passing).contains("<h2>Coverage</h2>"))
    }
}
