internal import AssayCore

/// The numbers below a bound in an order of chance that is computed, not kept: O(1) memory for any number of rows.
///
/// A Feistel network over the smallest even number of bits that holds the bound; results beyond it are put through again
/// until they fall below (cycle walking), at most four times in the mean. Every number comes once.
struct RowPermutation: Sendable {
    let count: Int
    private let halfBits: UInt64
    private let keys: [UInt64]

    private static let rounds = 6

    /// - Parameters:
    ///   - count: numbers to be put in order; at least 1.
    ///   - random: the same stream, the same order.
    init(count: Int, random: SeededRandom) {
        var random = random
        self.count = max(1, count)
        let bits = UInt64(max(2, Int.bitWidth - max(0, count - 1).leadingZeroBitCount))
        halfBits = (bits + 1) / 2
        keys = (0..<Self.rounds).map { _ in random.next() }
    }

    /// The number at a place; both are below ``count``.
    subscript(place: Int) -> Int {
        var value = UInt64(place)
        repeat { value = mixed(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func mixed(_ value: UInt64) -> UInt64 {
        let mask = (1 << halfBits) - 1 as UInt64
        var (left, right) = (value >> halfBits, value & mask)
        for key in keys {
            var hash = (right ^ key) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ hash >> 29) &* 0x94D0_49BB_1331_11EB
            (left, right) = (right, left ^ (hash >> 32 & mask))
        }
        return left << halfBits | right
    }
}
