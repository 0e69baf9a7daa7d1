import AssayCore

/// White noise of one level, sample by sample: what a telephone line sounds like when nobody speaks.
///
/// The same seed gives the same samples. Integer arithmetic, nothing is allocated.
public struct NoiseFloor: Sendable {
    private var random: SeededRandom
    private let factor: Int64

    /// Four 16-bit numbers, each equally likely, add up to nearly a normal distribution with this variance.
    private static let variance = 4 * (0x1p32 - 1) / 12
    private static let shift: Int64 = 24

    /// - Parameter dBFS: root mean square; nothing is left of levels below −96.
    public init(dBFS: Double, seed: UInt64) {
        random = SeededRandom(seed: seed)
        let ratio = (Level.meanSquare(ofDBFS: min(dBFS, 0)) / Self.variance).squareRoot()
        factor = Int64((ratio * Double(1 << Self.shift)).rounded())
    }

    public mutating func next() -> Int16 {
        let bits = random.next()
        var sum = Int64(bits & 0xFFFF)
        sum += Int64(bits >> 16 & 0xFFFF)
        sum += Int64(bits >> 32 & 0xFFFF)
        sum += Int64(bits >> 48)
        // The mean of each is 32767.5.
        let centred = 2 * sum - 4 * 0xFFFF
        return Int16(clamping: (centred * factor + 1 << Self.shift) >> (Self.shift + 1))
    }

    /// Appends `count` samples.
    public mutating func append(_ count: Int, to samples: inout [Int16]) {
        for _ in 0..<count { samples.append(next()) }
    }

    /// Adds noise to samples that are there, clipped at full scale.
    public mutating func add(to samples: inout [Int16]) {
        for place in samples.indices {
            samples[place] = Int16(clamping: Int32(samples[place]) + Int32(next()))
        }
    }
}
