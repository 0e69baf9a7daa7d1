internal import AssayCore
internal import AssayNet

/// The record of a run while it runs: everything goes to the file, memory keeps what reports need.
///
/// Intervals in memory are merged in pairs when they become many, so that an hour needs no more than a few minutes.
struct RecordKeeper {
    private(set) var record: RunRecord
    private let folder: RunFolder
    private(set) var writeFailure: SystemError?
    private var pointCount = 0
    private static let intervalLimit = 360
    /// Computed tags make many series: then fewer intervals are kept.
    private static let pointLimit = 300_000
    private static let leastIntervals = 60

    init(header: RunHeader, folder: RunFolder) {
        record = RunRecord(header: header)
        self.folder = folder
        write(.header(header))
    }

    mutating func add(_ event: RunEvent) {
        write(event)
        record.apply(event)
        guard case .interval(let interval) = event else { return }
        pointCount += interval.points.count
        let count = record.intervals.count
        guard count > Self.intervalLimit || count > Self.leastIntervals && pointCount > Self.pointLimit else {
            return
        }
        record.intervals = Self.halved(record.intervals)
        pointCount = record.intervals.reduce(0) { $0 + $1.points.count }
    }

    /// Changes what is in memory before its events are written, like tests that a policy turns red.
    mutating func withRecord(_ change: (inout RunRecord) -> Void) { change(&record) }

    /// Writes events that are in memory already.
    mutating func write(_ event: RunEvent) {
        do {
            try folder.append(event)
        } catch {
            writeFailure = writeFailure ?? error
        }
    }

    static func halved(_ intervals: [Interval]) -> [Interval] {
        stride(from: 0, to: intervals.count, by: 2).map { index in
            guard index + 1 < intervals.count else { return intervals[index] }
            let (first, second) = (intervals[index], intervals[index + 1])
            let length = second.atNanoseconds + second.lengthNanoseconds - first.atNanoseconds
            return Interval(
                atNanoseconds: first.atNanoseconds, lengthNanoseconds: length,
                points: joined(first.points, second.points))
        }
    }

    /// Points of two neighbouring intervals as one; a gauge keeps its later value.
    private static func joined(_ first: [SeriesPoint], _ second: [SeriesPoint]) -> [SeriesPoint] {
        var values = Dictionary(first.map { ($0.series, $0.value) }) { _, later in later }
        for point in second {
            switch (values[point.series], point.value) {
            case (.trend(var a)?, .trend(let b)):
                a.merge(b)
                values[point.series] = .trend(a)
            case (.counter(let a)?, .counter(let b)): values[point.series] = .counter(a + b)
            case (.rate(let passedA, let totalA)?, .rate(let passedB, let totalB)):
                values[point.series] = .rate(passed: passedA + passedB, total: totalA + totalB)
            default: values[point.series] = point.value
            }
        }
        // Gauges stay in the order in which they were set: of the user's own the last one stands for all.
        var gauges: [SeriesPoint] = []
        for point in second.reversed() + first.reversed() {
            guard case .gauge = point.value, values.removeValue(forKey: point.series) != nil else { continue }
            gauges.append(point)
        }
        return values.sorted { $0.key < $1.key }.map { SeriesPoint(series: $0.key, value: $0.value) }
            + gauges.reversed()
    }
}
