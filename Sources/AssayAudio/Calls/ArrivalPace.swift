/// Whether audio comes steadily, but faster or slower than its type says it is to be played.
///
/// 16 kHz sent as 8 kHz gives twice the time of audio in the time it took to come: a caller would hear it at half speed.
/// Bursts come faster too, but not steadily, and give no statement.
struct ArrivalPace: Sendable {
    /// Rates that a voice server may have meant.
    private static let rates = [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]
    private static let leastSpan: Int64 = 400_000_000
    private static let mostGap: Int64 = 60_000_000
    private static let tolerance = 0.04

    private let firstArrival: Int64
    private var lastArrival: Int64
    /// Audio that came with and since the first arrival, and with the last alone.
    private var carried: Int64
    private var carriedLast: Int64
    private var longestGap: Int64 = 0

    init(_ duration: Int64, at time: Int64) {
        (firstArrival, lastArrival) = (time, time)
        (carried, carriedLast) = (duration, duration)
    }

    mutating func arrive(_ duration: Int64, at time: Int64) {
        if time > lastArrival {
            longestGap = max(longestGap, time - lastArrival)
            lastArrival = time
            carriedLast = 0
        }
        carried += duration
        carriedLast += duration
    }

    /// The rate that would have made the audio last as long as it took to come; `nil` when that is `rate` itself, none
    /// of the usual ones, or cannot be told.
    func fittingRate(insteadOf rate: Int) -> Int? {
        let span = lastArrival - firstArrival
        guard span >= Self.leastSpan, longestGap <= Self.mostGap else { return nil }
        // The last arrival's audio is played after the span.
        let ratio = Double(carried - carriedLast) / Double(span)
        guard abs(ratio - 1) > Self.tolerance else { return nil }
        return Self.rates.first { other in
            other != rate && abs(ratio * Double(rate) / Double(other) - 1) <= Self.tolerance
        }
    }
}
