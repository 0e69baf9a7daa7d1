internal import AssayCore
internal import AssayNet

/// The record of a run while it runs: everything goes to the file, memory keeps what reports need.
///
/// Intervals in memory are merged in pairs when they become many, so that an hour needs no more than a few minutes.
struct RecordKeeper {
    private(set) var record: RunRecord
    private let folder: RunFolder
    private(set) var writeFailure: SystemError?
    static let intervalLimit = 360

    init(header: RunHeader, folder: RunFolder) {
        record = RunRecord(header: header)
        self.folder = folder
        write(.header(header))
    }

    mutating func add(_ event: RunEvent) {
        write(event)
        record.apply(event)
        record.mergeIntervals(beyond: Self.intervalLimit)
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
