internal import AssayCore

/// What one reactor measures of the user's own metrics and of groups: a cell a series.
///
/// A histogram of a series that was known beforehand is made when something is first recorded; one of a series that the
/// run made grows with what it holds, for there may be many.
final class OwnSeries {
    private enum Cell {
        case trend(Histogram?)
        case sparse(HistogramSnapshot)
        /// What is left of whole counts stays for the next second, and so does what is below zero; `nil` before anything was counted.
        case sum(Double?)
        case rate(hit: UInt64, total: UInt64)
        /// With the time when it was set; `nil` when it was not since the last drain.
        case gauge(Double, at: Int64?)
    }

    private var cells: [Cell]
    /// Of gauges, over the whole run, by place.
    private(set) var ranges: [Int: GaugeRange] = [:]

    init(_ kinds: [Series.Kind]) {
        cells = kinds.map { Self.cell($0) }
    }

    /// - Parameter isLate: made while the run goes on.
    private static func cell(_ kind: Series.Kind, isLate: Bool = false) -> Cell {
        switch kind {
        case .trend: isLate ? .sparse(HistogramSnapshot()) : .trend(nil)
        case .counter: .sum(nil)
        case .rate: .rate(hit: 0, total: 0)
        case .gauge: .gauge(0, at: nil)
        }
    }

    /// - Parameter isLate: one of many.
    func add(_ kind: Series.Kind, isLate: Bool = true) { cells.append(Self.cell(kind, isLate: isLate)) }

    func record(_ place: Int, _ value: UInt64) {
        switch cells[place] {
        case .trend(let known):
            let histogram = known ?? Histogram()
            if known == nil { cells[place] = .trend(histogram) }
            histogram.record(value)
        case .sparse(var snapshot):
            cells[place] = .sum(nil)  // so that the snapshot is not copied
            snapshot.record(value)
            cells[place] = .sparse(snapshot)
        case .sum, .rate, .gauge: break
        }
    }

    func count(_ place: Int, by amount: Double) {
        if case .sum(let before) = cells[place] { cells[place] = .sum((before ?? 0) + amount) }
    }

    func rate(_ place: Int, hit: Bool) {
        guard case .rate(let hits, let total) = cells[place] else { return }
        cells[place] = .rate(hit: hits + (hit ? 1 : 0), total: total + 1)
    }

    func set(_ place: Int, to value: Double, at time: Int64) {
        cells[place] = .gauge(value, at: time)
        let own = GaugeRange(value)
        ranges[place] = ranges[place]?.joined(own) ?? own
    }

    /// What counters hold that was not told of them, by place: a part of a whole, or what they fell below zero, for a count
    /// that was told is not taken back.
    var untold: [Int: Double] {
        var untold: [Int: Double] = [:]
        for (place, cell) in cells.enumerated() {
            if case .sum(let sum?) = cell { untold[place] = sum }
        }
        return untold
    }

    /// Everything since the last call; only cells that moved.
    ///
    /// - Parameter add: is given the time when a gauge was set.
    func drain(_ add: (Int, SeriesPoint.Value, Int64?) -> Void) {
        for index in cells.indices {
            switch cells[index] {
            case .trend(let histogram?) where histogram.count > 0:
                add(index, .trend(histogram.drain()), nil)
            case .sparse(let snapshot) where snapshot.count > 0:
                add(index, .trend(snapshot), nil)
                cells[index] = .sparse(HistogramSnapshot())
            case .sum(let sum?) where sum >= 1:
                let whole = sum.rounded(.down)
                add(index, .counter(UInt64(min(whole, 9e18))), nil)
                cells[index] = .sum(sum - whole)
            case .rate(let hit, let total) where total > 0:
                add(index, .rate(passed: hit, total: total), nil)
                cells[index] = .rate(hit: 0, total: 0)
            case .gauge(let value, let time?):
                add(index, .gauge(value), time)
                cells[index] = .gauge(value, at: nil)
            default: break
            }
        }
    }
}

/// The least and the most that a gauge was set to.
public struct GaugeRange: Sendable, Equatable {
    public private(set) var least: Double
    public private(set) var most: Double

    init(_ value: Double) { (least, most) = (value, value) }

    /// What both are between.
    func joined(_ other: GaugeRange) -> GaugeRange {
        var result = self
        result.least = min(least, other.least)
        result.most = max(most, other.most)
        return result
    }
}
