/// A bound on a metric: `p95(http.duration{name:add}) < 500ms over 30s, abort after 10s`.
public struct Threshold: Sendable, Equatable {
    /// What is asked of the metric.
    public enum Statistic: Sendable, Equatable {
        /// 0…100, decimals allowed.
        case percentile(Double)
        case average, minimum, median, maximum, count, rate, value

        /// The metrics' kinds that can answer.
        func isAnswered(by kind: Series.Kind) -> Bool {
            switch (self, kind) {
            case (.percentile, .trend), (.average, .trend), (.minimum, .trend), (.median, .trend),
                (.maximum, .trend), (.count, .trend), (.count, .counter), (.rate, .counter),
                (.rate, .rate), (.value, .gauge):
                true
            default: false
            }
        }

        static let words: [(String, Statistic)] = [
            ("avg", .average), ("min", .minimum), ("med", .median), ("max", .maximum), ("count", .count),
            ("rate", .rate), ("value", .value),
        ]

        /// The spellings that a kind of metric answers, for people.
        static func spellings(for kind: Series.Kind) -> String {
            let words = words.filter { $0.1.isAnswered(by: kind) }.map(\.0)
            return (kind == .trend ? ["p0…p100"] + words : words).joined(separator: ", ")
        }
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case below = "<"
        case atMost = "<="
        case above = ">"
        case atLeast = ">="
        case equal = "=="
        case unequal = "!="

        /// Whether the bound holds.
        public func holds(_ actual: Double, _ limit: Double) -> Bool {
            switch self {
            case .below: actual < limit
            case .atMost: actual <= limit
            case .above: actual > limit
            case .atLeast: actual >= limit
            case .equal: actual == limit
            case .unequal: actual != limit
            }
        }
    }

    /// As the person wrote it.
    public var text: String
    public var statistic: Statistic
    public var metric: Metric
    /// A series counts when it has all of these.
    public var tags: [Series.Tag]
    public var comparison: Comparison
    /// Nanoseconds, 0…1, per second, bytes or a count: what ``statistic`` of ``metric`` gives.
    public var limit: Double
    /// Only the last so much counts; `nil` for everything so far.
    public var window: Duration?
    /// What ended before so much of the run had passed does not count: a warm-up; `nil` counts everything.
    public var judgedFrom: Duration?
    /// Broken this long without a pause ends the run; zero at once, `nil` never.
    public var abortAfter: Duration?
    /// It ends no run before so much of it has passed.
    public var abortFrom: Duration?
    /// What another tool does otherwise.
    public var rules = Rules()

    /// How figures are computed where a threshold is another tool's.
    public struct Rules: Sendable, Equatable {
        /// What becomes of a threshold for which nothing was recorded by the end.
        public enum WhenEmpty: Sendable, Equatable {
            case noData
            /// It holds.
            case holds
            /// This figure is judged.
            case figure(Double)
        }

        public var whenEmpty = WhenEmpty.noData
        /// Percentiles between two recorded values lie on the line between them.
        public var interpolates = false
        /// A trend: where it has values and the judged one has none, a zero counts.
        public var zeroesOf: String?
        /// What the last part of a second ends with does not count: a gauge that is looked at once a second.
        public var skipsParts = false
        public init() {}
    }

    public init(
        text: String, statistic: Statistic, metric: Metric, tags: [Series.Tag], comparison: Comparison,
        limit: Double
    ) {
        self.text = text
        self.statistic = statistic
        self.metric = metric
        self.tags = tags
        self.comparison = comparison
        self.limit = limit
    }

    /// Whether a series is one of those that the threshold judges.
    public func selects(_ series: Series) -> Bool {
        series.metric == metric.name && hasTags(series)
    }

    /// Whether a series has as many values as the judged ones should have; ``Rules/zeroesOf``.
    func countsZeroes(_ series: Series) -> Bool { series.metric == rules.zeroesOf && hasTags(series) }

    private func hasTags(_ series: Series) -> Bool {
        tags.allSatisfy { series[tag: $0.key] == $0.value }
    }

    /// Tags that only a run knows: a series of each is made when it is first seen.
    static let lateTags: Set<String> = ["status", "error"]

    /// Whether nothing but a status or an outcome that did not come up keeps a series from being judged.
    func selectsButForStatus(_ series: Series) -> Bool {
        series.metric == metric.name && tags.contains { Self.lateTags.contains($0.key) }
            && tags.allSatisfy { Self.lateTags.contains($0.key) || series[tag: $0.key] == $0.value }
    }

    /// Why no series was judged, with what was probably meant.
    ///
    /// - Parameter series: all that the run had.
    public func unmatchedText(in series: [Series]) -> String {
        let same = series.filter { $0.metric == metric.name }
        let begin = "no series matched \(text)"
        guard !same.isEmpty else { return "\(begin): nothing measures \(metric.name)" }
        for tag in tags where !same.contains(where: { $0[tag: tag.key] == tag.value }) {
            let values = Set(same.compactMap { $0[tag: tag.key] }).sorted()
            if values.isEmpty {
                let keys = Set(same.flatMap { $0.tags.map(\.key) }).sorted()
                let near = nearestName(to: tag.key, among: keys).map { "did you mean '\($0)'?" }
                return "\(begin): no \(metric.name) has the tag '\(tag.key)'; "
                    + (near ?? "there are: " + keys.joined(separator: ", "))
            }
            let near = nearestName(to: tag.value, among: values).map { "did you mean '\($0)'?" }
            let shown = values.prefix(5).joined(separator: ", ") + (values.count > 5 ? ", …" : "")
            return "\(begin): no \(metric.name) has \(tag.key) '\(tag.value)'; "
                + (near ?? "there are: \(shown)")
        }
        return "\(begin): no \(metric.name) has all of its tags"
    }

    /// What the judged figure is measured in.
    enum Measure { case time, fraction, perSecond, bytesPerSecond, bytes, count }

    var measure: Measure {
        if statistic == .count { return metric.kind == .counter && metric.unit == .bytes ? .bytes : .count }
        if metric.kind == .counter, statistic == .rate {
            return metric.unit == .bytes ? .bytesPerSecond : .perSecond
        }
        return switch metric.unit {
        case .time: .time
        case .fraction: .fraction
        case .bytes: .bytes
        case .count: .count
        }
    }

    /// A judged figure for people: `18 ms`, `0.02 %`, `98.7/s`.
    public func text(of figure: Double) -> String {
        switch measure {
        case .time: shortText(nanoseconds: figure)
        case .fraction: figure == 0 ? "0 %" : significant(figure * 100) + " %"
        case .perSecond: plain(figure) + "/s"
        case .bytesPerSecond: bytes(figure) + "/s"
        case .bytes: bytes(figure)
        case .count: plain(figure)
        }
    }

    private func plain(_ figure: Double) -> String {
        abs(figure) < 9e15 && figure == figure.rounded() ? grouped(Int(figure)) : number(figure)
    }

    private func bytes(_ figure: Double) -> String {
        abs(figure) < 9e15 ? ByteCount(Int(figure.rounded())).shortText : number(figure) + " B"
    }

    /// `significant` is made for whole numbers that fit an `Int`.
    private func number(_ figure: Double) -> String {
        abs(figure) < 9e15 ? significant(figure) : "\(figure)"
    }
}
