public import AssayCore

/// Adds up what comes of one test that runs many times, and keeps one of its runs in full.
public struct RepetitionTally: Sendable {
    private var counts: TestResult.Repetitions
    private var kept: TestResult?

    /// - Parameter planned: how often the test is to run.
    public init(planned: Int) { counts = TestResult.Repetitions(planned: planned) }

    /// Whether one of the runs failed.
    public var hasFailed: Bool { counts.failed > 0 }

    /// - Parameter number: which repetition it was, from 1.
    public mutating func add(_ result: TestResult, number: Int) {
        let end = result.startedAtNanoseconds &+ result.durationNanoseconds
        if kept == nil { counts.beganAtNanoseconds = result.startedAtNanoseconds }
        counts.beganAtNanoseconds = min(counts.beganAtNanoseconds, result.startedAtNanoseconds)
        counts.endedAtNanoseconds = max(counts.endedAtNanoseconds, end)
        guard result.status == .passed || result.status == .failed else {
            kept = kept ?? result
            return
        }
        counts.totalNanoseconds &+= result.durationNanoseconds
        if result.status == .passed { counts.passed += 1 } else { counts.failed += 1 }
        if isWorthMore(result) { kept = result }
        if result.status == .failed, number < counts.firstFailure ?? .max { counts.firstFailure = number }
    }

    /// The first failure is what a person wants to see; where nothing failed, the slowest run.
    private func isWorthMore(_ result: TestResult) -> Bool {
        guard let kept, kept.status == .passed || kept.status == .failed else { return true }
        if result.status == .failed { return kept.status == .passed }
        return kept.status == .passed && result.durationNanoseconds > kept.durationNanoseconds
    }

    /// The test as one result; `nil` when it was never begun.
    public var result: TestResult? {
        guard var result = kept else { return nil }
        result.repetitions = counts
        if let first = counts.firstFailure {
            let why = result.reason.map { ": \($0)" } ?? ""
            result.reason = "\(counts.text); repetition \(first) is shown\(why)"
        }
        return result
    }
}
