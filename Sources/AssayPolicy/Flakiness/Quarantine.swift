public import AssayCore

/// One line of the quarantine list: tests whose failure does not fail the run, why, and until when.
public struct QuarantineEntry: Sendable {
    /// As ``TestIdentity/isNamed(_:)`` reads it.
    public var test: String
    public var reason: String
    public var issue: String?
    /// The last day of the protection; `nil` for no end.
    public var until: CalendarDay?
    public var location: SourceLocation

    public init(
        test: String, reason: String, issue: String? = nil, until: CalendarDay? = nil,
        location: SourceLocation
    ) {
        self.test = test
        self.reason = reason
        self.issue = issue
        self.until = until
        self.location = location
    }

    func hasExpired(on today: CalendarDay) -> Bool { until.map { $0 < today } ?? false }

    var mark: TestResult.Quarantine {
        TestResult.Quarantine(reason: reason, issue: issue, until: until?.description)
    }
}

/// The project's list of tests that are known to fail now and then.
public struct QuarantineList: Sendable {
    public var entries: [QuarantineEntry] = []
    /// A test that passed so often in a row can leave the list.
    public var releaseAfter = 10

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// The entry that protects a test on a day, or else one that did so until it expired.
    public func entry(for test: TestIdentity, on today: CalendarDay) -> (
        entry: QuarantineEntry, isActive: Bool
    )? {
        let named = entries.filter { test.isNamed($0.test) }
        if let active = named.first(where: { !$0.hasExpired(on: today) }) { return (active, true) }
        return named.first.map { ($0, false) }
    }

    /// Warnings about entries whose day has passed.
    public func expired(on today: CalendarDay) -> [Diagnostic] {
        entries.filter { $0.hasExpired(on: today) }.map { entry in
            Diagnostic(
                "AS262",
                "the quarantine of '\(entry.test)' ended on \(entry.until?.description ?? ""), its failures count again",
                at: entry.location, fix: "mend the test and remove the entry, or give it a later `until`",
                severity: .warning)
        }
    }

    /// Warnings about entries that name none of these tests.
    ///
    /// - Parameter known: all tests of the project, run or not.
    public func unknown(among known: [TestIdentity]) -> [Diagnostic] {
        entries.filter { entry in !known.contains { $0.isNamed(entry.test) } }.map { entry in
            let near = TestIdentity.nearest(to: entry.test, among: known)
            return Diagnostic(
                "AS261", "the quarantine names '\(entry.test)', and the project has no such test",
                at: entry.location, fix: near.map { "did you mean '\($0)'?" } ?? "remove the entry",
                severity: .warning)
        }
    }

    /// Advice to release a test.
    ///
    /// - Parameter streak: how often it passed in a row, this run included.
    public func release(_ test: TestIdentity, afterPassing streak: Int, on today: CalendarDay) -> Diagnostic?
    {
        guard streak >= releaseAfter, let found = entry(for: test, on: today), found.isActive else {
            return nil
        }
        return Diagnostic(
            "AS263", "'\(test.title)' is in quarantine and passed its last \(releaseAfter) runs",
            at: found.entry.location, fix: "remove its entry", severity: .warning)
    }
}

extension RunRecord {
    /// Marks the tests that the list protects, and takes their failures out of the verdict. Call it after all policies.
    ///
    /// - Parameter identify: names a test of this record as the list names it.
    public mutating func quarantine(
        _ list: QuarantineList, on today: CalendarDay, identify: (TestResult) -> TestIdentity
    ) {
        guard !list.isEmpty else { return }
        for index in tests.indices {
            guard let (entry, isActive) = list.entry(for: identify(tests[index]), on: today) else { continue }
            if isActive {
                tests[index].quarantine = entry.mark
                if tests[index].status == .failed { tests[index].status = .quarantined }
            } else if tests[index].status == .failed {
                let note = "its quarantine ended on \(entry.until?.description ?? "") (\(entry.reason))"
                tests[index].reason = tests[index].reason.map { "\($0); \(note)" } ?? note
            }
        }
    }
}
