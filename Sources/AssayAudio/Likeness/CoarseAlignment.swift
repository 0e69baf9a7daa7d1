/// Finds where in what was heard the reference is most likely to be: every second frame of it is compared with all frames heard.
///
/// From one to the next, two frames of what was heard go by; at a price, one or three.
struct CoarseAlignment: Sendable {
    private let reference: [SIMD16<Float>]

    /// In squared differences of all bands of a frame.
    private static let slip: Float = 300

    private struct Path {
        var cost: Float
        var start: Int32
    }

    init(reference: SoundFeatures) {
        self.reference = stride(from: 0, to: reference.count, by: 2).map { reference.frames[$0] }
    }

    /// - Returns: frames of what was heard; `nil` when it is far shorter than the reference.
    func place(in heard: SoundFeatures) -> Range<Int>? {
        guard !reference.isEmpty, heard.count > 0 else { return nil }
        var above = [Path](repeating: Path(cost: 0, start: 0), count: heard.count + Self.before)
        for place in above.indices { above[place].start = Int32(place) - 1 }
        var current = above
        for frame in reference {
            for place in 0..<Self.before { current[place] = Path(cost: .infinity, start: 0) }
            for (column, other) in heard.frames.enumerated() {
                // `above` begins with `before` places that no path has reached.
                let here = column + Self.before
                var path = above[here - 2]
                let (shorter, longer) = (above[here - 1], above[here - 3])
                if shorter.cost + Self.slip < path.cost {
                    path = Path(cost: shorter.cost + Self.slip, start: shorter.start)
                }
                if longer.cost + Self.slip < path.cost {
                    path = Path(cost: longer.cost + Self.slip, start: longer.start)
                }
                path.cost += frame.distance(to: other)
                current[here] = path
            }
            swap(&above, &current)
        }
        guard let end = (Self.before..<above.count).min(by: { above[$0].cost < above[$1].cost }),
            above[end].cost < .infinity
        else { return nil }
        return max(0, Int(above[end].start) - 1)..<(end - Self.before + 2)
    }

    private static let before = 3
}
