internal import AssayCore
internal import AssayNet
public import AssayScript

/// What of a request is told beside its times.
struct ScriptRequestFigures {
    /// Upper case.
    var method: String
    /// The tag `name`.
    var name: String
    /// Of the call alone.
    var tags: [ScriptTag] = []
    /// Where in the script it was made, when that is not where the script is now.
    var place: ScriptSeries.Place?
    /// What was put on the user when it was made, when that is not what is on it now.
    var userTags: [ScriptTag]?
    /// 0 without an answer.
    var status = 0
    /// Whether the answer was one of those expected; `nil` when nobody asks.
    var isExpected: Bool?
    /// Other tags that thresholds may ask for: `url`, `proto`, `error`, `error_code`, `tls_version`, `ip`.
    var other: (_ key: String) -> String? = { _ in nil }
}

extension SessionHost {
    // MARK: requests

    /// Measures a request.
    ///
    /// - Parameter mismatches: what was wrong with it, for the failures of the run; not asked for unless it failed.
    func measure(
        _ exchange: Exchange, _ figures: ScriptRequestFigures,
        failure: () -> (reason: String, mismatches: [Mismatch], sample: ExchangeReport?)
    ) {
        guard let series, let session else { return }
        let place = figures.place ?? place
        let keys = series.keys.requests
        let row = series.row(
            place, method: figures.method, name: figures.name,
            tags: keys.isEmpty ? [] : keys.map { value(of: $0, figures) })
        series.meter.scriptRequest(
            exchange, row: row, status: figures.status, isExpected: figures.isExpected,
            intendedAt: session.intendedAt)
        session.intendedAt = 0
        if figures.isExpected == false {
            let failure = failure()
            series.meter.note(failure.reason, row, failure.mismatches) { failure.sample }
        }
    }

    /// Bytes that went over a connection without a request that is measured.
    func count(sent: Int, received: Int, at place: ScriptSeries.Place?) {
        for (name, bytes) in [("data.sent", sent), ("data.received", received)] where bytes > 0 {
            if let metric = MetricRegistry.standard[name] { add(metric, Double(bytes), at: place) }
        }
    }

    private func value(of key: String, _ figures: ScriptRequestFigures) -> String? {
        if let own = figures.tags.last(where: { $0.name == key }) { return own.value }
        if let own = (figures.userTags ?? tags).last(where: { $0.name == key }) { return own.value }
        switch key {
        case "status": return String(figures.status)
        case "expected_response": return figures.isExpected.map { $0 ? "true" : "false" }
        case "vu": return String(number)
        case "iter": return String(max(0, iteration))
        default: return figures.other(key)
        }
    }

    // MARK: checks and metrics

    public func check(_ name: String, passed: Bool, _ tags: [ScriptTag]) {
        guard let series else { return }
        let keys = series.keys.checks
        series.check(
            place, name, passed: passed, tags: keys.isEmpty ? [] : keys.map { value(of: $0, tags) })
        if !passed, let row = pass.row {
            series.meter.note(
                "check '\(name)'", row, [Mismatch(subject: name, expected: "to hold", actual: "it does not")]
            ) { nil }
        }
    }

    public func add(_ metric: ScriptMetric, _ value: Double, _ tags: [ScriptTag]) {
        add(ScriptWork.metric(metric, among: work.metrics), value, factor: metric.isTime ? 1e6 : 1, tags)
    }

    /// A value of a metric that is no request's.
    ///
    /// - Parameters:
    ///   - factor: what the value is multiplied by to be in the metric's unit.
    ///   - place: where in the script it is measured, when that is not where the script is now.
    func add(
        _ metric: Metric, _ value: Double, factor: Double = 1, _ tags: [ScriptTag] = [],
        at place: ScriptSeries.Place? = nil
    ) {
        guard let series else { return }
        let meter = series.meter
        let keys = series.keys.own[metric.name] ?? []
        let cell = series.place(
            of: metric, place ?? self.place, tags: keys.isEmpty ? [] : keys.map { self.value(of: $0, tags) })
        let amount = value * factor
        switch metric.kind {
        case .rate: meter.rateOwn(cell, hit: value != 0)
        case .gauge: meter.setOwn(cell, to: amount)
        case .counter where amount.magnitude <= Self.most: meter.countOwn(cell, by: amount)
        case .trend:
            let kept = (amount * metric.scale).rounded()
            guard kept >= 0, kept <= Self.most else { return meter.metricFailed(metric.name) }
            meter.recordOwn(cell, UInt64(kept))
        case .counter: meter.metricFailed(metric.name)
        }
    }

    /// Largest number that a histogram or a counter takes.
    private static let most = 9e18

    private func value(of key: String, _ own: [ScriptTag]) -> String? {
        if let own = own.last(where: { $0.name == key }) { return own.value }
        if let own = tags.last(where: { $0.name == key }) { return own.value }
        switch key {
        case "vu": return String(number)
        case "iter": return String(max(0, iteration))
        default: return nil
        }
    }
}

extension Meter {
    /// A request of a script, in a row of its own.
    ///
    /// - Parameters:
    ///   - status: 0 without an answer.
    ///   - isExpected: `nil` when it counts neither as failed nor as not failed.
    func scriptRequest(
        _ exchange: Exchange, row place: Int, status: Int, isExpected: Bool?, intendedAt intended: Int64
    ) {
        guard let late = lateRows[place - rows.count] else { return }
        let code = status > 0 ? status : StatusCounts.code(of: exchange)
        guard let row = late.dense else {
            late.statuses.add(code)
            return self.late(exchange, place, intendedAt: intended, isFailure: isExpected.map { !$0 })
        }
        row.statuses.add(code)
        record(exchange, in: row, intendedAt: intended, isFailure: isExpected == false)
        if isExpected == nil { row.unjudged += 1 }
    }
}
