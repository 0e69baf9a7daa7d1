import AssayCore
import AssayPolicy
import Testing

@Suite("The verdict of a load with calls")
struct CallVerdictTests {
    /// A record of ten calls with these latenesses of own frames.
    static func record(lateness: [UInt64], failed: UInt64 = 0, bound: Int64 = 2_000_000) -> RunRecord {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        record.series = [
            Series(metric: "call.lateness", kind: .trend), Series(metric: "call.failed", kind: .rate),
            Series(metric: "iterations", kind: .counter),
        ]
        record.plan = LoadPlan(
            model: .iterations, corners: [], scenarios: [], steps: [], lagBoundNanoseconds: 10_000_000,
            reactors: 1)
        record.plan?.calls = .init(latenessBoundNanoseconds: bound, scheduling: "nice")
        let histogram = Histogram()
        for value in lateness { histogram.record(value) }
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 1_000_000_000,
                points: [
                    SeriesPoint(series: 0, value: .trend(histogram.drain())),
                    SeriesPoint(series: 1, value: .rate(passed: failed, total: 10)),
                    SeriesPoint(series: 2, value: .counter(10)),
                ])
        ]
        return record
    }

    static func verdict(_ record: RunRecord) -> Verdict { judgeLoad(record, LoadCircumstances()) }

    /// So many frames on time.
    static let onTime = [UInt64](repeating: 200_000, count: 1000)

    @Test("Own frames on time leave the judgement to the rest") func onTime() {
        #expect(Self.verdict(Self.record(lateness: Self.onTime)) == Verdict(.passed))
        // One frame of a thousand may be late.
        #expect(Self.verdict(Self.record(lateness: Self.onTime + [19_000_000])) == Verdict(.passed))
    }

    @Test("Own frames that are late forbid one, and say how the threads were scheduled") func late() {
        let many = Self.onTime + [UInt64](repeating: 5_000_000, count: 50)
        let verdict = Self.verdict(Self.record(lateness: many))
        #expect(verdict.status == .inconclusive)
        #expect(
            verdict.reasons.first?.hasPrefix("Assay's own frames of audio were late: their lateness p99 was ")
                == true)
        #expect(verdict.reasons.first?.hasSuffix("the bound is 2.00 ms, scheduled as nice") == true)
        #expect(Self.verdict(Self.record(lateness: many, bound: 10_000_000)) == Verdict(.passed))
    }

    @Test("One frame ten times as late as the bound does, too") func worst() {
        let verdict = Self.verdict(Self.record(lateness: Self.onTime + [30_000_000]))
        #expect(verdict.status == .inconclusive)
        #expect(verdict.reasons.first?.contains("lateness maximum was 30.0 ms, the bound is 20.0 ms") == true)
    }

    @Test("Failed calls fail the run, unless a threshold says how many may") func failed() {
        var record = Self.record(lateness: Self.onTime, failed: 2)
        #expect(Self.verdict(record) == Verdict(.failed, reasons: ["2 of 10 scheduled calls failed"]))
        record.thresholds = [
            ThresholdResult(
                text: "rate(call.failed) < 50%", status: .held, actual: 0.2, limit: 0.5, actualText: "20 %",
                limitText: "< 50 %")
        ]
        #expect(Self.verdict(record) == Verdict(.passed))
    }
}
