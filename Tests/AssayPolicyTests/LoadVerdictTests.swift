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
