/// Judges one threshold while a load runs, one interval at a time.
///
/// Without a window everything so far counts, and the figure at the end decides. With one, the last so much counts from
/// the moment that the window has filled, and one broken window breaks the threshold; a run shorter than the window is
/// judged once, at its end. Memory is bounded by the window, or constant without one.
///
/// While there is nothing to judge the state stays as it was: silence does not heal a broken threshold.
public struct ThresholdJudge: Sendable {
    public enum Decision: Sendable { case goOn, abort }

    /// Seconds are told a little early or late.
    private static let wholeSecond: Int64 = 900_000_000

    public let threshold: Threshold
    /// The figure judged last; `nil` before there was one.
    public private(set) var actual: Double?
    /// Broken at the last interval.
    public private(set) var isBroken = false
    /// It has ended the run.
    public private(set) var isAborted = false

    private var scope = Tally()
    /// The window's intervals by their start, oldest first; unused without a window.
    private var recent: [(at: Int64, tally: Tally)] = []
    private var worst: Double?
    private var beganAt: Int64?
    private var firstBrokenAt: Int64?
    private var brokenSince: Int64?
    private var brokenFor: Int64 = 0
    /// For each series of the table so far, whether the threshold selects it.
    private var selected: [Bool] = []
    /// The same for series that say how many values there should be.
    private var expecting: [Bool] = []
    private var selectsAny = false
    /// A series would be judged if it had the status that is asked for: a counter of those stands at zero.
    private var selectsButForStatus = false
    private var lastEnd: Int64 = 0

    public init(_ threshold: Threshold) { self.threshold = threshold }

    /// Whether no series had what the threshold selects; likely a misspelt tag.
    public var hasMatchedNothing: Bool { !selectsAny && !selectsButForStatus }

    /// Takes the next interval in.
    ///
    /// - Parameters:
    ///   - interval: later than those before.
    ///   - series: the table that the interval's points index into; it may have grown since the last call.
    /// - Returns: ``Decision/abort`` once, when the threshold ends the run.
    public mutating func judge(_ interval: Interval, series: [Series]) -> Decision {
        learn(series)
        let length = max(0, interval.lengthNanoseconds)
        let end = interval.atNanoseconds &+ length
        // Of an interval in which the warm-up ends nobody knows what came before.
        if let from = threshold.judgedFrom, interval.atNanoseconds < from.nanoseconds { return .goOn }
        if threshold.rules.skipsParts, length < Self.wholeSecond { return .goOn }
        if beganAt == nil { beganAt = interval.atNanoseconds }
        lastEnd = end
        var tally = Tally()
        tally.nanoseconds = length
        for point in interval.points where selected.indices.contains(point.series) && selected[point.series] {
            tally.add(point, kind: threshold.metric.kind)
        }
        if threshold.rules.zeroesOf != nil {
            for point in interval.points
            where expecting.indices.contains(point.series) && expecting[point.series] {
                if case .trend(let snapshot) = point.value { tally.expected &+= snapshot.count }
            }
        }
        scope.merge(tally)
        if let window = threshold.window?.nanoseconds {
            recent.append((interval.atNanoseconds, tally))
            while let oldest = recent.first, oldest.at < end &- window {
                recent.removeFirst()
                scope.remove(oldest.tally, rest: recent.lazy.map(\.tally))
            }
            // Until the window has filled there is no figure of it.
            guard end &- (beganAt ?? 0) >= window else { return .goOn }
        }
        weigh(at: end)
        guard isBroken else { return .goOn }
        brokenFor &+= length
        guard let patience = threshold.abortAfter, let since = brokenSince, !isAborted,
            end &- since >= patience.nanoseconds, end >= threshold.abortFrom?.nanoseconds ?? 0
        else { return .goOn }
        isAborted = true
        return .abort
    }

    /// The end of the run: how the threshold ended.
    public mutating func finish() -> ThresholdResult {
        if threshold.window != nil, worst == nil { weigh(at: lastEnd) }
        var shown = threshold.window == nil ? actual : worst
        if shown == nil, case .figure(let figure) = threshold.rules.whenEmpty { shown = figure }
        var holds = shown.map { threshold.comparison.holds($0, threshold.limit) }
        if shown == nil, threshold.rules.whenEmpty == .holds { holds = true }
        let status: ThresholdResult.Status =
            switch holds {
            case nil: .noData
            case true?: isAborted ? .broken : .held
            case false?: .broken
            }
        return ThresholdResult(
            text: threshold.text, status: status, actual: shown, limit: threshold.limit,
            actualText: shown.map(threshold.text(of:)) ?? "no data",
            limitText: "\(threshold.comparison.rawValue) \(threshold.text(of: threshold.limit))",
            firstBrokenAtNanoseconds: firstBrokenAt, brokenForNanoseconds: brokenFor, aborted: isAborted)
    }

    private mutating func learn(_ series: [Series]) {
        while selected.count < series.count {
            let one = series[selected.count]
            let selects = threshold.selects(one)
            selected.append(selects)
            expecting.append(threshold.countsZeroes(one))
            if expecting[expecting.count - 1] { selectsAny = true }
            if selects {
                selectsAny = true
            } else if threshold.metric.kind == .counter, threshold.selectsButForStatus(one) {
                selectsButForStatus = true
            }
        }
    }

    /// Compares the figure of the scope with the limit.
    private mutating func weigh(at end: Int64) {
        guard selectsAny || selectsButForStatus, let figure = scope.figure(of: threshold) else { return }
        actual = figure
        if worst.map({ isWorse(figure, than: $0) }) ?? true { worst = figure }
        isBroken = !threshold.comparison.holds(figure, threshold.limit)
        if !isBroken {
            brokenSince = nil
        } else if brokenSince == nil {
            brokenSince = end
            if firstBrokenAt == nil { firstBrokenAt = end }
        }
    }

    private func isWorse(_ figure: Double, than other: Double) -> Bool {
        switch threshold.comparison {
        case .below, .atMost: figure > other
        case .above, .atLeast: figure < other
        case .equal: abs(figure - threshold.limit) > abs(other - threshold.limit)
        case .unequal: abs(figure - threshold.limit) < abs(other - threshold.limit)
        }
    }
}
