public import AssayCore
public import AssayFormats

/// The user's own metrics, groups and statuses of a load run, for scripts: members of `--summary-json`.
///
/// Times are nanoseconds, sizes bytes, shares 0…1; `series` is there where a metric has several.
public func measuredJSON(_ record: RunRecord) -> [(key: String, value: JSON)] {
    let nanoseconds = record.end?.durationNanoseconds ?? 0
    let figures = MeasuredFigures(record, nanoseconds: nanoseconds)
    var own = JSONObject()
    for metric in figures.own {
        var members = members(metric.metric, metric.whole, nanoseconds)
        if !metric.parts.isEmpty {
            members.append(
                (
                    "series",
                    .array(
                        metric.parts.map { part in
                            .object(
                                JSONObject(
                                    [("tags", tags(part.tags))] + values(metric.metric, part.sum, nanoseconds)
                                ))
                        })
                ))
        }
        own[metric.metric.name] = .object(JSONObject(members))
    }
    let groups = figures.groups.map { group -> JSON in
        .object(
            JSONObject(
                [("group", .string(group.name)), ("scenario", .string(group.scenario))]
                    + trend(group.times, scale: 1)))
    }
    var statuses = JSONObject()
    for status in figures.statuses { statuses[status.name] = JSON(count: status.count) }
    return [("metrics", .object(own)), ("groups", .array(groups)), ("statuses", .object(statuses))]
}

private func tags(_ tags: [Series.Tag]) -> JSON {
    .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
}

private func members(
    _ metric: Metric, _ sum: MeasuredFigures.Sum, _ nanoseconds: Int64
) -> [(String, JSON)] {
    [("kind", .string(metric.kind.rawValue)), ("unit", .string(metric.unit.rawValue))]
        + values(metric, sum, nanoseconds)
}

private func values(
    _ metric: Metric, _ sum: MeasuredFigures.Sum, _ nanoseconds: Int64
) -> [(String, JSON)] {
    switch metric.kind {
    case .trend: return trend(sum.histogram, scale: metric.scale)
    case .counter:
        let rate = nanoseconds > 0 ? Double(sum.counted) * 1e9 / Double(nanoseconds) : 0
        return [("count", JSON(count: sum.counted)), ("rate", JSON(number: rate))]
    case .rate:
        let share = sum.total > 0 ? JSON(number: Double(sum.hit) / Double(sum.total)) : JSON.null
        return [("rate", share), ("passed", JSON(count: sum.hit)), ("total", JSON(count: sum.total))]
    case .gauge: return [("value", sum.gauge.map { JSON(number: $0) } ?? JSON.null)]
    }
}

private func trend(_ histogram: HistogramSnapshot, scale: Double) -> [(String, JSON)] {
    func number(_ value: Double?) -> JSON { value.map { JSON(number: $0 / scale) } ?? JSON.null }
    func value(_ quantile: Double) -> JSON { number(histogram.value(at: quantile).map { Double($0) }) }
    return [
        ("count", JSON(count: histogram.count)), ("avg", number(histogram.mean)), ("min", value(0)),
        ("p50", value(0.5)), ("p95", value(0.95)), ("p99", value(0.99)), ("max", value(1)),
    ]
}
