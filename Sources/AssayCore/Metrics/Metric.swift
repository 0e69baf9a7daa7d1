/// Something that a load run measures: name, kind, unit and what it means.
public struct Metric: Sendable, Hashable {
    /// What the numbers of a metric are.
    public enum Unit: String, Sendable {
        /// Nanoseconds.
        case time
        case count
        case bytes
        /// 0…1.
        case fraction
    }

    /// As thresholds and reports spell it: `http.duration`.
    public var name: String
    public var kind: Series.Kind
    public var unit: Unit
    /// One line for people.
    public var summary: String
    /// What the whole numbers that a trend keeps are divided by to be in ``unit``; 1 of Assay's own metrics.
    public var scale = 1.0
    /// Defined by a scenario.
    public var isOwn = false

    public init(_ name: String, _ kind: Series.Kind, _ unit: Unit, _ summary: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.summary = summary
    }

    /// A metric that a scenario defines; its trend keeps so many parts of a unit as ``scale`` says.
    public static func own(_ name: String, _ kind: Series.Kind, _ unit: Unit) -> Metric {
        var metric = Metric(name, kind, unit, "the user's own \(kind.rawValue)")
        metric.isOwn = true
        if kind == .trend { metric.scale = unit.ownScale }
        return metric
    }
}

extension Metric.Unit {
    /// Histograms keep whole numbers of 0 to 2⁴²: a trend of numbers keeps thousandths, one of shares millionths, one of
    /// times nanoseconds, one of sizes bytes.
    var ownScale: Double {
        switch self {
        case .time, .bytes: 1
        case .count: 1000
        case .fraction: 1_000_000
        }
    }
}

/// The metrics that a run knows: Assay's own and those its scenarios define.
public struct MetricRegistry: Sendable {
    /// In the order of the table, the user's own last.
    public private(set) var all: [Metric]
    private var indices: [String: Int]

    /// Only Assay's own metrics.
    public static let standard = MetricRegistry(table)

    /// Assay's own metrics and those added.
    public init(adding own: [Metric]) {
        self.init(Self.table)
        for metric in own { add(metric) }
    }

    private init(_ metrics: [Metric]) {
        all = metrics
        indices = [:]
        for (index, metric) in metrics.enumerated() { indices[metric.name] = index }
    }

    public subscript(name: String) -> Metric? { indices[name].map { all[$0] } }

    /// Adds one of the user's own.
    ///
    /// - Returns: false when the name is taken by a metric of another kind or unit; nothing changes then.
    @discardableResult
    public mutating func add(_ metric: Metric) -> Bool {
        if let known = self[metric.name] { return known.kind == metric.kind && known.unit == metric.unit }
        indices[metric.name] = all.count
        all.append(metric)
        return true
    }

    /// The known name that a misspelt one is near to.
    public func nearest(to name: String) -> String? { nearestName(to: name, among: all.map(\.name)) }

    private static let table: [Metric] = [
        Metric("http.duration", .trend, .time, "from sending the request to the last byte of the answer"),
        Metric("http.response", .trend, .time, "from the intended start to the last byte of the answer"),
        Metric("http.waiting", .trend, .time, "from the last byte sent to the first byte of the answer"),
        Metric("http.connecting", .trend, .time, "opening a TCP connection"),
        Metric("http.tls", .trend, .time, "the TLS handshake"),
        Metric("http.sending", .trend, .time, "writing the request"),
        Metric("http.receiving", .trend, .time, "from the first to the last byte of the answer"),
        Metric("http.failed", .rate, .fraction, "requests that failed, as a part of all"),
        Metric("http.requests", .counter, .count, "requests made"),
        Metric("redis.duration", .trend, .time, "from sending commands to the last byte of their replies"),
        Metric("redis.response", .trend, .time, "from the intended start to the last byte of the replies"),
        Metric("redis.waiting", .trend, .time, "from the last byte sent to the first byte of a reply"),
        Metric("redis.connecting", .trend, .time, "opening a connection, user and database included"),
        Metric("redis.sending", .trend, .time, "writing the commands"),
        Metric("redis.receiving", .trend, .time, "from the first to the last byte of the replies"),
        Metric("redis.failed", .rate, .fraction, "exchanges without replies or with an unexpected error"),
        Metric("redis.requests", .counter, .count, "exchanges with a Redis; a pipeline is one"),
        Metric("iteration.duration", .trend, .time, "one pass through a scenario"),
        Metric("group.duration", .trend, .time, "one pass through the steps of a group"),
        Metric("iterations", .counter, .count, "passes that ended"),
        Metric("iterations.failed", .rate, .fraction, "passes that a step broke off, as a part of all"),
        Metric("iterations.dropped", .counter, .count, "planned starts for which no user was free"),
        Metric("iterations.interrupted", .counter, .count, "passes that were cut off at the end"),
        Metric("checks", .rate, .fraction, "expectations that held, as a part of all"),
        Metric(
            "contract.drift", .rate, .fraction, "exchanges that depart from their contract, of those judged"),
        Metric("users", .gauge, .count, "users at work"),
        Metric("data.sent", .counter, .bytes, "bytes sent"),
        Metric("data.received", .counter, .bytes, "bytes received"),
        Metric("schedule.lag", .trend, .time, "how much later than planned Assay itself started something"),
        Metric("ws.connecting", .trend, .time, "opening a WebSocket, TLS and handshake included"),
        Metric("ws.session", .trend, .time, "how long a WebSocket was open"),
        Metric("ws.waiting", .trend, .time, "from the start of a step to the message that it waits for"),
        Metric("ws.round-trip", .trend, .time, "from sending a message to the one that answers it"),
        Metric("ws.sent", .counter, .count, "WebSocket messages sent"),
        Metric("ws.received", .counter, .count, "WebSocket messages received"),
        Metric("ws.failed", .rate, .fraction, "WebSockets that were not opened or failed later, of all"),
        Metric("sse.session", .trend, .time, "how long a stream of events was open"),
        Metric("sse.first-event", .trend, .time, "from asking for a stream to its first event"),
        Metric("sse.waiting", .trend, .time, "how long a step waited for its event; 0 when it was there"),
        Metric("sse.received", .counter, .count, "events received, those nobody waited for included"),
        Metric("sse.failed", .rate, .fraction, "streams that could not be opened or of which a step failed"),
        Metric("tcp.connecting", .trend, .time, "opening a TCP connection, TLS included"),
        Metric("tcp.session", .trend, .time, "how long a TCP connection was open"),
        Metric("tcp.round-trip", .trend, .time, "from sending to the end of the first message behind it"),
        Metric("tcp.waiting", .trend, .time, "how long a step waited for its message; 0 when it was there"),
        Metric("tcp.failed", .rate, .fraction, "connections not made, or of which a step failed"),
        Metric("calls", .counter, .count, "voice calls begun or tried"),
        Metric("calls.open", .gauge, .count, "voice calls that are up"),
        Metric("call.failed", .rate, .fraction, "calls of which a step failed, as a part of all scheduled"),
        Metric("call.greeting", .trend, .time, "from the connection to the first voice"),
        Metric("call.first-frame", .trend, .time, "from the connection to the first audio, voice or not"),
        Metric("call.response", .trend, .time, "from the end of the caller's speech to the first voice"),
        Metric("call.early", .rate, .fraction, "answers begun before the caller's end of speech"),
        Metric(
            "call.barge-stop", .trend, .time, "from the caller's voice over the other side to its silence"),
        Metric("call.talk-over", .trend, .time, "how long both sides spoke at once, a call"),
        Metric(
            "call.dead-air", .trend, .time, "stretches over 3 s in which nobody spoke; 0 of a call without"),
        Metric("call.hole", .trend, .time, "gaps over 40 ms inside what is said; 0 of a call without"),
        Metric("call.lead", .trend, .time, "how far audio came ahead of its playing; over 60 ms is a burst"),
        Metric("call.predicted-loss", .rate, .fraction, "audio that Asterisk would throw away unheard"),
        Metric("call.hangup", .trend, .time, "from hanging up to the other side's closing"),
        Metric("call.lateness", .trend, .time, "how late Assay itself wrote a frame of audio"),
    ]
}
