public import AssayCore
public import AssayScenario

/// When iterations start in an open model: so many a second, whatever the answers take.
///
/// The rate is a line through the stages. At a constant rate start *k* (from 0) falls at *k*/rate, the first at once;
/// otherwise start *k* falls where the integral of the rate reaches *k* + 1, fractions carried over from stage to
/// stage. Times are nanoseconds from the start of the schedule, computed in closed form: 100 000/s for an hour is as
/// exact at its end as at its beginning.
public struct ArrivalSchedule: Sendable {
    /// Corners of the rate, for the charts.
    public let corners: [LoadPlan.Corner]
    /// The whole length, nanoseconds.
    public let lengthNanoseconds: Int64
    /// How many starts there are in all segments together.
    public let count: Int

    private let pieces: [RatePiece]
    /// The rate per second, when it is the same all the time.
    private let constantRate: Double?

    /// - Parameters:
    ///   - start: the rate at the beginning.
    ///   - stages: linear changes in order; length zero jumps. Negative lengths and rates count as zero.
    public init(start: Rate, stages: [LoadProfile.Stage<Rate>]) {
        var line = StageLine(start: max(0, start.perSecond))
        for stage in stages { line.append(stage.length.nanoseconds, to: max(0, stage.target.perSecond)) }
        var pieces: [RatePiece] = []
        var reached = 0.0
        for part in line.parts {
            let piece = RatePiece(part, reachedBefore: reached)
            reached = piece.reachedAfter
            pieces.append(piece)
        }
        let first = pieces.first?.from ?? 0
        let isConstant = pieces.allSatisfy { $0.from == first && $0.to == first }
        constantRate = isConstant && first > 0 ? first : nil
        self.pieces = pieces
        corners = line.corners
        lengthNanoseconds = line.end
        // At a constant rate the start at t = 0 counts and one at the very end does not.
        count = Int(min(reached.rounded(isConstant ? .up : .down), 9e15))
    }

    /// The moment of one start.
    ///
    /// - Returns: nanoseconds; `nil` when there is no such start.
    public func time(of start: Int) -> Int64? {
        guard start >= 0, start < count else { return nil }
        if let constantRate { return Int64((Double(start) / constantRate * 1e9).rounded()) }
        let wanted = Double(start) + 1
        var (low, high) = (0, pieces.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].reachedAfter < wanted { low = middle + 1 } else { high = middle }
        }
        return pieces[low].time(reaching: wanted)
    }

    /// The planned rate at a moment, per second; zero outside the schedule.
    public func rate(at nanoseconds: Int64) -> Double {
        guard let piece = pieces.last(where: { $0.at <= nanoseconds && nanoseconds <= $0.end }) else {
            return 0
        }
        return piece.from + piece.slope * Double(nanoseconds - piece.at) / 1e9
    }

    /// The starts of one segment in order: start *k* belongs to segment *k* mod count.
    public func starts(of segment: Segment = .whole) -> Starts {
        Starts(schedule: self, upcoming: segment.index, step: segment.count)
    }

    /// A run over the starts of one segment; each is computed when asked for, in O(log stages).
    public struct Starts: Sequence, IteratorProtocol, Sendable {
        let schedule: ArrivalSchedule
        var upcoming: Int
        let step: Int

        /// How many are left.
        public var remaining: Int {
            upcoming >= schedule.count ? 0 : (schedule.count - upcoming - 1) / step + 1
        }

        /// The next start: its number in the whole schedule, and nanoseconds from the start of the schedule.
        public mutating func next() -> Start? {
            guard let time = schedule.time(of: upcoming) else { return nil }
            defer { upcoming += step }
            return Start(number: upcoming, atNanoseconds: time)
        }
    }

    public struct Start: Sendable, Equatable {
        /// Counted from 0 over all segments.
        public var number: Int
        public var atNanoseconds: Int64
        public init(number: Int, atNanoseconds: Int64) {
            self.number = number
            self.atNanoseconds = atNanoseconds
        }
    }
}

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
