internal import AssayCore
internal import AssayFormats

/// The summary as k6 wrote it before version 1, and as jslib's `textSummary` does: checks by group, then all metrics.
struct K6LegacyText {
    private let data: JSON
    private let indent: String
    private let paint: K6Paint
    private let stats: [String]
    private let unit: String?

    init(_ data: JSON, _ options: K6SummaryText.Options) {
        self.data = data
        indent = options.indent
        paint = K6Paint(isOn: options.colours)
        let own = data["options"] ?? .null
        stats =
            options.trendStats ?? own["summaryTrendStats"]?.arrayValue?.compactMap(\.stringValue)
            ?? K6SummaryPlan().trendStats
        unit = options.timeUnit ?? own["summaryTimeUnit"]?.stringValue
    }

    var text: String {
        (group(data["root_group"] ?? .null, indent + "    ") + metrics).joined(separator: "\n")
    }

    private func group(_ group: JSON, _ before: String) -> [String] {
        var (lines, indent) = ([String](), before)
        if let name = group["name"]?.stringValue, !name.isEmpty {
            lines.append("\(indent)█ \(name)\n")
            indent += "  "
        }
        let checks = group["checks"]?.arrayValue ?? []
        lines += checks.map { check($0, indent) }
        if !checks.isEmpty { lines.append("") }
        return lines + (group["groups"]?.arrayValue ?? []).flatMap { self.group($0, indent) }
    }

    private func check(_ check: JSON, _ indent: String) -> String {
        let name = check["name"]?.stringValue ?? ""
        let passes = check["passes"]?.intValue ?? 0
        let fails = check["fails"]?.intValue ?? 0
        if fails == 0 { return paint.paint("\(indent)✓ \(name)", .green) }
        let share = 100 * passes / max(1, passes + fails)
        return paint.paint(
            "\(indent)✗ \(name)\n\(indent) ↳  \(share)% — ✓ \(passes) / ✗ \(fails)", .red)
    }

    private var metrics: [String] {
        let all = (data["metrics"]?.objectValue ?? JSONObject())
            .compactMap { K6Summary.Figures($0.key, $0.value) }
            .sorted { K6Order.areInOrder($0.name, $1.name) }
        let columns = K6Columns(all, stats: stats, unit: unit)
        let width = all.reduce(0) { max($0, K6Paint.width(Self.shownName($1.name))) }
        return all.map { metric in
            let mark =
                metric.thresholds.isEmpty
                ? " "
                : metric.thresholds.allSatisfy(\.holds) ? paint.paint("✓", .green) : paint.paint("✗", .red)
            let shown = Self.shownName(metric.name)
            let inner = shown.hasPrefix("  ") ? "  " : ""
            let dots = paint.faint(K6Paint.dots(width - K6Paint.width(shown) + 3) + ":")
            return "\(indent)  \(inner)\(mark) \(shown.dropFirst(inner.count))\(dots) "
                + columns.line(of: metric, paint)
        }
    }

    private static func shownName(_ name: String) -> String {
        let parent = K6Order.parent(name)
        return parent == name ? name : "  { \(name.dropFirst(parent.count + 1).dropLast()) }"
    }
}

extension K6Summary.Figures {
    /// A metric of `handleSummary`'s data; `nil` of what is none.
    fileprivate init?(_ name: String, _ json: JSON) {
        guard let kind = json["type"]?.stringValue.flatMap(Series.Kind.init) else { return nil }
        self.init(
            name: name, kind: kind,
            contents: json["contains"]?.stringValue.flatMap(K6Metric.Contents.init) ?? .plain,
            values: (json["values"]?.objectValue ?? JSONObject()).compactMap { key, value in
                value.doubleValue.map { (key, $0) }
            },
            thresholds: (json["thresholds"]?.objectValue ?? JSONObject()).map { key, value in
                (key, value["ok"]?.boolValue ?? true)
            })
    }
}
