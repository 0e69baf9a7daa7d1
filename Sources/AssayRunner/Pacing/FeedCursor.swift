internal import AssayCore
internal import AssayScenario

/// Which row of a feed comes next on one segment; rows are striped over segments like everything else.
///
/// A feed per user gives user *i* the row *i*; a feed per iteration gives the *k*-th pass of segment *s* of *n* the row
/// *k*·*n* + *s*, so that all segments together give every row once before any comes again.
struct FeedCursor: Sendable {
    private let pick: LoadProfile.Feed.Pick
    private let per: LoadProfile.Feed.Per
    private let repeats: Bool
    private let rowCount: Int
    private let step: Int
    private var upcoming: Int
    private let random: SeededRandom
    /// The order of one round through the rows; each round has its own.
    private var order: RowPermutation?
    private var round = -1

    /// - Parameter random: of the feed, the same for all segments.
    init(_ feed: LoadProfile.Feed, segment: Segment, random: SeededRandom) {
        pick = feed.pick
        per = feed.per
        repeats = feed.atEnd == .repeat
        rowCount = feed.rows.count
        step = segment.count
        upcoming = segment.index
        self.random = random
    }

    /// Whether a user keeps the row that it was given.
    var keepsRow: Bool { per == .user }

    /// The next row.
    ///
    /// - Parameters:
    ///   - user: its number over all segments.
    ///   - stream: of the user, drawn from when any row will do.
    /// - Returns: `nil` when every row of this segment was given out.
    mutating func next<Stream: RandomNumberGenerator>(of user: Int, using stream: inout Stream) -> Int? {
        guard rowCount > 0 else { return nil }
        if pick == .random { return Int.random(in: 0..<rowCount, using: &stream) }
        var place = user
        if per == .iteration {
            place = upcoming
            if repeats || place < rowCount { upcoming += step }
        }
        guard place >= rowCount else { return row(place, round: 0) }
        return repeats ? row(place % rowCount, round: place / rowCount) : nil
    }

    private mutating func row(_ place: Int, round: Int) -> Int {
        guard pick == .shuffled else { return place }
        if self.round != round || order == nil {
            self.round = round
            order = RowPermutation(count: rowCount, random: random.split(UInt64(round)))
        }
        return order?[place] ?? place
    }
}
