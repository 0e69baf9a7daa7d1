internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Checks and captures of a step that are judged on the response's bytes, without building values.
///
/// Taken apart by kind, so that a load goes over small arrays; when anything fails the full judgement tells what.
final class FastJudgement: Sendable {
    struct Literal: Sendable {
        var path: CompiledPath
        var wanted: JSON
    }
    struct Taken: Sendable {
        var slot: Int
        var path: CompiledPath
        /// An empty text is nothing.
        var refusesEmpty: Bool
    }

    let statuses: [StatusCodes]
    /// Bounds of the service time.
    let durations: [Matcher<JSON>]
    let literals: [Literal]
    let captures: [Taken]
    private let measuresBody: Bool
    /// Indices of all checks, to be counted as held.
    let checks: [Int]

    var needsBody: Bool { !literals.isEmpty || !captures.isEmpty || measuresBody }

    /// - Returns: `nil` when a check, capture or metric has no such form.
    init?(_ checks: [PlannedCheck], _ captures: [PlannedCapture], _ metrics: [PlannedMetric]) {
        var statuses: [StatusCodes] = []
        var durations: [Matcher<JSON>] = []
        var literals: [Literal] = []
        for check in checks {
            guard let matcher = check.check.matcher.constant else { return nil }
            switch check.check.subject {
            case .status: statuses.append(StatusCodes(accepting: matcher))
            case .duration: durations.append(matcher)
            case .json(.fixed(let path, _)):
                guard let compiled = path.compiled, case .equals(let wanted) = matcher else { return nil }
                literals.append(Literal(path: compiled, wanted: wanted))
            default: return nil
            }
        }
        var taken: [Taken] = []
        for capture in captures {
            guard let path = capture.path else { return nil }
            taken.append(
                Taken(slot: capture.slot, path: path, refusesEmpty: capture.capture.refusesEmpty))
        }
        var measuresBody = false
        for metric in metrics {
            switch metric.value {
            case .constant, .computed: break
            case .path: measuresBody = true
            case .taken: return nil
            }
        }
        self.measuresBody = measuresBody
        self.statuses = statuses
        self.durations = durations
        self.literals = literals
        self.captures = taken
        self.checks = checks.map(\.index)
    }
}
