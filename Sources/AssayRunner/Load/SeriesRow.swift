internal import AssayCore

/// What a kind of step measures of itself: an enum of series in the order in which they are kept.
///
/// A protocol with sessions (WebSocket, server-sent events, TCP) declares one and records by its cases; layout and
/// draining follow from it.
protocol StepMetric: CaseIterable, RawRepresentable<Int> {
    var metric: String { get }
    var kind: Series.Kind { get }
}

/// Counters of one step with series of its own kind; a histogram is made when something is first recorded in it.
final class SeriesRow {
    private enum Cell {
        case trend(Histogram?)
        /// Grows with what it holds.
        case sparse(HistogramSnapshot)
        case counter(UInt64)
        case rate(hit: UInt64, total: UInt64)
        case gauge(Double, isSet: Bool)
    }

    private var cells: [Cell]

    /// - Parameter isSparse: for one of many rows.
    init(_ kinds: [Series.Kind], isSparse: Bool = false) {
        cells = kinds.map { kind in
            switch kind {
            case .trend: isSparse ? .sparse(HistogramSnapshot()) : .trend(nil)
            case .counter: .counter(0)
            case .rate: .rate(hit: 0, total: 0)
            case .gauge: .gauge(0, isSet: false)
            }
        }
    }

    func record(_ cell: Int, _ nanoseconds: Int64) {
        if case .sparse(var snapshot) = cells[cell] {
            cells[cell] = .counter(0)  // so that the snapshot is not copied
            snapshot.record(UInt64(max(0, nanoseconds)))
            cells[cell] = .sparse(snapshot)
        }
        guard case .trend(let known) = cells[cell] else { return }
        let histogram = known ?? Histogram()
        if known == nil { cells[cell] = .trend(histogram) }
        histogram.record(UInt64(max(0, nanoseconds)))
    }

    func count(_ cell: Int, by amount: UInt64) {
        if case .counter(let count) = cells[cell] { cells[cell] = .counter(count &+ amount) }
    }

    func rate(_ cell: Int, hit: Bool) {
        guard case .rate(let hits, let total) = cells[cell] else { return }
        cells[cell] = .rate(hit: hits + (hit ? 1 : 0), total: total + 1)
    }

    func set(_ cell: Int, to value: Double) { cells[cell] = .gauge(value, isSet: true) }

    /// Everything since the last call; only cells that moved.
    func drain(_ add: (Int, SeriesPoint.Value) -> Void) {
        for index in cells.indices {
            switch cells[index] {
            case .trend(let histogram?) where histogram.count > 0: add(index, .trend(histogram.drain()))
            case .sparse(let snapshot) where snapshot.count > 0:
                add(index, .trend(snapshot))
                cells[index] = .sparse(HistogramSnapshot())
            case .counter(let count) where count > 0:
                add(index, .counter(count))
                cells[index] = .counter(0)
            case .rate(let hit, let total) where total > 0:
                add(index, .rate(passed: hit, total: total))
                cells[index] = .rate(hit: 0, total: 0)
            case .gauge(let value, true):
                add(index, .gauge(value))
                cells[index] = .gauge(value, isSet: false)
            default: break
            }
        }
    }
}

extension Meter {
    /// One figure of a step in a series of its kind, nanoseconds.
    func record(_ step: PlannedStep, _ series: some StepMetric, _ nanoseconds: Int64) {
        seriesRow(step)?.record(series.rawValue, nanoseconds)
    }

    func count(_ step: PlannedStep, _ series: some StepMetric, by amount: Int = 1) {
        seriesRow(step)?.count(series.rawValue, by: UInt64(max(0, amount)))
    }

    func rate(_ step: PlannedStep, _ series: some StepMetric, hit: Bool) {
        seriesRow(step)?.rate(series.rawValue, hit: hit)
    }

    private func seriesRow(_ step: PlannedStep) -> SeriesRow? {
        guard let row = step.row, seriesRows.indices.contains(row) else { return nil }
        return seriesRows[row]
    }
}
