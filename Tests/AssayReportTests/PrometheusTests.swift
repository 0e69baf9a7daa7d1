import AssayCore
import AssayFormats
import Testing

@testable import AssayReport

@Suite("Metrics for Prometheus")
struct PrometheusTests {
    private static func push(_ record: RunRecord) -> PrometheusPush {
        let plan =
            record.plan
            ?? LoadPlan(
                model: .users, corners: [], scenarios: [], steps: [], lagBoundNanoseconds: 0, reactors: 1)
        return PrometheusPush(header: record.header, plan: plan, series: record.series)
    }

    @Test(
        "Names have base units",
        arguments: [
            ("http.duration", "assay_http_duration_seconds", "assay_http_duration_recent_seconds"),
            ("http.failed", "assay_http_failed_ratio", "assay_http_failed_recent_ratio"),
            ("http.requests", "assay_http_requests_total", nil),
            ("data.received", "assay_data_received_bytes_total", nil), ("users", "assay_users", nil),
            ("iterations.dropped", "assay_iterations_dropped_total", nil),
        ] as [(String, String, String?)])
    func names(metric: String, whole: String, recent: String?) throws {
        let known = try #require(MetricRegistry.standard[metric])
        let names = PrometheusNames(known.name, known.kind, known.unit)
        #expect(names.whole == whole && names.recent == recent)
    }

    @Test("Names of a user's own metrics are made safe")
    func ownNames() {
        #expect(PrometheusNames("queue.depth-max", .gauge, nil).whole == "assay_queue_depth_max")
        #expect(PrometheusNames("call.first-frame", .trend, .time).whole == "assay_call_first_frame_seconds")
    }

    @Test("All samples of a family stand together, each once, and every line is one")
    func wellFormed() throws {
        var record = Sample.stress()
        record.series[0].tags[0].value = Sample.hostile
        var page = Self.push(record)
        for interval in record.intervals { page.add(interval) }
        let text = page.text(
            .init(
                thresholds: Sample.load(seconds: 4).thresholds, steps: record.steps, verdict: Verdict(.passed)
            ))
        var family = ""
        var families: Set<String> = []
        var samples: Set<String> = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                family = String(line.split(separator: " ")[2])
                #expect(families.insert(family).inserted, "\(family) stands twice")
            } else if line.hasPrefix("# TYPE ") {
                #expect(line.split(separator: " ")[2] == family)
            } else {
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect([family, family + "_sum", family + "_count"].contains(String(name)), "\(line)")
                let value = line.split(separator: " ").last.flatMap { Double($0) }
                #expect(value != nil, "\(line)")
                let key = line.prefix(line.count - (line.split(separator: " ").last?.count ?? 0))
                #expect(samples.insert(String(key)).inserted, "twice: \(line)")
            }
        }
        #expect(families.isSubset(of: PrometheusNames.all(of: MetricRegistry.standard.all)))
        #expect(text.contains("assay_run_verdict{status=\"passed\"} 1\n"))
        #expect(
            text.contains("assay_search_broken_load 80\n") && text.contains("assay_search_good_load 60\n"))
        #expect(text.contains("\\\"'&"), "quotes are escaped")
    }

    @Test("The sample without labels is over all steps; the recent ones begin anew after each push")
    func recent() throws {
        let tags = ["add", "list"].map { [Series.Tag("name", $0)] }
        var record = Sample.load(seconds: 1)
        record.series = tags.map { Series(metric: "http.failed", kind: .rate, tags: $0) }
        var page = Self.push(record)
        func second(_ at: Int64, _ failed: UInt64) -> Interval {
            Interval(
                atNanoseconds: at * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                points: [
                    .init(series: 0, value: .rate(passed: failed, total: 10)),
                    .init(series: 1, value: .rate(passed: 0, total: 30)),
                ])
        }
        page.add(second(0, 10))
        let first = page.text(.init())
        page.add(second(1, 0))
        let then = page.text(.init())
        #expect(first.contains("assay_http_failed_ratio 0.25\n"))
        #expect(first.contains("assay_http_failed_ratio{name=\"add\"} 1\n"))
        #expect(then.contains("assay_http_failed_ratio 0.125\n"))
        #expect(then.contains("assay_http_failed_recent_ratio 0\n"))
        #expect(then.contains("assay_run_active 1\n") && then.contains("assay_run_elapsed_seconds 2\n"))
    }

    @Test("The dashboard asks for names that Assay writes, and for nothing else")
    func dashboard() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
        let text = try #require(GoldenFiles.read(root + "/Examples/voicebot/grafana/load-test.json"))
        _ = try JSON(parsing: Array(text.utf8))
        var asked: Set<String> = []
        var rest = text[...]
        while let found = rest.firstRange(of: "assay_") {
            let name = rest[found.lowerBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            asked.insert(String(name))
            rest = rest[found.upperBound...]
        }
        let known = PrometheusNames.all(of: MetricRegistry.standard.all)
        #expect(asked.count >= 20)
        #expect(asked.subtracting(known).isEmpty, "\(asked.subtracting(known).sorted())")
    }
}
