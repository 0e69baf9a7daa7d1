import AssayCore
import AssayFormats
import Testing

@testable import AssayReport

@Suite("Own metrics, groups and statuses in reports")
struct MeasuredReportTests {
    private static func record(_ hostile: String = "eu") -> RunRecord {
        var record = Sample.load(seconds: 4)
        let first = record.series.count
        let tags = [hostile, "us"].map { [Series.Tag("name", "buy"), Series.Tag("region", $0)] }
        record.series += tags.map { Series(.own("orders.value", .trend, .count), tags: $0) }
        record.series += tags.map { Series(.own("orders.created", .counter, .count), tags: $0) }
        record.series += tags.map { Series(.own("cache.hits", .rate, .fraction), tags: $0) }
        record.series += tags.map { Series(.own("queue.depth", .gauge, .count), tags: $0) }
        record.series += [
            Series(.own("page.size", .trend, .bytes)),
            Series(
                metric: "group.duration", kind: .trend,
                tags: [.init("group", "checkout/pay"), .init("scenario", "buy")]),
            Series(metric: "http.requests", kind: .counter, tags: [.init("status", "200")]),
            Series(metric: "http.requests", kind: .counter, tags: [.init("status", "503")]),
            Series(metric: "http.requests", kind: .counter, tags: [.init("error", "timeout")]),
        ]
        func trend(_ values: [UInt64]) -> SeriesPoint.Value {
            var snapshot = HistogramSnapshot()
            for value in values { snapshot.record(value) }
            return .trend(snapshot)
        }
        let values: [SeriesPoint.Value] = [
            trend([1500, 2500]), trend([12_500]), .counter(3), .counter(4), .rate(passed: 1, total: 4),
            .rate(passed: 2, total: 4), .gauge(9), .gauge(-7.5), trend([2048]), trend([3_000_000]),
            .counter(90),
            .counter(6), .counter(4),
        ]
        record.intervals[3].points += values.enumerated().map { .init(series: first + $0, value: $1) }
        return record
    }

    @Test("The terminal has them with their units, by what tells their series apart")
    func terminal() {
        let text = LoadSummary(width: 140).render(Self.record())
        for part in [
            "status     200 90   503 6   timeout 4", "checkout/pay", "1×   p50 3.00 ms",
            "orders.value              3   avg 5.50   p50 2.51   p95 12.5",
            "  region=eu               2   avg 2   p50 1.50", "orders.created            7",
            "cache.hits                37.5 %   3 of 8", "queue.depth               -7.5",
            "page.size                 1   avg 2.00 KiB",
        ] { #expect(text.contains(part), "\(part)\n\(text)") }
        #expect(!text.contains("name=buy"))
    }

    @Test("The page and the Markdown report have them, and nothing foreign gets through")
    func pages() {
        let html = HTMLReport.render(Self.record(Sample.hostile))
        for part in [
            "Own trends", "Own counters", "Own rates", "Own gauges", "Groups", "checkout/pay", "Answers",
        ] {
            #expect(html.contains(part), "\(part)")
        }
        #expect(!html.contains("<img src=x"))
        let markdown = LoadMarkdown.render(Self.record())
        for part in [
            "## Own metrics", "| `orders.value` | trend | 3   avg 5.50", "| region=us | ", "## Groups",
            "| buy › checkout/pay | 1 | 3.00 ms", "## Answers", "| 503 | 6 |",
        ] { #expect(markdown.contains(part), "\(part)\n\(markdown)") }
    }

    @Test("Scripts get the numbers themselves")
    func json() throws {
        let all = JSON.object(JSONObject(measuredJSON(Self.record()).map { ($0.key, $0.value) }))
        let value = try #require(all["metrics"]?["orders.value"])
        #expect(value["kind"] == "trend" && value["unit"] == "count" && value["count"] == 3)
        #expect(value["avg"]?.doubleValue == 5.5 && value["max"]?.doubleValue == 12.5)
        #expect(value["series"]?[1]?["tags"] == ["region": "us"])
        #expect(all["metrics"]?["cache.hits"]?["rate"]?.doubleValue == 0.375)
        #expect(all["metrics"]?["queue.depth"]?["value"]?.doubleValue == -7.5)
        #expect(all["metrics"]?["page.size"]?["series"] == nil)
        #expect(all["groups"]?[0]?["group"] == "checkout/pay")
        #expect(all["statuses"] == ["200": 90, "503": 6, "timeout": 4])
    }

    @Test("Prometheus gets them in base units with their tags, also when series appear late")
    func prometheus() throws {
        let record = Self.record()
        let plan = try #require(record.plan)
        var page = PrometheusPush(
            header: record.header, plan: plan, series: Array(record.series.prefix(record.series.count - 13)))
        for interval in record.intervals.dropLast() { page.add(interval) }
        let last = try #require(record.intervals.last)
        page.add(last, appeared: Array(record.series.suffix(13)))
        let text = page.text(.init())
        for line in [
            "assay_orders_value{name=\"buy\",region=\"us\",quantile=\"0.5\"} 12.5",
            "assay_orders_value_sum 16.5", "assay_orders_created_total 7", "assay_cache_hits_ratio 0.375",
            "assay_queue_depth -7.5", "assay_queue_depth{name=\"buy\",region=\"eu\"} 9",
            "assay_page_size_bytes_sum 2048", "assay_http_requests_total{status=\"503\"} 6",
        ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
    }

    @Test("A record keeps unit, scale and group, and series that appear between its intervals")
    func written() throws {
        var record = Self.record()
        record.plan?.steps[0].group = "checkout"
        let read = try RecordReader.read(RecordWriter.render(record), file: "r").record
        #expect(read.series == record.series && read.plan == record.plan)
        var bytes: [UInt8] = []
        RecordWriter.write(.header(record.header), into: &bytes)
        RecordWriter.write(.series(record.series[0]), into: &bytes)
        RecordWriter.write(
            .interval(Interval(atNanoseconds: 0, lengthNanoseconds: 1, points: [])), into: &bytes)
        let late = Series(.own("jobs", .counter, .count), tags: [.init("item", "a")])
        RecordWriter.write(.series(late), into: &bytes)
        RecordWriter.write(
            .interval(
                Interval(
                    atNanoseconds: 1, lengthNanoseconds: 1, points: [.init(series: 1, value: .counter(2))])),
            into: &bytes)
        let second = try RecordReader.read(bytes, file: "r").record
        #expect(second.series == [record.series[0], late] && second.intervals.count == 2)
        #expect(second.series[1].definition == .own("jobs", .counter, .count))
    }
}
