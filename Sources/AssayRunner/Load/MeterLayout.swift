internal import AssayCore
internal import AssayScenario

/// What a step speaks; its metrics begin with it.
enum StepProtocol: Sendable {
    case http, redis, call, ws, sse, tcp

    /// Steps of kinds that measure nothing themselves have the names of HTTP, and no points.
    init(_ action: Action) {
        switch action {
        case .redis: self = .redis
        case .call: self = .call
        case .ws: self = .ws
        case .sse: self = .sse
        case .tcp: self = .tcp
        default: self = .http
        }
    }

    /// Series of protocols with sessions, in the order of their rows; `nil` for the others.
    var ownSeries: [(metric: String, kind: Series.Kind)]? {
        func all<Own: StepMetric>(_: Own.Type) -> [(metric: String, kind: Series.Kind)] {
            Own.allCases.map { ($0.metric, $0.kind) }
        }
        return switch self {
        case .http, .redis, .call: nil
        case .ws: all(WebSocketSeries.self)
        case .sse: all(SSESeries.self)
        case .tcp: all(TCPSeries.self)
        }
    }
}

/// Which series a load run keeps and where: fixed when it is planned, so that recording is an index, never a look-up.
struct MeterLayout: Sendable {
    /// Measured for every step that talks to something.
    enum StepSeries: Int, CaseIterable {
        case duration, response, waiting, sending, receiving, connecting, tls, failed, requests, sent,
            received

        func metric(of spoken: StepProtocol) -> String {
            switch self {
            case .sent: "data.sent"
            case .received: "data.received"
            default: "\(spoken).\(self)"
            }
        }

        var kind: Series.Kind {
            switch self {
            case .failed: .rate
            case .requests, .sent, .received: .counter
            default: .trend
            }
        }
    }

    let series: [Series]
    let steps: [LoadPlan.StepName]
    let protocols: [StepProtocol]
    let checkNames: [PlannedCheckName]
    let scenarios: [String]
    let firstCheck: Int
    let firstScenario: Int
    let dropped: Int
    let users: Int
    let lag: Int
    /// Gauge of the calls that are up; `nil` in a load without calls.
    let openCalls: Int?
    /// Row in which calls are counted that were scheduled and never begun: that of the first step that begins one, when
    /// every scenario has calls.
    let droppedCalls: Int?
    /// Every how many-th exchange is judged by contracts; `nil` for none.
    let contractSample: Int?
    /// Where the rates of departing exchanges begin, one a step; `nil` when none is judged.
    let firstDrift: Int?
    /// Where the series of each step begin.
    private let starts: [Int]

    /// - Parameters:
    ///   - protocols: of the steps, in their order.
    ///   - droppedCalls: row that counts calls that were never begun.
    init(
        steps: [LoadPlan.StepName], protocols: [StepProtocol], checks: [PlannedCheckName],
        scenarios: [String], droppedCalls: Int? = nil, contractSample: Int? = nil
    ) {
        self.steps = steps
        self.protocols = protocols
        self.droppedCalls = droppedCalls
        self.scenarios = scenarios
        checkNames = checks
        var series: [Series] = []
        var starts: [Int] = []
        for (step, spoken) in zip(steps, protocols) {
            let tags = [Series.Tag("name", step.name), Series.Tag("scenario", step.scenario)]
            starts.append(series.count)
            if spoken == .call {
                series += CallSeries.allCases.map { Series(metric: $0.metric, kind: $0.kind, tags: tags) }
                continue
            }
            if let own = spoken.ownSeries {
                series += own.map { Series(metric: $0.metric, kind: $0.kind, tags: tags) }
                continue
            }
            series += StepSeries.allCases.map {
                Series(metric: $0.metric(of: spoken), kind: $0.kind, tags: tags)
            }
        }
        firstCheck = series.count
        for check in checks {
            var tags = [Series.Tag("check", check.name)]
            if let row = check.row, steps.indices.contains(row) {
                tags += [Series.Tag("name", steps[row].name), Series.Tag("scenario", steps[row].scenario)]
            }
            series.append(Series(metric: "checks", kind: .rate, tags: tags))
        }
        firstScenario = series.count
        for scenario in scenarios {
            let tags = [Series.Tag("scenario", scenario)]
            series.append(Series(metric: "iteration.duration", kind: .trend, tags: tags))
            series.append(Series(metric: "iterations", kind: .counter, tags: tags))
            series.append(Series(metric: "iterations.failed", kind: .rate, tags: tags))
        }
        dropped = series.count
        users = dropped + 1
        lag = dropped + 2
        series.append(Series(metric: "iterations.dropped", kind: .counter))
        series.append(Series(metric: "users", kind: .gauge))
        series.append(Series(metric: "schedule.lag", kind: .trend))
        openCalls = protocols.contains(.call) ? series.count : nil
        if openCalls != nil { series.append(Series(metric: "calls.open", kind: .gauge)) }
        self.contractSample = contractSample
        firstDrift = contractSample == nil ? nil : series.count
        if contractSample != nil {
            for step in steps {
                let tags = [Series.Tag("name", step.name), Series.Tag("scenario", step.scenario)]
                series.append(Series(metric: "contract.drift", kind: .rate, tags: tags))
            }
        }
        self.series = series
        self.starts = starts
    }

    /// Whether any step makes calls.
    var hasCalls: Bool { openCalls != nil }

    func index(_ step: Int, _ series: StepSeries) -> Int {
        starts[step] + series.rawValue
    }

    func index(_ step: Int, _ series: CallSeries) -> Int { starts[step] + series.rawValue }

    /// Where the series begin that a step of a protocol with sessions has.
    func start(_ step: Int) -> Int { starts[step] }
}
