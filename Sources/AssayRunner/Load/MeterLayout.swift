internal import AssayCore
internal import AssayScenario

/// What a step speaks; its metrics begin with it.
enum StepProtocol: Sendable {
    case http, redis, call, ws, sse, tcp
    /// A step that records the user's own metrics and nothing else, or a script, whose requests have rows of their own.
    case none

    /// Steps of kinds that measure nothing themselves have the names of HTTP, and no points.
    init(_ action: Action) {
        switch action {
        case .redis: self = .redis
        case .call: self = .call
        case .ws: self = .ws
        case .sse: self = .sse
        case .tcp: self = .tcp
        case .metric, .script, .hook, .repeat: self = .none
        default: self = .http
        }
    }

    /// Series of protocols with sessions, in the order of their rows; `nil` for the others.
    var ownSeries: [(metric: String, kind: Series.Kind)]? {
        func all<Own: StepMetric>(_: Own.Type) -> [(metric: String, kind: Series.Kind)] {
            Own.allCases.map { ($0.metric, $0.kind) }
        }
        return switch self {
        case .http, .redis, .call, .none: nil
        case .ws: all(WebSocketSeries.self)
        case .sse: all(SSESeries.self)
        case .tcp: all(TCPSeries.self)
        }
    }

    /// All series of a step, in the order in which they are kept.
    var series: [(metric: String, kind: Series.Kind)] {
        switch self {
        case .none: []
        case .call: CallSeries.allCases.map { ($0.metric, $0.kind) }
        case .http, .redis: MeterLayout.StepSeries.allCases.map { ($0.metric(of: self), $0.kind) }
        case .ws, .sse, .tcp: ownSeries ?? []
        }
    }
}

/// Which series a load run keeps and where, so that recording is an index, never a look-up.
///
/// Everything that is known when a run is planned has its place then; series whose tags only the run knows are added
/// behind, by each reactor for itself.
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

    private(set) var series: [Series] = []
    /// Of series that were added while the run goes on: what stands for them when there are too many.
    private(set) var standIns: [Series] = []
    /// Of the same: the series that each is a part of, with which it counts as one.
    private(set) var parents: [Series?] = []
    private(set) var steps: [LoadPlan.StepName]
    private(set) var protocols: [StepProtocol]
    /// Where the series of each check is.
    private(set) var checkSeries: [Int] = []
    /// Where the series of the user's own metrics and of groups are.
    private(set) var ownSeries: [Int] = []
    let scenarios: [String]
    let firstScenario: Int
    let dropped: Int
    /// Where dropped iterations are counted by scenario, one each in their order; `nil` when nobody tells them apart.
    let firstDropped: Int?
    let interrupted: Int
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
    /// Most series of one metric.
    let seriesLimit: Int
    /// Whether all that is measured of requests is kept apart by status, not their number alone.
    let splitsByStatus: Bool
    /// So many steps and series were known when the run was planned.
    let plannedRows: Int
    let plannedSeries: Int
    /// Where the series of each step begin.
    private var starts: [Int] = []
    /// The planned step that each one is, with other tags.
    private var bases: [Int]
    private var counts: [String: Int] = [:]

    /// What a run is planned with.
    struct Plan {
        var steps: [LoadPlan.StepName]
        /// Of the steps, in their order.
        var protocols: [StepProtocol]
        /// On the series of each step besides its name and scenario.
        var tags: [[Series.Tag]]
        var checks: [PlannedCheckName]
        /// Of the user's own metrics and of groups.
        var own: [Series]
        var scenarios: [(name: String, tags: [Series.Tag])]
        /// Row that counts calls that were never begun.
        var droppedCalls: Int?
        var contractSample: Int?
        var seriesLimit = SeriesTag.usualLimit
        var splitsByStatus = false
        /// Whether dropped iterations have a series a scenario.
        var splitsDrops = false
    }

    init(_ plan: Plan) {
        (steps, protocols) = (plan.steps, plan.protocols)
        (droppedCalls, contractSample) = (plan.droppedCalls, plan.contractSample)
        (seriesLimit, splitsByStatus) = (plan.seriesLimit, plan.splitsByStatus)
        scenarios = plan.scenarios.map(\.name)
        bases = Array(plan.steps.indices)
        plannedRows = plan.steps.count
        var series: [Series] = []
        func add(_ metric: String, _ kind: Series.Kind, _ tags: [Series.Tag]) -> Int {
            series.append(Series(metric: metric, kind: kind, tags: tags))
            return series.count - 1
        }
        for row in plan.steps.indices {
            starts.append(series.count)
            let tags = Self.tags(of: plan.steps[row]) + plan.tags[row]
            for (metric, kind) in plan.protocols[row].series { _ = add(metric, kind, tags) }
        }
        for check in plan.checks {
            var tags = [Series.Tag("check", check.name)] + check.tags
            if let row = check.row, steps.indices.contains(row) { tags += Self.tags(of: steps[row]) }
            checkSeries.append(add("checks", .rate, tags))
        }
        firstScenario = series.count
        for scenario in plan.scenarios {
            let tags = [Series.Tag("scenario", scenario.name)] + scenario.tags
            _ = add("iteration.duration", .trend, tags)
            _ = add("iterations", .counter, tags)
            _ = add("iterations.failed", .rate, tags)
        }
        dropped = add("iterations.dropped", .counter, [])
        firstDropped = plan.splitsDrops ? series.count : nil
        if plan.splitsDrops {
            for scenario in plan.scenarios {
                _ = add(
                    "iterations.dropped", .counter,
                    [Series.Tag("scenario", scenario.name)] + scenario.tags)
            }
        }
        interrupted = add("iterations.interrupted", .counter, [])
        users = add("users", .gauge, [])
        lag = add("schedule.lag", .trend, [])
        openCalls = protocols.contains(.call) ? add("calls.open", .gauge, []) : nil
        firstDrift = contractSample == nil ? nil : series.count
        if contractSample != nil {
            for (step, tags) in zip(steps, plan.tags) {
                _ = add("contract.drift", .rate, Self.tags(of: step) + tags)
            }
        }
        ownSeries = plan.own.indices.map { $0 + series.count }
        self.series = series + plan.own
        plannedSeries = self.series.count
        for one in self.series { counts[one.metric, default: 0] += 1 }
    }

    private static func tags(of step: LoadPlan.StepName) -> [Series.Tag] {
        [Series.Tag("name", step.name), Series.Tag("scenario", step.scenario)]
    }

    /// Whether any step makes calls.
    var hasCalls: Bool { openCalls != nil }

    func index(_ step: Int, _ series: StepSeries) -> Int {
        starts[step] + series.rawValue
    }

    func index(_ step: Int, _ series: CallSeries) -> Int { starts[step] + series.rawValue }

    /// Where the series begin that a step of a protocol with sessions has.
    func start(_ step: Int) -> Int { starts[step] }

    /// The step as it was planned.
    func base(_ row: Int) -> Int { bases[row] }
}

// MARK: series of the run

extension MeterLayout {
    /// Whether a metric has as many series as it may have.
    func isFull(_ metric: String) -> Bool { counts[metric, default: 0] >= seriesLimit }

    /// The first metric of a step that can have no further series; `nil` when there is room.
    func fullMetric(row: Int?, checks: [Int], own: [Int]) -> String? {
        let ofRow = row.map { row in protocols[row].series.map(\.metric) } ?? []
        let names = ofRow + (checks.isEmpty ? [] : ["checks"]) + own.map { series[ownSeries[$0]].metric }
        return names.first(where: isFull)
    }

    /// A step with further tags; its series begin behind all others.
    mutating func addRow(like row: Int, tags: [Series.Tag]) -> Int {
        steps.append(steps[row])
        protocols.append(protocols[row])
        bases.append(bases[row])
        let begin = starts[row]
        starts.append(series.count)
        for place in 0..<protocols[row].series.count { _ = addSeries(like: begin + place, tags: tags) }
        return steps.count - 1
    }

    /// A step that only a script knows, with all its series.
    ///
    /// - Parameter standIn: what it is measured as when there are too many.
    mutating func addRow(_ step: LoadPlan.StepName, tags: [Series.Tag], standIn: [Series.Tag]) -> Int {
        steps.append(step)
        protocols.append(.http)
        bases.append(steps.count - 1)
        starts.append(series.count)
        for (metric, kind) in StepProtocol.http.series {
            _ = add(
                Series(metric: metric, kind: kind, tags: tags),
                standIn: Series(metric: metric, kind: kind, tags: standIn))
        }
        return steps.count - 1
    }

    /// A check that only a script knows.
    mutating func addCheck(_ one: Series, standIn: Series) -> Int {
        checkSeries.append(add(one, standIn: standIn))
        return checkSeries.count - 1
    }

    /// A series of a metric that a script records.
    mutating func addOwn(_ one: Series, standIn: Series) -> Int {
        ownSeries.append(add(one, standIn: standIn))
        return ownSeries.count - 1
    }

    private mutating func add(_ one: Series, standIn: Series) -> Int {
        counts[one.metric, default: 0] += 1
        standIns.append(standIn)
        parents.append(nil)
        series.append(one)
        return series.count - 1
    }

    mutating func addCheck(like check: Int, tags: [Series.Tag]) -> Int {
        checkSeries.append(addSeries(like: checkSeries[check], tags: tags))
        return checkSeries.count - 1
    }

    mutating func addOwn(like own: Int, tags: [Series.Tag]) -> Int {
        ownSeries.append(addSeries(like: ownSeries[own], tags: tags))
        return ownSeries.count - 1
    }

    /// - Returns: the place of a series that is like another, with tags besides.
    mutating func addSeries(like place: Int, tags: [Series.Tag]) -> Int {
        counts[series[place].metric, default: 0] += 1
        standIns.append(standIn(place).tagged(tags.map { Series.Tag($0.key, Self.standIn) }))
        parents.append(nil)
        series.append(series[place].tagged(tags))
        return series.count - 1
    }

    /// - Returns: the place of one of the few parts of a series, which count as one with it.
    mutating func addPart(of place: Int, tag: Series.Tag) -> Int {
        standIns.append(standIn(place).tagged([tag]))
        parents.append(series[place])
        series.append(series[place].tagged([tag]))
        return series.count - 1
    }

    private func standIn(_ place: Int) -> Series {
        place < plannedSeries ? series[place] : standIns[place - plannedSeries]
    }

    /// The value of a tag whose values are too many.
    static let standIn = "other"
}

extension Series {
    /// The same with further tags.
    fileprivate func tagged(_ more: [Tag]) -> Series {
        var result = self
        let keys = more.map(\.key)
        result.tags = (tags.filter { !keys.contains($0.key) } + more).sorted { $0.key < $1.key }
        return result
    }
}
