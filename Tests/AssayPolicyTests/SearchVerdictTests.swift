import AssayCore
import AssayPolicy
import Testing

@Suite("Verdict of a rising load")
struct SearchVerdictTests {
    /// Steps of 20 users each by how their one condition ended.
    private static func judged(
        _ steps: [ThresholdResult.Status], atLeast: Double? = nil, failedChecks: UInt64 = 0,
        thresholds: [ThresholdResult.Status] = []
    ) -> Verdict {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        record.plan = LoadPlan(
            model: .users, corners: [], scenarios: [], steps: [], lagBoundNanoseconds: 10_000_000,
            reactors: 1,
            search: LoadSearch(conditions: ["p95(http.duration) < 3s"], atLeast: atLeast, stepCount: 9))
        func result(_ status: ThresholdResult.Status) -> ThresholdResult {
            ThresholdResult(
                text: "p95(http.duration) < 3s", status: status, actual: status == .noData ? nil : 1,
                limit: 3e9,
                actualText: status == .held ? "2.1 s" : "3.4 s", limitText: "< 3 s")
        }
        record.steps = steps.enumerated().map { index, status in
            LoadStep(
                number: index + 1, load: Double(index * 20 + 20), atNanoseconds: 0, lengthNanoseconds: 1,
                conditions: [result(status)], requests: status == .noData ? 0 : 10,
                failedChecks: failedChecks,
                latencyMetric: "http.duration")
        }
        record.thresholds = thresholds.map(result)
        return judgeLoad(record, LoadCircumstances())
    }

    private static let point =
        "degrades at 60 users: p95(http.duration) was 3.4 s (limit 3 s); the last good step was 40 users: p95 2.1 s"

    @Test(
        "A load that broke in the end passes when nothing is asked for, or enough held",
        arguments: [nil, 20, 40])
    func passes(atLeast: Double?) {
        #expect(
            Self.judged([.held, .held, .broken, .broken], atLeast: atLeast)
                == Verdict(.passed, reasons: [Self.point]))
    }

    @Test("Less than was asked for fails, and says what held")
    func tooLittle() {
        #expect(
            Self.judged([.held, .held, .broken, .broken], atLeast: 60)
                == Verdict(.failed, reasons: ["40 users held, at least 60 users were wanted", Self.point]))
        #expect(
            Self.judged([.broken, .broken], atLeast: 20).reasons.first
                == "no step held, at least 20 users were wanted")
    }

    @Test("A first step that is too much fails even when nothing is asked for")
    func first() {
        #expect(Self.judged([.broken, .broken]).reasons.first == "the first step was too much already")
    }

    @Test("A step in which nothing ended says nothing before the first that held, and breaks after it")
    func empty() {
        #expect(
            Self.judged([.noData, .held, .broken, .broken], atLeast: 40)
                == Verdict(.passed, reasons: [Self.point]))
        #expect(
            Self.judged([.held, .noData, .noData], atLeast: 20).reasons.first
                == "degrades at 40 users: p95(http.duration) had no data; the last good step was 20 users: p95 2.1 s"
        )
    }

    @Test("Nothing found up to the end is told, and passes")
    func none() {
        #expect(
            Self.judged([.held, .held], atLeast: 40)
                == Verdict(.passed, reasons: ["no degradation up to 40 users, the last step"]))
    }

    @Test("Without a whole step, or without data, there is no judgement")
    func inconclusive() {
        #expect(
            Self.judged([])
                == Verdict(.inconclusive, reasons: ["no step was run whole, so nothing is known"]))
        #expect(
            Self.judged([.noData, .noData])
                == Verdict(.inconclusive, reasons: ["p95(http.duration) < 3s had no data in any step"]))
    }

    @Test("Checks that failed in good steps count, and so does a threshold on the whole run")
    func others() {
        #expect(
            Self.judged([.held, .held], failedChecks: 3).reasons.first
                == "6 checks failed in steps that held, and no condition is on them")
        #expect(
            Self.judged([.held], thresholds: [.broken]).reasons.first
                == "p95(http.duration) < 3s was broken: 3.4 s")
    }
}
