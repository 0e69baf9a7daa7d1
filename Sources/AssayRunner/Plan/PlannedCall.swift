internal import AssayScenario
internal import AssayWire

/// A call step made ready.
///
/// A class, so that running a step copies one reference and not the whole plan.
final class PlannedCall: Sendable {
    let action: CallAction
    /// Whether what the call hears is kept for a while.
    let keepsAudio: Bool

    init(_ action: CallAction, keepsAudio: Bool) {
        self.action = action
        self.keepsAudio = keepsAudio
    }
}

extension Planner {
    func plan(_ action: CallAction, _ names: NameTable) -> PlannedCall {
        PlannedCall(action.mapped { fold($0, names) }, keepsAudio: keepsCallAudio)
    }
}

extension CallConnect {
    /// How audio is written: the preset's, with what is said apart from it.
    var format: AudioSocketFormat {
        var format = AudioSocketFormat.named(preset.rawValue) ?? .asteriskApp
        if let rate { format.rate = rate }
        if let type { format.type = type }
        switch encoding {
        case .linear16: format.encoding = .linear16
        case .mulaw: format.encoding = .mulaw
        case nil: break
        }
        return format
    }

    /// How keys go by themselves: Asterisk sends them as messages since 20.14, 21.9, 22.4 and 23.0; what servers of older ones
    /// hear is the tone.
    var usualMeans: CallDigits.Means { preset.isAsterisk ? .frames : .tones }
}
