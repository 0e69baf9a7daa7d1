internal import AssayCore
internal import AssayNet

/// What one reactor measures: a histogram or counter a series, drained once a second.
///
/// Belongs to its reactor's thread; what leaves it are points and failure groups, which are values.
final class Meter {
    var layout: MeterLayout
    /// Start of the run, CLOCK_MONOTONIC nanoseconds.
    var startedAt: Int64
    let rows: [Row]
    private let splitsByStatus: Bool
    /// Of steps whose tags are computed: what each set of values is measured in, behind ``rows``.
    var lateRows: [LateRow?] = []
    var variants: [VariantKey: PlannedStep] = [:]
    /// Of each planned step, without what stands for too many.
    var variantCounts: [ObjectIdentifier: Int] = [:]
    /// Of the user's own metrics and of groups.
    let own: OwnSeries
    /// Where requests of a row with a status are counted.
    var statusSeries: [StatusKey: Int] = [:]
    /// The row of requests with a status, where thresholds choose by it.
    var statusRows: [StatusKey: Int] = [:]
    /// Series that the run has been told of.
    var told: Int
    var overflows: [SeriesOverflow] = []
    /// Of call steps; as many as rows when there are any, else none.
    var callRows: [CallRow?]
    /// Of steps of protocols with sessions; as many as rows when there are any, else none.
    var seriesRows: [SeriesRow?]
    /// Calls that are up.
    var openCalls = 0
    var checks: [(passed: UInt64, total: UInt64)]
    var iterations: [(lengths: Histogram, count: UInt64, failed: UInt64)]
    /// By step: exchanges judged by contracts, and those of them that depart.
    var drifts: [(departed: UInt64, judged: UInt64)]
    /// Exchanges to pass over before the next one is judged.
    private var untilSample = 0
    let lag = Histogram()
    var dropped: UInt64 = 0
    /// By scenario, where they are told apart; then ``dropped`` has the others only.
    var droppedByScenario: [UInt64]
    var interrupted: UInt64 = 0
    /// Values of the user's own metrics that could not be recorded, by metric.
    private(set) var metricFailures: [String: UInt64] = [:]
    private(set) var activeUsers = 0
    private(set) var failures: [FailureKey: FailureGroup] = [:]
    private(set) var slowest: [ExchangeSample] = []

    /// Kinds of failure that are told apart; more are counted in their metrics only.
    private static let failureKindLimit = 100
    private static let slowestLimit = 5

    struct FailureKey: Hashable {
        var row: Int
        var reason: String
    }

    struct StatusKey: Hashable {
        var row: Int
        var code: Int
    }

    struct VariantKey: Hashable {
        var step: ObjectIdentifier
        /// Of the computed tags, in their order; empty for what stands for too many.
        var values: [String]
    }

    /// A step with computed tags: sparse, for there may be many.
    final class LateRow {
        let cells = SeriesRow(MeterLayout.StepSeries.allCases.map(\.kind), isSparse: true)
        var statuses = StatusCounts()
        /// In place of the cells: one of the first, which are quick to record in.
        var dense: Row?
    }

    /// Counters of one step; a histogram is made when something is first recorded in it.
    final class Row {
        let duration = Histogram()
        let response = Histogram()
        let waiting = Histogram()
        let sending = Histogram()
        let receiving = Histogram()
        var connecting: Histogram?
        var tls: Histogram?
        var failed: UInt64 = 0
        var requests: UInt64 = 0
        var sent: UInt64 = 0
        var received: UInt64 = 0
        var statuses = StatusCounts()
        /// Of the requests, those that count neither as failed nor as not failed.
        var unjudged: UInt64 = 0
    }

    init(layout: MeterLayout, startedAt: Int64) {
        self.layout = layout
        self.startedAt = startedAt
        splitsByStatus = layout.splitsByStatus
        rows = layout.steps.map { _ in Row() }
        own = OwnSeries(layout.ownSeries.map { layout.series[$0].kind })
        told = layout.series.count
        callRows = layout.hasCalls ? layout.protocols.map { $0 == .call ? CallRow() : nil } : []
        seriesRows =
            layout.protocols.contains { $0.ownSeries != nil }
            ? layout.protocols.map { $0.ownSeries.map { SeriesRow($0.map(\.kind)) } } : []
        checks = layout.checkSeries.map { _ in (0, 0) }
        iterations = layout.scenarios.map { _ in (Histogram(), 0, 0) }
        droppedByScenario = layout.firstDropped == nil ? [] : layout.scenarios.map { _ in 0 }
        drifts = layout.firstDrift == nil ? [] : layout.steps.map { _ in (0, 0) }
    }

    // MARK: recording

    /// - Parameter intended: when it should have been sent; 0 when it was not scheduled by itself.
    func exchange(_ exchange: Exchange, _ step: PlannedStep, intendedAt intended: Int64) {
        let isFailure = exchange.outcome != .answered || exchange.status < 200 || exchange.status >= 400
        request(exchange, step, intendedAt: intended, isFailure: isFailure)
    }

    /// The same where the status alone does not say whether it failed: a question for a password has not.
    func request(_ exchange: Exchange, _ step: PlannedStep, intendedAt intended: Int64, isFailure: Bool) {
        guard var place = step.row else { return }
        let code = StatusCounts.code(of: exchange)
        if splitsByStatus { place = row(place, ofStatus: code) }
        record(exchange, place, intendedAt: intended, isFailure: isFailure)
        if place < rows.count {
            rows[place].statuses.add(code)
        } else {
            lateRows[place - rows.count]?.statuses.add(code)
        }
    }

    /// The same for protocols without a status.
    func exchange(_ exchange: Exchange, _ step: PlannedStep, intendedAt intended: Int64, isFailure: Bool) {
        guard let place = step.row else { return }
        record(exchange, place, intendedAt: intended, isFailure: isFailure)
    }

    private func record(_ exchange: Exchange, _ place: Int, intendedAt intended: Int64, isFailure: Bool) {
        guard place < rows.count else {
            return late(exchange, place, intendedAt: intended, isFailure: isFailure)
        }
        record(exchange, in: rows[place], intendedAt: intended, isFailure: isFailure)
    }

    func record(_ exchange: Exchange, in row: Row, intendedAt intended: Int64, isFailure: Bool) {
        row.requests += 1
        row.sent += UInt64(exchange.bytesSent)
        row.received += UInt64(exchange.bytesReceived)
        if isFailure { row.failed += 1 }
        if exchange.connectingNanoseconds > 0 {
            let histogram = row.connecting ?? Histogram()
            histogram.record(UInt64(exchange.connectingNanoseconds))
            row.connecting = histogram
        }
        if exchange.tlsNanoseconds > 0 {
            let histogram = row.tls ?? Histogram()
            histogram.record(UInt64(exchange.tlsNanoseconds))
            row.tls = histogram
        }
        let service = UInt64(max(0, exchange.endAt - exchange.sentAt))
        row.duration.record(service)
        // What waited for a connection of a pool would have been sent before.
        let due = intended > 0 ? intended : exchange.sentAt - exchange.waitingNanoseconds
        row.response.record(due < exchange.sentAt ? UInt64(max(0, exchange.endAt - due)) : service)
        guard exchange.firstByteAt > 0 else { return }
        row.waiting.record(UInt64(max(0, exchange.firstByteAt - exchange.writtenAt)))
        row.sending.record(UInt64(max(0, exchange.writtenAt - exchange.sentAt)))
        row.receiving.record(UInt64(max(0, exchange.endAt - exchange.firstByteAt)))
    }

    /// The same where tags are computed.
    @inline(never)
    func late(_ exchange: Exchange, _ place: Int, intendedAt intended: Int64, isFailure: Bool?) {
        guard let row = lateRows[place - rows.count] else { return }
        func record(_ series: MeterLayout.StepSeries, _ nanoseconds: Int64) {
            row.cells.record(series.rawValue, nanoseconds)
        }
        if layout.protocols[place] == .redis {
            row.cells.count(MeterLayout.StepSeries.requests.rawValue, by: 1)
        }
        row.cells.count(MeterLayout.StepSeries.sent.rawValue, by: UInt64(exchange.bytesSent))
        row.cells.count(MeterLayout.StepSeries.received.rawValue, by: UInt64(exchange.bytesReceived))
        if let isFailure { row.cells.rate(MeterLayout.StepSeries.failed.rawValue, hit: isFailure) }
        if exchange.connectingNanoseconds > 0 { record(.connecting, exchange.connectingNanoseconds) }
        if exchange.tlsNanoseconds > 0 { record(.tls, exchange.tlsNanoseconds) }
        let service = exchange.endAt - exchange.sentAt
        record(.duration, service)
        record(
            .response, intended > 0 && intended < exchange.sentAt ? exchange.endAt - intended : service)
        guard exchange.firstByteAt > 0 else { return }
        record(.waiting, exchange.firstByteAt - exchange.writtenAt)
        record(.sending, exchange.writtenAt - exchange.sentAt)
        record(.receiving, exchange.endAt - exchange.firstByteAt)
    }

    /// A request that could not be made counts as a failed request.
    func notSent(_ step: PlannedStep, _ reason: String) {
        guard let row = step.row else { return }
        if row < rows.count {
            rows[row].requests += 1
            rows[row].failed += 1
            rows[row].statuses.add(StatusCounts.notSent)
        } else if let late = lateRows[row - rows.count] {
            late.cells.rate(MeterLayout.StepSeries.failed.rawValue, hit: true)
            late.statuses.add(StatusCounts.notSent)
            if layout.protocols[row] == .redis {
                late.cells.count(MeterLayout.StepSeries.requests.rawValue, by: 1)
            }
        }
        note(Outcome.notSent.name, row, [Mismatch(subject: "request", expected: "a request", actual: reason)])
        { nil }
    }

    /// Whether the next exchange is to be judged by contracts: the first, and every so many-th after it.
    func isNextOfSample() -> Bool {
        guard let sample = layout.contractSample else { return false }
        if untilSample > 0 {
            untilSample -= 1
            return false
        }
        untilSample = sample - 1
        return true
    }

    /// Counts an exchange that was judged by a contract.
    func judged(_ step: PlannedStep, _ departures: [Mismatch], sample: () -> ExchangeReport) {
        guard let row = step.row.map(layout.base), drifts.indices.contains(row) else { return }
        drifts[row].judged += 1
        guard let first = departures.first else { return }
        drifts[row].departed += 1
        failure("contract \(first.contract?.rule ?? "")", step, departures, sample: sample)
    }

    func check(_ index: Int, passed: Bool) {
        checks[index].total += 1
        if passed { checks[index].passed += 1 }
    }

    func checksHeld(_ indices: [Int]) {
        for index in indices {
            checks[index].total += 1
            checks[index].passed += 1
        }
    }

    /// - Parameter isBroken: a step that could not be done ended the pass.
    func iteration(_ scenario: Int, nanoseconds: Int64, isBroken: Bool) {
        iterations[scenario].count += 1
        if isBroken { iterations[scenario].failed += 1 }
        iterations[scenario].lengths.record(UInt64(max(0, nanoseconds)))
    }

    /// How late something was that the schedule or a timer had set a time for.
    func late(by nanoseconds: Int64) { lag.record(UInt64(max(0, nanoseconds))) }

    /// Counts passes that were due and never began.
    ///
    /// - Parameter scenarios: those that they could have been passes of.
    func drop(_ count: Int = 1, of scenarios: [Int] = []) {
        if scenarios.count == 1, droppedByScenario.indices.contains(scenarios[0]) {
            droppedByScenario[scenarios[0]] += UInt64(count)
        } else {
            dropped += UInt64(count)
        }
        if layout.hasCalls { callDropped(count) }
    }
    /// Counts a pass that was cut off: no metric of passes has it.
    func interrupt() { interrupted += 1 }
    func userStarted() { activeUsers += 1 }
    func userEnded() { activeUsers -= 1 }

    /// Counts a failure under its reason; the first of a kind is kept as a sample.
    func failure(
        _ reason: String, _ step: PlannedStep, _ mismatches: [Mismatch], sample: () -> ExchangeReport?
    ) {
        guard let row = step.row else { return }
        note(reason, row, mismatches, sample: sample)
    }

    func note(_ reason: String, _ row: Int, _ mismatches: [Mismatch], sample: () -> ExchangeReport?) {
        let now = Reactor.monotonicNow() - startedAt
        let row = layout.base(row)
        let key = FailureKey(row: row, reason: reason)
        if failures[key] != nil {
            failures[key]?.count += 1
            failures[key]?.lastAtNanoseconds = now
        } else if failures.count < Self.failureKindLimit {
            failures[key] = FailureGroup(
                scenario: layout.steps[row].scenario, step: layout.steps[row].name, reason: reason, count: 1,
                firstAtNanoseconds: now, lastAtNanoseconds: now, sample: sample(), mismatches: mismatches)
        }
    }

    /// Keeps the exchange if it is one of the slowest so far.
    func slow(_ exchange: Exchange, _ step: PlannedStep, report: () -> ExchangeReport) {
        let service = exchange.serviceNanoseconds
        guard
            slowest.count < Self.slowestLimit
                || service > slowest[slowest.count - 1].exchange.serviceNanoseconds,
            let row = step.row
        else { return }
        slowest.append(
            ExchangeSample(
                scenario: layout.steps[row].scenario, step: layout.steps[row].name,
                atNanoseconds: exchange.sentAt - startedAt, exchange: report()))
        slowest.sort { $0.exchange.serviceNanoseconds > $1.exchange.serviceNanoseconds }
        if slowest.count > Self.slowestLimit { slowest.removeLast() }
    }

    // MARK: own metrics

    func recordOwn(_ place: Int, _ value: UInt64) { own.record(place, value) }
    func countOwn(_ place: Int, by amount: Double) { own.count(place, by: amount) }
    func rateOwn(_ place: Int, hit: Bool) { own.rate(place, hit: hit) }
    func setOwn(_ place: Int, to value: Double) { own.set(place, to: value, at: Reactor.monotonicNow()) }
    func metricFailed(_ name: String) { metricFailures[name, default: 0] += 1 }
}
