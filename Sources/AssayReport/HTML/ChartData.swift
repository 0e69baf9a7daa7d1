import AssayCore
import AssayFormats

/// The lines of a load run's charts, few enough points to draw: intervals are merged into equal slices of time,
/// histograms exactly, so that a percentile of a slice is one of all its requests.
struct ChartData {
    static let sliceLimit = 180

    struct Slice {
        var seconds = 0.0
        var users: Double?
        var started: UInt64 = 0
        var requests: UInt64 = 0
        var failed: UInt64 = 0
        var response = HistogramSnapshot()
        var service = HistogramSnapshot()
        /// Drawn where a run has no HTTP.
        var redis = HistogramSnapshot()
        var lag = HistogramSnapshot()
        /// p95 by step, for the table's small lines.
        var steps: [String: HistogramSnapshot] = [:]

        var latency: HistogramSnapshot { response.count > 0 ? response : service }
    }

    var slices: [Slice] = []
    var sliceNanoseconds: Int64 = 1
    var totalNanoseconds: Int64 = 1
    private let record: RunRecord

    init(_ record: RunRecord) {
        self.record = record
        guard let last = record.intervals.last else { return }
        let end = last.atNanoseconds &+ last.lengthNanoseconds
        totalNanoseconds = max(1, end, record.plan?.corners.last?.atNanoseconds ?? 0)
        // The longest: the last interval is cut short, and a long run's older ones are merged in the record.
        let coarsest = max(1, record.intervals.map(\.lengthNanoseconds).max() ?? 1)
        // A whole number of intervals a slice, so that no slice holds fewer than its neighbours.
        let perSlice = max(1, (max(1, end) / coarsest + Int64(Self.sliceLimit) - 1) / Int64(Self.sliceLimit))
        sliceNanoseconds = coarsest * perSlice
        let count = Int(min(Int64(Self.sliceLimit), max(1, (end - 1) / sliceNanoseconds + 1)))
        slices = Array(repeating: Slice(), count: count)
        for interval in record.intervals {
            let place = min(count - 1, max(0, Int(interval.atNanoseconds / sliceNanoseconds)))
            slices[place].seconds += Double(interval.lengthNanoseconds) / 1e9
            var users: Double?
            for point in interval.points where record.series.indices.contains(point.series) {
                add(point.value, record.series[point.series], place, &users)
            }
            // Of a gauge a slice keeps the last value.
            if let users { slices[place].users = users }
        }
        if !slices.contains(where: { $0.latency.count > 0 }) {
            for place in slices.indices { slices[place].response = slices[place].redis }
        }
    }

    private mutating func add(
        _ value: SeriesPoint.Value, _ series: Series, _ place: Int, _ users: inout Double?
    ) {
        switch (series.metric, value) {
        case ("users", .gauge(let value)): users = (users ?? 0) + value
        case ("iterations", .counter(let count)): slices[place].started += count
        case ("http.requests", .counter(let count)), ("redis.requests", .counter(let count)):
            slices[place].requests += count
        case ("http.failed", .rate(let failed, _)), ("redis.failed", .rate(let failed, _)):
            slices[place].failed += failed
        case ("schedule.lag", .trend(let histogram)): slices[place].lag.merge(histogram)
        case ("http.response", .trend(let histogram)): slices[place].response.merge(histogram)
        case ("http.duration", .trend(let histogram)):
            slices[place].service.merge(histogram)
            addStep(histogram, series, place)
        case ("redis.response", .trend(let histogram)): slices[place].redis.merge(histogram)
        case ("redis.duration", .trend(let histogram)): addStep(histogram, series, place)
        default: break
        }
    }

    private mutating func addStep(_ histogram: HistogramSnapshot, _ series: Series, _ place: Int) {
        if let name = series[tag: "name"] {
            slices[place].steps["\(series[tag: "scenario"] ?? "")\u{0}\(name)", default: .init()].merge(
                histogram)
        }
    }

    /// p95 of one step over time, `nil` where it was not asked.
    func stepLine(_ scenario: String, _ name: String) -> [UInt64?] {
        slices.map { $0.steps["\(scenario)\u{0}\(name)"]?.value(at: 0.95) }
    }

    var json: JSON {
        func seconds(_ nanoseconds: Int64) -> JSON { .double(Double(nanoseconds) / 1e9) }
        func line(_ value: (Slice) -> Double?) -> JSON { .array(slices.map { Self.short(value($0)) }) }
        func milliseconds(_ quantile: Double) -> JSON {
            line { $0.latency.value(at: quantile).map { Double($0) / 1e6 } }
        }
        return [
            "t": .array(slices.indices.map { seconds(Int64($0) * sliceNanoseconds) }),
            "step": seconds(sliceNanoseconds), "total": seconds(totalNanoseconds),
            "model": .string(record.plan?.model.rawValue ?? "users"), "users": line(\.users),
            "arrivals": line { $0.seconds > 0 ? Double($0.started) / $0.seconds : nil },
            "planned": .array(
                (record.plan?.corners ?? []).map { [seconds($0.atNanoseconds), Self.short($0.value)] }),
            "rps": line { $0.seconds > 0 ? Double(max($0.requests, $0.service.count)) / $0.seconds : nil },
            "fail": line { $0.seconds > 0 ? Double($0.failed) / $0.seconds : nil },
            "p50": milliseconds(0.5), "p95": milliseconds(0.95), "p99": milliseconds(0.99),
            "lag": line { $0.lag.value(at: 0.99).map { Double($0) / 1e6 } },
            "lagLimit": Self.short((record.plan?.lagBoundNanoseconds).map { Double($0) / 1e6 }),
            "limits": .array(limits), "heat": heat,
        ]
    }

    /// Thresholds on latency, to draw into its chart.
    private var limits: [JSON] {
        record.thresholds.compactMap { threshold in
            let text = threshold.text
            guard text.contains("(http.duration") || text.contains("(http.response"), threshold.limit > 0
            else {
                return nil
            }
            return [
                "text": .string(text), "at": Self.short(threshold.limit / 1e6),
                "broken": .bool(threshold.status == .broken),
            ]
        }
    }

    /// Counts by time and latency; two rows an octave, only where something lies.
    private var heat: JSON {
        func row(_ nanoseconds: UInt64) -> Int {
            let value = max(nanoseconds, 1)
            let octave = 63 - value.leadingZeroBitCount
            // The upper half of an octave begins at √2; 1.5 is near enough for a picture and needs no root.
            return octave * 2 + (octave > 0 && value >> UInt64(octave - 1) & 1 == 1 ? 1 : 0)
        }
        func edge(_ row: Int) -> Double {
            Double(UInt64(1) << UInt64(row / 2)) * (row % 2 == 1 ? 1.5 : 1) / 1e6
        }
        let rows = slices.map { slice in
            slice.latency.buckets.reduce(into: [Int: UInt64]()) {
                $0[row(HistogramLayout.middle(of: $1.index)), default: 0] += $1.count
            }
        }
        guard let low = rows.compactMap({ $0.keys.min() }).min(),
            let high = rows.compactMap({ $0.keys.max() }).max()
        else { return ["edges": [], "cells": []] }
        return [
            "edges": .array((low...(high + 1)).map { Self.short(edge($0)) }),
            "cells": .array(rows.map { counts in .array((low...high).map { JSON(count: counts[$0] ?? 0) }) }),
        ]
    }

    /// Four digits are more than a picture shows.
    static func short(_ value: Double?) -> JSON {
        guard let value, value.isFinite else { return .null }
        if let whole = Int64(exactly: value) { return .int(whole) }
        var scale = 1.0
        while abs(value) * scale < 1000, scale < 1e6 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return Int64(exactly: rounded).map(JSON.int) ?? .double(rounded)
    }
}
