import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("Which row comes next")
struct FeedCursorTests {
    typealias Feed = LoadProfile.Feed

    private static func feed(_ rows: Int, _ pick: Feed.Pick, _ per: Feed.Per, _ end: Feed.End? = nil) -> Feed
    {
        let rows = FeedRows((0..<rows).map { JSONObject([("n", .int(Int64($0)))]) })
        return Feed(path: "rows.json", rows: rows, pick: pick, per: per, atEnd: end)
    }

    /// What passes get that take turns on the segments, until `limit` or until all have nothing left.
    private static func taken(_ feed: Feed, segments: Int, limit: Int) -> [Int] {
        var stream = SeededRandom(seed: 1)
        let counter = RowCounter()
        var cursors = (0..<segments).map {
            FeedCursor(
                feed, segment: Segment(index: $0, count: segments), random: SeededRandom(seed: 5),
                counter: counter)
        }
        var rows: [Int] = []
        var empty = 0
        var turn = 0
        while rows.count < limit, empty < segments {
            if let row = cursors[turn % segments].next(of: turn, using: &stream) {
                rows.append(row)
                empty = 0
            } else {
                empty += 1
            }
            turn += 1
        }
        return rows
    }

    @Test(
        "In order, over any number of segments, every row comes once before any comes again",
        arguments: [1, 2, 3])
    func inOrder(segments: Int) {
        #expect(
            Self.taken(Self.feed(6, .inOrder, .iteration), segments: segments, limit: 12) == Array(0..<6)
                + Array(0..<6))
        #expect(
            Self.taken(Self.feed(5, .inOrder, .iteration, .stop), segments: segments, limit: 99)
                == Array(0..<5))
    }

    @Test("A unique row is given out once over all segments", arguments: [1, 2, 4, 7])
    func unique(segments: Int) {
        let feed = Self.feed(100, .unique, .iteration)
        #expect(feed.atEnd == .stop)
        #expect(Self.taken(feed, segments: segments, limit: 1000).sorted() == Array(0..<100))
    }

    @Test(
        "A segment that takes more than its part of a feed with an end gets every row",
        arguments: [LoadProfile.Feed.Pick.inOrder, .shuffled, .unique])
    func uneven(pick: Feed.Pick) {
        let feed = Self.feed(6, pick, .iteration, .fail)
        let counter = RowCounter()
        var cursors = (0..<2).map {
            FeedCursor(
                feed, segment: Segment(index: $0, count: 2), random: SeededRandom(seed: 5), counter: counter)
        }
        var stream = SeededRandom(seed: 1)
        var rows: [Int?] = []
        for segment in [0, 0, 1, 0, 0, 1] { rows.append(cursors[segment].next(of: segment, using: &stream)) }
        #expect(rows.compactMap { $0 }.sorted() == Array(0..<6))
        let after = (0..<2).map { cursors[$0].next(of: $0, using: &stream) }
        #expect(after == [nil, nil])
    }

    @Test(
        "Shuffled rows come all, in an order of chance that is another one in the next round",
        arguments: [1, 2, 3])
    func shuffled(segments: Int) {
        let rows = Self.taken(Self.feed(60, .shuffled, .iteration), segments: segments, limit: 120)
        #expect(rows.prefix(60).sorted() == Array(0..<60) && rows.suffix(60).sorted() == Array(0..<60))
        #expect(Array(rows.prefix(60)) != Array(0..<60) && rows.prefix(60) != rows.suffix(60))
        #expect(rows == Self.taken(Self.feed(60, .shuffled, .iteration), segments: 1, limit: 120))
    }

    @Test("A user has the row of its number, however many segments there are")
    func perUser() {
        var stream = SeededRandom(seed: 1)
        for (end, wanted) in [(Feed.End.repeat, [0, 1, 2, 0]), (.stop, [0, 1, 2, nil])]
            as [(Feed.End, [Int?])]
        {
            var cursor = FeedCursor(
                Self.feed(3, .inOrder, .user, end), segment: Segment(index: 1, count: 2),
                random: SeededRandom(seed: 5), counter: RowCounter())
            #expect((0..<4).map { cursor.next(of: $0, using: &stream) } == wanted)
        }
    }

    @Test("Random rows are any, and never end")
    func random() {
        let rows = Self.taken(Self.feed(3, .random, .iteration), segments: 2, limit: 300)
        #expect(rows.count == 300 && Set(rows) == [0, 1, 2])
    }

    @Test("The order of chance is a permutation", arguments: [1, 2, 3, 4, 5, 16, 17, 1000, 65_537])
    func permutation(count: Int) {
        let order = RowPermutation(count: count, random: SeededRandom(seed: 77))
        var seen = [Bool](repeating: false, count: count)
        for place in 0..<count { seen[order[place]] = true }
        #expect(!seen.contains(false))
    }

    @Test("Where a row lands is even: each of ten comes to each place about as often")
    func evenness() {
        var counts = [Int](repeating: 0, count: 100)
        for seed in 0..<10_000 {
            let order = RowPermutation(count: 10, random: SeededRandom(seed: UInt64(seed)))
            for place in 0..<10 { counts[place * 10 + order[place]] += 1 }
        }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
    }
}
