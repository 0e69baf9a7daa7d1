/// Compares the reference with the place where it was found, frame by frame, and says how well they go together.
///
/// Frames may be missing and be there twice, at a price. Only a strip around the straight way is looked at.
struct FineAlignment: Sendable {
    private let reference: [SIMD16<Float>]
    /// The same frames half a frame later.
    private let between: [SIMD16<Float>]
    /// The frame that has half of what there is to compare before it.
    private let middle: Int

    /// In squared differences of all bands of a frame.
    private static let slip: Float = 400
    /// Frames to each side of the straight way: 200 ms.
    private static let reach = 12
    private static let width = 2 * reach + 1

    private enum Step: UInt8 { case start, both, referenceOnly, heardOnly }

    init(reference: SoundFeatures, between: SoundFeatures) {
        self.reference = reference.frames
        self.between = between.frames + reference.frames.dropFirst(between.count)
        var rest = reference.frames.reduce(0) { $0 + $1.product(with: $1) } / 2
        middle =
            reference.frames.firstIndex { frame in
                rest -= frame.product(with: frame)
                return rest < 0
            } ?? 0
    }

    /// How well both go together along the cheapest way, 0…1.
    func likeness(to heard: SoundFeatures) -> Double {
        let columns = heard.count
        guard !reference.isEmpty, columns > 0 else { return 0 }
        var above = [Float](repeating: .infinity, count: columns)
        var current = above
        var steps = [Step](repeating: .start, count: reference.count * Self.width)
        for row in reference.indices {
            let strip = strip(row, columns)
            for column in current.indices { current[column] = .infinity }
            for column in strip {
                // The way may begin anywhere in the first row, and end anywhere in the last.
                var (cost, step): (Float, Step) = row == 0 ? (0, .start) : (.infinity, .both)
                if row > 0, column > 0 { cost = above[column - 1] }
                if row > 0, above[column] + Self.slip < cost {
                    (cost, step) = (above[column] + Self.slip, .referenceOnly)
                }
                if column > strip.lowerBound, current[column - 1] + Self.slip < cost {
                    (cost, step) = (current[column - 1] + Self.slip, .heardOnly)
                }
                if step != .heardOnly { cost += closer(row, heard.frames[column]).cost }
                current[column] = cost
                steps[row * Self.width + column - strip.lowerBound] = step
            }
            swap(&above, &current)
        }
        guard let end = above.indices.min(by: { above[$0] < above[$1] }), above[end] < .infinity else {
            return 0
        }
        return likeness(along: steps, endingAt: end, heard)
    }

    private func strip(_ row: Int, _ columns: Int) -> Range<Int> {
        let centre = row * columns / reference.count
        return max(0, centre - Self.reach)..<min(columns, centre + Self.reach + 1)
    }

    /// The one of both cuts of a reference frame that is more like what was heard.
    private func closer(_ row: Int, _ heard: SIMD16<Float>) -> (frame: SIMD16<Float>, cost: Float) {
        let (costA, costB) = (reference[row].distance(to: heard), between[row].distance(to: heard))
        return costA <= costB ? (reference[row], costA) : (between[row], costB)
    }

    /// Products and energies along a stretch of the way.
    private struct Sums {
        var product: Float = 0
        var reference: Float = 0
        var heard: Float = 0

        mutating func add(_ a: SIMD16<Float>, _ b: SIMD16<Float>) {
            product += a.product(with: b)
            reference += a.product(with: a)
            heard += b.product(with: b)
        }

        static func + (left: Sums, right: Sums) -> Sums {
            Sums(
                product: left.product + right.product, reference: left.reference + right.reference,
                heard: left.heard + right.heard)
        }

        /// Not the correlation, with the geometric mean of both energies: silence in place of half the reference is half a likeness.
        var likeness: Float {
            let energy = max(reference, heard)
            return energy > 0 ? min(1, max(0, product / energy)) : 0
        }
    }

    /// The mean of the likeness of all and of the less alike half: a phrase that ends as another one does is another one.
    private func likeness(along steps: [Step], endingAt end: Int, _ heard: SoundFeatures) -> Double {
        var (row, column) = (reference.count - 1, end)
        var halves = (first: Sums(), second: Sums())
        while true {
            let step = steps[row * Self.width + column - strip(row, heard.count).lowerBound]
            if step != .heardOnly {
                let frame = closer(row, heard.frames[column]).frame
                if row < middle {
                    halves.first.add(frame, heard.frames[column])
                } else {
                    halves.second.add(frame, heard.frames[column])
                }
            }
            switch step {
            case .start:
                let weaker = min(halves.first.likeness, halves.second.likeness)
                return Double(((halves.first + halves.second).likeness + weaker) / 2)
            case .both: (row, column) = (row - 1, column - 1)
            case .referenceOnly: row -= 1
            case .heardOnly: column -= 1
            }
        }
    }
}
