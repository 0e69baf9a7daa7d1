public import AssayCore

/// How flaky a test was in its last runs.
public struct FlakinessRank: Sendable, Equatable {
    public var test: PastTest
    /// Runs that ended with a judgement, of those looked at.
    public var runs: Int
    /// Runs that passed only when tried again.
    public var retried: Int
    /// Runs whose result differs from the one before at the same commit.
    public var flips: Int

    /// Share of runs that say the test is flaky, 0...1.
    public var rate: Double { runs == 0 ? 0 : Double(retried + flips) / Double(runs) }
}

/// Ranks tests by how flaky they are, worst first; tests that show nothing of it are left out.
///
/// A run counts once: as retried when it passed only on a further try (or passed and failed among its repetitions), else
/// as a flip when it passed and the one before it at the same commit failed, or the other way round. A run of changed
/// files (``PastResult/commit`` is `nil`) cannot flip: what changed may be the reason.
///
/// - Parameter window: how many of each test's last runs are looked at.
public func rankFlakiness(_ tests: [PastTest], window: Int) -> [FlakinessRank] {
    tests.map { rank($0, window: window) }
        .filter { $0.rate > 0 }
        .sorted { left, right in
            if left.rate != right.rate { return left.rate > right.rate }
            let (a, b) = (left.retried + left.flips, right.retried + right.flips)
            if a != b { return a > b }
            return (right.test.lastSeenMilliseconds, left.test.title) < (
                left.test.lastSeenMilliseconds, right.test.title
            )
        }
}

private func rank(_ test: PastTest, window: Int) -> FlakinessRank {
    var test = test
    test.results = test.results.suffix(window)
    var rank = FlakinessRank(test: test, runs: 0, retried: 0, flips: 0)
    var last: [String: Bool] = [:]
    for result in test.results {
        guard let passed = result.hasPassed else { continue }
        rank.runs += 1
        let before = result.commit.flatMap { last[$0] }
        if result.isFlaky {
            rank.retried += 1
        } else if let before, before != passed {
            rank.flips += 1
        }
        if let commit = result.commit { last[commit] = passed }
    }
    return rank
}

/// How often a test passed in a row at the end of its history, without a second try.
public func passingStreak(_ results: some BidirectionalCollection<PastResult>) -> Int {
    var streak = 0
    for result in results.reversed() {
        guard let passed = result.hasPassed else { continue }
        guard passed, !result.isFlaky else { return streak }
        streak += 1
    }
    return streak
}
