public import AssayCore

/// What a project says of tests that pass only when they are tried again.
public struct FlakyPolicy: Sendable, Equatable {
    /// How often a failed test is tried again; 0 for never.
    public var retries = 0
    /// Lists flaky tests in every report.
    public var isReported = true
    /// A flaky test fails the run.
    public var fails = false

    /// More tries than this would hide a broken test and cost minutes.
    public static let retryLimit = 10

    public init() {}
}

/// Whether a test is tried again after these tries.
///
/// Only a test in which a step failed is: one that a policy failed, or that the stand could not begin, would fail the
/// same way, and one that was interrupted has no judgement to doubt. Nor is one whose own services died or whose stand
/// could not be made clean again; that it left something behind, as failed tests do, is no such reason.
///
/// - Parameter isStandUp: nothing of the stand that tests share has died; on a dead stand every try fails.
public func isTriedAgain(after tries: [TestResult], retries: Int, isStandUp: Bool) -> Bool {
    guard isStandUp, let last = tries.last, last.status == .failed, tries.count <= retries else {
        return false
    }
    let failed = last.steps.filter { $0.status == .failed }
    let afterwards = failed.filter { $0.kind == Afterwards.kind }
    return afterwards.count < failed.count
        && afterwards.flatMap(\.mismatches).allSatisfy { $0.subject == Afterwards.leftovers }
}

/// The step that stands for what was found when a test was over.
private enum Afterwards {
    static let kind = "stand"
    /// Subject of what it left behind; any other is a fault of its stand.
    static let leftovers = "leftovers"
}

/// One result of all tries of a test, in order.
///
/// Passed when the last one passed: then it is the last one's steps that are kept in full, else the first one's. Of the
/// others what failed is kept (``TestResult/attempts``).
///
/// - Precondition: there is at least one.
public func judgeTries(_ tries: [TestResult]) -> TestResult {
    guard tries.count > 1, let first = tries.first, let last = tries.last else { return tries[0] }
    var result = last.status == .passed ? last : first
    result.attempts = tries.map(TestResult.Attempt.init)
    return result
}

/// Finds the tests that passed only when they were tried again, for a project that wants them to fail.
public func judgeFlakyTests(_ record: RunRecord) -> [PolicyFinding] {
    record.tests.enumerated().filter { $1.isFlaky && $1.status == .passed }.map { index, test in
        PolicyFinding(
            test: index,
            reason:
                "'\(test.title)' passed only on try \(test.attempts.count), and a test must pass at once (flaky)"
        )
    }
}
