internal import AssayCore

extension Meter {
    /// Everything since the last call; only series that moved.
    func drain() -> MeterPart {
        var points: [SeriesPoint] = []
        for place in rows.indices { drain(rows[place], place, into: &points) }
        for row in lateRows.indices { drainLate(row, into: &points) }
        if layout.hasCalls { drainCalls(into: &points) }
        for (row, own) in seriesRows.enumerated() {
            own?.drain { cell, value in
                points.append(SeriesPoint(series: layout.start(row) + cell, value: value))
            }
        }
        for index in checks.indices where checks[index].total > 0 {
            let (passed, total) = checks[index]
            points.append(
                SeriesPoint(series: layout.checkSeries[index], value: .rate(passed: passed, total: total)))
            checks[index] = (0, 0)
        }
        for index in iterations.indices where iterations[index].count > 0 {
            let series = layout.firstScenario + 3 * index
            let (_, count, failed) = iterations[index]
            points.append(SeriesPoint(series: series, value: .trend(iterations[index].lengths.drain())))
            points.append(SeriesPoint(series: series + 1, value: .counter(count)))
            points.append(SeriesPoint(series: series + 2, value: .rate(passed: failed, total: count)))
            (iterations[index].count, iterations[index].failed) = (0, 0)
        }
        if let first = layout.firstDrift {
            for row in drifts.indices where drifts[row].judged > 0 {
                points.append(
                    SeriesPoint(
                        series: first + row,
                        value: .rate(passed: drifts[row].departed, total: drifts[row].judged)))
                drifts[row] = (0, 0)
            }
        }
        if interrupted > 0 {
            points.append(SeriesPoint(series: layout.interrupted, value: .counter(interrupted)))
        }
        interrupted = 0
        if dropped > 0 { points.append(SeriesPoint(series: layout.dropped, value: .counter(dropped))) }
        dropped = 0
        if let first = layout.firstDropped {
            for place in droppedByScenario.indices where droppedByScenario[place] > 0 {
                points.append(SeriesPoint(series: first + place, value: .counter(droppedByScenario[place])))
                droppedByScenario[place] = 0
            }
        }
        points.append(SeriesPoint(series: layout.users, value: .gauge(Double(activeUsers))))
        if lag.count > 0 { points.append(SeriesPoint(series: layout.lag, value: .trend(lag.drain()))) }
        var gauges: [MeterPart.Gauge] = []
        own.drain { place, value, time in
            let point = SeriesPoint(series: layout.ownSeries[place], value: value)
            if let time { gauges.append(.init(point: point, at: time)) } else { points.append(point) }
        }
        defer { told = layout.series.count }
        defer { overflows.removeAll() }
        return MeterPart(
            points: points, gauges: gauges,
            appeared: layout.series[told...].enumerated().map { place, series in
                let late = told + place - layout.plannedSeries
                return .init(
                    series: series, standIn: layout.standIns[late], parent: layout.parents[late])
            }, overflows: overflows)
    }

    /// Requests of a step by what they were answered; the first of a kind makes its series.
    private func drain(_ statuses: inout StatusCounts, of row: Int, into points: inout [SeriesPoint]) {
        statuses.drain { code, count in
            let series = self.series(ofStatus: code, row)
            points.append(SeriesPoint(series: series, value: .counter(count)))
        }
    }

    private func series(ofStatus code: Int, _ row: Int) -> Int {
        let key = StatusKey(row: row, code: code)
        if let known = statusSeries[key] { return known }
        let requests = layout.index(row, .requests)
        let isOfFew = row < rows.count || lateRows[row - rows.count]?.dense != nil
        let limit = isOfFew ? Self.statusLimit : Self.lateStatusLimit
        var tag = StatusCounts.tag(code)
        guard statusSeries.keys.count(where: { $0.row == row }) >= limit else {
            let series = layout.addPart(of: requests, tag: tag)
            statusSeries[key] = series
            return series
        }
        overflows.append(SeriesOverflow(metric: layout.series[requests].metric, tags: [tag.key]))
        let rest = StatusKey(row: row, code: .max)
        if let known = statusSeries[rest] { return known }
        tag.value = MeterLayout.standIn
        let series = layout.addPart(of: requests, tag: tag)
        statusSeries[rest] = series
        return series
    }

    /// Statuses of one step that are told apart, and of one with computed tags, of which there are many.
    private static let statusLimit = 64
    private static let lateStatusLimit = 4

    private func drainLate(_ place: Int, into points: inout [SeriesPoint]) {
        guard let late = lateRows[place] else { return }
        if let dense = late.dense { return drain(dense, rows.count + place, into: &points) }
        let start = layout.start(rows.count + place)
        late.cells.drain { cell, value in points.append(SeriesPoint(series: start + cell, value: value)) }
        drain(&late.statuses, of: rows.count + place, into: &points)
    }

    private func drain(_ row: Row, _ place: Int, into points: inout [SeriesPoint]) {
        guard row.requests > 0 else { return }
        func add(_ series: MeterLayout.StepSeries, _ value: SeriesPoint.Value) {
            points.append(SeriesPoint(series: layout.index(place, series), value: value))
        }
        func add(_ series: MeterLayout.StepSeries, _ histogram: Histogram?) {
            if let histogram, histogram.count > 0 { add(series, .trend(histogram.drain())) }
        }
        add(.duration, row.duration)
        add(.response, row.response)
        add(.waiting, row.waiting)
        add(.sending, row.sending)
        add(.receiving, row.receiving)
        add(.connecting, row.connecting)
        add(.tls, row.tls)
        if row.requests > row.unjudged {
            add(.failed, .rate(passed: row.failed, total: row.requests - row.unjudged))
        }
        if layout.protocols[place] == .http {
            drain(&row.statuses, of: place, into: &points)
        } else {
            add(.requests, .counter(row.requests))
        }
        add(.sent, .counter(row.sent))
        add(.received, .counter(row.received))
        row.failed = 0
        row.requests = 0
        row.unjudged = 0
        row.sent = 0
        row.received = 0
    }

    private func drainCalls(into points: inout [SeriesPoint]) {
        for (row, calls) in callRows.enumerated() {
            calls?.drain { series, value in
                points.append(SeriesPoint(series: layout.index(row, series), value: value))
            }
        }
        if let series = layout.openCalls {
            points.append(SeriesPoint(series: series, value: .gauge(Double(openCalls))))
        }
    }

    /// Between what the user's own gauges were in the whole run so far.
    func gaugeRanges() -> [Series: GaugeRange] {
        var ranges: [Series: GaugeRange] = [:]
        for (place, range) in own.ranges {
            let series = layout.series[layout.ownSeries[place]]
            ranges[series] = ranges[series]?.joined(range) ?? range
        }
        return ranges
    }

    /// What is still to be told of the user's own counters: parts of a whole, and what fell below zero.
    func untoldCounts() -> [Series: Double] {
        var counts: [Series: Double] = [:]
        for (place, count) in own.untold {
            counts[layout.series[layout.ownSeries[place]], default: 0] += count
        }
        return counts
    }

    /// Failures and slowest exchanges of the whole run so far.
    func samples() -> (
        failures: [FailureGroup], slowest: [ExchangeSample], metricFailures: [String: UInt64]
    ) {
        var failed = metricFailures
        for (place, sum) in own.untold where sum <= -1 {
            failed[layout.series[layout.ownSeries[place]].metric, default: 0] += 1
        }
        return (Array(failures.values), slowest, failed)
    }
}
