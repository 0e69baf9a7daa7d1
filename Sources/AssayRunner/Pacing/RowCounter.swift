internal import Synchronization

/// How many rows of a feed were given out to passes of all segments of a run.
///
/// Any thread may take: each place is given to one of them.
final class RowCounter: Sendable {
    private let given = Atomic<Int>(0)

    /// The next place.
    ///
    /// - Returns: `nil` when `count` were given out.
    func next(below count: Int) -> Int? {
        let place = given.wrappingAdd(1, ordering: .relaxed).oldValue
        return place < count ? place : nil
    }
}
