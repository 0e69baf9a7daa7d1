internal import AssayCore
internal import AssayScenario

/// Keys of the tags by which thresholds choose among what scripts measure.
///
/// A script may tag everything it measures, and nobody may want to know: only what is asked for has a series of its own.
struct ScriptTagKeys: Sendable, Equatable {
    /// Of requests and what they transfer.
    private(set) var requests: [String] = []
    private(set) var checks: [String] = []
    /// Of other metrics, by their names.
    private(set) var own: [String: [String]] = [:]

    /// What every series has that may have it.
    private static let constant: Set<String> = ["name", "scenario", "group", "method", "check"]

    /// - Parameters:
    ///   - wanted: further keys of requests.
    ///   - shown: further keys by metric.
    init(_ profile: LoadProfile, wanted: [String] = [], shown: [String: [String]] = [:]) {
        let metrics = profile.metrics
        for text in profile.thresholds + (profile.search?.conditions ?? []) {
            guard let threshold = try? text.threshold(metrics) else { continue }
            add(threshold.tags.map(\.key), of: threshold.metric.name)
        }
        for (metric, keys) in shown.sorted(by: { $0.key < $1.key }) { add(keys, of: metric) }
        if wanted.contains("expected_response") { add(["expected_response"], of: "http.duration") }
    }

    init() {}

    mutating func add(_ keys: [String], of metric: String) {
        let isRequest = metric.hasPrefix("http.") || metric.hasPrefix("data.")
        for key in keys where !Self.constant.contains(key) {
            if isRequest {
                if !requests.contains(key) { requests.append(key) }
            } else if metric == "checks" {
                if !checks.contains(key) { checks.append(key) }
            } else if !own[metric, default: []].contains(key) {
                own[metric, default: []].append(key)
            }
        }
    }
}
