/// A stretch of a schedule in which the rate is one line.
struct RatePiece: Sendable {
    let at: Int64
    let length: Int64
    let from: Double
    let to: Double
    /// The integral of the rate up to the piece and to its end.
    let reachedBefore: Double
    let reachedAfter: Double

    init(_ part: StageLine.Part, reachedBefore: Double) {
        (at, length, from, to) = (part.at, part.length, part.from, part.to)
        self.reachedBefore = reachedBefore
        let reached = reachedBefore + (from + to) / 2 * (Double(length) / 1e9)
        // 0.1/s for 30 s should reach 3, not a hair less: the sum must not lose a start to rounding.
        let whole = reached.rounded()
        reachedAfter = abs(reached - whole) < 1e-9 + whole * 1e-14 ? max(whole, reachedBefore) : reached
    }

    var end: Int64 { at + length }
    /// Change of the rate, per second and second.
    var slope: Double { (to - from) / (Double(length) / 1e9) }

    /// Where the integral of the rate reaches `wanted`, which lies in this piece: the root of
    /// from·t + slope/2·t² = x, written so that nothing cancels.
    func time(reaching wanted: Double) -> Int64 {
        let x = wanted - reachedBefore
        guard x > 0 else { return at }
        let root = max(0, from * from + 2 * slope * x).squareRoot()
        let nanoseconds = 2 * x / (from + root) * 1e9
        return at + (nanoseconds < Double(length) ? Int64(nanoseconds.rounded()) : length)
    }
}
