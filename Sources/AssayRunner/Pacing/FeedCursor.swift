internal import AssayCore
internal import AssayScenario

/// Which row of a feed comes next on one segment.
///
/// A feed per user gives user *i* the row *i*. Of a feed per iteration that repeats, the *k*-th pass of segment *s* of
/// *n* has the row *k*·*n* + *s*, so that all segments together give every row once before any comes again. The rows
/// of one that ends are taken from a counter that all segments share: it ends when all rows were given out, however
/// users divide over segments. Which pass gets which row then depends on timing where there are several segments; each
/// row is given out once.
struct FeedCursor: Sendable {
    private let pick: LoadProfile.Feed.Pick
    private let per: LoadProfile.Feed.Per
    private let repeats: Bool
    private let rowCount: Int
    private let step: Int
    private var upcoming: Int
    private let random: SeededRandom
    private let counter: RowCounter
    /// The order of one round through the rows; each round has its own.
    private var order: RowPermutation?
    private var round = -1

    /// - Parameters:
    ///   - random: of the feed, the same for all segments.
    ///   - counter: of the feed, shared by all segments of the run.
    init(_ feed: LoadProfile.Feed, segment: Segment, random: SeededRandom, counter: RowCounter) {
        pick = feed.pick
        per = feed.per
        repeats = feed.atEnd == .repeat && feed.pick != .unique
        rowCount = feed.rows.count
        step = segment.count
        upcoming = segment.index
        self.random = random
        self.counter = counter
    }

    /// Whether a user keeps the row that it was given.
    var keepsRow: Bool { per == .user }

    /// The next row.
    ///
    /// - Parameters:
    ///   - user: its number over all segments.
    ///   - stream: of the user, drawn from when any row will do.
    /// - Returns: `nil` when every row was given out.
    mutating func next<Stream: RandomNumberGenerator>(of user: Int, using stream: inout Stream) -> Int? {
        guard rowCount > 0 else { return nil }
        if pick == .random { return Int.random(in: 0..<rowCount, using: &stream) }
        if per == .iteration, !repeats {
            guard let place = counter.next(below: rowCount) else { return nil }
            return row(place, round: 0)
        }
        var place = user
        if per == .iteration {
            place = upcoming
            upcoming += step
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
