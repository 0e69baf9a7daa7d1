import AssayCore
import AssayPolicy
import Testing

@Test(
    "a load in which every request failed has failed, whichever protocol it spoke",
    arguments: ["http", "redis"])
func everyRequestFailed(spoken: String) {
    var record = RunRecord(
        header: RunHeader(
            kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
    record.series = [
        Series(metric: "\(spoken).failed", kind: .rate), Series(metric: "iterations", kind: .counter),
    ]
    func judged(failed: UInt64) -> Verdict {
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
                points: [
                    SeriesPoint(series: 0, value: .rate(passed: failed, total: 10)),
                    SeriesPoint(series: 1, value: .counter(10)),
                ])
        ]
        return judgeLoad(record, LoadCircumstances())
    }
    #expect(judged(failed: 10) == Verdict(.failed, reasons: ["every request failed"]))
    #expect(judged(failed: 9) == Verdict(.passed))
}

@Test(
    "a scenario of which every pass was broken off fails the load, unless a threshold judges that; a few do not"
)
func brokenPasses() {
    var record = RunRecord(
        header: RunHeader(
            kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
    record.series = ["add", "list"].flatMap { name in
        let tags = [Series.Tag("scenario", name)]
        return [
            Series(metric: "iterations", kind: .counter, tags: tags),
            Series(metric: "iterations.failed", kind: .rate, tags: tags),
        ]
    }
    func judged(broken: UInt64) -> Verdict {
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
                points: [
                    SeriesPoint(series: 0, value: .counter(10)),
                    SeriesPoint(series: 1, value: .rate(passed: broken, total: 10)),
                    SeriesPoint(series: 2, value: .counter(5)),
                    SeriesPoint(series: 3, value: .rate(passed: 0, total: 5)),
                ])
        ]
        return judgeLoad(record, LoadCircumstances())
    }
    #expect(judged(broken: 9) == Verdict(.passed))
    #expect(LoadTotals(record).brokenIterations == 9)
    #expect(judged(broken: 10) == Verdict(.failed, reasons: ["every pass of 'add' was broken off"]))
    record.failures = [
        FailureGroup(
            scenario: "add", step: "new user", reason: "not created", count: 10, firstAtNanoseconds: 0,
            lastAtNanoseconds: 1)
    ]
    let reason = "every pass of 'add' was broken off, mostly by step 'new user': not created"
    #expect(judged(broken: 10) == Verdict(.failed, reasons: [reason]))
}

@Test(
    "failed checks fail a load unless a threshold says how many may, in the words of Assay or of k6",
    arguments: [
        ("rate(checks) > 50%", true), ("checks: rate>0.5", true), ("checks{group:::a}: rate>0.5", true),
        ("http_reqs: count>1", false), ("checksum: count>1", false),
    ])
func failedChecks(text: String, holds: Bool) {
    var record = RunRecord(
        header: RunHeader(
            kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
    record.series = [Series(metric: "checks", kind: .rate), Series(metric: "iterations", kind: .counter)]
    record.intervals = [
        Interval(
            atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
            points: [
                SeriesPoint(series: 0, value: .rate(passed: 8, total: 10)),
                SeriesPoint(series: 1, value: .counter(10)),
            ])
    ]
    record.thresholds = [
        ThresholdResult(
            text: text, status: .held, actual: 0.8, limit: 0.5, actualText: "80 %", limitText: "> 50 %")
    ]
    let failed = Verdict(.failed, reasons: ["2 of 10 checks failed"])
    #expect(judgeLoad(record, LoadCircumstances()) == (holds ? Verdict(.passed) : failed))
}
