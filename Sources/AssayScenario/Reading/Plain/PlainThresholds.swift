import AssayCore
import AssayFormats

/// Limits of a plain profile as thresholds: `{"p95_ms": 2000, "error_rate": 0}`.
///
/// Keys say what is bounded and in which unit; which metric that is depends on whether the profile speaks of calls.
struct PlainThresholds {
    let yaml: YAMLReading
    /// `http.duration`, `call.response`: what latencies are asked of.
    let latency: String
    /// `http.failed`: what errors are counted in.
    let failed: String
    /// `http.requests`, `calls`: what throughput counts.
    let counter: String

    init(_ fields: PlainFields, _ yaml: YAMLReading) {
        self.yaml = yaml
        let spoken = fields.countsCalls ? "call" : "http"
        var latency = fields.countsCalls ? "call.response" : "http.duration"
        if let own = fields.value(.metric).flatMap(yaml.string) { latency = own }
        self.latency = latency
        let own = String(latency.prefix { $0 != "." })
        failed = (MetricRegistry.standard["\(own).failed"] == nil ? spoken : own) + ".failed"
        counter = spoken == "call" ? "calls" : "http.requests"
    }

    /// Either a mapping of limits, or a list of thresholds as Assay writes them.
    func read(_ node: YAMLNode) -> [LoadProfile.ThresholdText]? {
        guard let pairs = node.pairs else {
            return yaml.oneOrMore(node) { line in
                yaml.string(line).map { LoadProfile.ThresholdText(text: $0, location: line.location) }
            }
        }
        return pairs.compactMap { pair in
            threshold(pair).map { LoadProfile.ThresholdText(text: $0, location: pair.value.location) }
        }
    }

    private static let statistics = ["avg", "min", "med", "max"]
    private static let synonyms = [
        "average": "avg", "mean": "avg", "median": "med", "minimum": "min", "maximum": "max",
    ]
    private static let fillers = [
        "latency", "response", "time", "duration", "max", "limit", "below", "target",
    ]
    private static let errors = ["error", "errors", "failed", "failure", "failures"]
    private static let counted = ["calls", "requests", "iterations", "throughput", "rps", "rpm"]

    private func threshold(_ pair: YAMLNode.Pair) -> String? {
        let words = PlainWords(pair.name).words
        if words.contains(where: Self.errors.contains) { return errorRate(pair, words) }
        if words.contains(where: Self.counted.contains) { return throughput(pair, words) }
        let kept = words.map { Self.synonyms[$0] ?? $0 }
        let statistic = kept.first { Self.isPercentile($0) } ?? kept.first(where: Self.statistics.contains)
        let rest = kept.filter { $0 != statistic && !Self.fillers.contains($0) }
        guard let statistic, rest.count <= 1, rest.allSatisfy({ PlainWords.units[$0] != nil }) else {
            return unknown(pair)
        }
        return limit(pair, unit: rest.first).map { "\(statistic)(\(latency)) < \($0)" }
    }

    private static func isPercentile(_ word: String) -> Bool {
        word.first == "p" && word.count > 1
            && (Double(word.dropFirst()).map { (0...100).contains($0) } ?? false)
    }

    private func unknown(_ pair: YAMLNode.Pair) -> String? {
        let known = [
            "p50_ms", "p95_ms", "p99_ms", "avg_ms", "max_ms", "error_rate", "calls_per_minute",
            "requests_per_second",
        ]
        yaml.error(
            "AS405", "'\(pair.name.prefix(40))' is no limit that is known", at: pair.key,
            fix: nearestName(to: pair.name.lowercased(), among: known).map { "did you mean '\($0)'?" }
                ?? "known are, for example: " + known.joined(separator: ", "))
        return nil
    }

    private func limit(_ pair: YAMLNode.Pair, unit: String?) -> String? {
        let node = pair.value
        if case .string = node.content {
            guard let text = bound(node), yaml.duration(YAMLNode(.string(text), at: node.location)) != nil
            else {
                return nil
            }
            return text
        }
        guard let unit, let seconds = PlainWords.units[unit] else {
            yaml.error(
                "AS015", "'\(pair.name)' needs a unit, found \(node.kindText)", at: node,
                fix:
                    "call it '\(pair.name)_ms' or '\(pair.name)_seconds', or write \"\(node.scalarText ?? "2")s\""
            )
            return nil
        }
        guard let number = yaml.double(node, in: 0...1e9) else { return nil }
        // Written as people would: 2000 ms are 2s, 1500 ms stay.
        let milliseconds = number * seconds * 1000
        let whole = (milliseconds / 1000).rounded()
        if milliseconds >= 1000, milliseconds / 1000 == whole { return "\(Int(whole))s" }
        return milliseconds == milliseconds.rounded()
            ? "\(Int(milliseconds))ms" : "\(Int((milliseconds * 1000).rounded()))us"
    }

    /// A text without a comparison in front: `< 2s` and `2s` are the same limit.
    private func bound(_ node: YAMLNode) -> String? {
        guard let text = yaml.string(node) else { return nil }
        return String(text.drop { "<= ".contains($0) })
    }

    private func errorRate(_ pair: YAMLNode.Pair, _ words: [String]) -> String? {
        let node = pair.value
        let isPercent = words.contains { ["percent", "percentage", "pct"].contains($0) }
        let share: Double?
        // A bare 1 is meant as one per cent more often than as all of them.
        var isPlain = false
        if case .string = node.content {
            share = bound(node).flatMap {
                yaml.percent(YAMLNode(.string($0), at: node.location, scalarText: $0))
            }
        } else {
            isPlain = !isPercent
            share = yaml.double(node, in: 0...100).map { isPercent ? $0 / 100 : $0 }
        }
        guard let share else { return nil }
        guard isPlain ? share < 1 : share <= 1 else {
            yaml.error(
                "AS405", "'\(pair.name)' is a fraction of 1, found \(node.kindText)", at: node,
                fix: "write \"\(node.scalarText ?? "5")%\", or call it '\(pair.name)_percent'")
            return nil
        }
        // None at all is a limit that can be met; below none is not.
        return "rate(\(failed)) \(share == 0 ? "<=" : "<") \(Self.number(share * 100))%"
    }

    private func throughput(_ pair: YAMLNode.Pair, _ words: [String]) -> String? {
        let node = pair.value
        let metric = words.contains("iterations") ? "iterations" : counter
        if case .string = node.content {
            let text = String((yaml.string(node) ?? "").drop { ">= ".contains($0) })
            guard yaml.rate(YAMLNode(.string(text), at: node.location, scalarText: text)) != nil else {
                return nil
            }
            return "rate(\(metric)) >= \(text)"
        }
        let unit: String
        if words.contains("rpm") || words.contains("minute") || words.contains("min") && words.last == "min" {
            unit = "min"
        } else if words.contains("rps") || words.contains("second") || words.contains("sec") {
            unit = "s"
        } else {
            return unknown(pair)
        }
        return yaml.double(node, in: 0...1e9).map { "rate(\(metric)) >= \(Self.number($0))/\(unit)" }
    }

    /// Without a trailing `.0`, and without the dust of binary fractions.
    static func number(_ value: Double) -> String {
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
    }
}
