public import AssayCore

/// A test that passed and still breaks a policy.
public struct PolicyFinding: Sendable, Equatable {
    /// Index into ``RunRecord/tests``.
    public var test: Int
    /// What to tell the person, naming the test, its figure and the limit.
    public var reason: String
    public init(test: Int, reason: String) {
        self.test = test
        self.reason = reason
    }
}

/// Finds the tests that passed but took longer than `limit`, by name, slowest first.
///
/// Skipped, interrupted and failed tests are left alone: they have their own verdict already. So is a result that
/// stands for a whole level: no single test took that long.
public func judgeSlowTests(_ record: RunRecord, limit: Duration) -> [PolicyFinding] {
    let bound = limit.nanoseconds
    return record.tests.enumerated()
        .filter {
            $1.status == .passed && $1.durationNanoseconds > bound
                && !$1.tags.contains(TestResult.wholeLevelTag)
        }
        .sorted { ($1.element.durationNanoseconds, $0.offset) < ($0.element.durationNanoseconds, $1.offset) }
        .map { index, test in
            let took = shortText(nanoseconds: Double(test.durationNanoseconds))
            return PolicyFinding(
                test: index,
                reason: "'\(test.title)' took \(took), and a test may take \(limit.shortText) (slow-test)")
        }
}

extension RunRecord {
    /// Turns the tests that findings name into failures, with the finding as their reason.
    public mutating func fail(_ findings: [PolicyFinding]) {
        for finding in findings where tests.indices.contains(finding.test) {
            tests[finding.test].status = .failed
            tests[finding.test].reason = finding.reason
        }
    }
}
