/// A seeded stream of random numbers that can be split into independent streams.
///
/// The same seed gives the same numbers everywhere, and ``split(_:)`` depends only on the seed and the index: a user's
/// stream does not depend on how the users were scheduled. Source: xoshiro256** and SplitMix64 of Blackman and Vigna
/// (public domain). Not for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    /// What this stream was made from; enough to make it again.
    public let seed: UInt64
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    public init(seed: UInt64) {
        self.seed = seed
        var mixer = SplitMix64(state: seed)
        (a, b, c, d) = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let result = rotate(b &* 5, 7) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotate(d, 45)
        return result
    }

    /// The stream number `index` of this seed, whatever was drawn from this one before.
    public func split(_ index: UInt64) -> SeededRandom {
        var mixer = SplitMix64(state: seed ^ 0x6A09_E667_F3BC_C909)
        let base = mixer.next()
        mixer = SplitMix64(state: base ^ (index &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03))
        return SeededRandom(seed: mixer.next())
    }

    private func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }
}

/// The generator that turns one word into the state of another.
struct SplitMix64 {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension SeededRandom {
    /// A whole number of the range, each equally likely.
    public mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A fraction in 0..<1, a multiple of 2⁻⁵³.
    public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of the range, the upper bound left out; the lower bound when the range is empty.
    public mutating func double(in range: Range<Double>) -> Double {
        let drawn = range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
        return drawn < range.upperBound ? drawn : range.lowerBound
    }

    /// True with a probability in 0...1.
    public mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

    /// A waiting time between independent events, with the mean given; at least 0.
    public mutating func exponential(mean: Double) -> Double {
        -mean * naturalLogarithm(1 - fraction())
    }

    /// One of the elements; `nil` when there is none.
    public mutating func pick<Elements: RandomAccessCollection>(_ elements: Elements) -> Elements.Element? {
        elements.randomElement(using: &self)
    }

    /// The elements in random order.
    public mutating func shuffled<Elements: Sequence>(_ elements: Elements) -> [Elements.Element] {
        elements.shuffled(using: &self)
    }
}

extension SeededRandom {
    /// The seed as a person copies it: `8F2C61`.
    public var seedText: String { String(seed, radix: 16, uppercase: true) }

    /// Reads a seed as ``seedText`` writes it, in either case, with or without `0x`.
    ///
    /// - Returns: `nil` when the text is not 1 to 16 hexadecimal digits.
    public static func seed(parsing text: String) -> UInt64? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard (1...16).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            return nil
        }
        return UInt64(digits, radix: 16)
    }
}

/// ln x for 0 < x ≤ 1, the same bits on every machine: replay must not depend on a C library's rounding.
///
/// x = m·2ᵉ with m in √½..<√2; ln m = 2·artanh((m − 1)/(m + 1)) as a series, within 1e-15.
func naturalLogarithm(_ x: Double) -> Double {
    let (exponent, ofFraction) = splitLogarithm(x)
    return exponent * 0.693147180559945309417232121458 + ofFraction
}

/// The parts of a logarithm: e and ln m of x = m·2ᵉ, for x > 0; see ``naturalLogarithm(_:)``.
public func splitLogarithm(_ x: Double) -> (exponent: Double, ofFraction: Double) {
    var (exponent, fraction) = (Double(x.exponent), x.significand)
    if fraction > 2.0.squareRoot() {
        fraction /= 2
        exponent += 1
    }
    let s = (fraction - 1) / (fraction + 1)
    let square = s * s
    var (term, sum, divisor) = (s, 0.0, 1.0)
    while divisor < 24 {
        sum += term / divisor
        term *= square
        divisor += 2
    }
    return (exponent, 2 * sum)
}
