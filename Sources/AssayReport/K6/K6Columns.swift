internal import AssayCore

/// The figures of several metrics as texts, and how wide their columns are: what the forms of k6's summary share.
struct K6Columns {
    private let stats: [String]
    private let unit: String?
    /// Texts of trends by metric, in the order of the figures that are wanted.
    private var trends: [String: [String]] = [:]
    private var trendWidths: [Int]
    /// Of other metrics: the figure, and what stands behind it.
    private var others: [String: [String]] = [:]
    private var otherWidth = 0
    private var extraWidths = [0, 0]

    init(_ metrics: [K6Summary.Figures], stats: [String], unit: String?) {
        (self.stats, self.unit) = (stats, unit)
        trendWidths = stats.map { _ in 0 }
        for metric in metrics { add(metric) }
    }

    private mutating func add(_ metric: K6Summary.Figures) {
        if metric.kind == .trend {
            let texts = stats.map { text(of: metric[$0] ?? 0, $0, metric) }
            for (place, text) in texts.enumerated() {
                trendWidths[place] = max(trendWidths[place], K6Paint.width(text))
            }
            trends[metric.name] = texts
            return
        }
        let texts = Self.texts(of: metric, unit)
        others[metric.name] = texts
        otherWidth = max(otherWidth, K6Paint.width(texts[0]))
        for (place, text) in texts.dropFirst().enumerated() {
            extraWidths[place] = max(extraWidths[place], K6Paint.width(text))
        }
    }

    private func text(of value: Double, _ stat: String, _ metric: K6Summary.Figures) -> String {
        stat == "count"
            ? K6Numbers.plain(value) : K6Numbers.text(value, metric.kind, metric.contents, unit: unit)
    }

    /// The figure of a metric that is no trend, and what k6 shows behind it.
    static func texts(of metric: K6Summary.Figures, _ unit: String?) -> [String] {
        func text(_ name: String) -> String {
            K6Numbers.text(metric[name] ?? 0, metric.kind, metric.contents, unit: unit)
        }
        switch metric.kind {
        case .counter: return [text("count"), text("rate") + "/s"]
        case .gauge: return [text("value"), "min=" + text("min"), "max=" + text("max")]
        case .rate:
            let (passes, fails) = (metric["passes"] ?? 0, metric["fails"] ?? 0)
            return [text("rate"), "\(K6Numbers.plain(passes)) out of \(K6Numbers.plain(passes + fails))"]
        case .trend: return []
        }
    }

    /// The columns of one metric.
    func line(of metric: K6Summary.Figures, _ paint: K6Paint) -> String {
        if let texts = trends[metric.name] {
            return zip(stats, zip(texts, trendWidths)).map { stat, column in
                stat + "=" + paint.paint(column.0, .cyan)
                    + K6Paint.spaces(column.1 - K6Paint.width(column.0))
            }.joined(separator: " ")
        }
        let texts = others[metric.name] ?? []
        guard let first = texts.first else { return "" }
        let figure = paint.paint(first, .cyan) + K6Paint.spaces(otherWidth - K6Paint.width(first))
        let extras = texts.dropFirst()
        if extras.count == 1, let only = extras.first {
            return figure + " " + paint.paint(only, .cyan, faint: true)
        }
        let parts = zip(extras, extraWidths).map { text, width in
            paint.paint(text, .cyan, faint: true) + K6Paint.spaces(width - K6Paint.width(text))
        }
        return ([figure] + parts).joined(separator: " ")
    }
}
