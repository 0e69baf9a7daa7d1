import AssayCore

/// Which chunks of two runs are set against each other: those of the same stages of the same schedule.
struct SampleStages {
    /// Places of chunks, by stage; the same number of stages for both.
    private(set) var before: [[Int]] = []
    private(set) var after: [[Int]] = []
    private(set) var text = ""

    /// A stage of fewer chunks is left out.
    private static let leastChunks = 3
    /// Fewer chunks in all say nothing.
    static let leastInAll = 6

    init(before old: LoadSample, after new: LoadSample) {
        let chunks = min(old.lengths.count, new.lengths.count)
        let width = old.width
        guard let plan = old.plan, plan.corners.count > 1, plan.corners == new.plan?.corners else {
            // Without a common schedule in time, each run is one stage.
            let (first, second) = (Self.middle(old), Self.middle(new))
            (before, after) = ([first], [second])
            describe(old, new, "the first tenth and the last interval are left out")
            return
        }
        let warmUp = Self.warmUp(width: width, chunks: chunks)
        func stages(_ segments: [Segment]) -> [[Int]] {
            segments.map { segment in
                (0..<chunks).filter { chunk in
                    let (from, to) = (Int64(chunk) * width, Int64(chunk + 1) * width)
                    return from >= max(segment.from, warmUp) - width / 10 && to <= segment.to + width / 10
                        && Self.isWhole(old, chunk) && Self.isWhole(new, chunk)
                }
            }.filter { $0.count >= Self.leastChunks }
        }
        let segments = Self.segments(plan)
        let steady = stages(segments.filter(\.isSteady))
        let all = stages(segments)
        let steadyCount = steady.reduce(0) { $0 + $1.count }
        if steadyCount >= Self.leastInAll, steadyCount * 3 >= chunks {
            (before, after) = (steady, steady)
            describe(old, new, "the first \(shortText(nanoseconds: Double(warmUp))) and ramps are left out")
        } else {
            (before, after) = (all, all)
            describe(
                old, new,
                "the first \(shortText(nanoseconds: Double(warmUp))) is left out, ramps are set against the same ramps")
        }
    }

    private mutating func describe(_ old: LoadSample, _ new: LoadSample, _ what: String) {
        let (first, second) = (before.joined().count, after.joined().count)
        let used = first == second ? "\(first)" : "\(first) and \(second)"
        text =
            "\(used) of \(old.lengths.count) and \(new.lengths.count) intervals of "
            + "\(shortText(nanoseconds: Double(old.width))); \(what)"
    }

    /// Connections are opened and caches filled in the first tenth, and in no more than 10 s.
    private static func warmUp(width: Int64, chunks: Int) -> Int64 {
        let tenth = Int64(chunks) * width / 10
        return (min(tenth, max(10_000_000_000, width)) + width - 1) / width * width
    }

    private static func isWhole(_ sample: LoadSample, _ chunk: Int) -> Bool {
        sample.lengths[chunk] * 10 >= sample.width * 8
    }

    /// Without the first tenth and the last chunk.
    private static func middle(_ sample: LoadSample) -> [Int] {
        let count = sample.lengths.count
        let first = (count + 9) / 10
        return (first..<max(first, count - 1)).filter { isWhole(sample, $0) }
    }

    private struct Segment {
        var from: Int64
        var to: Int64
        var isSteady: Bool
    }

    private static func segments(_ plan: LoadPlan) -> [Segment] {
        zip(plan.corners, plan.corners.dropFirst()).compactMap { left, right in
            guard right.atNanoseconds > left.atNanoseconds else { return nil }
            return Segment(
                from: left.atNanoseconds, to: right.atNanoseconds,
                isSteady: left.value == right.value && left.value > 0)
        }
    }
}
