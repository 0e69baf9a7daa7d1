internal import AssayCore
internal import AssayNet
internal import AssayPolicy
internal import AssayReport

extension PastTest {
    /// What the history keeps of a test of a record.
    init(_ test: TestResult, projectFolder: String) {
        let identity = TestIdentity(test, projectFolder: projectFolder)
        var result = PastResult(
            run: 0, startedAtMilliseconds: 0, status: test.status,
            isFlaky: test.isFlaky || test.repetitions.map { $0.passed > 0 && $0.failed > 0 } ?? false,
            attempts: test.repetitions?.judged ?? max(1, test.attempts.count),
            durationNanoseconds: test.durationNanoseconds, reason: test.reason ?? test.firstDifference)
        result.isDrift = test.isDrift
        self.init(
            level: test.level, scenario: test.scenario, caseName: test.caseName, file: identity.file,
            results: [result])
    }
}

extension TestResult {
    /// `step 'reserve': expected status 200, actual 503`, of what failed first.
    fileprivate var firstDifference: String? {
        guard status == .failed || status == .quarantined, let step = steps.firstFailure else { return nil }
        guard let miss = step.mismatches.first else { return "step '\(step.name)' failed" }
        if let drift = miss.contract {
            return "contract '\(drift.contract)', \(drift.what): expected \(miss.subject) \(miss.expected), "
                + "actual \(miss.actual)"
        }
        return "step '\(step.name)': expected \(miss.subject) \(miss.expected), actual \(miss.actual)"
    }
}

extension PastRun {
    /// What the history keeps of a run.
    ///
    /// - Parameters:
    ///   - folder: where its record is.
    ///   - checkout: branch, and whether files differ from the commit.
    init(_ record: RunRecord, folder: String, checkout: CheckoutState) {
        self.init(
            kind: record.header.kind, project: record.header.project, name: record.header.name,
            startedAtMilliseconds: record.header.startedAtMilliseconds,
            durationNanoseconds: record.end?.durationNanoseconds ?? 0,
            verdict: record.end?.verdict.status ?? .interrupted, reasons: record.end?.verdict.reasons ?? [],
            commit: record.header.commit, isChanged: checkout.isChanged, branch: checkout.branch,
            seed: record.header.seed, folder: folder)
        if record.header.kind == .load {
            counts.passed = record.thresholds.count { $0.status == .held }
            counts.failed = record.thresholds.count { $0.status == .broken }
            counts.skipped = record.thresholds.count { $0.status == .noData }
            counts.requests = Int(clamping: LoadTotals(record).requests)
            load = PastLoad(record)
        } else {
            counts.passed = record.tests.count { $0.status == .passed }
            counts.failed = record.tests.count { $0.status == .failed }
            counts.flaky = record.tests.count(where: \.isFlaky)
            counts.quarantined = record.tests.count { $0.status == .quarantined }
            counts.skipped = record.tests.count { $0.status == .skipped || $0.status == .interrupted }
        }
    }
}

/// What of a checkout the commit does not say.
struct CheckoutState: Sendable {
    var branch: String?
    /// Tracked files differ from the commit, or nobody can tell.
    var isChanged: Bool

    /// Variables in which CI servers name the branch of a checkout that has none.
    private static let branchVariables = [
        "GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME", "BUILDKITE_BRANCH",
        "CIRCLE_BRANCH",
    ]

    static func here(_ folder: String, on reactor: Reactor) async -> CheckoutState {
        guard let checkout = GitCheckout(around: folder) else { return CheckoutState(isChanged: false) }
        let named = branchVariables.lazy.compactMap { Host.environment($0) }.first { !$0.isEmpty }
        return CheckoutState(
            branch: checkout.branch ?? named,
            isChanged: await isChanged(folder, on: reactor) ?? (Host.environment("CI") == nil))
    }

    /// - Returns: `nil` when git cannot be asked.
    private static func isChanged(_ folder: String, on reactor: Reactor) async -> Bool? {
        let spec = ProcessSpec(
            command: ["git", "--no-optional-locks", "status", "--porcelain", "--untracked-files=no"],
            folder: folder)
        let deadline = Reactor.monotonicNow() &+ Duration.seconds(2).nanoseconds
        guard let result = try? await ChildProcess.runToEnd(spec, on: reactor, until: deadline),
            result.status.isSuccess
        else { return nil }
        return !result.output.isEmpty
    }
}
