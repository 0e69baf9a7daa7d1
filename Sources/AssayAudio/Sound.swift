/// Speech as numbers: 16-bit linear samples of one channel.
public struct Sound: Sendable, Hashable {
    public var samples: [Int16]
    /// Samples a second.
    public var rate: Int

    public init(samples: [Int16], rate: Int) {
        self.samples = samples
        self.rate = rate
    }

    /// How long it lasts, nanoseconds.
    public var nanoseconds: Int64 { Int64(samples.count) * 1_000_000_000 / Int64(rate) }
}
