/// What Asterisk's queue of a channel does to audio that comes faster than it is played.
///
/// The queue holds 96 frames of 20 ms and plays one each 20 ms. A frame over that flushes it: 16 frames stay. So of 4 s
/// sent as one burst a caller hears 0.32 s, as was heard in calls made with a real Asterisk. While the burst lasts, no
/// more than those stay; it is over with the first pause of half a frame. How many messages carry the audio makes no
/// difference: it is counted as time.
public struct QueueModel: Sendable, Hashable {
    private static let frame: Int64 = 20_000_000
    private static let limit = 96 * frame
    private static let kept = 16 * frame
    private static let burstPause = frame / 2

    private var waiting: Int64 = 0
    private var lastArrival: Int64?
    private var isFlushing = false
    /// Audio that arrived, nanoseconds.
    public private(set) var arrived: Int64 = 0
    /// Audio that was flushed, nanoseconds.
    public private(set) var lost: Int64 = 0

    public init() {}

    /// Audio of `duration` nanoseconds arrives at `time`; times do not decrease, an earlier one counts as the last.
    public mutating func arrive(_ duration: Int64, at time: Int64) {
        let passed = max(0, time - (lastArrival ?? time))
        lastArrival = max(time, lastArrival ?? time)
        arrived += duration
        waiting = max(0, waiting - passed) + duration
        if passed >= Self.burstPause { isFlushing = false }
        if waiting > Self.limit { isFlushing = true }
        guard isFlushing, waiting > Self.kept else { return }
        lost += waiting - Self.kept
        waiting = Self.kept
    }
}
