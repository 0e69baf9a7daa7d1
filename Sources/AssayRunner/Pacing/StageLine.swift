import AssayCore
import AssayScenario

/// A line through stages: the part that users and arrivals share.
struct StageLine: Sendable {
    struct Part: Sendable, Equatable {
        var at: Int64
        var length: Int64
        var from: Double
        var to: Double
        var end: Int64 { at + length }
    }

    /// Stretches longer than nothing, in order, without gaps; one that does not begin where the last ended jumps.
    private(set) var parts: [Part] = []
    private(set) var corners: [LoadPlan.Corner]
    private(set) var end: Int64 = 0
    /// The value where the line ends.
    private(set) var last: Double
    /// Where a line goes on that pauses.
    private var beforePause: Double?

    init(start: Double) {
        last = start
        corners = [LoadPlan.Corner(atNanoseconds: 0, value: start)]
    }

    /// - Parameter value: of a stage's target, at least 0.
    init<Target>(
        start: Double, _ stages: [LoadProfile.Stage<Target>], value: (Target) -> Double
    ) {
        self.init(start: start)
        for stage in stages {
            if stage.isPause {
                pause(stage.length.nanoseconds)
            } else {
                append(stage.length.nanoseconds, from: stage.from.map(value), to: value(stage.target))
            }
        }
    }

    mutating func append(_ length: Int64, from: Double? = nil, to target: Double) {
        if let from = from ?? beforePause { jump(to: from) }
        beforePause = nil
        // A year of load is beyond any plan; the bound keeps the sums of lengths from overflowing.
        let length = min(max(0, length), 31_557_600_000_000_000)
        if length > 0 {
            parts.append(Part(at: end, length: length, from: last, to: target))
            end += length
        }
        jump(to: target)
    }

    /// Nothing for a while; what is appended next goes on from what there was.
    mutating func pause(_ length: Int64) {
        let before = beforePause ?? last
        append(length, from: 0, to: 0)
        beforePause = before
    }

    private mutating func jump(to value: Double) {
        last = value
        let corner = LoadPlan.Corner(atNanoseconds: end, value: value)
        if corners.last != corner { corners.append(corner) }
    }
}
