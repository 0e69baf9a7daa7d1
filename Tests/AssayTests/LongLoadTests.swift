import AssayCore
import AssayNet
import AssayReport
import AssayRunner
import AssayScenario
import AssayTestSupport
import Testing

@testable import Assay

/// Hours of a load, gone through second by second without waiting: what the program keeps of them.
@Suite("What a long load keeps")
struct LongLoadTests {
    private static func work() throws -> LoadWork {
        let texts = [
            "test.yml": "assay: 1\nscenario: test\nsteps: [{id: one, http: {get: 'http://a/'}}]",
            "profile.yml":
                "assay: 1\nload: p\nscenarios: [{use: test.yml}]\nusers: {start: 1, stages: [{for: 10h, to: 50}]}",
        ].mapValues { Array($0.utf8) }
        let files = FileReader { path in texts[path].map { .success($0) } ?? .failure(.missing) }
        return LoadWork(
            try ScenarioReader(files: files, stand: nil).profile("profile.yml").get(), constants: [:], seed: 1
        )
    }

    private static func second(_ number: Int, _ series: [Series]) -> Interval {
        let points = series.enumerated().map { place, one -> SeriesPoint in
            switch one.kind {
            case .trend:
                let histogram = Histogram()
                for request in 0..<3 { histogram.record(UInt64(1_000_000 * (1 + (number + request) % 12))) }
                return SeriesPoint(series: place, value: .trend(histogram.drain()))
            case .counter: return SeriesPoint(series: place, value: .counter(3))
            case .rate: return SeriesPoint(series: place, value: .rate(passed: 1, total: 3))
            case .gauge: return SeriesPoint(series: place, value: .gauge(Double(number % 50)))
            }
        }
        return Interval(
            atNanoseconds: Int64(number) * 1_000_000_000, lengthNanoseconds: 1_000_000_000, points: points)
    }

    @Test("The record, the live view and the report are no larger after three hours than after one")
    func bounded() throws {
        let work = try Self.work()
        let path = "/tmp/assay-long-load-\(Host.processID)"
        defer { try? Files.remove(path) }
        let header = RunHeader(
            kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "t",
            host: .init(name: "", system: "", cores: 1, memoryBytes: 0))
        var keeper = RecordKeeper(
            header: header, folder: try RunFolder.make(chosen: path, project: ".", name: "n", at: 0))
        var view = LoadView(project: "p", work: work)
        var judges = [ThresholdJudge(try Threshold.parse("p95(http.duration) < 1s over 1m"))]
        for series in work.series { keeper.add(.series(series)) }
        var (views, intervals, pages) = ([Int](), [Int](), [Int]())
        for number in 0..<10_800 {
            let second = Self.second(number, work.series)
            keeper.add(.interval(second))
            view.add(second)
            _ = judges[0].judge(second, series: work.series)
            intervals.append(keeper.record.intervals.count)
            guard number % 3600 == 3599 else { continue }
            views.append(heldValues(in: view.snapshot(judges)))
            pages.append(HTMLReport.render(keeper.record).utf8.count)
        }
        #expect(keeper.writeFailure == nil)
        #expect((intervals.max() ?? .max) <= RecordKeeper.intervalLimit)
        #expect(views.allSatisfy { $0 <= views[0] }, "\(views)")
        #expect(pages.allSatisfy { $0 < pages[0] * 5 / 4 }, "\(pages)")
    }
}
