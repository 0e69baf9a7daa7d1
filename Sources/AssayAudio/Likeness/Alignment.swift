/// Finds the stretch of what was heard that is most like the reference, frame by frame; a frame may be missing or be there twice.
struct Alignment {
    let reference: [Float]
    let heard: [Float]
    let bands: Int

    /// What leaving the diagonal costs: a frame lost or repeated.
    private static let slip: Float = 20

    /// A way through both, up to some frame of each.
    private struct Path {
        var cost: Float = .infinity
        var product: Float = 0
        var referenceEnergy: Float = 0
        var heardEnergy: Float = 0
    }

    /// The correlation of both along the cheapest way, 0…1.
    func likeness() -> Double {
        let (rows, columns) = (reference.count / bands, heard.count / bands)
        var above = [Path](repeating: Path(), count: columns)
        var current = above
        for row in 0..<rows {
            for column in 0..<columns {
                // A reference may begin anywhere in what was heard.
                var path = row == 0 ? Path(cost: 0) : column == 0 ? Path() : above[column - 1]
                if row > 0 { path = cheaper(path, above[column], slip: Self.slip) }
                let step = compare(row, column)
                path.cost += step.cost
                path.product += step.product
                path.referenceEnergy += step.referenceEnergy
                path.heardEnergy += step.heardEnergy
                if row > 0, column > 0 { path = cheaper(path, current[column - 1], slip: Self.slip) }
                current[column] = path
            }
            swap(&above, &current)
        }
        guard let best = above.min(by: { $0.cost < $1.cost }), best.cost < .infinity else { return 0 }
        let energy = (best.referenceEnergy * best.heardEnergy).squareRoot()
        return energy > 0 ? Double(min(1, max(0, best.product / energy))) : 0
    }

    private func cheaper(_ path: Path, _ other: Path, slip: Float) -> Path {
        guard other.cost + slip < path.cost else { return path }
        var slipped = other
        slipped.cost += slip
        return slipped
    }

    private func compare(_ row: Int, _ column: Int) -> Path {
        var step = Path(cost: 0)
        for band in 0..<bands {
            let (a, b) = (reference[row * bands + band], heard[column * bands + band])
            step.product += a * b
            step.referenceEnergy += a * a
            step.heardEnergy += b * b
        }
        step.cost = step.referenceEnergy + step.heardEnergy - 2 * step.product
        return step
    }
}
