import AssayCore
@testable import AssayReport
import Testing

private func widest(_ text: String) -> Int {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { Columns.width($0) }.max() ?? 0
}

private func controls(_ text: String) -> Bool {
    text.unicodeScalars.contains {
        ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || $0.value == 0x2028
    }
}

private var hostileLoad: RunRecord {
    var record = Sample.load(seconds: 10, breaking: true)
    record.header.name = Sample.hostile
    record.series[0].tags = [.init("name", Sample.hostile), .init("scenario", Sample.hostile)]
    record.thresholds[0].text = Sample.hostile
    record.failures[0].reason = Sample.hostile
    record.slowest[0].exchange.summary = Sample.hostile
    return record
}

private func snapshot(dropped: UInt64 = 0) -> LoadSnapshot {
    let histogram = Sample.histogram(around: 8e6, count: 500, seed: 3)
    return LoadSnapshot(
        project: "inventory", profile: "peak", elapsedNanoseconds: 47_000_000_000,
        totalNanoseconds: 270_000_000_000,
        stage: "stage 2 of 5 → 100 users", users: 68, usersOverTime: [2, 10, 20, 31, 45, 58, 68],
        requests: 41_230,
        requestsPerSecond: 912, failed: 9, dropped: dropped, response: histogram,
        steps: ["login", "add", "visible"].map { .init(name: $0, response: histogram) },
        thresholds: [
            .init(text: "p95(http.duration) < 1s", status: .held, actualText: "18 ms"),
            .init(
                text: "p95(http.duration{name:add}) < 20ms over 30s", status: .broken, actualText: "22 ms",
                brokenForNanoseconds: 6_000_000_000),
            .init(text: "rate(checks) > 99%", status: .noData, actualText: ""),
        ])
}

@Test("test summaries look as kept")
func testSummaries() {
    let report = ".assay/runs/20261121-101500-test/report.html"
    GoldenFiles.check(TestSummary().render(Sample.passing, report: report), "tests-passed.txt")
    GoldenFiles.check(TestSummary(showsCurl: true).render(Sample.failing, report: report), "tests-failed.txt")
    GoldenFiles.check(TestSummary(detail: .scenarios).render(Sample.failing), "tests-v.txt")
    GoldenFiles.check(TestSummary(detail: .exchanges).render(Sample.failing), "tests-vv.txt")
}

@Test("load summaries and the live block look as kept")
func loadSummaries() {
    let paths = [("report", ".assay/runs/20261121-101500-peak/report.html")]
    GoldenFiles.check(LoadSummary().render(Sample.load(seconds: 60), paths: paths), "load-passed.txt")
    GoldenFiles.check(
        LoadSummary().render(Sample.load(seconds: 60, breaking: true), paths: paths), "load-failed.txt")
    GoldenFiles.check(LoadBlock().lines(snapshot()).joined(separator: "\n") + "\n", "load-block.txt")
    GoldenFiles.check(
        LoadBlock(width: 60).lines(snapshot(dropped: 4)).joined(separator: "\n") + "\n", "load-block-60.txt")
    GoldenFiles.check(CILine.render(snapshot(dropped: 4)) + "\n", "ci-line.txt")
}

@Test("no line is wider than the terminal, whatever the names are", arguments: [20, 40, 60, 80, 132])
func widths(width: Int) {
    for record in [Sample.passing, Sample.failing, Sample.hostileTests] {
        let text = TestSummary(width: width, detail: .exchanges).render(record)
        // Places are links for editors and stay whole.
        let lines = text.split(separator: "\n").filter { !$0.hasSuffix(":14") && !$0.hasSuffix(":1") }
        #expect(
            lines.allSatisfy { Columns.width($0) <= width }, "\(lines.filter { Columns.width($0) > width })")
    }
    for record in [Sample.load(seconds: 10, breaking: true), hostileLoad] {
        #expect(widest(LoadSummary(width: width).render(record)) <= width)
    }
    #expect(widest(LoadBlock(width: width).lines(snapshot(dropped: 4)).joined(separator: "\n")) <= width)
}

@Test("foreign control characters never reach the terminal")
func noControls() {
    #expect(!controls(TestSummary(detail: .exchanges, showsCurl: true).render(Sample.hostileTests)))
    #expect(!controls(LoadSummary().render(hostileLoad)))
    var state = snapshot()
    state.profile = Sample.hostile
    state.stage = Sample.hostile
    state.thresholds[0].text = Sample.hostile
    state.steps[0].name = Sample.hostile
    #expect(!controls(LoadBlock().lines(state).joined()))
}

@Test("colours appear only when the style has them")
func colours() {
    #expect(TestSummary(style: Style(colours: true)).render(Sample.failing).contains("\u{1B}[1;31m"))
    #expect(!TestSummary().render(Sample.failing).contains("\u{1B}"))
}

@Test(
    "texts are fitted by columns, not by characters",
    arguments: [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("日本語", 4, "日…"), ("x", 0, "")])
func fitting(text: String, columns: Int, fitted: String) { #expect(Columns.fit(text, columns) == fitted) }

@Test(
    "a wall clock label is a UTC date",
    arguments: [
        (0, "1970-01-01 00:00:00 UTC"), (951_782_400_000, "2000-02-29 00:00:00 UTC"),
        (1_795_255_800_000, "2026-11-21 10:10:00 UTC"), (-1000, "1969-12-31 23:59:59 UTC"),
    ] as [(Int64, String)])
func dates(milliseconds: Int64, text: String) { #expect(dateText(milliseconds: milliseconds) == text) }
