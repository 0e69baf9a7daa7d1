internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Commands for a Redis: what is constant is bytes already.
///
/// A class, so that running a step copies one reference and not the whole plan.
final class PlannedRedis: Sendable {
    let action: RedisAction
    let commands: [[Word]]
    /// The commands, when nothing in them is computed.
    let fixed: [[[UInt8]]]?
    let timeoutNanoseconds: Int64
    /// Whether an error reply is looked at by the step's own checks.
    let judgesErrors: Bool

    enum Word: Sendable {
        case bytes([UInt8])
        case value(ValueTemplate)
    }

    init(action: RedisAction, commands: [[Word]], timeoutNanoseconds: Int64, judgesErrors: Bool) {
        self.action = action
        self.commands = commands
        self.timeoutNanoseconds = timeoutNanoseconds
        self.judgesErrors = judgesErrors
        let constant = commands.map { words in
            words.compactMap { word in if case .bytes(let bytes) = word { bytes } else { nil } }
        }
        fixed = zip(constant, commands).allSatisfy { $0.count == $1.count } ? constant : nil
    }
}

extension Planner {
    func plan(_ action: RedisAction, _ checks: [Check], _ names: NameTable) -> PlannedRedis {
        let commands = action.commands.map { words in
            words.map { word -> PlannedRedis.Word in
                let folded = fold(word, names)
                // What is null is told when the step runs, with its place.
                guard let constant = folded.constantValue, constant != .null else { return .value(folded) }
                return .bytes(Array(constant.templateText.utf8))
            }
        }
        let judgesErrors = checks.contains { if case .error = $0.subject { true } else { false } }
        return PlannedRedis(
            action: action, commands: commands,
            timeoutNanoseconds: (action.timeout ?? standardTimeout).nanoseconds, judgesErrors: judgesErrors)
    }
}
