import AssayCore
import AssayFormats
import Testing

@testable import AssayReport

/// Runs of `k6 1.1.0` with `--summary-export`, and what it printed: the same figures must give the same text.
@Suite("k6: summary")
struct K6SummaryTests {
    private static let metrics: [Metric] = [
        .own("my_trend", .trend, .time), .own("sizes", .trend, .count), .own("my_counter", .counter, .count),
        .own("my_gauge", .gauge, .count), .own("my_rate", .rate, .fraction),
    ]
    private static let thresholds: [(key: String, source: String, method: K6Threshold.Method)] = [
        ("checks", "rate>0.9", .rate), ("http_req_duration", "p(95)<500", .percentile(95)),
        ("http_req_duration", "med<200", .median),
        ("http_req_duration{status:200}", "p(95)<500", .percentile(95)),
        ("http_req_failed", "rate<0.01", .rate), ("my_counter{x:y}", "count>1", .count),
        ("my_counter{x:y}", "rate>1", .rate), ("my_trend", "avg<3", .average),
        ("my_trend", "max<1", .maximum),
        ("vus", "value>0", .value),
    ]

    private static func plan(_ mode: K6SummaryPlan.Mode) -> K6SummaryPlan {
        var plan = K6SummaryPlan()
        plan.mode = mode
        plan.metrics = metrics
        plan.thresholds = thresholds.map {
            K6Threshold(
                key: $0.key, metric: K6Order.parent($0.key), tags: [], source: $0.source, method: $0.method,
                comparison: .above, limit: 0)
        }
        return plan
    }

    /// What a real run exported.
    private static func summary(_ name: String, _ mode: K6SummaryPlan.Mode) throws -> K6Summary {
        let path =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/Golden/\(name).json"
        let json = try JSON(parsing: Array(#require(GoldenFiles.read(path)).utf8))
        var plan = plan(mode)
        let all = try #require(json["metrics"]?.objectValue)
        // The run took as long as its iterations and their rate say.
        let count = try #require(all["iterations"]?["count"]?.doubleValue)
        let rate = try #require(all["iterations"]?["rate"]?.doubleValue)
        plan.duration = .nanoseconds(Int64(count / rate * 1e9))
        let figures = all.map { name, values in Self.figures(name, values, plan) }
        let root = group(try #require(json["root_group"]))
        return K6Summary(figures, root: root, checks: inner(root) + root.checks, plan)
    }

    private static func figures(_ name: String, _ values: JSON, _ plan: K6SummaryPlan) -> K6Summary.Figures {
        let parent = K6Order.parent(name)
        let metric =
            plan.metrics.first { $0.name == parent }.map(K6Metric.init(own:)) ?? K6Metric.builtIn(parent)
        let kind = metric?.kind ?? .counter
        let own = thresholds.filter { $0.key == name }
        return K6Summary.Figures(
            name: name, kind: kind, contents: metric?.contents ?? .plain,
            values: (values.objectValue ?? JSONObject()).compactMap { key, value in
                value.doubleValue.map { (kind == .rate && key == "value" ? "rate" : key, $0) }
            },
            thresholds: own.map { ($0.source, values["thresholds"]?[$0.source] == .bool(false)) })
    }

    private static func group(_ json: JSON) -> K6Summary.Group {
        K6Summary.Group(
            name: json["name"]?.stringValue ?? "", path: json["path"]?.stringValue ?? "",
            groups: (json["groups"]?.objectValue ?? JSONObject()).map { group($0.value) },
            checks: (json["checks"]?.objectValue ?? JSONObject()).map { name, value in
                K6Summary.Check(
                    name: name, path: value["path"]?.stringValue ?? "",
                    passes: UInt64(value["passes"]?.intValue ?? 0),
                    fails: UInt64(value["fails"]?.intValue ?? 0))
            })
    }

    private static func inner(_ group: K6Summary.Group) -> [K6Summary.Check] {
        group.groups.flatMap { $0.checks + inner($0) }
    }

    @Test("The text at the end is k6's own, character for character", arguments: ["k6-compact", "k6-legacy"])
    func text(name: String) throws {
        let summary = try Self.summary(name, name == "k6-legacy" ? .legacy : .compact)
        GoldenFiles.check(K6SummaryText.standardOutput(summary), "\(name).txt")
    }

    @Test("What is exported is what k6 exports", arguments: ["k6-compact", "k6-legacy"])
    func exported(name: String) throws {
        let path =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/Golden/\(name).json"
        let kept = try JSON(parsing: Array(#require(GoldenFiles.read(path)).utf8))
        let summary = try Self.summary(name, .compact)
        #expect(summary.exported == kept)
        #expect(summary.crossed == ["checks", "http_req_failed", "my_trend"])
    }

    @Test("Colours are k6's")
    func colours() throws {
        var plan = Self.plan(.compact)
        plan.isStandardOutputTerminal = true
        let figures = K6Summary.Figures(
            name: "http_reqs", kind: .counter, contents: .plain, values: [("count", 3), ("rate", 1.5)],
            thresholds: [])
        let summary = K6Summary([figures], root: .init(name: "", path: ""), checks: [], plan)
        let escape = "\u{1B}"
        #expect(
            K6SummaryText.text(summary).contains(
                "http_reqs\(escape)[2;37m............:\(escape)[0m \(escape)[36m3\(escape)[0m \(escape)[2;36m1.5/s\(escape)[0m"
            ))
    }

    @Test(
        "Figures read as k6 writes them",
        arguments: [
            (0, "0s", "0 B", "0"), (0.0004, "400ns", "0.0004 B", "0.0004"), (0.25, "250µs", "0.25 B", "0.25"),
            (6.375, "6.37ms", "6.375 B", "6.375"), (999.999, "999.99ms", "1000 B", "999.999"),
            (1500, "1.5s", "1.5 kB", "1500"), (59_999, "59.99s", "60 kB", "59999"),
            (60_000, "1m0s", "60 kB", "60000"), (61_500, "1m1s", "62 kB", "61500"),
            (3_723_000, "1h2m3s", "3.7 MB", "3723000"), (1e-7, "0ns", "1e-07 B", "0"),
        ] as [(Double, String, String, String)])
    func numbers(value: Double, time: String, data: String, plain: String) {
        #expect(K6Numbers.text(value, .trend, .time, unit: nil) == time)
        #expect(K6Numbers.text(value, .counter, .data, unit: nil) == data)
        #expect(K6Numbers.text(value, .counter, .plain, unit: nil) == plain)
    }

    @Test("Rates are cut, not rounded, and a wanted unit is kept to")
    func units() {
        #expect(K6Numbers.text(0.99999, .rate, .plain, unit: nil) == "99.99%")
        #expect(K6Numbers.text(1234.5, .trend, .time, unit: "s") == "1.23s")
        #expect(K6Numbers.text(0.5, .trend, .time, unit: "us") == "500.00µs")
        #expect(K6Numbers.text(12, .trend, .time, unit: "ms") == "12.00ms")
    }

    @Test(
        "Ids are MD5 of paths (RFC 1321 §A.5)",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("::outer", "c34b428ee7255085dfe7fef53d3394d5"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
        ])
    func ids(text: String, digest: String) { #expect(K6Digest.hex(text) == digest) }

    @Test("Metrics stand in k6's order: parts behind the whole, punctuation before letters")
    func order() {
        let names = [
            "http_reqs", "http_req_duration{status:200}", "Http_req_failed", "http_req_duration", "a2", "a_",
        ]
        #expect(
            names.sorted(by: K6Order.areInOrder) == [
                "a_", "a2", "http_req_duration", "http_req_duration{status:200}", "Http_req_failed",
                "http_reqs",
            ])
    }

    @Test("Exit codes: what broke the run off comes before what is judged at its end")
    func exits() {
        #expect(K6ExitCode.of([]).rawValue == 0)
        #expect(K6ExitCode.of([.thresholdsCrossed]).rawValue == 99)
        #expect(K6ExitCode.of([.thresholdsCrossed, .scriptException]).rawValue == 107)
        #expect(K6ExitCode.of([.thresholdsCrossed, .scriptAborted]).rawValue == 108)
        #expect(K6ExitCode.of([.thresholdsCrossed, .markedAsFailed]).rawValue == 110)
        #expect(K6ExitCode.invalidOptions.rawValue == 104 && K6ExitCode.stopped.rawValue == 105)
    }
}
