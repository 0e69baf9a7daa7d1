internal import AssayAudio
internal import AssayCore

/// What is measured of voice calls, for each step that makes them or waits in them.
enum CallSeries: Int, CaseIterable {
    case greeting, firstFrame, response, lead, bargeStop, hole, deadAir, talkOver, hangup, lateness
    case early, predictedLoss, failed
    case calls

    var metric: String {
        switch self {
        case .firstFrame: "call.first-frame"
        case .bargeStop: "call.barge-stop"
        case .deadAir: "call.dead-air"
        case .talkOver: "call.talk-over"
        case .predictedLoss: "call.predicted-loss"
        case .calls: "calls"
        default: "call.\(self)"
        }
    }

    var kind: Series.Kind {
        switch self {
        case .early, .predictedLoss, .failed: .rate
        case .calls: .counter
        default: .trend
        }
    }

    /// The trend that a figure is recorded in.
    init?(_ kind: CallMeasurement.Kind) {
        switch kind {
        case .greeting: self = .greeting
        case .firstFrame: self = .firstFrame
        case .response: self = .response
        case .lead: self = .lead
        case .bargeStop: self = .bargeStop
        case .hole: self = .hole
        case .deadAir: self = .deadAir
        case .talkOver: self = .talkOver
        case .hangup: self = .hangup
        case .lateness, .early, .predictedLoss, .wrongRate: return nil
        }
    }
}

/// Counters of one call step; a histogram is made when something is first recorded in it.
final class CallRow {
    private var trends: [Histogram?] = CallSeries.allCases.map { _ in nil }
    var early: (hit: UInt64, total: UInt64) = (0, 0)
    /// Milliseconds of audio.
    var lost: (hit: UInt64, total: UInt64) = (0, 0)
    var failed: (hit: UInt64, total: UInt64) = (0, 0)
    var calls: UInt64 = 0

    func record(_ series: CallSeries, _ nanoseconds: Int64) {
        let histogram = trends[series.rawValue] ?? Histogram()
        trends[series.rawValue] = histogram
        histogram.record(UInt64(max(0, nanoseconds)))
    }

    /// Everything since the last call; only series that moved.
    func drain(_ add: (CallSeries, SeriesPoint.Value) -> Void) {
        for series in CallSeries.allCases {
            if let trend = trends[series.rawValue], trend.count > 0 { add(series, .trend(trend.drain())) }
        }
        for (series, rate) in [(CallSeries.early, early), (.predictedLoss, lost), (.failed, failed)]
        where rate.total > 0 {
            add(series, .rate(passed: rate.hit, total: rate.total))
        }
        (early, lost, failed) = ((0, 0), (0, 0), (0, 0))
        if calls > 0 { add(.calls, .counter(calls)) }
        calls = 0
    }
}

extension Meter {
    /// A call is connected.
    func callPlaced(_ step: PlannedStep) {
        guard let row = step.row, let calls = callRows[row] else { return }
        calls.calls += 1
    }

    /// A call could not be begun: it was scheduled, and it failed.
    func callNotPlaced(_ step: PlannedStep) {
        guard let row = step.row, let calls = callRows[row] else { return }
        calls.calls += 1
        calls.failed.hit += 1
        calls.failed.total += 1
    }

    /// A call was scheduled that no user was free for, or that the pass did not come to.
    func callDropped(_ count: Int = 1) {
        guard let row = layout.droppedCalls, let calls = callRows[row] else { return }
        calls.failed.hit += UInt64(count)
        calls.failed.total += UInt64(count)
    }

    /// A call is over.
    ///
    /// - Parameter kinds: of which it had figures. A call without holes or dead air counts in both as one of none, so that
    ///   a bound on them can hold.
    func callEnded(_ row: Int, failed: Bool, kinds: Set<CallMeasurement.Kind>) {
        guard let calls = callRows[row] else { return }
        calls.failed.total += 1
        if failed { calls.failed.hit += 1 }
        if !kinds.contains(.hole) { calls.record(.hole, 0) }
        if !kinds.contains(.deadAir) { calls.record(.deadAir, 0) }
    }

    /// One figure of a call.
    func call(_ measurement: CallMeasurement, _ row: Int) {
        guard let calls = callRows[row] else { return }
        if let series = CallSeries(measurement.kind) { calls.record(series, measurement.value) }
        switch measurement.kind {
        case .response: calls.early.total += 1
        case .early:
            calls.early.hit += 1
            calls.early.total += 1
        case .predictedLoss:
            calls.lost.hit += UInt64(max(0, measurement.value / 1_000_000))
            calls.lost.total += UInt64(max(0, measurement.whole / 1_000_000))
        case .wrongRate:
            // Told, and no failure: every step may have been content with it.
            note(
                "wrong-rate", row,
                [
                    Mismatch(
                        subject: "rate", expected: "audio as its type says",
                        actual: "it came as if it had \(measurement.value) samples a second")
                ]
            ) { nil }
        default: break
        }
    }

    /// How late a frame of our own was.
    @inline(__always)
    func callLateness(_ nanoseconds: Int64, _ row: Int) { callRows[row]?.record(.lateness, nanoseconds) }
}
