/// A listener without loss: each frame is played when it has arrived and the one before it has ended.
///
/// p_i = max(a_i, p_{i−1} + d_{i−1})
struct Playout: Sendable {
    /// A frame in the listener's time, nanoseconds.
    struct Frame: Sendable, Equatable {
        var start: Int64
        var end: Int64
        /// How long it waited: its start − its arrival.
        var lead: Int64
        /// How long the listener had nothing to play before it; zero for the first.
        var underrun: Int64
    }

    /// When all that has arrived is played.
    private(set) var end: Int64?

    mutating func arrive(_ duration: Int64, at time: Int64) -> Frame {
        let start = max(time, end ?? time)
        let frame = Frame(
            start: start, end: start + duration, lead: start - time, underrun: start - (end ?? start))
        end = frame.end
        return frame
    }
}
