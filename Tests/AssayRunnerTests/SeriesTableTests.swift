import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("Series that a run makes")
struct SeriesTableTests {
    private static let planned = [
        Series(metric: "jobs", kind: .counter), Series(metric: "depth", kind: .gauge),
    ]

    private static func late(_ value: String) -> MeterPart.Appeared {
        func one(_ value: String) -> Series {
            Series(metric: "jobs", kind: .counter, tags: [.init("item", value)])
        }
        return .init(series: one(value), standIn: one("other"))
    }

    private static func part(
        _ points: [(Int, UInt64)], _ appeared: [String] = [], gauges: [(Double, Int64)] = []
    ) -> MeterPart {
        MeterPart(
            points: points.map { SeriesPoint(series: $0, value: .counter($1)) },
            gauges: gauges.map { .init(point: SeriesPoint(series: 1, value: .gauge($0)), at: $1) },
            appeared: appeared.map(late), overflows: [])
    }

    @Test("Reactors number what they find for themselves; joined it is one series by metric and tags")
    func joining() {
        var table = SeriesTable(planned: Self.planned, limit: 10, reactors: 2)
        let first = table.join([
            Self.part([(0, 1), (2, 5), (3, 7)], ["a", "b"]), Self.part([(2, 11)], ["b"]),
        ])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "b"])
        #expect(first == [(0, 1), (2, 5), (3, 18)].map { SeriesPoint(series: $0, value: .counter($1)) })
        let second = table.join([Self.part([(2, 1)]), Self.part([(2, 2), (3, 3)], ["a"])])
        #expect(second == [(2, 4), (3, 2)].map { SeriesPoint(series: $0, value: .counter($1)) })
    }

    @Test("Of all reactors together no more series are made than the limit")
    func limit() {
        var table = SeriesTable(planned: Self.planned, limit: 3, reactors: 2)
        let points = table.join([
            Self.part([(2, 1), (3, 2)], ["a", "b"]), Self.part([(2, 4), (3, 8)], ["c", "d"]),
        ])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "b", "other"])
        #expect(points.last == SeriesPoint(series: 4, value: .counter(12)))
        #expect(table.overflows == [SeriesOverflow(metric: "jobs", tags: ["item"])])
    }

    @Test("A part of a series follows it to what stands for it, and counts as one with it")
    func parts() {
        func part(_ item: String, _ status: String) -> MeterPart.Appeared {
            func one(_ item: String) -> Series {
                Series(
                    metric: "jobs", kind: .counter, tags: [.init("item", item), .init("status", status)])
            }
            return .init(series: one(item), standIn: one("other"), parent: Self.late(item).series)
        }
        var table = SeriesTable(planned: Self.planned, limit: 2, reactors: 1)
        var measured = Self.part([(3, 1), (4, 2), (6, 4)])
        measured.appeared = [
            Self.late("a"), part("a", "200"), part("a", "404"), Self.late("b"), part("b", "200"),
        ]
        _ = table.join([measured])
        #expect(table.series.map { $0[tag: "item"] } == [nil, nil, "a", "a", "a", "other", "other"])
        #expect(table.series.map { $0[tag: "status"] } == [nil, nil, nil, "200", "404", nil, "200"])
    }

    @Test("Of a gauge that several reactors set the latest value stays, behind everything else")
    func gauges() {
        var table = SeriesTable(planned: Self.planned, limit: 3, reactors: 2)
        let points = table.join([
            Self.part([(0, 1)], gauges: [(7, 300)]), Self.part([(0, 2)], gauges: [(9, 200)]),
        ])
        #expect(points == [.init(series: 0, value: .counter(3)), .init(series: 1, value: .gauge(7))])
    }

    @Test("Runs of equal statuses and changes between them are counted alike")
    func statuses() {
        var counts = StatusCounts()
        for code in [200, 200, 500, 200, -14, 500] { counts.add(code) }
        func drained() -> [Int: UInt64] {
            var all: [Int: UInt64] = [:]
            counts.drain { all[$0, default: 0] += $1 }
            return all
        }
        #expect(drained() == [200: 3, 500: 2, -14: 1])
        counts.add(500)
        #expect(drained() == [500: 1] && drained().isEmpty)
        #expect(StatusCounts.tag(404) == .init("status", "404"))
        for outcome in Outcome.allCases {
            #expect(StatusCounts.tag(-1 - Int(outcome.rawValue)) == .init("error", outcome.name))
        }
    }

    @Test(
        "Values are taken in the unit that is kept, or refused with what was wanted",
        arguments: [
            ("trend", "1.5", 1, "trend(1500)"), ("trend", "\"2\"", 1, "trend(2000)"),
            ("trend", "-1", 1, "0 or more in a trend"), ("trend", "true", 1, "a number"),
            ("trend", "\"nan\"", 1, "a number"), ("trend", "1e300", 1, "less in a trend"),
            ("counter", "2.5", 1024, "counter(2560.0)"), ("counter", "-1", 1, "0 or more to count"),
            ("counter", "null", 1, "a number"), ("gauge", "-4", 1, "gauge(-4.0)"),
            ("gauge", "[1]", 1, "a number"), ("rate", "true", 1, "rate(true)"),
            ("rate", "0", 1, "rate(false)"),
            ("rate", "\"false\"", 1, "rate(false)"), ("rate", "\"HIT\"", 1, "true or false"),
        ])
    func values(kind: String, value: String, factor: Double, outcome: String) throws {
        let kind = try #require(Series.Kind(rawValue: kind))
        let own = OwnMetric(
            metric: .own("m", kind, kind == .rate ? .fraction : .count), value: .taken(.body), factor: factor,
            location: SourceLocation(file: "a", line: 1, column: 1))
        switch Measured.reading(try JSON(parsing: Array(value.utf8)), of: own) {
        case .success(let measured): #expect("\(measured)" == outcome)
        case .failure(let fault): #expect(fault.expected == outcome)
        }
    }

    @Test("Fractions of a counter are carried over, and a counter without a whole one says nothing")
    func fractions() {
        let own = OwnSeries([.counter])
        func drained() -> [SeriesPoint.Value] {
            var all: [SeriesPoint.Value] = []
            own.drain { _, value, _ in all.append(value) }
            return all
        }
        for _ in 0..<3 { own.count(0, by: 0.25) }
        #expect(drained().isEmpty)
        own.count(0, by: 2)
        #expect(drained() == [.counter(2)])
        own.count(0, by: 0.25)
        #expect(drained() == [.counter(1)] && drained().isEmpty)
    }

    @Test("What a counter loses is paid from what it gets, and told of when it is not")
    func fallingCounters() {
        let own = OwnSeries([.counter, .counter])
        func drained() -> [SeriesPoint.Value] {
            var all: [SeriesPoint.Value] = []
            own.drain { _, value, _ in all.append(value) }
            return all
        }
        for amount in [2.0, -1, -3] { own.count(0, by: amount) }
        own.count(1, by: -0.5)
        #expect(drained().isEmpty && own.untold == [0: -2, 1: -0.5])
        own.count(0, by: 5)
        #expect(drained() == [.counter(3)] && own.untold == [0: 0, 1: -0.5])
    }
}
