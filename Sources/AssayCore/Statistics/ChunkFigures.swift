/// What chunks of a run counted, of which some figures of the whole run are made.
public struct ChunkFigures: Sendable {
    public enum Kind: Sendable {
        /// Values at these quantiles of all the chunks' values together.
        case quantiles([Double])
        /// The sum of one number over the sum of another: events a second, failures of requests.
        case ratio
    }

    public let kind: Kind
    public let count: Int
    /// Row after row: counts of the buckets, or numerator and denominator.
    private let rows: [Double]
    private let width: Int
    /// Lowest and highest value of each bucket.
    private let ranges: [(low: Double, high: Double)]

    /// Of histograms, one a chunk.
    public init(_ histograms: [HistogramSnapshot], quantiles: [Double]) {
        kind = .quantiles(quantiles)
        count = histograms.count
        let used = Set(histograms.lazy.flatMap { $0.buckets.lazy.map(\.index) }).sorted()
        let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        width = used.count
        ranges = used.map { index in
            let range = HistogramLayout.range(of: min(max(0, index), HistogramLayout.bucketCount - 1))
            return (Double(range.lowerBound), Double(range.upperBound) + 1)
        }
        var rows = [Double](repeating: 0, count: histograms.count * used.count)
        for (row, histogram) in histograms.enumerated() {
            for bucket in histogram.buckets {
                rows[row * used.count + (places[bucket.index] ?? 0)] += Double(bucket.count)
            }
        }
        self.rows = rows
    }

    /// Of pairs, one a chunk.
    public init(ratios: [(numerator: Double, denominator: Double)]) {
        kind = .ratio
        count = ratios.count
        width = 2
        ranges = []
        rows = ratios.flatMap { [$0.numerator, $0.denominator] }
    }

    /// How many figures come of it.
    public var figureCount: Int { if case .quantiles(let all) = kind { all.count } else { 1 } }

    /// How many values, or how much of the denominator, there are in some chunks.
    public func weight(of chunks: some Sequence<Int>) -> Double { sums(chunks).total }

    private func sums(_ chunks: some Sequence<Int>) -> (columns: [Double], total: Double) {
        var sums = [Double](repeating: 0, count: width)
        sums.add(rows: rows, width, chunks)
        switch kind {
        case .quantiles: return (sums, sums.reduce(0, +))
        case .ratio: return (sums, sums[1])
        }
    }

    /// The figures over some chunks, a chunk as often as it is named; `nil` when there is nothing in them.
    public func figures(of chunks: some Sequence<Int>) -> [Double]? {
        let (columns, total) = sums(chunks)
        guard total > 0 else { return nil }
        switch kind {
        case .ratio: return [columns[0] / total]
        case .quantiles(let quantiles): return quantiles.map { value(at: $0, columns, total) }
        }
    }

    /// Straight lines within buckets, so that a small shift shows.
    private func value(at quantile: Double, _ columns: [Double], _ total: Double) -> Double {
        let rank = quantile * total
        var seen = 0.0
        for (place, count) in columns.enumerated() where count > 0 {
            if seen + count >= rank {
                let (low, high) = ranges[place]
                return low + (high - low) * max(0, min(1, (rank - seen) / count))
            }
            seen += count
        }
        return ranges.last?.high ?? 0
    }

    /// What each chunk does to a figure: how much more, or less, it holds than its part.
    ///
    /// - Parameter value: the figure over all.
    public func pulls(of chunks: some Sequence<Int>, figure index: Int, value: Double) -> [Double] {
        chunks.map { chunk in
            let row = rows[(chunk * width)..<((chunk + 1) * width)]
            switch kind {
            case .ratio: return row[row.startIndex] - value * row[row.startIndex + 1]
            case .quantiles(let quantiles):
                var (above, all) = (0.0, 0.0)
                for (place, count) in row.enumerated() where count > 0 {
                    let (low, high) = ranges[place]
                    above += count * max(0, min(1, (high - value) / (high - low)))
                    all += count
                }
                return above - (1 - quantiles[index]) * all
            }
        }
    }
}

extension [Double] {
    /// Adds rows of a table up.
    fileprivate mutating func add(
        rows: [Double], _ width: Int, _ chunks: some Sequence<Int>
    ) {
        let table = rows.span
        var sums = mutableSpan
        for chunk in chunks {
            let start = chunk * width
            for column in 0..<width { sums[column] += table[start + column] }
        }
    }
}
