internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    /// How often what a double was asked is looked at while waiting for more.
    private static let journalPoll: Int64 = 5_000_000

    /// Checks what a double was asked since the pass began, or changes how it answers.
    func perform(_ action: DoubleAction, _ step: PlannedStep) async -> StepEnd {
        do {
            switch action.wish {
            case .asked(let asked): return try await judge(asked, of: action.of, step)
            case .reset: return await change(action.of, .reset, step)
            case .travel(let template):
                let written = try text(template, step.names)
                guard let time = Duration(unitText: written) else {
                    return .failure(
                        "travel", expected: "a time like `60s`", actual: Shown.text(written),
                        at: step.step.location)
                }
                return await change(action.of, .travel(time), step)
            case .switches(let value):
                let members = try evaluate(value, step.names).objectValue ?? JSONObject()
                return await change(action.of, .switches(members), step)
            case .faults(let value):
                return await change(action.of, .faults(try evaluate(value, step.names)), step)
            }
        } catch let error as TemplateError {
            return .failure(error)
        } catch {
            let text = (error as? RoutePath.Fault)?.message ?? "\(error)"
            return .failure(
                "double \(action.of)", expected: "a request to look for", actual: text, at: step.step.location
            )
        }
    }

    private func change(_ double: String, _ change: DoubleChange, _ step: PlannedStep) async -> StepEnd {
        if change == .reset { requestMarks[double] = 0 }
        guard let error = await context.stand.change(double, change, on: reactor) else { return StepEnd() }
        return .failure(
            "double \(double)", expected: "to be changed", actual: error.message, at: step.step.location)
    }

    // MARK: asked

    /// Waits until as many requests as wanted came, or until the time for it is over.
    private func judge(
        _ asked: DoubleAction.Asked, of double: String, _ step: PlannedStep
    ) async throws -> StepEnd {
        let filling = filling(step.names)
        let wanted = try asked.request.resolved(filling)
        let times = try asked.times.resolved(filling.value)
        let deadline = Reactor.monotonicNow() &+ asked.within.nanoseconds
        let mark = requestMarks[double] ?? 0
        while true {
            let requests = context.stand.requests(to: double, after: mark)
            let seen = SeenRequests(requests, wanted)
            if times.judge(.int(Int64(seen.matching.count)), subject: "times").isEmpty {
                return settled(seen, step)
            }
            if Reactor.monotonicNow() >= deadline {
                let told = context.masker.mask(seen.told)
                return .failure(
                    "\(double) asked \(asked.request.summary)", expected: "\(times.description) times",
                    actual: told, at: asked.request.location)
            }
            let next = min(deadline, Reactor.monotonicNow() + Self.journalPoll)
            if await reactor.sleep(until: next, in: scope) == .cancelled { return .cancelled }
        }
    }

    /// Expectations and captures look at the last request that matched.
    private func settled(_ seen: SeenRequests, _ step: PlannedStep) -> StepEnd {
        var answer = Answer()
        if let last = seen.matching.last {
            answer.headers = last.request.headers.fields.map { Answer.Header($0.name, $0.value) }
            answer.text = String(decoding: last.request.body, as: UTF8.self)
            answer.json = try? JSON(parsing: last.request.body)
        }
        var end = StepEnd()
        if journal != nil, let last = seen.matching.last {
            end.exchange = ExchangeReport(
                summary: "\(seen.matching.count) × \(last.request.method) \(last.request.target)",
                request: context.masker.mask(
                    "\(last.request.method) \(last.request.target)\n\(answer.text ?? "")"),
                response: "answered with \(last.status)", outcome: Outcome.answered.name,
                serviceNanoseconds: 0)
        }
        settle(answer, step, &end)
        return end
    }
}

/// Requests of a journal, told apart by whether they are the ones looked for.
private struct SeenRequests {
    var matching: [DoubleRequest] = []
    /// The request that came nearest without matching, and what differed.
    private var nearest: (request: HTTPRequest, differences: [Mismatch])?
    private var all: [DoubleRequest]

    init(_ requests: [DoubleRequest], _ wanted: RequestJudge) {
        all = requests
        for entry in requests {
            let differences = wanted.judge(RequestFacts(entry.request))
            if differences.isEmpty {
                matching.append(entry)
            } else if differences.count <= nearest?.differences.count ?? .max {
                nearest = (entry.request, differences)
            }
        }
    }

    /// What came instead, for a failure.
    var told: String {
        var text = "\(matching.count)"
        if all.isEmpty { return text + "; it was asked nothing" }
        if let nearest {
            let differences = nearest.differences.prefix(3).map {
                "\($0.subject): expected \($0.expected), got \($0.actual)"
            }
            text +=
                "; the closest, \(nearest.request.method) \(nearest.request.target), differs in "
                + differences.joined(separator: "; ")
        }
        let lines = all.suffix(5).map { "\($0.request.method) \($0.request.target) → \($0.status)" }
        return text + "\nit was asked \(all.count) in all, lastly:\n" + lines.joined(separator: "\n")
    }
}
