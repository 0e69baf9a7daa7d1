import AssayCore

/// Makes the lines of a comparison, each with its figures and the chance that they differ by noise alone.
struct LineJudge {
    /// What a judgement needs beside a line.
    struct Evidence {
        var difference: NoisyDifference
        /// Where there is no ratio: the figure before, and the difference is one of plain numbers.
        var base: Double?
        /// Figures of blocks of either run, by stage.
        var groups: [(before: [Double], after: [Double])]

        /// - Returns: `nil` when there are too few blocks for it to say no.
        func permutation(_ random: inout SeededRandom) -> Double? {
            let (first, second) = (
                groups.reduce(0) { $0 + $1.before.count }, groups.reduce(0) { $0 + $1.after.count }
            )
            guard min(first, second) >= 5 else { return nil }
            return permutationValue(groups, &random)
        }
    }

    let settings: ComparisonSettings
    let stages: SampleStages
    let samples: (LoadSample, LoadSample)
    /// Why nothing can be judged.
    var unusable: String?
    private(set) var longestBlock = 1
    /// By place of the line.
    private(set) var evidence: [Int: Evidence] = [:]
    private var made = 0

    /// A bucket of a histogram is 1/64 of its value wide: what is read from one is sure within that.
    private static let bucketVariance = 1.0 / (64 * 64 * 12)

    init(settings: ComparisonSettings, stages: SampleStages, samples: (LoadSample, LoadSample)) {
        self.settings = settings
        self.stages = stages
        self.samples = samples
    }

    mutating func lines(_ wanted: LoadSample.Wanted, _ random: inout SeededRandom) -> [RunComparison.Line] {
        let (old, new) = (samples.0.figures(wanted), samples.1.figures(wanted))
        guard let statistics = (old ?? new)?.statistics else { return [] }
        let scale: DifferenceScale = statistics == [.share] ? .points : .ratio
        var bootstrap = BlockBootstrap(scale: scale, random: random.split(UInt64(made)))
        bootstrap.rounds = settings.rounds
        let first = old.flatMap { bootstrap.figures($0.chunks, stages: stages.before) }
        let second = new.flatMap { bootstrap.figures($0.chunks, stages: stages.after) }
        return statistics.indices.map { index in
            defer { made += 1 }
            var line = RunComparison.Line(
                metric: ComparedMetric(
                    metric: wanted.key.metric, step: wanted.key.step, statistic: statistics[index],
                    isTime: wanted.isTime),
                direction: wanted.direction, before: first.map { $0[index].value / wanted.scale },
                after: second.map { $0[index].value / wanted.scale },
                judgement: .noData)
            if let reason = lack(old?.chunks, new?.chunks, line.metric) {
                line.reason = reason
                if wanted.direction == .information { line.judgement = .information }
                return line
            }
            guard let old, let new, let first = first?[index], let second = second?[index] else {
                return line
            }
            compare(&line, index, (old.chunks, first), (new.chunks, second))
            return line
        }
    }

    /// Why these figures say nothing.
    private func lack(
        _ old: ChunkFigures?, _ new: ChunkFigures?, _ metric: ComparedMetric
    ) -> String? {
        if let unusable { return unusable }
        for (chunks, stages, name) in [(old, stages.before, "before"), (new, stages.after, "after")] {
            guard let chunks else { return "\(name) has no \(metric.metric)" }
            let used = stages.joined()
            if used.count < SampleStages.leastInAll {
                return "\(name) has \(used.count) usable intervals, \(SampleStages.leastInAll) are needed"
            }
            let weight = chunks.weight(of: used)
            if weight == 0 { return "\(name) measured nothing" }
            // Ten values beyond a quantile, or it is one or two exchanges that are compared.
            let needed = metric.statistic.quantile.map { 10 / (1 - $0) } ?? (metric.scale == .points ? 30 : 0)
            if weight < needed * (1 - 1e-9) {
                return "\(name) has \(Int(weight)) values, \(Int(needed.rounded())) are needed"
            }
        }
        return nil
    }

    private mutating func compare(
        _ line: inout RunComparison.Line, _ index: Int,
        _ old: (chunks: ChunkFigures, figure: NoisyFigure), _ new: (chunks: ChunkFigures, figure: NoisyFigure)
    ) {
        let scale = line.metric.scale
        if scale == .ratio, old.figure.value <= 0 || new.figure.value <= 0 {
            if old.figure.value == new.figure.value {
                (line.change, line.interval, line.judgement) = (0, 0...0, .same)
            } else {
                compareWithoutRatio(&line, index, old.chunks, new.chunks)
            }
            return
        }
        var (first, second) = (old.figure, new.figure)
        if scale == .points {
            first.variance = max(first.variance, Self.least(first.value, old.chunks, stages.before))
            second.variance = max(second.variance, Self.least(second.value, new.chunks, stages.after))
        }
        let difference = NoisyDifference(
            first, second, scale: scale,
            leastVariance: line.metric.statistic.quantile == nil ? 0 : Self.bucketVariance)
        let interval = difference.interval(confidence: settings.confidence)
        if scale == .ratio {
            line.change = exponential(difference.estimate) - 1
            line.interval =
                (exponential(interval.lowerBound) - 1)...(exponential(interval.upperBound) - 1)
        } else {
            line.change = difference.estimate
            line.interval = interval
        }
        line.chance = difference.chance
        longestBlock = max(longestBlock, first.blockLength, second.blockLength)
        if line.direction == .information { line.judgement = .information }
        let length = max(first.blockLength, second.blockLength)
        evidence[made] = Evidence(
            difference: difference,
            groups: zip(stages.before, stages.after).map { left, right in
                (
                    Self.blocks(left, length, old.chunks, index, scale),
                    Self.blocks(right, length, new.chunks, index, scale)
                )
            })
    }

    /// One of them is 0, or less: what lies between them is told in plain numbers.
    private mutating func compareWithoutRatio(
        _ line: inout RunComparison.Line, _ index: Int, _ old: ChunkFigures, _ new: ChunkFigures
    ) {
        // The noise of logarithms says nothing here.
        var bootstrap = BlockBootstrap(
            scale: .points, random: SeededRandom(seed: settings.seed).split(UInt64(made)))
        bootstrap.rounds = settings.rounds
        guard var first = bootstrap.figures(old, stages: stages.before)?[index],
            var second = bootstrap.figures(new, stages: stages.after)?[index]
        else { return }
        if line.metric.statistic == .rate {
            first.variance = max(first.variance, Self.leastOfEvents(old, stages.before))
            second.variance = max(second.variance, Self.leastOfEvents(new, stages.after))
        }
        let difference = NoisyDifference(first, second, scale: .points)
        let base = first.value
        if base == 0 {
            line.change = difference.estimate > 0 ? .infinity : -.infinity
        } else {
            let interval = difference.interval(confidence: settings.confidence)
            line.change = difference.estimate / abs(base)
            line.interval = (interval.lowerBound / abs(base))...(interval.upperBound / abs(base))
        }
        line.chance = difference.chance
        let length = max(first.blockLength, second.blockLength)
        longestBlock = max(longestBlock, length)
        if line.direction == .information { line.judgement = .information }
        evidence[made] = Evidence(
            difference: difference, base: base,
            groups: zip(stages.before, stages.after).map { left, right in
                (
                    Self.blocks(left, length, old, index, .points),
                    Self.blocks(right, length, new, index, .points)
                )
            })
    }

    /// A run that counted nothing may have missed one: events come by chance. Source: Poisson's law.
    private static func leastOfEvents(_ chunks: ChunkFigures, _ stages: [[Int]]) -> Double {
        let seconds = chunks.weight(of: stages.joined())
        return seconds > 0 ? 1 / (seconds * seconds) : 0
    }

    /// What chance alone does to a share: a run without a failure may have had luck. Source: Agresti and Coull (1998).
    private static func least(_ share: Double, _ chunks: ChunkFigures, _ stages: [[Int]]) -> Double {
        let total = chunks.weight(of: stages.joined())
        let likely = (share * total + 1) / (total + 2)
        return likely * (1 - likely) / (total + 2)
    }

    /// The figure of each stretch of so many neighbours.
    private static func blocks(
        _ stage: [Int], _ length: Int, _ chunks: ChunkFigures, _ index: Int, _ scale: DifferenceScale
    ) -> [Double] {
        stride(from: 0, to: stage.count, by: length).compactMap { start in
            let block = stage[start..<min(stage.count, start + length)]
            guard block.count * 2 >= length, let value = chunks.figures(of: block)?[index] else { return nil }
            if scale == .points { return value }
            return value > 0 ? logarithm(value) : nil
        }
    }
}
