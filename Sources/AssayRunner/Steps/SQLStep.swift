internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    func perform(_ action: SQLAction, _ step: PlannedStep) async -> StepEnd {
        let statement: String
        var arguments: [JSON] = []
        var action = action
        do {
            if let choice = action.choice { action.on = try text(choice.template, step.names) }
            statement = try text(action.statement, step.names)
            for argument in action.arguments { arguments.append(try evaluate(argument, step.names)) }
        } catch {
            return .failure(error)
        }
        let begin = Reactor.monotonicNow()
        let result = await context.stand.execute(
            statement, arguments: arguments, on: action.on, reactor: reactor, in: scope)
        let length = Reactor.monotonicNow() - begin
        switch result {
        case .failure(let error):
            return .failure(
                "sql", expected: "the statement to run", actual: error.message, at: step.step.location)
        case .success(let rows):
            var answer = Answer()
            answer.rows = action.returnsRows ? rows.rows : nil
            answer.rowCount = action.returnsRows ? rows.rows.count : rows.changedRows
            answer.json = .array(rows.rows.map { .object($0) })
            answer.durationNanoseconds = length
            var end = StepEnd()
            if journal != nil { end.exchange = report(action, statement, arguments, rows, length) }
            settle(answer, step, &end)
            return end
        }
    }

    private func report(
        _ action: SQLAction, _ statement: String, _ arguments: [JSON], _ rows: SQLAnswer, _ length: Int64
    ) -> ExchangeReport {
        let came = action.returnsRows ? "\(rows.rows.count) rows" : "\(rows.changedRows) rows changed"
        let bound = arguments.enumerated().map { "\n$\($0 + 1) = \($1.rendered())" }.joined()
        let shown = rows.rows.prefix(20).map { JSON.object($0).rendered() }.joined(separator: "\n")
        return ExchangeReport(
            summary: "\(action.on) → \(came) in \(shortText(nanoseconds: Double(length)))",
            request: context.masker.mask(statement + bound), response: context.masker.mask(shown),
            outcome: Outcome.answered.name, serviceNanoseconds: length)
    }
}
