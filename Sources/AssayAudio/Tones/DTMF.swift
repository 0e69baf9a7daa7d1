import AssayCore

/// The sixteen digits of a telephone's keys: two sines at once, one of four rows and one of four columns (ITU-T Q.23).
public enum DTMF {
    public static let digits: [Character] = Array("123A456B789C*0#D")
    static let rows = [697.0, 770, 852, 941]
    static let columns = [1209.0, 1336, 1477, 1633]

    /// −13 dBFS, about what a telephone sends.
    public static let defaultDBFS = -13.0

    /// The two frequencies of a digit, hertz; `nil` for other characters.
    public static func frequencies(of digit: Character) -> (row: Double, column: Double)? {
        let upper = Character(digit.uppercased())
        guard let place = digits.firstIndex(of: upper) else { return nil }
        return (rows[place / 4], columns[place % 4])
    }
}

extension Sound {
    /// The digits one behind the other, each with a pause behind it.
    ///
    /// - Returns: `nil` when a character is no digit of ``DTMF/digits``.
    public static func dtmf(
        _ digits: String, toneFor tone: Duration = .milliseconds(80), pause: Duration = .milliseconds(80),
        dBFS: Double = DTMF.defaultDBFS, rate: Int
    ) -> Sound? {
        var sound = Sound(samples: [], rate: rate)
        for digit in digits {
            guard let (row, column) = DTMF.frequencies(of: digit) else { return nil }
            sound.samples += Sound.tones([row, column], for: tone, dBFS: dBFS, rate: rate).samples
            sound.samples += Sound.silence(for: pause, rate: rate).samples
        }
        return sound
    }
}
