internal import Synchronization

/// The time that doubles go by: the machine's, moved on by time travel.
public final class DoubleClock: Sendable {
    private let machine: @Sendable () -> Int64
    private let offset = Mutex<Int64>(0)

    /// - Parameter machine: wall clock, milliseconds since 1970 UTC.
    public init(_ machine: @escaping @Sendable () -> Int64) { self.machine = machine }

    /// Milliseconds since 1970 UTC.
    public var nowMilliseconds: Int64 { machine() + offset.withLock { $0 } }

    /// Moves the time of everything that goes by this clock; back with a negative duration.
    public func travel(_ duration: Duration) {
        offset.withLock { $0 += duration.wholeMilliseconds }
    }

    /// Back to the machine's time.
    public func reset() { offset.withLock { $0 = 0 } }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
