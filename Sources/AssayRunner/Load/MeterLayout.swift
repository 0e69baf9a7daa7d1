internal import AssayCore

/// Which series a load run keeps and where: fixed when it is planned, so that recording is an index, never a look-up.
struct MeterLayout: Sendable {
    /// Measured for every step that talks to something.
    enum StepSeries: Int, CaseIterable {
        case duration, response, waiting, sending, receiving, connecting, failed, requests, sent, received

        var metric: String {
            switch self {
            case .duration: "http.duration"
            case .response: "http.response"
            case .waiting: "http.waiting"
            case .sending: "http.sending"
            case .receiving: "http.receiving"
            case .connecting: "http.connecting"
            case .failed: "http.failed"
            case .requests: "http.requests"
            case .sent: "data.sent"
            case .received: "data.received"
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
    let checkNames: [PlannedCheckName]
    let scenarios: [String]
    let firstCheck: Int
    let firstScenario: Int
    let dropped: Int
    let users: Int
    let lag: Int

    init(steps: [LoadPlan.StepName], checks: [PlannedCheckName], scenarios: [String]) {
        self.steps = steps
        self.scenarios = scenarios
        checkNames = checks
        var series: [Series] = []
        for step in steps {
            let tags = [Series.Tag("name", step.name), Series.Tag("scenario", step.scenario)]
            series += StepSeries.allCases.map { Series(metric: $0.metric, kind: $0.kind, tags: tags) }
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
        }
        dropped = series.count
        users = dropped + 1
        lag = dropped + 2
        series.append(Series(metric: "iterations.dropped", kind: .counter))
        series.append(Series(metric: "users", kind: .gauge))
        series.append(Series(metric: "schedule.lag", kind: .trend))
        self.series = series
    }

    func index(_ step: Int, _ series: StepSeries) -> Int {
        step * StepSeries.allCases.count + series.rawValue
    }
}
