/// A metric as k6 names it, and where Assay's record has it.
public struct K6Metric: Sendable, Hashable {
    /// What its values are, as k6's summaries say.
    public enum Contents: String, Sendable { case plain = "default", time, data }

    /// `http_req_duration`.
    public var name: String
    public var kind: Series.Kind
    public var contents: Contents
    /// Assay's own metric; `nil` when nothing measures it.
    public var metric: String?
    /// A second trend whose times are added to those of ``metric``.
    public var addend: String?
    /// A trend with a value an exchange: where it has values and ``metric`` has none, k6 records a zero.
    public var zeroesOf: String?

    init(
        _ name: String, _ kind: Series.Kind, _ contents: Contents, of metric: String?, addend: String? = nil,
        zeroesOf: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.contents = contents
        self.metric = metric
        self.addend = addend
        self.zeroesOf = zeroesOf
    }

    /// A metric that a script defined.
    public init(own metric: Metric) {
        self.init(metric.name, metric.kind, metric.unit == .time ? .time : .plain, of: metric.name)
    }

    /// The metrics that k6 has from the beginning, by name.
    public static let builtIn: [K6Metric] = [
        K6Metric("checks", .rate, .plain, of: "checks"),
        K6Metric("data_received", .counter, .data, of: "data.received"),
        K6Metric("data_sent", .counter, .data, of: "data.sent"),
        K6Metric("dropped_iterations", .counter, .plain, of: "iterations.dropped"),
        K6Metric("group_duration", .trend, .time, of: "group.duration"),
        K6Metric("grpc_req_duration", .trend, .time, of: nil),
        K6Metric(
            "http_req_blocked", .trend, .time, of: "http.connecting", addend: "http.tls",
            zeroesOf: "http.duration"),
        K6Metric("http_req_connecting", .trend, .time, of: "http.connecting", zeroesOf: "http.duration"),
        K6Metric("http_req_duration", .trend, .time, of: "http.duration"),
        K6Metric("http_req_failed", .rate, .plain, of: "http.failed"),
        K6Metric("http_req_receiving", .trend, .time, of: "http.receiving", zeroesOf: "http.duration"),
        K6Metric("http_req_sending", .trend, .time, of: "http.sending", zeroesOf: "http.duration"),
        K6Metric("http_req_tls_handshaking", .trend, .time, of: "http.tls", zeroesOf: "http.duration"),
        K6Metric("http_req_waiting", .trend, .time, of: "http.waiting", zeroesOf: "http.duration"),
        K6Metric("http_reqs", .counter, .plain, of: "http.requests"),
        K6Metric("iteration_duration", .trend, .time, of: "iteration.duration"),
        K6Metric("iterations", .counter, .plain, of: "iterations"),
        K6Metric("vus", .gauge, .plain, of: "users"),
        K6Metric("vus_max", .gauge, .plain, of: nil),
        K6Metric("ws_connecting", .trend, .time, of: "ws.connecting"),
        K6Metric("ws_msgs_received", .counter, .plain, of: "ws.received"),
        K6Metric("ws_msgs_sent", .counter, .plain, of: "ws.sent"),
        K6Metric("ws_ping", .trend, .time, of: "ws.round-trip"),
        K6Metric("ws_session_duration", .trend, .time, of: "ws.session"),
        // One each time that a socket was opened.
        K6Metric("ws_sessions", .counter, .plain, of: "ws.connecting"),
    ]

    /// One of ``builtIn``.
    public static func builtIn(_ name: String) -> K6Metric? { builtIn.first { $0.name == name } }

    /// A tag as series have it: k6 writes a group `::outer::inner`, series `outer::inner`.
    public static func tag(_ key: String, _ value: String) -> Series.Tag {
        key == "group" && value.hasPrefix("::")
            ? Series.Tag(key, String(value.dropFirst(2))) : Series.Tag(key, value)
    }
}
