public import AssayCore
public import AssayScenario

/// How many users there are in a closed model, and when each starts and stops.
///
/// The number follows a line through the stages: on the way up user *i* (from 0) starts where the line reaches
/// *i* + 1, on the way down it stops where the line reaches *i*; a stage of length zero jumps, and jumps at the same
/// moment are one. The users there at the end of the schedule are stopped by whoever runs it. Times are nanoseconds from the start of the schedule.
public struct UserSchedule: Sendable {
    /// Corners of the number of users, for the charts.
    public let corners: [LoadPlan.Corner]
    /// The whole length, nanoseconds.
    public let lengthNanoseconds: Int64
    /// The most users there are at one time.
    public let maximumUsers: Int

    /// Stretches of one direction, jumps among them.
    private let moves: [Move]

    struct Move: Sendable {
        var at: Int64
        var length: Int64
        var from: Int
        var to: Int

        /// The moment at which the number of users becomes `number`.
        func time(of number: Int) -> Int64 {
            guard length > 0, from != to else { return at }
            let part = Double(abs(number - from)) / Double(abs(to - from))
            return at + Int64((Double(length) * part).rounded())
        }
    }

    /// - Parameters:
    ///   - start: users at the beginning.
    ///   - stages: linear changes in order; length zero jumps. Negative lengths and numbers count as zero.
    public init(start: Int, stages: [LoadProfile.Stage<Int>]) {
        let line = StageLine(start: Double(max(0, start)), stages) { Double(max(0, $0)) }
        var moves = [Move(at: 0, length: 0, from: 0, to: Int(line.parts.first?.from ?? line.last))]
        for part in line.parts {
            let before = moves[moves.count - 1].to
            let (from, to) = (Int(part.from), Int(part.to))
            if from != before { moves.append(Move(at: part.at, length: 0, from: before, to: from)) }
            moves.append(Move(at: part.at, length: part.length, from: from, to: to))
        }
        let before = moves[moves.count - 1].to
        if Int(line.last) != before {
            moves.append(Move(at: line.end, length: 0, from: before, to: Int(line.last)))
        }
        self.moves = moves
        corners = line.corners
        lengthNanoseconds = line.end
        maximumUsers = moves.reduce(0) { max($0, $1.to) }
    }

    /// How many users the plan has at a moment, in all segments together; none after the end.
    public func users(at nanoseconds: Int64) -> Int {
        guard nanoseconds >= 0, nanoseconds <= lengthNanoseconds,
            let move = moves.last(where: { $0.at <= nanoseconds })
        else { return 0 }
        guard move.length > 0, nanoseconds < move.at + move.length else { return move.to }
        // The same moments as the changes: count the steps whose rounded time has come.
        let part = Double(nanoseconds - move.at) / Double(move.length)
        let sign = move.to < move.from ? -1 : 1
        let steps = abs(move.to - move.from)
        var done = min(steps, Int(Double(steps) * part))
        while done < steps, move.time(of: move.from + sign * (done + 1)) <= nanoseconds { done += 1 }
        while done > 0, move.time(of: move.from + sign * done) > nanoseconds { done -= 1 }
        return move.from + sign * done
    }

    /// The starts and stops of one segment's users in order: user *i* belongs to segment *i* mod count.
    public func changes(of segment: Segment = .whole) -> Changes {
        Changes(moves: moves, segment: segment)
    }

    /// A user starts or stops.
    public struct Change: Sendable, Equatable {
        public enum Kind: Sendable { case start, stop }
        public var atNanoseconds: Int64
        /// Counted from 0 over all segments.
        public var user: Int
        public var kind: Kind
        public init(atNanoseconds: Int64, user: Int, kind: Kind) {
            self.atNanoseconds = atNanoseconds
            self.user = user
            self.kind = kind
        }
    }

    /// A run over the changes of one segment, each computed when asked for.
    public struct Changes: Sequence, IteratorProtocol, Sendable {
        let moves: [Move]
        let segment: Segment
        var move = 0
        /// Users there are; the move under way goes on from here.
        var users = 0

        init(moves: [Move], segment: Segment) {
            self.moves = moves
            self.segment = segment
        }

        public mutating func next() -> Change? {
            while move < moves.count {
                let current = moves[move]
                while users != current.to {
                    let isStart = users < current.to
                    let user = isStart ? users : users - 1
                    users += isStart ? 1 : -1
                    if user % segment.count == segment.index {
                        return Change(
                            atNanoseconds: current.time(of: users), user: user,
                            kind: isStart ? .start : .stop)
                    }
                }
                move += 1
            }
            return nil
        }
    }
}
