import AssayCore

/// Marks a recording with a DTMF digit of 80 ms, so that who hears it knows which one it is without judging speech.
public enum MarkerTones {
    public static let length = Duration.milliseconds(80)
    /// Silence between the digit and the recording.
    public static let gap = Duration.milliseconds(60)

    public enum Place: Sendable, Hashable {
        /// In front: known within 100 ms, and it is the first that is heard of the answer.
        case before
        /// Behind: tells that the answer was heard to its end.
        case after
    }

    /// - Returns: `nil` when the digit is none of ``DTMF/digits``.
    public static func mark(
        _ sound: Sound, with digit: Character, _ place: Place = .before, dBFS: Double = DTMF.defaultDBFS
    ) -> Sound? {
        guard
            let tone = Sound.dtmf(String(digit), toneFor: length, pause: .zero, dBFS: dBFS, rate: sound.rate)
        else { return nil }
        let gap = Sound.silence(for: gap, rate: sound.rate)
        return place == .before ? tone + gap + sound : sound + gap + tone
    }

    /// The digits that a recording is marked with, in order.
    public static func found(in sound: Sound) -> [Character] {
        ToneDetector.digits(in: sound).map(\.character)
    }
}
