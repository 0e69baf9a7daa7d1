internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    /// Makes the records of a factory, as rows or as plain objects.
    func perform(_ action: FactoryAction, _ step: PlannedStep) async -> StepEnd {
        let records: FactoryRecords
        do {
            records = try self.records(action.call, step.names)
        } catch {
            return .failure(error)
        }
        var builder = builder(action.strategy)
        builder.make(records)
        return await run(&builder, removes: action.removes, step)
    }

    func perform(_ action: FixtureAction, _ step: PlannedStep) async -> StepEnd {
        var builder = builder(.create)
        builder.load(action.names.map(\.name), at: step.step.location)
        return await run(&builder, removes: action.removes, step)
    }

    private func builder(_ strategy: FactoryBuilder.Strategy) -> FactoryBuilder {
        FactoryBuilder(
            context.factories, strategy: strategy, state: factoryState, random: random,
            surroundings: .init(constants: context.constants, environment: context.environment))
    }

    /// The records that a step asks for; `${index}` is the place of each.
    private func records(_ call: FactoryCall, _ names: NameTable) throws(TemplateError) -> FactoryRecords {
        guard let slot = names["index"] else {
            return try call.records { value, _ throws(TemplateError) in try evaluate(value, names) }
        }
        let before = variables[slot]
        defer { variables[slot] = before }
        return try call.records { value, index throws(TemplateError) in
            variables[slot] = .int(Int64(index))
            return try evaluate(value, names)
        }
    }

    /// Inserts what a builder asks for until its records are there, and registers their removal.
    private func run(_ builder: inout FactoryBuilder, removes: Bool?, _ step: PlannedStep) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        var log = StatementLog()
        var removals: [Removal] = []
        let failure = await insertAll(&builder, &log, &removals, step)
        (factoryState, random) = (builder.state, builder.random)
        if removes ?? context.removesRows, !removals.isEmpty { cleanup.append(removal(removals, step)) }
        let length = Reactor.monotonicNow() - begin
        var end = failure ?? StepEnd()
        if journal != nil, log.count > 0 { end.exchange = log.report(length, context.masker) }
        if let failure {
            if !failure.isCancelled {
                meter?.failure("not created", step, failure.mismatches) { log.report(length, context.masker) }
                end.isCounted = true
            }
            return end
        }
        var answer = Answer()
        answer.json = builder.result
        answer.durationNanoseconds = length
        settle(answer, step, &end)
        return end
    }

    private func insertAll(
        _ builder: inout FactoryBuilder, _ log: inout StatementLog, _ removals: inout [Removal],
        _ step: PlannedStep
    ) async -> StepEnd? {
        do throws(FactoryError) {
            while let insert = try builder.next() {
                guard let database = insert.database else {
                    return .failure(
                        "row of \(insert.source)", expected: "a database for its table",
                        actual: "none is named",
                        at: insert.location)
                }
                let statement = insert.statement(for: context.stand.databaseKind(database))
                switch await execute(statement, on: database) {
                case .success(let answer):
                    let row = answer.rows.first ?? JSONObject()
                    log.add(statement, on: database, row)
                    removals.append(insert.removal(of: row))
                    builder.receive(row)
                case .failure(let error):
                    log.add(statement, on: database, nil)
                    return .failure(
                        "row of \(insert.source)", expected: "in \(insert.table)" + builder.trail,
                        actual: context.masker.mask(error.message), at: insert.location)
                }
                if scope.isCancelled { return .cancelled }
            }
            return nil
        } catch {
            return .failure(
                step.step.name, expected: "a record", actual: context.masker.mask(error.message),
                at: error.location ?? step.step.location)
        }
    }

    private func execute(
        _ statement: BoundStatement, on database: String
    ) async -> Result<SQLAnswer, StepError> {
        await context.stand.execute(
            statement.text, arguments: statement.arguments, on: database, reactor: reactor, in: scope)
    }

    // MARK: taking rows out

    /// The last row in is the first out, so that what refers to another row goes before it.
    private func removal(_ rows: [Removal], _ step: PlannedStep) -> PlannedStep {
        let undoing = Step(
            name: "remove \(rows.count == 1 ? "the row" : "\(rows.count) rows") of \(step.step.name)",
            location: step.step.location, action: step.step.action)
        return PlannedStep(
            step: undoing, row: nil, action: .remove(rows.reversed()), checks: [], captures: [], cleanup: [],
            names: step.names)
    }

    func remove(_ rows: [Removal], _ step: PlannedStep) async -> StepEnd {
        let begin = Reactor.monotonicNow()
        var log = StatementLog()
        let statements = Removal.statements(rows) { database in
            database.map { context.stand.databaseKind($0) } ?? .sqlite
        }
        var end = StepEnd()
        for (database, statement) in statements {
            guard let database else { continue }
            let result = await execute(statement, on: database)
            log.add(statement, on: database, nil)
            if case .failure(let error) = result {
                end.mismatches.append(
                    Mismatch(
                        subject: "removal", expected: "the rows to be removed",
                        actual: context.masker.mask(error.message), location: step.step.location))
                end.isBroken = true
            }
            if scope.isCancelled { return .cancelled }
        }
        if journal != nil { end.exchange = log.report(Reactor.monotonicNow() - begin, context.masker) }
        return end
    }

    func perform(_ action: TruncateAction, _ step: PlannedStep) async -> StepEnd {
        guard let database = action.on else {
            return .failure(
                "truncate", expected: "a database", actual: "none is named", at: step.step.location)
        }
        let begin = Reactor.monotonicNow()
        let kind = context.stand.databaseKind(database)
        var log = StatementLog()
        var known: [JSONObject] = []
        func refused(_ error: StepError) -> StepEnd {
            .failure(
                "truncate", expected: "empty tables", actual: context.masker.mask(error.message),
                at: step.step.location)
        }
        if let question = action.emptying.question(for: kind) {
            switch await execute(BoundStatement(question), on: database) {
            case .success(let answer): known = answer.rows
            case .failure(let error): return refused(error)
            }
        }
        for statement in action.emptying.statements(for: kind, answer: known) {
            log.add(statement, on: database, nil)
            if case .failure(let error) = await execute(statement, on: database) {
                var end = refused(error)
                if journal != nil {
                    end.exchange = log.report(Reactor.monotonicNow() - begin, context.masker)
                }
                return end
            }
            if scope.isCancelled { return .cancelled }
        }
        var end = StepEnd()
        if journal != nil { end.exchange = log.report(Reactor.monotonicNow() - begin, context.masker) }
        settle(Answer(), step, &end)
        return end
    }
}

/// The statements of one step, the first of them in full.
private struct StatementLog {
    private(set) var count = 0
    private var databases: [String] = []
    private var statements: [String] = []
    private var rows: [String] = []
    /// Further ones are counted.
    private static let limit = 20

    mutating func add(_ statement: BoundStatement, on database: String, _ row: JSONObject?) {
        count += 1
        if !databases.contains(database) { databases.append(database) }
        guard count <= Self.limit else { return }
        let bound = statement.arguments.enumerated().map { "\n$\($0 + 1) = \($1.rendered())" }
        statements.append(statement.text + bound.joined())
        if let row { rows.append(JSON.object(row).rendered()) }
    }

    func report(_ length: Int64, _ masker: Masker) -> ExchangeReport {
        let more = count > Self.limit ? "\n… and \(count - Self.limit) more" : ""
        let what = count == 1 ? "1 statement" : "\(count) statements"
        return ExchangeReport(
            summary:
                "\(databases.joined(separator: ", ")) → \(what) in \(shortText(nanoseconds: Double(length)))",
            request: masker.mask(statements.joined(separator: "\n") + more),
            response: masker.mask(rows.joined(separator: "\n")), outcome: Outcome.answered.name,
            serviceNanoseconds: length)
    }
}
