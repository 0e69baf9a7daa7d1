public import AssayCore

/// What a metric is called in Prometheus: `http.duration` is `assay_http_duration_seconds`.
///
/// Names follow the Prometheus conventions: base units in the name, `_total` for counters, `_ratio` for fractions.
public struct PrometheusNames: Sendable {
    /// Of the whole run so far.
    public var whole: String
    /// Of the time since the push before; `nil` for counters and gauges, of which Prometheus itself can tell.
    public var recent: String?
    /// What a value is divided by to be in the unit of the name.
    let divisor: Double

    /// - Parameter scale: how many parts of its unit a trend keeps.
    public init(_ metric: String, _ kind: Series.Kind, _ unit: Metric.Unit?, scale: Double = 1) {
        let base = "assay_" + Self.safe(metric)
        let suffix: String
        let divisor: Double
        switch (kind, unit) {
        case (.trend, .time), (.gauge, .time): (suffix, divisor) = ("_seconds", 1e9)
        case (.trend, .bytes), (.gauge, .bytes): (suffix, divisor) = ("_bytes", 1)
        case (.counter, .bytes): (suffix, divisor) = ("_bytes_total", 1)
        case (.counter, .time): (suffix, divisor) = ("_seconds_total", 1e9)
        case (.counter, _): (suffix, divisor) = ("_total", 1)
        case (.rate, _), (.trend, .fraction), (.gauge, .fraction): (suffix, divisor) = ("_ratio", 1)
        case (.trend, _), (.gauge, _): (suffix, divisor) = ("", 1)
        }
        self.divisor = divisor * scale
        whole = base + suffix
        recent = kind == .trend || kind == .rate ? base + "_recent" + suffix : nil
    }

    public init(_ series: Series) {
        let metric = series.definition
        self.init(series.metric, series.kind, metric.unit, scale: metric.scale)
    }

    /// Names that a push of this run may have: one of each family, with those of a summary's parts.
    ///
    /// - Parameter metrics: what the run measures.
    public static func all(of metrics: some Sequence<Metric>) -> Set<String> {
        var names = Set(PrometheusPush.ownNames)
        for metric in metrics {
            let own = PrometheusNames(metric.name, metric.kind, metric.unit)
            names.insert(own.whole)
            if let recent = own.recent { names.insert(recent) }
            if metric.kind == .trend { names.formUnion([own.whole + "_sum", own.whole + "_count"]) }
        }
        return names
    }

    /// Letters, digits and underscores; everything else becomes an underscore.
    static func safe(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            let isKept =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            return isKept ? Character(scalar) : "_"
        }
        let text = String(scalars)
        return text.first.map { ("0"..."9").contains($0) } == true ? "_" + text : text
    }
}
