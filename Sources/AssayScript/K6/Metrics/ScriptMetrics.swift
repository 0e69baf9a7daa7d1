internal import Synchronization

/// The metrics that the scripts of a run define, the same for all of its virtual users.
public final class ScriptMetrics: Sendable {
    private let known = Mutex<[String: ScriptMetric]>([:])

    public init() {}

    struct Refusal: Error, Equatable {
        var message: String
    }

    /// In the order of their first definition.
    public var all: [ScriptMetric] {
        known.withLock { $0.values.filter { $0.index >= 0 }.sorted { $0.index < $1.index } }
    }

    /// The metric of a name, new or known; a name has one kind only, and k6's own names theirs.
    func register(_ name: String, _ kind: ScriptMetric.Kind, isTime: Bool) -> Result<ScriptMetric, Refusal> {
        guard Self.isName(name) else {
            return .failure(
                Refusal(
                    message:
                        "Invalid metric name: '\(name)'. Metric names must only include up to 128 ASCII letters, "
                        + "numbers, or underscores and start with a letter or an underscore."))
        }
        let contents = isTime ? "time" : "default"
        if let (own, ownContents) = Self.own[name] {
            if own != kind { return .failure(Self.collision(name, own, kind)) }
            if ownContents != contents { return .failure(Self.collision(name, ownContents, contents)) }
        }
        return known.withLock { known in
            if let metric = known[name] {
                if metric.kind != kind { return .failure(Self.collision(name, metric.kind, kind)) }
                if metric.isTime != isTime {
                    return .failure(Self.collision(name, metric.isTime ? "time" : "default", contents))
                }
                return .success(metric)
            }
            let metric = ScriptMetric(name: name, kind: kind, isTime: isTime, index: known.count)
            known[name] = metric
            return .success(metric)
        }
    }

    private static func isName(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) || byte == UInt8(ascii: "_") }
        guard let first = name.utf8.first, (2...129).contains(name.utf8.count) else { return false }
        return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
    }

    private static func collision(
        _ name: String, _ known: ScriptMetric.Kind, _ wanted: ScriptMetric.Kind
    ) -> Refusal {
        Refusal(message: "metric '\(name)' already exists but with type \(known), instead of \(wanted)")
    }

    private static func collision(_ name: String, _ known: String, _ wanted: String) -> Refusal {
        Refusal(
            message: "metric '\(name)' already exists but with a value type \(known), instead of \(wanted)")
    }

    /// k6's own metrics, with what they contain.
    private static let own: [String: (ScriptMetric.Kind, String)] = {
        var own: [String: (ScriptMetric.Kind, String)] = [:]
        for name in ["vus", "vus_max"] { own[name] = (.gauge, "default") }
        for name in [
            "iterations", "dropped_iterations", "http_reqs", "ws_sessions", "ws_msgs_sent",
            "ws_msgs_received",
            "grpc_streams", "grpc_streams_msgs_received", "grpc_streams_msgs_sent",
        ] { own[name] = (.counter, "default") }
        for name in ["checks", "http_req_failed"] { own[name] = (.rate, "default") }
        for name in ["data_sent", "data_received"] { own[name] = (.counter, "data") }
        for name in [
            "iteration_duration", "group_duration", "http_req_duration", "http_req_blocked",
            "http_req_connecting",
            "http_req_tls_handshaking", "http_req_sending", "http_req_waiting", "http_req_receiving",
            "ws_ping",
            "ws_session_duration", "ws_connecting", "grpc_req_duration",
        ] { own[name] = (.trend, "time") }
        return own
    }()
}

extension ScriptProgram {
    /// What its scripts measure of their own.
    public var metrics: ScriptMetrics { shared.value(ScriptMetrics.self) { ScriptMetrics() } }
}
