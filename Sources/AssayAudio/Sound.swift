import AssayCore

/// Speech as numbers: 16-bit linear samples of one channel.
public struct Sound: Sendable, Hashable {
    public var samples: [Int16]
    /// Samples a second.
    public var rate: Int

    public init(samples: [Int16], rate: Int) {
        precondition(rate > 0, "a sound has samples a second")
        self.samples = samples
        self.rate = rate
    }

    /// How long it lasts, nanoseconds.
    public var nanoseconds: Int64 { Self.nanoseconds(ofSamples: samples.count, rate: rate) }

    /// When the sample number `count` begins, nanoseconds from the start.
    public static func nanoseconds(ofSamples count: Int, rate: Int) -> Int64 {
        Int64(count / rate) * 1_000_000_000 + Int64(count % rate) * 1_000_000_000 / Int64(rate)
    }

    /// How many whole samples a time holds; 0 for a negative time.
    public static func samples(in time: Duration, rate: Int) -> Int {
        samples(inNanoseconds: time.nanoseconds, rate: rate)
    }

    /// How many whole samples that many nanoseconds hold; 0 for a negative number.
    public static func samples(inNanoseconds time: Int64, rate: Int) -> Int {
        guard time > 0 else { return 0 }
        return Int(time / 1_000_000_000) * rate + Int(time % 1_000_000_000) * rate / 1_000_000_000
    }

    /// The samples of `range` as a sound of their own; what lies outside is left out.
    public func cut(_ range: Range<Int>) -> Sound {
        Sound(samples: Array(samples[range.clamped(to: samples.indices)]), rate: rate)
    }

    /// One behind the other; the second is resampled to the rate of the first when they differ.
    public static func + (first: Sound, second: Sound) -> Sound {
        Sound(samples: first.samples + second.resampled(to: first.rate).samples, rate: first.rate)
    }
}
