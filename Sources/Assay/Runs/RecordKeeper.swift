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
    static let intervalLimit = 360
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
        let isLarge = pointCount > Self.pointLimit && record.intervals.count > Self.leastIntervals
        guard isLarge || record.intervals.count > Self.intervalLimit else { return }
        record.mergeIntervals(beyond: Self.leastIntervals)
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
}
