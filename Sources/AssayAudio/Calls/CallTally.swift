/// Counts the calls of a run.
public struct CallTally: Sendable, Hashable {
    /// Calls that the schedule wanted, those that could not be started included.
    public var scheduled = 0
    /// Calls that were over, however they ended.
    public var ended = 0
    /// Calls of which any step failed.
    public var failed = 0

    public init() {}

    /// `call.failed`: calls failing any step, of those scheduled, 0…1; `nil` when none was scheduled.
    public var failedFraction: Double? { scheduled > 0 ? Double(failed) / Double(scheduled) : nil }

    /// Calls that ended, a minute.
    ///
    /// - Parameter nanoseconds: what they were counted over; not above zero gives `nil`.
    public func perMinute(over nanoseconds: Int64) -> Double? {
        nanoseconds > 0 ? Double(ended) * 60e9 / Double(nanoseconds) : nil
    }

    public static func + (left: CallTally, right: CallTally) -> CallTally {
        var sum = left
        sum.scheduled += right.scheduled
        sum.ended += right.ended
        sum.failed += right.failed
        return sum
    }
}
