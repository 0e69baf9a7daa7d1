import AssayCore
import AssayFormats
import Testing

@testable import AssayReport

extension Sample {
    /// A load that rose in steps of 20 users; the fourth and the fifth broke.
    static func stress(scale: Double = 1, held: Int = 3) -> RunRecord {
        var record = load(seconds: 60)
        record.header.name = "stress"
        record.thresholds = []
        let conditions = ["p95(http.duration) < 3s", "rate(http.failed) < 5%"]
        record.plan?.scale = scale
        record.plan?.search = LoadSearch(conditions: conditions, atLeast: 60, stepCount: 20)
        var corners: [LoadPlan.Corner] = []
        for step in 0..<20 {
            let at = Int64(step) * 30_000_000_000
            corners.append(LoadPlan.Corner(atNanoseconds: at, value: Double(step * 20)))
            corners.append(LoadPlan.Corner(atNanoseconds: at + 3_000_000_000, value: Double(step * 20 + 20)))
        }
        record.plan?.corners = corners
        record.steps = (1...(held + 2)).map { number in
            let isGood = number <= held
            let latency = histogram(around: isGood ? 2e8 : 2e9, count: 900, seed: number)
            let p95 = latency.value(at: 0.95) ?? 0
            let failed: UInt64 = isGood ? 0 : 90
            return LoadStep(
                number: number, load: Double(number * 20), atNanoseconds: Int64(number) * 30_000_000_000,
                lengthNanoseconds: 27_000_000_000,
                conditions: [
                    ThresholdResult(
                        text: conditions[0], status: isGood ? .held : .broken, actual: Double(p95),
                        limit: 3e9,
                        actualText: shortText(nanoseconds: Double(p95)), limitText: "< 3.00 s"),
                    ThresholdResult(
                        text: conditions[1], status: isGood ? .held : .broken, actual: Double(failed) / 900,
                        limit: 0.05, actualText: isGood ? "0 %" : "10.0 %", limitText: "< 5 %"),
                ],
                requests: 900, failed: failed, iterations: 300, latency: latency,
                latencyMetric: "http.duration")
        }
        record.notes = [Note(atNanoseconds: 0, severity: .warning, text: "a note | of one's own")]
        return record
    }
}

@Suite("Reports of a rising load")
struct SearchReportTests {
    @Test("Steps and the point of degradation look as kept")
    func kept() {
        GoldenFiles.check(LoadMarkdown.render(Sample.stress()), "load-stress.md")
        GoldenFiles.check(LoadSummary(width: 110).render(Sample.stress()), "load-stress.txt")
    }

    @Test("A shortened schedule is told wherever its figures stand")
    func scaled() {
        let record = Sample.stress(scale: 0.02)
        #expect(
            LoadMarkdown.render(record).contains("**Not the whole run**: the schedule was run at scale 0.02"))
        #expect(LoadMarkdown.render(record).contains("| Scale | 0.02 |"))
        #expect(LoadSummary().render(record).contains("seed 8F2C61   scale 0.02\n"))
        #expect(HTMLReport.render(record).contains("scale 0.02, not the whole run"))
        #expect(!HTMLReport.render(Sample.stress()).contains("not the whole run"))
    }

    @Test("The page has a table of the steps, and stays well-formed")
    func page() throws {
        let page = HTMLReport.render(Sample.stress())
        #expect(page.contains("<h2>Degradation</h2>") && page.contains("degrades at 80 users"))
        var scanner = MarkupScanner(page, html: true)
        try scanner.scan()
    }

    @Test("What was written is read back exactly", arguments: [1, 0.02])
    func roundTrip(scale: Double) throws {
        let record = Sample.stress(scale: scale)
        let read = try RecordReader.read(RecordWriter.render(record), file: "record.jsonl").record
        #expect(read.steps == record.steps && read.plan == record.plan)
    }

    @Test(
        "A scale is written as a person wrote it",
        arguments: [(0.02, "0.02"), (1, "1"), (2.5, "2.5"), (10, "10")])
    func scaleNumber(scale: Double, text: String) { #expect(AssayReport.scaleNumber(scale) == text) }

    @Test("One line a step where lines are kept")
    func line() {
        #expect(
            Sample.stress().steps.suffix(2).map { StepLine.render($0, .users).split(separator: "  ").last }
                == [
                    "broken", "broken",
                ])
        #expect(StepLine.render(Sample.stress().steps[0], .users).hasPrefix("step 1: 20 users  33.3/s  p95 "))
    }
}

@Suite("Load runs in the history")
struct LoadHistoryTests {
    private static func run(_ number: Int, p95: UInt64, scale: Double = 1, failed: UInt64 = 0) -> PastRun {
        PastRun(
            id: Int64(number), kind: .load, project: "shop", name: "peak",
            startedAtMilliseconds: 1_795_255_800_000 + Int64(number) * 86_400_000,
            durationNanoseconds: 60_000_000_000, verdict: .passed, commit: "4c80f8a1d2e3", seed: 1,
            folder: ".assay/runs/\(number)",
            load: PastLoad(
                scale: scale, latencyMetric: "http.response", p50: 2_000_000, p95: p95, p99: p95 * 2,
                requests: 1000, failed: failed, iterations: 500, durationNanoseconds: 60_000_000_000,
                goodLoad: number == 4 ? 120 : nil))
    }

    @Test("A line a run, with the change since the run before it that is like it")
    func table() {
        let runs = [
            Self.run(4, p95: 9_000_000, failed: 10), Self.run(3, p95: 50_000_000, scale: 0.02),
            Self.run(2, p95: 6_000_000),
        ]
        var old = Self.run(1, p95: 1)
        old.load = nil
        GoldenFiles.check(HistoryTable(width: 200).loads(runs + [old]), "history-load.txt")
        #expect(HistoryTable().loads([]) == "no load run is in the history\n")
    }

    @Test("The figures of a record come back from how the history keeps them")
    func figures() throws {
        let load = PastLoad(Sample.stress(scale: 0.02))
        #expect(load.goodLoad == 60 && load.brokenLoad == 80 && load.scale == 0.02)
        #expect(load.latencyMetric == "http.response" && load.requests > 0 && load.p95 != nil)
        #expect(PastLoad(load.json) == load)
        #expect(PastLoad([:]) == nil)
    }

    @Test(
        "Changes are in percent",
        arguments: [
            (110, 100, " (+10 %)"), (90, 100, " (−10 %)"), (100, 100, " (=)"), (5, 0, ""), (5, nil, ""),
        ] as [(Double?, Double?, String)])
    func change(now: Double?, before: Double?, text: String) {
        #expect(HistoryTable.change(now, before) == text)
    }
}
