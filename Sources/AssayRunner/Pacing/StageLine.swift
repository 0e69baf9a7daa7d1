import AssayCore

/// A line through stages: the part that users and arrivals share.
struct StageLine: Sendable {
    struct Part: Sendable, Equatable {
        var at: Int64
        var length: Int64
        var from: Double
        var to: Double
        var end: Int64 { at + length }
    }

    /// Stretches longer than nothing, in order, without gaps.
    private(set) var parts: [Part] = []
    private(set) var corners: [LoadPlan.Corner]
    private(set) var end: Int64 = 0
    private var value: Double

    init(start: Double) {
        value = start
        corners = [LoadPlan.Corner(atNanoseconds: 0, value: start)]
    }

    mutating func append(_ length: Int64, to target: Double) {
        // A year of load is beyond any plan; the bound keeps the sums of lengths from overflowing.
        let length = min(max(0, length), 31_557_600_000_000_000)
        if length > 0 {
            parts.append(Part(at: end, length: length, from: value, to: target))
            end += length
        }
        value = target
        let corner = LoadPlan.Corner(atNanoseconds: end, value: target)
        if corners.last != corner { corners.append(corner) }
    }

    /// The value where the line ends.
    var last: Double { value }
}
