internal import AssayCore

/// The steps of one test as they happen: a tree of results, filled in from the inside.
final class Journal {
    /// Finished steps of each open level; the last is the innermost.
    private var levels: [[StepResult]] = [[]]
    let startedAt: Int64
    let masker: Masker
    /// Set while cleanup runs.
    var inCleanup = false

    init(startedAt: Int64, masker: Masker) {
        self.startedAt = startedAt
        self.masker = masker
    }

    var steps: [StepResult] { levels.first ?? [] }

    /// Begins to collect steps inside another.
    func open() { levels.append([]) }

    /// Ends the innermost collection and hands it over.
    func close() -> [StepResult] { levels.count > 1 ? levels.removeLast() : [] }

    func add(_ result: StepResult) { levels[levels.count - 1].append(result) }
}
