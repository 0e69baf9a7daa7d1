import AssayCore

/// Records that the tests of all reports share. Everything in them is fixed, so that golden files stay still.
enum Sample {
    static let hostile = "</script><img src=x onerror=alert(1)>\u{2028}\u{1B}[31m]]>\u{0}\"'&😀"

    static func header(_ kind: RunHeader.Kind, name: String) -> RunHeader {
        RunHeader(
            kind: kind, project: "inventory-service", name: name, startedAtMilliseconds: 1_795_255_800_000,
            seed: 0x8F2C61, assayVersion: "0.1.0", commit: "4c80f8a1d2e3",
            host: .init(name: "build-7", system: "Linux 6.1 x86_64", cores: 8, memoryBytes: 16 << 30),
            stand: [
                .init(
                    name: "db", kind: .dependency, detail: "sqlite 3.40", readyAfterNanoseconds: 12_000_000),
                .init(name: "auth", kind: .double, detail: "jwt", readyAfterNanoseconds: 3_000_000),
                .init(
                    name: "api", kind: .service, detail: "./inventory-service --port 40131",
                    readyAfterNanoseconds: 402_000_000),
            ],
            command: ["assay", kind.rawValue, name])
    }

    static func at(_ line: Int) -> SourceLocation {
        SourceLocation(file: "tests/integration/reserve.yml", line: line, column: 5)
    }

    static let exchange = ExchangeReport(
        summary: "POST http://127.0.0.1:40131/inventory/reserve → 200 in 4 ms",
        request: "POST /inventory/reserve HTTP/1.1\nauthorization: Bearer ***\n\n{\"quantity\":5}",
        response: "HTTP/1.1 200 OK\ncontent-type: application/json\n\n{\"status\":\"reserved\",\"left\":-2}",
        outcome: "answered", serviceNanoseconds: 4_000_000,
        curl: "curl -X POST http://127.0.0.1:40131/inventory/reserve -d '{\"quantity\":5}'")

    static func test(
        _ level: String, _ name: String, _ status: TestResult.Status, reason: String? = nil,
        steps: [StepResult] = [], logs: [TestResult.LogTail] = [], at start: Int64 = 0
    ) -> TestResult {
        TestResult(
            level: level, scenario: name, location: at(14), tags: ["inventory"], status: status,
            reason: reason,
            startedAtNanoseconds: start, durationNanoseconds: status == .skipped ? 0 : 90_000_000,
            steps: steps,
            logs: logs)
    }

    static func step(
        _ name: String, _ status: StepResult.Status = .passed, mismatches: [Mismatch] = [],
        children: [StepResult] = []
    ) -> StepResult {
        StepResult(
            name: name, kind: "http", location: at(20), status: status, startedAtNanoseconds: 1_000_000,
            durationNanoseconds: 4_200_000, exchange: exchange, mismatches: mismatches, children: children)
    }

    static var passing: RunRecord {
        var record = RunRecord(header: header(.test, name: "pr"))
        record.tests = [
            test("contract", "inventory answers its schema", .passed, steps: [step("get")]),
            test("integration", "reserve and return", .passed, steps: [step("reserve"), step("return")]),
            test("e2e", "picture of the stand", .skipped, reason: "no graphviz: apt install graphviz"),
        ]
        record.end = RunEnd(
            verdict: Verdict(.passed), durationNanoseconds: 5_400_000_000, cpuNanoseconds: 210_000_000,
            peakMemoryBytes: 30 << 20)
        return record
    }

    static var failing: RunRecord {
        var record = passing
        record.tests.append(
            test(
                "integration", "reserve more than there is", .failed,
                steps: [
                    step("add"),
                    step(
                        "reserve", .failed,
                        mismatches: [
                            Mismatch(subject: "status", expected: "409", actual: "200"),
                            Mismatch(
                                subject: "$.error", expected: "= \"insufficient_items\"",
                                actual: "absent; the body was {\"status\":\"reserved\",\"left\":-2}",
                                diff: "- {\"error\": \"insufficient_items\"}\n+ {\"status\": \"reserved\"}"),
                        ]),
                    step("after", .skipped),
                ],
                logs: [
                    .init(service: "api", lines: ["{\"level\":\"info\",\"msg\":\"reserved\",\"left\":-2}"])
                ]))
        record.end?.verdict = Verdict(.failed, reasons: ["1 test failed"])
        return record
    }

    static var hostileTests: RunRecord {
        var record = RunRecord(header: header(.test, name: hostile))
        record.header.project = hostile
        record.header.commit = hostile
        let exchange = ExchangeReport(
            summary: hostile, request: hostile, response: hostile, outcome: hostile, serviceNanoseconds: 1,
            curl: hostile)
        record.tests = [
            TestResult(
                level: hostile, scenario: hostile, caseName: hostile,
                location: SourceLocation(file: hostile, line: 1, column: 1), tags: [hostile], status: .failed,
                reason: hostile, startedAtNanoseconds: 0, durationNanoseconds: 1,
                steps: [
                    StepResult(
                        name: hostile, kind: hostile,
                        location: SourceLocation(file: hostile, line: 1, column: 1),
                        status: .failed, startedAtNanoseconds: 0, durationNanoseconds: 1, exchange: exchange,
                        mismatches: [
                            Mismatch(subject: hostile, expected: hostile, actual: hostile, diff: hostile)
                        ])
                ], logs: [.init(service: hostile, lines: [hostile])])
        ]
        record.notes = [Note(atNanoseconds: 0, severity: .warning, text: hostile)]
        record.end = RunEnd(
            verdict: Verdict(.failed, reasons: [hostile]), durationNanoseconds: 1, cpuNanoseconds: 1,
            peakMemoryBytes: 1)
        return record
    }
}

extension Sample {
    static func histogram(around middle: Double, count: Int, seed: Int) -> HistogramSnapshot {
        var counts: [Int: UInt64] = [:]
        var (sum, low, high) = (0.0, UInt64.max, UInt64(0))
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let unit = Double(state >> 11) / Double(1 << 53)
            let tail = unit > 0.99 ? 9.0 : unit > 0.95 ? 3.0 : 1.0
            let value = UInt64(middle * (0.4 + 1.2 * unit) * tail)
            counts[HistogramLayout.index(of: value), default: 0] += 1
            sum += Double(value)
            low = min(low, value)
            high = max(high, value)
        }
        return HistogramSnapshot(
            buckets: counts.sorted { $0.key < $1.key }.map { .init(index: $0.key, count: $0.value) },
            count: UInt64(count), sum: sum, minimum: low, maximum: high)
    }

    /// A load run of `seconds` intervals with two steps; `breaking` makes the second half slow.
    static func load(seconds: Int, breaking: Bool = false) -> RunRecord {
        var record = RunRecord(header: header(.load, name: "peak"))
        let total = Int64(seconds) * 1_000_000_000
        record.plan = LoadPlan(
            model: .users,
            corners: [
                .init(atNanoseconds: 0, value: 0), .init(atNanoseconds: total / 4, value: 20),
                .init(atNanoseconds: total / 2, value: 100), .init(atNanoseconds: total * 9 / 10, value: 100),
                .init(atNanoseconds: total, value: 0),
            ], scenarios: [.init(name: "full workflow", weight: 8)],
            steps: [
                .init(scenario: "full workflow", name: "login"),
                .init(scenario: "full workflow", name: "add"),
            ], lagBoundNanoseconds: 10_000_000, reactors: 1)
        let tags = [[Series.Tag("name", "login")], [Series.Tag("name", "add")]].map {
            $0 + [Series.Tag("scenario", "full workflow")]
        }
        for tag in tags {
            record.series.append(Series(metric: "http.duration", kind: .trend, tags: tag))
            record.series.append(Series(metric: "http.response", kind: .trend, tags: tag))
            record.series.append(Series(metric: "http.failed", kind: .rate, tags: tag))
            record.series.append(Series(metric: "http.requests", kind: .counter, tags: tag))
        }
        record.series.append(Series(metric: "users", kind: .gauge))
        record.series.append(Series(metric: "schedule.lag", kind: .trend))
        record.series.append(Series(metric: "iterations.dropped", kind: .counter))
        for second in 0..<seconds {
            let phase = Double(second) / Double(seconds)
            let users =
                phase < 0.25
                ? 80 * phase
                : phase < 0.5 ? 20 + 320 * (phase - 0.25) : phase < 0.9 ? 100 : 1000 * (1 - phase)
            let count = max(1, Int(users))
            let slow = breaking && phase > 0.55 ? 4.0 : 1 + phase / 2
            var points: [SeriesPoint] = []
            for step in 0..<2 {
                let service = histogram(
                    around: (step == 0 ? 3e6 : 9e6) * slow, count: count, seed: second * 2 + step)
                let failed = breaking && phase > 0.6 ? UInt64(count / 12) : 0
                points.append(.init(series: step * 4, value: .trend(service)))
                points.append(.init(series: step * 4 + 1, value: .trend(service)))
                points.append(.init(series: step * 4 + 2, value: .rate(passed: failed, total: UInt64(count))))
                points.append(.init(series: step * 4 + 3, value: .counter(UInt64(count))))
            }
            points.append(.init(series: 8, value: .gauge(users.rounded())))
            points.append(
                .init(series: 9, value: .trend(histogram(around: 90_000, count: count, seed: second + 7))))
            record.intervals.append(
                Interval(
                    atNanoseconds: Int64(second) * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                    points: points))
        }
        record.thresholds = [
            ThresholdResult(
                text: "p95(http.duration) < 1s", status: .held, actual: 28e6, limit: 1e9, actualText: "28 ms",
                limitText: "1.00 s"),
            ThresholdResult(
                text: "p95(http.duration{name:add}) < 30ms over 30s", status: breaking ? .broken : .held,
                actual: breaking ? 96e6 : 22e6, limit: 30e6, actualText: breaking ? "96 ms" : "22 ms",
                limitText: "30 ms",
                firstBrokenAtNanoseconds: breaking ? total * 56 / 100 : nil,
                brokenForNanoseconds: breaking ? total * 3 / 10 : 0),
            ThresholdResult(
                text: "rate(http.failed) < 10%", status: .held, actual: 0.0002, limit: 0.1,
                actualText: "0.02 %",
                limitText: "10 %"),
        ]
        record.slowest = (0..<5).map {
            ExchangeSample(
                scenario: "full workflow", step: $0 % 2 == 0 ? "add" : "login",
                atNanoseconds: total / 6 * Int64($0 + 1),
                exchange: exchange)
        }
        if breaking {
            record.failures = [
                FailureGroup(
                    scenario: "full workflow", step: "add", reason: "status is 200", count: 412,
                    firstAtNanoseconds: total * 6 / 10, lastAtNanoseconds: total * 9 / 10, sample: exchange,
                    mismatches: [Mismatch(subject: "status", expected: "200", actual: "503")])
            ]
        }
        record.end = RunEnd(
            verdict: breaking
                ? Verdict(.failed, reasons: ["p95 of 'add' was 96 ms, limit 30 ms, from 01:08 on"])
                : Verdict(.passed),
            durationNanoseconds: total, cpuNanoseconds: total / 20, peakMemoryBytes: 41 << 20)
        return record
    }
}
