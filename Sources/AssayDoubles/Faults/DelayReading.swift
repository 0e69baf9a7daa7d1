internal import AssayCore
public import AssayFormats

extension YAMLReading {
    /// A delay: `40ms`, or one of `{uniform: {from, to}}`, `{lognormal: {median, sigma, at-most}}`,
    /// `{percentiles: {p50: 20ms, p99: 1s}}`.
    public func delay(_ node: YAMLNode) -> DelayDistribution? {
        guard node.pairs != nil else { return duration(node).map { .fixed($0) } }
        return mapping(node, "delay") { fields -> DelayDistribution? in
            let form = fields.choice(of: ["fixed", "uniform", "lognormal", "percentiles"], code: "AS348")
            guard let form else { return nil }
            switch form.name {
            case "fixed": return duration(form.value).map { .fixed($0) }
            case "uniform": return uniform(form.value)
            case "lognormal": return lognormal(form.value)
            default: return percentiles(form.value)
            }
        }.flatMap { $0 }
    }

    private func uniform(_ node: YAMLNode) -> DelayDistribution? {
        mapping(node, "uniform delay") { fields -> DelayDistribution? in
            guard let low = fields.required("from", duration), let high = fields.required("to", duration)
            else { return nil }
            guard low <= high else {
                error(
                    "AS348", "a delay from \(low.shortText) to \(high.shortText) holds nothing", at: node,
                    fix: "write the smaller one as `from`")
                return nil
            }
            return .uniform(from: low, to: high)
        }.flatMap { $0 }
    }

    private func lognormal(_ node: YAMLNode) -> DelayDistribution? {
        mapping(node, "lognormal delay") { fields -> DelayDistribution? in
            let limit = fields.optional("at-most", duration)
            guard let median = fields.required("median", duration),
                let sigma = fields.required("sigma", { double($0, in: 0...10) })
            else { return nil }
            return .lognormal(median: median, sigma: sigma, atMost: limit)
        }.flatMap { $0 }
    }

    private func percentiles(_ node: YAMLNode) -> DelayDistribution? {
        var rows: [DelayDistribution.Percentile] = []
        for pair in entries(node, "percentiles") {
            guard pair.name.hasPrefix("p"), let number = Double(pair.name.dropFirst()), number > 0,
                number <= 100
            else {
                error(
                    "AS348", "'\(pair.name)' is no percentile", at: pair.key,
                    fix: "write `p50`, `p95` or `p99.9`")
                return nil
            }
            guard let length = duration(pair.value) else { return nil }
            if let last = rows.last, last.fraction >= number / 100 || last.duration > length {
                error(
                    "AS348", "percentiles rise from line to line, and so do their delays", at: pair.key,
                    fix: "write them like `{p50: 20ms, p95: 80ms, p99: 1s}`")
                return nil
            }
            rows.append(DelayDistribution.Percentile(number / 100, length))
        }
        return rows.isEmpty ? nil : .percentiles(rows)
    }

    /// `10 KB/s`, `1 MiB/s`.
    public func bytesPerSecond(_ node: YAMLNode) -> Int? {
        guard let text = node.stringValue, text.hasSuffix("/s"),
            let size = ByteCount(unitText: String(text.dropLast(2))), size.bytes > 0
        else {
            error(
                "AS348", "expected a bandwidth, found \(node.kindText)", at: node,
                fix: "write it like `10 KB/s` or `1 MiB/s`")
            return nil
        }
        return size.bytes
    }
}
