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
    /// How many starts there are in all segments together; when they are random, how many there are in the mean.
    public let count: Int

    private let pieces: [RatePiece]
    /// Where stages end, and most users in them; empty when none says so.
    private let limits: [Limit]

    private struct Limit: Sendable {
        var until: Int64
        var users: Int?
    }
    /// The rate per second, when it is the same all the time.
    private let constantRate: Double?
    /// Of the gaps of random starts; `nil` when they are even.
    private let random: SeededRandom?

    /// - Parameters:
    ///   - start: the rate at the beginning.
    ///   - stages: linear changes in order; length zero jumps. Negative lengths and rates count as zero.
    ///   - random: makes the starts a Poisson process with the rate as its mean; the same stream, the same starts.
    ///   - beginsAtOnce: whether a rate that is the same all the time has its first start at once.
    public init(
        start: Rate, stages: [LoadProfile.Stage<Rate>], random: SeededRandom? = nil, beginsAtOnce: Bool = true
    ) {
        let line = StageLine(start: max(0, start.perSecond), stages) { max(0, $0.perSecond) }
        var pieces: [RatePiece] = []
        var reached = 0.0
        for part in line.parts {
            let piece = RatePiece(part, reachedBefore: reached)
            reached = piece.reachedAfter
            pieces.append(piece)
        }
        let first = pieces.first?.from ?? 0
        let isConstant = beginsAtOnce && pieces.allSatisfy { $0.from == first && $0.to == first }
        constantRate = isConstant && first > 0 ? first : nil
        self.pieces = pieces
        self.random = random
        limits = Self.limits(stages)
        corners = line.corners
        lengthNanoseconds = line.end
        // At a constant rate the start at t = 0 counts and one at the very end does not.
        count = Int(min(reached.rounded(isConstant && random == nil ? .up : .down), 9e15))
    }

    /// The moment of one start of an even schedule.
    ///
    /// - Returns: nanoseconds; `nil` when there is no such start, or they are random.
    public func time(of start: Int) -> Int64? {
        guard random == nil, start >= 0, start < count else { return nil }
        if let constantRate { return Int64((Double(start) / constantRate * 1e9).rounded()) }
        return time(reaching: Double(start) + 1)
    }

    /// Where the integral of the rate reaches a number; `nil` when it never does.
    private func time(reaching wanted: Double) -> Int64? {
        guard let last = pieces.last, wanted <= last.reachedAfter else { return nil }
        var (low, high) = (0, pieces.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].reachedAfter < wanted { low = middle + 1 } else { high = middle }
        }
        return pieces[low].time(reaching: wanted)
    }

    private static func limits(_ stages: [LoadProfile.Stage<Rate>]) -> [Limit] {
        guard stages.contains(where: { $0.mostUsers != nil }) else { return [] }
        var end: Int64 = 0
        return stages.map { stage in
            end += max(0, stage.length.nanoseconds)
            return Limit(until: end, users: stage.mostUsers)
        }
    }

    /// Most users that a start at a moment may find busy and still begin; `nil` when the stage does not say.
    func mostUsers(at nanoseconds: Int64) -> Int? {
        limits.first { nanoseconds <= $0.until }?.users
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
        Starts(schedule: self, upcoming: segment.index, step: segment.count, random: random)
    }

    /// A run over the starts of one segment; each is computed when asked for, in O(log stages).
    ///
    /// Random starts are those of a Poisson process of rate 1 in a time that runs as fast as the rate (inversion of the
    /// integral). Every segment draws all gaps and keeps its own, so the segments together are the same process however
    /// many there are.
    public struct Starts: Sequence, IteratorProtocol, Sendable {
        let schedule: ArrivalSchedule
        var upcoming: Int
        let step: Int
        var random: SeededRandom?
        /// Starts that were drawn so far, and where in the integral of the rate the last one lies.
        private var drawn = 0
        private var reached = 0.0

        init(schedule: ArrivalSchedule, upcoming: Int, step: Int, random: SeededRandom?) {
            self.schedule = schedule
            self.upcoming = upcoming
            self.step = step
            self.random = random
        }

        /// How many are left; of random ones, about how many.
        public var remaining: Int {
            upcoming >= schedule.count ? 0 : (schedule.count - upcoming - 1) / step + 1
        }

        /// The next start: its number in the whole schedule, and nanoseconds from the start of the schedule.
        public mutating func next() -> Start? {
            guard let time = random == nil ? schedule.time(of: upcoming) : drawnTime() else { return nil }
            defer { upcoming += step }
            return Start(number: upcoming, atNanoseconds: time)
        }

        private mutating func drawnTime() -> Int64? {
            guard var random else { return nil }
            while drawn <= upcoming {
                reached += random.exponential(mean: 1)
                drawn += 1
            }
            self.random = random
            return schedule.time(reaching: reached)
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
