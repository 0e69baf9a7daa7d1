public import AssayCore

/// Two load runs set against each other, metric by metric, with the noise of either taken into account.
///
/// Documentation/compare.md says how; ``RunComparison/method`` says it in a sentence.
public struct RunComparison: Sendable {
    public enum Judgement: String, Sendable {
        case better, worse
        /// Certainly small.
        case same = "no difference"
        /// Different, and nobody said which way is better.
        case changed
        /// The noise is larger than what would matter.
        case unclear = "cannot tell"
        case noData = "not enough data"
        /// Of Assay itself.
        case information
    }

    /// One metric of both runs.
    public struct Line: Sendable {
        public var metric: ComparedMetric
        public var direction: MetricDirection
        /// `nil` where there was nothing.
        public var before: Double?
        public var after: Double?
        /// 0.2 is 20 % more; of shares, points.
        public var change: Double?
        /// Where the true change lies.
        public var interval: ClosedRange<Double>?
        /// The chance of such a change where there is none: alone, and among all metrics of this comparison.
        public var chance: Double?
        public var adjustedChance: Double?
        /// The same by dealing the blocks out anew; `nil` when it was not asked or there are too few.
        public var permutationChance: Double?
        public var judgement: Judgement
        /// Why nothing can be said.
        public var reason: String?
        /// By how much it may get worse, and by how much it certainly did.
        public var allowance: Double?
        public var certainHarm: Double?
        /// It got worse by more than is allowed.
        public var isRegression = false
    }

    /// Something that is not the same in both runs.
    public struct Difference: Sendable, Equatable {
        public var what: String
        public var before: String
        public var after: String
        /// Figures of both do not mean the same.
        public var isDecisive: Bool
    }

    public var before: RunRecord
    public var after: RunRecord
    public var settings: ComparisonSettings
    public var differences: [Difference]
    /// Steps that only one of them has.
    public var addedSteps: [String]
    public var removedSteps: [String]
    /// What a person should know of the runs before believing the figures.
    public var warnings: [String]
    public var lines: [Line]
    /// What of the runs was used: `52 of 60 intervals of 1 s; the first 8 s and ramps are left out`.
    public var usedText: String
    public var longestBlock: Int

    public var isComparable: Bool { !differences.contains(where: \.isDecisive) || settings.judgesUnlike }

    public func count(_ judgement: Judgement) -> Int { lines.count { $0.judgement == judgement } }
    public var regressions: [Line] { lines.filter(\.isRegression) }

    /// At least one metric has a judgement.
    public var saysSomething: Bool {
        lines.contains { [.better, .worse, .same, .changed].contains($0.judgement) }
    }

    /// 1 for a regression beyond what is allowed, 5 when nothing can be said, else 0.
    public var exitCode: ExitCode {
        if !regressions.isEmpty { return .failed }
        return saysSomething ? .passed : .inconclusive
    }

    /// How it was done, for people who want to check.
    public var method: String {
        func percent(_ share: Double) -> String {
            let number = share * 100
            return number == number.rounded() ? String(Int(number)) : significant(number)
        }
        let judged = lines.count { $0.adjustedChance != nil }
        let isStricter = lines.contains { line in
            line.allowance.map { $0 < settings.usualMinimum(of: line.metric) } ?? false
        }
        let stricter = isStricter ? "; where less is allowed, changes below that" : ""
        return
            "noise by \(settings.rounds) circular block bootstraps of each run (blocks of up to \(longestBlock) "
            + "intervals, by their correlation); intervals and tests by Student's t at \(percent(settings.confidence)) %, held for "
            + "\(judged) metrics together by Holm; confirmed by dealing blocks out anew; "
            + "changes below \(percent(settings.minimum)) % (latencies also "
            + "\(shortText(nanoseconds: settings.minimumNanoseconds)), shares "
            + "\(percent(settings.minimumPoints)) points) are no difference\(stricter)"
    }
}

extension RunComparison {
    /// Compares two load runs.
    public init(_ before: RunRecord, _ after: RunRecord, _ settings: ComparisonSettings = .init()) {
        self.init(
            before: before, after: after, settings: settings,
            differences: Self.differences(before, after), addedSteps: [], removedSteps: [], warnings: [],
            lines: [], usedText: "", longestBlock: 1)
        let (old, new) = (Self.stepNames(before), Self.stepNames(after))
        addedSteps = new.filter { !old.contains($0) }
        removedSteps = old.filter { !new.contains($0) }
        warnings = Self.warnings(before, "before") + Self.warnings(after, "after")
        judge()
    }

    private static func stepNames(_ record: RunRecord) -> [String] {
        (record.plan?.steps ?? []).map { "\($0.scenario) › \($0.name)" }
    }

    private mutating func judge() {
        let width = max(before.chunkWidth() ?? 0, after.chunkWidth() ?? 0)
        guard width > 0 else {
            warnings.append("a run has no intervals: nothing was measured")
            return
        }
        let pair = (LoadSample(before, width: width), LoadSample(after, width: width))
        let stages = SampleStages(before: pair.0, after: pair.1)
        usedText = stages.text
        let metrics = pair.0.metrics(with: pair.1, directions: settings.directions)
        var random = SeededRandom(seed: settings.seed)
        var judge = LineJudge(settings: settings, stages: stages, samples: pair)
        judge.unusable = isComparable ? Self.unusable(before, after) : "the runs are not alike"
        for series in metrics { lines += judge.lines(series, &random) }
        longestBlock = judge.longestBlock
        settle(judge.evidence, random)
        lines += generator()
    }

    /// Holm's correction over all metrics, then a judgement of each.
    private mutating func settle(_ evidence: [Int: LineJudge.Evidence], _ random: SeededRandom) {
        let judged = lines.indices.filter { lines[$0].chance != nil && lines[$0].direction != .information }
        let adjusted = holmAdjusted(judged.map { lines[$0].chance ?? 1 })
        let allowed = judged.count { settings.allowance(of: lines[$0].metric) != nil }
        for (place, index) in judged.enumerated() {
            guard let found = evidence[index] else { continue }
            var random = random.split(UInt64(index))
            lines[index].adjustedChance = adjusted[place]
            lines[index].settle(found, settings, allowedCount: allowed, &random)
        }
    }

    /// CPU and memory of Assay: one figure a run, so that no noise is known of them.
    private func generator() -> [Line] {
        guard let first = before.end, let second = after.end else { return [] }
        func line(_ name: String, _ old: Double, _ new: Double, isTime: Bool) -> Line {
            Line(
                metric: ComparedMetric(metric: name, statistic: .mean, isTime: isTime),
                direction: .information, before: old, after: new, change: old > 0 ? new / old - 1 : nil,
                judgement: .information)
        }
        return [
            line(
                "assay.cpu", Double(first.cpuNanoseconds), Double(second.cpuNanoseconds), isTime: true),
            line(
                "assay.memory", Double(first.peakMemoryBytes), Double(second.peakMemoryBytes), isTime: false),
        ]
    }
}

extension RunComparison.Line {
    /// Says what the evidence comes to.
    fileprivate mutating func settle(
        _ evidence: LineJudge.Evidence, _ settings: ComparisonSettings, allowedCount: Int,
        _ random: inout SeededRandom
    ) {
        let size = abs(change ?? 0)
        let usual = settings.usualMinimum(of: metric)
        let allowance = settings.allowance(of: metric)
        // What is not allowed matters, however small.
        let minimum = min(usual, allowance ?? usual)
        let floor = metric.isTime ? settings.minimumNanoseconds : 0
        let isLarge = size >= minimum && abs((after ?? 0) - (before ?? 0)) >= floor
        self.allowance = allowance
        if isLarge, adjustedChance ?? 1 < 1 - settings.confidence {
            permutationChance = evidence.permutation(&random)
            if permutationChance.map({ $0 < 1 - settings.confidence }) ?? true {
                switch direction {
                case .lower: judgement = change ?? 0 > 0 ? .worse : .better
                case .higher: judgement = change ?? 0 < 0 ? .worse : .better
                case .unknown, .information: judgement = .changed
                }
                weigh(evidence, settings, allowance, allowedCount)
                return
            }
        }
        guard let range = interval else {
            judgement = .unclear
            reason = "one of them is 0, and the other may be so by chance"
            return
        }
        // No change at all is never certain: where none is allowed, what usually matters is looked for.
        let margin = max(2 * (minimum > 0 ? minimum : usual), allowance ?? 0)
        let inside = max(abs(range.lowerBound), abs(range.upperBound))
        let isSmall = inside <= margin || inside * max(before ?? 0, after ?? 0) <= 2 * floor
        judgement = isSmall ? .same : .unclear
        if !isSmall { reason = "the noise hides changes below \(metric.changeText(inside, signed: false))" }
    }

    /// How much worse it certainly got, with all allowances held together.
    private mutating func weigh(
        _ evidence: LineJudge.Evidence, _ settings: ComparisonSettings, _ allowance: Double?,
        _ allowedCount: Int
    ) {
        guard judgement == .worse, let allowance else { return }
        let confidence = 1 - 2 * (1 - settings.confidence) / Double(max(1, allowedCount))
        let range = evidence.difference.interval(confidence: confidence)
        if let base = evidence.base {
            // From nothing to something is more than any part of it.
            guard base != 0 else {
                (isRegression, reason) = (true, "it was 0")
                return
            }
            let harm = direction == .higher ? -range.upperBound : range.lowerBound
            (certainHarm, isRegression) = (harm / abs(base), harm / abs(base) > allowance)
            return
        }
        switch (metric.scale, direction) {
        case (.points, .higher): certainHarm = -range.upperBound
        case (.points, _): certainHarm = range.lowerBound
        case (.ratio, .higher): certainHarm = 1 - exponential(range.upperBound)
        case (.ratio, _): certainHarm = exponential(range.lowerBound) - 1
        }
        isRegression = certainHarm ?? 0 > allowance
    }
}

extension ComparedMetric {
    /// `+12 %`, `−0.3 points`.
    public func changeText(_ change: Double, signed: Bool = true) -> String {
        let sign = signed ? (change > 0 ? "+" : change < 0 ? "−" : "") : ""
        let amount = abs(change) * 100
        guard amount < 1e6 else { return sign + "∞" }
        return sign + Self.plain(amount) + (statistic == .share ? " points" : " %")
    }

    /// `5`, not `5.00`.
    private static func plain(_ number: Double) -> String {
        let rounded = number.rounded()
        return abs(number - rounded) < 1e-9 ? grouped(Int(rounded)) : significant(number)
    }
}
