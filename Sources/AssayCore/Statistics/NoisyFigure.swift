/// A figure of a run, with how much it would stray if the run were made again under the same conditions.
public struct NoisyFigure: Sendable, Equatable {
    /// In the unit of the run's values.
    public var value: Double
    /// On the scale that differences are taken on: of the value's logarithm, or of the value itself.
    public var variance: Double
    /// How many independent pieces of the run the variance was learnt from, less one a stage.
    public var degreesOfFreedom: Double
    /// Of neighbouring chunks.
    public var correlation: Double
    /// How many neighbouring chunks were kept together.
    public var blockLength: Int

    public init(
        value: Double, variance: Double, degreesOfFreedom: Double, correlation: Double, blockLength: Int
    ) {
        self.value = value
        self.variance = variance
        self.degreesOfFreedom = degreesOfFreedom
        self.correlation = correlation
        self.blockLength = blockLength
    }
}

/// How the figures of two runs are set against each other.
public enum DifferenceScale: Sendable {
    /// The logarithm of one over the other: latencies and rates a second.
    case ratio
    /// One less the other: shares.
    case points
}

/// Learns a run's noise from the run itself: a block bootstrap within its stages.
///
/// The chunks of each stage are drawn anew in blocks of neighbours, the figure is made of what was drawn, and so on:
/// how far these figures lie apart is the noise. Neighbouring seconds go together (a pause of the service lasts longer
/// than one), so blocks are as long as the measured correlation asks for, and what blocks of that length cannot see of
/// it is added. Source: Künsch (1989), Politis and Romano's circular blocks (1992).
public struct BlockBootstrap: Sendable {
    public var rounds = 500
    public var scale: DifferenceScale
    public var random: SeededRandom

    public init(scale: DifferenceScale, random: SeededRandom) {
        self.scale = scale
        self.random = random
    }

    /// The figures of some stages of a run.
    ///
    /// - Parameter stages: places of chunks, neighbours side by side; stages of fewer than 2 chunks tell no noise.
    /// - Returns: `nil` when there is nothing in them.
    public mutating func figures(_ chunks: ChunkFigures, stages: [[Int]]) -> [NoisyFigure]? {
        let all = stages.flatMap(\.self)
        guard let values = chunks.figures(of: all) else { return nil }
        let correlations = values.indices.map { index in
            Correlation.ofNeighbours(
                stages.map { chunks.pulls(of: $0, figure: index, value: values[index]) })
        }
        // All figures of one series are drawn together, in blocks that suit the most correlated.
        let length = Correlation.blockLength(correlations.max() ?? 0, count: all.count)
        let lengths = stages.map { max(1, min(length, $0.count / 3)) }
        let variances = spread(chunks, stages, lengths, values.count)
        let blocks = zip(stages, lengths).map { Double($0.count) / Double($1) }
        let freedom = max(1, blocks.reduce(0, +) - Double(stages.count))
        // Drawing from n figures spreads them by (n − 1)/n.
        let small = (freedom + Double(stages.count)) / freedom
        return values.indices.map { index in
            let correlation = correlations[index]
            let unseen =
                Correlation.inflation(correlation)
                / Correlation.inflation(correlation, seenBy: lengths.max() ?? 1)
            return NoisyFigure(
                value: values[index], variance: variances[index] * small * max(1, unseen),
                degreesOfFreedom: freedom, correlation: correlation, blockLength: lengths.max() ?? 1)
        }
    }

    private mutating func spread(
        _ chunks: ChunkFigures, _ stages: [[Int]], _ lengths: [Int], _ count: Int
    ) -> [Double] {
        var (sums, squares) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        var made = 0.0
        var first: [Double]?
        for _ in 0..<rounds {
            guard let drawn = chunks.figures(of: draw(stages, lengths)) else { continue }
            let scaled = drawn.map { scale == .ratio ? logarithm(max($0, 1e-300)) : $0 }
            let origin = first ?? scaled
            first = origin
            for index in 0..<count {
                let off = scaled[index] - origin[index]
                sums[index] += off
                squares[index] += off * off
            }
            made += 1
        }
        guard made > 1 else { return [Double](repeating: 0, count: count) }
        return (0..<count).map { index in
            max(0, (squares[index] - sums[index] * sums[index] / made) / (made - 1))
        }
    }

    private mutating func draw(_ stages: [[Int]], _ lengths: [Int]) -> [Int] {
        var drawn: [Int] = []
        drawn.reserveCapacity(stages.reduce(0) { $0 + $1.count })
        for (stage, length) in zip(stages, lengths) where !stage.isEmpty {
            var missing = stage.count
            while missing > 0 {
                let start = Int(random.next() % UInt64(stage.count))
                for step in 0..<min(length, missing) { drawn.append(stage[(start + step) % stage.count]) }
                missing -= length
            }
        }
        return drawn
    }
}

/// What lies between the same figure of two runs, and how sure that is.
public struct NoisyDifference: Sendable, Equatable {
    /// On the scale that was asked for.
    public var estimate: Double
    public var standardError: Double
    public var degreesOfFreedom: Double

    /// - Parameter leastVariance: of either figure at least: what their measuring alone leaves open.
    public init(
        _ before: NoisyFigure, _ after: NoisyFigure, scale: DifferenceScale, leastVariance: Double = 0
    ) {
        switch scale {
        case .points: estimate = after.value - before.value
        case .ratio: estimate = logarithm(max(after.value, 1e-300)) - logarithm(max(before.value, 1e-300))
        }
        let (first, second) = (max(before.variance, leastVariance), max(after.variance, leastVariance))
        standardError = (first + second).squareRoot()
        // Source: Welch (1947), Satterthwaite (1946).
        let parts =
            first * first / max(1, before.degreesOfFreedom) + second * second / max(1, after.degreesOfFreedom)
        degreesOfFreedom =
            parts > 0
            ? (first + second) * (first + second) / parts
            : before.degreesOfFreedom + after.degreesOfFreedom
    }

    /// The chance of a difference at least as large where there is none.
    public var chance: Double {
        guard standardError > 0 else { return estimate == 0 ? 1 : 0 }
        return StudentT(degreesOfFreedom: degreesOfFreedom).twoSided(estimate / standardError)
    }

    /// Where the true difference lies with a confidence of 0 < c < 1, on the same scale.
    public func interval(confidence: Double) -> ClosedRange<Double> {
        let reach =
            StudentT(degreesOfFreedom: degreesOfFreedom).value(exceededWith: (1 - confidence) / 2)
            * standardError
        return (estimate - reach)...(estimate + reach)
    }
}
