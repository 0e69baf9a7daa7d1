import AssayCore
@testable import AssayReport
import Testing

private let records: [RunRecord] = [
    Sample.passing, Sample.failing, Sample.hostileTests, Sample.load(seconds: 60),
    Sample.load(seconds: 60, breaking: true), RunRecord(header: Sample.header(.load, name: "empty")),
]

private var hostileLoad: RunRecord {
    var record = Sample.load(seconds: 5, breaking: true)
    record.header = Sample.hostileTests.header
    record.header.kind = .load
    for index in record.thresholds.indices {
        record.thresholds[index].text = "p95(http.duration{name:\(Sample.hostile)}) < 1s"
    }
    record.failures[0].reason = Sample.hostile
    record.failures[0].step = Sample.hostile
    record.plan?.steps[0].name = Sample.hostile
    return record
}

@Test("every page is well-formed and loads nothing", arguments: records + [hostileLoad])
func pages(record: RunRecord) throws {
    let html = HTMLReport.render(record)
    var scanner = MarkupScanner(html, html: true)
    try scanner.scan()
    #expect(!scanner.elements.contains { ["link", "img", "iframe", "object", "embed", "base"].contains($0) })
    #expect(!scanner.attributes.contains { ["src", "href", "srcset", "action"].contains($0.name) })
    #expect(!scanner.attributes.contains { $0.name.hasPrefix("on") })
    #expect(!html.contains("url(") && !html.contains("@import"))
    #expect(html.contains("default-src 'none'"))
    // Addresses may be read as text of an exchange; nothing the page itself is made of names one.
    for part in [htmlScript, htmlStyle] {
        #expect(!part.contains("http://") && !part.contains("https://"))
    }
}

@Test("hostile names are inert in HTML and in its inline data")
func hostilePages() {
    for record in [Sample.hostileTests, hostileLoad] {
        let html = HTMLReport.render(record)
        #expect(!html.contains("<img"))
        #expect(!html.contains("\u{2028}") && !html.contains("\u{1B}") && !html.contains("\u{0}"))
        let ends = html.split(separator: "</script>", omittingEmptySubsequences: false).count - 1
        #expect(ends == (record.header.kind == .load ? 2 : 1))
    }
}

@Test("a short last interval, and older ones merged in pairs, leave no gap in the charts")
func unevenIntervals() {
    var record = Sample.load(seconds: 20)
    let points = record.intervals[0].points
    record.intervals = (0..<5).map {
        Interval(atNanoseconds: $0 * 2_000_000_000, lengthNanoseconds: 2_000_000_000, points: points)
    }
    record.intervals += (10..<20).map {
        Interval(atNanoseconds: $0 * 1_000_000_000, lengthNanoseconds: 1_000_000_000, points: points)
    }
    record.intervals.append(
        Interval(atNanoseconds: 20_000_000_000, lengthNanoseconds: 140_000_000, points: points))
    let chart = ChartData(record)
    #expect(chart.slices.allSatisfy { $0.requests > 0 })
    #expect(chart.slices.count == 11)
}

@Test("an hour of load stays below 300 KB")
func hour() {
    let html = HTMLReport.render(Sample.load(seconds: 3600, breaking: true))
    #expect(html.utf8.count < 300_000, "\(html.utf8.count) bytes")
}

@Test("merged slices keep every request and the exact percentile")
func merging() throws {
    let record = Sample.load(seconds: 1000)
    let chart = ChartData(record)
    #expect(chart.slices.count <= ChartData.sliceLimit)
    let figures = LoadFigures(record)
    #expect(chart.slices.reduce(0) { $0 + $1.requests } == figures.total.requests)
    var merged = HistogramSnapshot()
    for slice in chart.slices { merged.merge(slice.response) }
    #expect(merged.value(at: 0.99) == figures.total.response.value(at: 0.99))
    #expect(abs(chart.slices.reduce(0) { $0 + $1.seconds } - 1000) < 1e-6)
}

@Test("the verdict stands in words")
func verdicts() {
    #expect(HTMLReport.render(Sample.load(seconds: 5)).contains("Passed: all 3 thresholds held"))
    #expect(HTMLReport.render(Sample.failing).contains("Failed: 1 test failed"))
    #expect(HTMLReport.render(records[5]).contains("the run was killed"))
}

@Test("JUnit parses strictly, whatever the names are", arguments: records + [hostileLoad])
func junit(record: RunRecord) throws {
    var scanner = MarkupScanner(JUnitReport.render(record))
    try scanner.scan()
    #expect(scanner.elements.first == "testsuites")
}

@Test("JUnit and Markdown look as kept")
func kept() {
    GoldenFiles.check(JUnitReport.render(Sample.failing), "tests-failed.xml")
    GoldenFiles.check(JUnitReport.render(Sample.hostileTests), "hostile.xml")
    GoldenFiles.check(JUnitReport.render(Sample.load(seconds: 60, breaking: true)), "load-failed.xml")
    GoldenFiles.check(LoadMarkdown.render(Sample.load(seconds: 60, breaking: true)), "load-failed.md")
}

@Test("a load run without thresholds is one JUnit case: its verdict")
func verdictCase() {
    let text = JUnitReport.render(records[5])
    #expect(text.contains("tests=\"1\"") && text.contains("name=\"verdict\"") && text.contains("<error"))
}

@Test("Markdown cells keep foreign text in its cell")
func markdownCells() {
    #expect(ForeignText.markdown("a|b\n<i>") == "a\\|b \\<i\\>")
}

@Test(
    "sample pages are written for looking at",
    .enabled(if: GoldenFiles.environment("ASSAY_SAMPLE_PAGES") != nil, "set ASSAY_SAMPLE_PAGES to a folder"))
func samplePages() {
    let folder = GoldenFiles.environment("ASSAY_SAMPLE_PAGES") ?? ""
    for (name, record) in [
        ("tests-failed", Sample.failing), ("tests-passed", Sample.passing), ("hostile", Sample.hostileTests),
        ("load-passed", Sample.load(seconds: 270)),
        ("load-failed", Sample.load(seconds: 3600, breaking: true)),
    ] {
        GoldenFiles.write(HTMLReport.render(record), to: "\(folder)/\(name).html")
    }
}
