import AssayCore

/// Finds DTMF digits in a stream of samples, by the energy at the eight frequencies (Goertzel's algorithm) in blocks of 12.75 ms.
///
/// A block holds a digit when (ITU-T Q.24's conditions, with values of our own)
/// - it has at least −45 dBFS, and at least 70 % of its energy is at one row and one column together;
/// - each of these two is at least 8 dB above the other three of its group;
/// - the column is at most 10 dB above the row, and at most 6 dB below.
///
/// A digit is reported when two blocks in a row hold it, and again only after two blocks without it: digits of 40 ms are found,
/// digits of 12 ms are not. Any chunking of the stream gives the same digits. Nothing is allocated but the list of digits found.
public struct ToneDetector: Sendable {
    /// A digit that was found.
    public struct Digit: Sendable, Hashable {
        public var character: Character
        /// Its first sample, at most one block too late.
        public var start: Int

        public init(character: Character, start: Int) {
            self.character = character
            self.start = start
        }
    }

    public let rate: Int
    /// Samples heard.
    public private(set) var position = 0

    private let blockLength: Int
    private let coefficients: SIMD8<Float>
    private let leastEnergy: Float
    private var s1 = SIMD8<Float>()
    private var s2 = SIMD8<Float>()
    private var energy: Float = 0
    private var blockFill = 0
    /// The digit of the last block (its place in ``DTMF/digits``), how many blocks in a row, and what was reported.
    private var last = -1
    private var reported = -1
    private var misses = 0

    private static let leastDBFS = -45.0
    private static let leastPurity: Float = 0.7
    /// Ratios of energies.
    private static let aboveOthers: Float = 6.31  // 8 dB
    private static let columnAbove: Float = 10  // 10 dB: 8, and what the blocks add
    private static let rowAbove: Float = 3.98  // 6 dB

    public init(rate: Int) {
        precondition(rate >= 4_000, "the highest tone has 1633 Hz")
        self.rate = rate
        blockLength = rate * 51 / 4000
        var coefficients = SIMD8<Float>()
        for (place, hertz) in (DTMF.rows + DTMF.columns).enumerated() {
            coefficients[place] = Float(2 * Elementary.cosine(turns: hertz / Double(rate)))
        }
        self.coefficients = coefficients
        leastEnergy = Float(Level.meanSquare(ofDBFS: Self.leastDBFS)) * Float(blockLength)
    }

    /// Hears the next samples.
    ///
    /// - Returns: the digits found since the last call, in order.
    public mutating func push(_ samples: Span<Int16>) -> [Digit] {
        var found: [Digit] = []
        var place = 0
        while place < samples.count {
            let until = min(samples.count, place + blockLength - blockFill)
            var (s1, s2, energy) = (s1, s2, energy)
            for index in place..<until {
                let sample = Float(samples[index])
                energy += sample * sample
                // In this order only one multiplication and one addition wait for the step before.
                let s0 = coefficients * s1 + (SIMD8(repeating: sample) - s2)
                (s2, s1) = (s1, s0)
            }
            (self.s1, self.s2, self.energy) = (s1, s2, energy)
            position += until - place
            blockFill += until - place
            place = until
            if blockFill == blockLength { endBlock(&found) }
        }
        return found
    }

    public mutating func push(_ samples: [Int16]) -> [Digit] { push(samples.span) }

    private mutating func endBlock(_ found: inout [Digit]) {
        let digit = energy >= leastEnergy ? digitOfBlock() : -1
        if digit >= 0, digit == last, digit != reported {
            found.append(Digit(character: DTMF.digits[digit], start: position - 2 * blockLength))
            reported = digit
        }
        misses = digit == reported ? 0 : misses + 1
        if misses == 2 { reported = -1 }
        last = digit
        (s1, s2, energy, blockFill) = (SIMD8(), SIMD8(), 0, 0)
    }

    /// Place of the block's digit in ``DTMF/digits``; -1 for none.
    private func digitOfBlock() -> Int {
        let power = s1 * s1 + s2 * s2 - coefficients * s1 * s2
        var (row, column) = (0, 4)
        for place in 1..<4 where power[place] > power[row] { row = place }
        for place in 5..<8 where power[place] > power[column] { column = place }
        for place in 0..<8 where place != row && place != column {
            guard power[place < 4 ? row : column] >= Self.aboveOthers * power[place] else { return -1 }
        }
        guard power[column] <= Self.columnAbove * power[row], power[row] <= Self.rowAbove * power[column]
        else { return -1 }
        // A pure sine of N samples has the power N/2 times its energy.
        let share = (power[row] + power[column]) * 2 / Float(blockLength)
        return share >= Self.leastPurity * energy ? 4 * row + column - 4 : -1
    }

    /// The digits of a whole sound.
    public static func digits(in sound: Sound) -> [Digit] {
        var detector = ToneDetector(rate: sound.rate)
        return detector.push(sound.samples)
    }
}
