internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    /// The step as it is measured now: with the values that its tags have, when some are computed.
    func measured(_ step: PlannedStep) -> PlannedStep {
        guard !step.tags.isEmpty, let meter else { return step }
        return meter.variant(of: step, step.tags.map { value(of: $0, step) })
    }

    private func value(of tag: PlannedTag, _ step: PlannedStep) -> String {
        do throws(TemplateError) {
            return try text(tag.value, tag.names).asTag
        } catch {
            let problem = Mismatch(
                subject: "tag '\(tag.key)'", expected: "a value", actual: error.message,
                location: error.location)
            meter?.failure(problem.subject, step, [problem]) { nil }
            return ""
        }
    }

    // MARK: the user's own metrics

    /// Records what a step was answered; a value that is none is a failure of the step, by the metric's name.
    func record(_ answer: Answer, _ step: PlannedStep, _ end: inout StepEnd) {
        let filling = filling(step.names)
        for metric in step.metrics {
            let found: Result<JSON, MetricFault>
            switch metric.value {
            case .constant(let value): found = .success(value)
            case .computed(let template): found = computed(template, step)
            case .path(_, let capture), .taken(let capture):
                found =
                    switch Result(catching: { try capture.take(from: answer, filling: filling) }) {
                    case .success(.success(let value)): .success(value)
                    case .success(.failure(let failure)):
                        .failure(MetricFault("a value", failure.mismatch.actual))
                    case .failure(let error): .failure(MetricFault("a value", "\(error)"))
                    }
            }
            record(found, metric, step, &end)
        }
    }

    /// The same on the bytes of a response, which are parsed already where a metric needs them.
    func recordFast(_ step: PlannedStep) {
        var end = StepEnd()
        for metric in step.metrics {
            let found: Result<JSON, MetricFault>
            switch metric.value {
            case .constant(let value): found = .success(value)
            case .computed(let template): found = computed(template, step)
            case .path(let path, _):
                found =
                    scratch.tape.value(at: path).map { .success($0) }
                    ?? .failure(MetricFault("a value", "absent"))
            case .taken: continue  // such a step has no fast form
            }
            record(found, metric, step, &end)
        }
    }

    private func computed(_ template: ValueTemplate, _ step: PlannedStep) -> Result<JSON, MetricFault> {
        do throws(TemplateError) {
            return .success(try evaluate(template, step.names))
        } catch {
            return .failure(MetricFault("a value", error.message))
        }
    }

    private func record(
        _ found: Result<JSON, MetricFault>, _ metric: PlannedMetric, _ step: PlannedStep, _ end: inout StepEnd
    ) {
        switch found.flatMap({ Measured.reading($0, of: metric.own) }) {
        case .success(let measured): meter?.record(measured, at: metric.place)
        case .failure(let fault):
            let mismatch = Mismatch(
                subject: "metric '\(metric.own.metric.name)'", expected: fault.expected, actual: fault.actual,
                location: metric.own.location)
            if let meter {
                meter.metricFailed(metric.own.metric.name)
                meter.failure(mismatch.subject, step, [mismatch]) { nil }
            } else {
                end.mismatches.append(mismatch)
            }
        }
    }

    /// Runs the steps of a group; how long they took is measured whatever they came to.
    func perform(_ group: PlannedGroup) async -> StepEnd {
        let begin = meter == nil ? 0 : Reactor.monotonicNow()
        let end = await runInside(group.steps)
        if let meter, !end.isCancelled {
            meter.recordOwn(group.place, UInt64(max(0, Reactor.monotonicNow() - begin)))
        }
        return end
    }
}

/// Why a value cannot be recorded.
struct MetricFault: Error {
    var expected: String
    var actual: String
    init(_ expected: String, _ actual: String) {
        self.expected = expected
        self.actual = actual
    }
}

/// A value of one of the user's own metrics, in the unit that is kept.
enum Measured: Equatable {
    case trend(UInt64)
    case counter(Double)
    case rate(Bool)
    case gauge(Double)

    /// Largest number that a histogram takes.
    private static let most = 9e18

    static func reading(_ value: JSON, of own: OwnMetric) -> Result<Measured, MetricFault> {
        if own.metric.kind == .rate { return hit(value) }
        guard let number = number(value) else {
            return .failure(MetricFault("a number", Shown.value(value)))
        }
        let amount = number * own.factor
        switch own.metric.kind {
        case .gauge, .rate: return .success(.gauge(amount))
        case .counter:
            guard amount >= 0 else { return .failure(MetricFault("0 or more to count", Shown.value(value))) }
            guard amount <= most else { return .failure(MetricFault("less to count", Shown.value(value))) }
            return .success(.counter(amount))
        case .trend:
            let kept = (amount * own.metric.scale).rounded()
            guard kept >= 0 else {
                return .failure(MetricFault("0 or more in a trend", Shown.value(value)))
            }
            guard kept <= most else { return .failure(MetricFault("less in a trend", Shown.value(value))) }
            return .success(.trend(UInt64(kept)))
        }
    }

    /// Texts of headers and patterns are numbers too.
    private static func number(_ value: JSON) -> Double? {
        let number: Double? =
            switch value {
            case .string(let text): Double(text)
            case .bool: nil
            default: value.doubleValue
            }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func hit(_ value: JSON) -> Result<Measured, MetricFault> {
        switch value {
        case .bool(let hit): return .success(.rate(hit))
        case .string("true"): return .success(.rate(true))
        case .string("false"): return .success(.rate(false))
        default:
            if let number = number(value) { return .success(.rate(number != 0)) }
            return .failure(MetricFault("true or false", Shown.value(value)))
        }
    }
}

extension Meter {
    func record(_ measured: Measured, at place: Int) {
        switch measured {
        case .trend(let value): recordOwn(place, value)
        case .counter(let amount): countOwn(place, by: amount)
        case .rate(let hit): rateOwn(place, hit: hit)
        case .gauge(let value): setOwn(place, to: value)
        }
    }
}
