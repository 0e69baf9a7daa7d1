public import AssayCore

/// An exchange of a double that departs from its contract.
public struct DoubleDrift: Sendable, Equatable {
    /// Name of the double.
    public var double: String
    /// What departs; it has its ``Mismatch/contract``.
    public var mismatch: Mismatch
    /// `POST /charges → 201`
    public var summary: String
    /// When the request came and when it was answered, on the same clock as the tests of the record.
    public var beganAtNanoseconds: Int64
    public var endedAtNanoseconds: Int64

    public init(
        double: String, mismatch: Mismatch, summary: String, beganAtNanoseconds: Int64,
        endedAtNanoseconds: Int64
    ) {
        self.double = double
        self.mismatch = mismatch
        self.summary = summary
        self.beganAtNanoseconds = beganAtNanoseconds
        self.endedAtNanoseconds = endedAtNanoseconds
    }
}

/// Lays departures of doubles at the doors of the tests that ran at their times.
///
/// What happened while exactly one test ran is a step of that test. What nobody can lay at one door (several ran, or none)
/// is a result of its own in the level `contract`, one a double and operation.
///
/// - Parameter origin: start of the run on the clock of the drifts, nanoseconds.
public func judgeDoubleDrifts(_ record: inout RunRecord, _ drifts: [DoubleDrift], since origin: Int64) {
    var own: [Int: [DoubleDrift]] = [:]
    var shared: [DoubleDrift] = []
    var companies: [String: Int] = [:]
    for var drift in drifts {
        drift.beganAtNanoseconds -= origin
        drift.endedAtNanoseconds -= origin
        let running = record.tests.indices.filter { record.tests[$0].runs(during: drift) }
        if running.count == 1 {
            own[running[0], default: []].append(drift)
        } else {
            companies[drift.place] = max(companies[drift.place] ?? 0, running.count)
            shared.append(drift)
        }
    }
    for (test, drifts) in own { record.tests[test].take(drifts) }
    var places: [String] = []
    for drift in shared where !places.contains(drift.place) { places.append(drift.place) }
    record.tests += places.map { place in
        TestResult(shared.filter { $0.place == place }, company: companies[place] ?? 0)
    }
}

extension DoubleDrift {
    /// What results are told apart by.
    fileprivate var place: String { "double '\(double)'" + operation }

    private var operation: String {
        guard let drift = mismatch.contract, !drift.operation.isEmpty else { return "" }
        return " " + drift.operation
    }
}

extension TestResult {
    /// Level of results that belong to no scenario.
    public static let contractLevel = "contract"

    /// Whether it ran when all of an exchange took place; of one with several tries, whether any did.
    fileprivate func runs(during drift: DoubleDrift) -> Bool {
        guard status != .skipped else { return false }
        let begin =
            repetitions?.beganAtNanoseconds ?? attempts.first?.startedAtNanoseconds ?? startedAtNanoseconds
        let end = repetitions?.endedAtNanoseconds ?? startedAtNanoseconds + durationNanoseconds
        return begin <= drift.endedAtNanoseconds && drift.beganAtNanoseconds <= end
    }

    /// Adds a step for each double that departed while it ran; a test that had passed has not.
    fileprivate mutating func take(_ drifts: [DoubleDrift]) {
        var names: [String] = []
        for drift in drifts where !names.contains(drift.double) { names.append(drift.double) }
        for name in names { steps.append(.init(drifts.filter { $0.double == name }, at: location)) }
        if status == .passed { status = .failed }
    }

    /// - Parameter company: how many tests ran then, at most.
    fileprivate init(_ drifts: [DoubleDrift], company: Int) {
        let first = drifts[0]
        let place =
            first.mismatch.contract?.location ?? SourceLocation(file: first.double, line: 1, column: 1)
        self.init(
            level: Self.contractLevel, scenario: first.place, location: place, status: .failed,
            startedAtNanoseconds: max(0, first.beganAtNanoseconds),
            durationNanoseconds: max(0, first.endedAtNanoseconds - first.beganAtNanoseconds),
            steps: [StepResult(drifts, at: place)])
        steps[0].name +=
            company == 0
            ? " (no test ran then)" : " (one of \(company) tests that ran then; --jobs 1 tells which)"
    }
}

extension StepResult {
    /// More places of one double are not told: they are the same again and again.
    private static let limit = 10

    /// What a double was asked and answered; what departs in the same way many times is told once.
    fileprivate init(_ drifts: [DoubleDrift], at location: SourceLocation) {
        var mismatches: [Mismatch] = []
        for drift in drifts where !mismatches.contains(drift.mismatch) && mismatches.count < Self.limit {
            mismatches.append(drift.mismatch)
        }
        let first = drifts[0]
        self.init(
            name: "double '\(first.double)': \(first.summary)", kind: "double", location: location,
            status: .failed, startedAtNanoseconds: max(0, first.beganAtNanoseconds),
            durationNanoseconds: max(0, first.endedAtNanoseconds - first.beganAtNanoseconds),
            mismatches: mismatches)
    }
}
