internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension Session {
    func perform(_ action: ThinkAction, _ step: PlannedStep) async -> StepEnd {
        do {
            let length = try length(of: action, step)
            return await pause(for: length) == .cancelled ? .cancelled : StepEnd()
        } catch {
            return .failure(error)
        }
    }

    /// In load: what cannot be computed breaks the pass off.
    func pause(_ action: ThinkAction, _ step: PlannedStep) async -> Flow {
        if case .computed = action {
            let end = await perform(action, step)
            if end.isBroken, !end.isCancelled {
                meter?.failure("think", step, end.mismatches) { nil }
                return .failed
            }
            return end.isCancelled ? .cancelled : .finished
        }
        return await pause(for: action.length(using: &random))
    }

    private func length(of action: ThinkAction, _ step: PlannedStep) throws(TemplateError) -> Duration {
        guard case .computed(let value, let spread) = action else { return action.length(using: &random) }
        let found = try evaluate(value, step.names)
        guard let seconds = found.doubleValue ?? found.stringValue.flatMap({ Double($0) }), seconds.isFinite
        else {
            throw TemplateError(
                "AS057", "a pause needs a number of seconds, found \(found.rendered())",
                at: step.step.location)
        }
        let factor = spread > 0 ? 1 + Double.random(in: -spread...spread, using: &random) : 1
        return .nanoseconds(Int64(min(max(0, seconds * factor), 9e9) * 1e9))
    }

    /// Tells a line.
    func perform(_ text: Template, _ step: PlannedStep) async -> StepEnd {
        do {
            let line = try self.text(text, step.names)
            context.tell?(context.masker.mask(line))
            return StepEnd()
        } catch {
            return .failure(error)
        }
    }

    private func pause(for length: Duration) async -> Flow {
        let due = Reactor.monotonicNow() &+ length.nanoseconds
        if await reactor.sleep(until: due, in: scope) == .cancelled { return .cancelled }
        meter?.late(by: Reactor.monotonicNow() - due)
        return .finished
    }

    func perform(
        _ condition: Expression, _ hook: String?, _ then: [PlannedStep], _ otherwise: [PlannedStep],
        _ step: PlannedStep
    ) async -> StepEnd {
        do {
            var holds = try evaluate(condition, step.names).isTrue
            if holds, let hook {
                switch await self.holds(hook, step) {
                case .success(let answer): holds = answer
                case .failure(let end): return end
                }
            }
            return await runInside(holds ? then : otherwise)
        } catch {
            return .failure(error)
        }
    }

    func perform(_ plan: PlannedRepeat, _ step: PlannedStep) async -> StepEnd {
        do {
            var all = StepEnd()
            let rounds = try rounds(of: plan, step)
            var round = 0
            while try await goesOn(plan, rounds, round, step) {
                variables[plan.indexSlot] = .int(Int64(plan.action.first + round))
                if case .elements(let elements) = rounds { variables[plan.elementSlot] = elements[round] }
                let end = await runInside(plan.steps)
                all.children += end.children
                if end.hasFailed || end.isCancelled {
                    all.isBroken = true
                    all.isCancelled = end.isCancelled
                    return all
                }
                round += 1
                if let hook = plan.action.whileHook {
                    variables[plan.indexSlot] = .int(Int64(plan.action.first + round))
                    switch await goesOn(hook, step) {
                    case .success(true): break
                    case .success(false): return all
                    case .failure(let end): return end
                    }
                }
                if let pause = plan.action.pause, await reactor.sleep(for: pause, in: scope) == .cancelled {
                    return .cancelled
                }
            }
            return all
        } catch {
            return .failure(error)
        }
    }

    private enum Rounds {
        case times(Int)
        case elements([JSON])
        case whileTrue(Expression, limit: Int)
    }

    private func rounds(of plan: PlannedRepeat, _ step: PlannedStep) throws(TemplateError) -> Rounds {
        switch plan.action.count {
        case .times(let value): return .times(try count(value, "times", step))
        case .whileTrue(let condition, let limit): return .whileTrue(condition, limit: limit)
        case .over(let value, _):
            let list = try evaluate(value, step.names)
            guard let elements = list.arrayValue else {
                throw TemplateError(
                    "AS057", "`over` needs a list, found \(list.typeName)", at: step.step.location)
            }
            return .elements(elements)
        }
    }

    private func goesOn(
        _ plan: PlannedRepeat, _ rounds: Rounds, _ round: Int, _ step: PlannedStep
    ) async throws(TemplateError) -> Bool {
        switch rounds {
        case .times(let count): return round < count
        case .elements(let elements): return round < elements.count
        case .whileTrue(let condition, let limit):
            return round < limit ? try evaluate(condition, step.names).isTrue : false
        }
    }

    private func count(
        _ value: ValueTemplate, _ what: String, _ step: PlannedStep
    ) throws(TemplateError) -> Int {
        let found = try evaluate(value, step.names)
        guard let count = found.intValue, count >= 0, count <= 1_000_000 else {
            throw TemplateError(
                "AS057", "`\(what)` needs a whole number from 0 to 1000000, found \(found.rendered())",
                at: step.step.location)
        }
        return Int(count)
    }

    func perform(_ plan: PlannedUse, _ step: PlannedStep) async -> StepEnd {
        do {
            // Values are made with the names of the using scenario before any name of the used one is set.
            var given: [(Int, JSON)] = []
            for value in plan.given { given.append((value.slot, try evaluate(value.value, step.names))) }
            for (slot, value) in given { variables[slot] = value }
            try setVariables(plan.own, names: plan.names)
        } catch {
            return .failure(error)
        }
        var end = await runInside(plan.steps)
        guard !end.hasFailed else { return end }
        for capture in plan.captures {
            guard let value = variables[capture.from] else {
                guard capture.isRequired else { continue }
                end.mismatches.append(
                    Mismatch(
                        subject: "capture '\(capture.name)'", expected: "a value set by the used scenario",
                        actual: "absent", location: step.step.location))
                end.isBroken = true
                continue
            }
            variables[capture.to] = value
        }
        return end
    }

    /// Runs steps that belong to another step and hands over their results.
    func runInside(_ steps: [PlannedStep]) async -> StepEnd {
        journal?.open()
        let flow = await run(steps)
        let children = journal?.close() ?? []
        return StepEnd(isBroken: flow != .finished, isCancelled: flow == .cancelled, children: children)
    }

    // MARK: parallel

    func perform(_ plan: PlannedParallel, _ step: PlannedStep) async -> StepEnd {
        let times: Int
        do {
            times =
                plan.branches.isEmpty
                ? try count(plan.action.times, "times", step) : plan.branches.count
        } catch {
            return .failure(error)
        }
        let branches = await runBranches(times, plan)
        cleanup.append(contentsOf: branches.flatMap(\.cleanup))
        factoryState.join(branches.map(\.factoryState))
        recordings += branches.flatMap(\.recordings)
        if branches.contains(where: \.hasTriedCall) { hasTriedCall = true }
        if scope.isCancelled { return .cancelled }
        if !plan.branches.isEmpty { return joined(branches) }
        var answer = Answer()
        answer.succeeded = branches.count { $0.succeeded }
        answer.failed = times - (answer.succeeded ?? 0)
        var end = StepEnd()
        let filling = filling(step.names)
        let checks = plan.checks + step.checks
        for check in checks { judge(check, answer, filling, &end) }
        if checks.isEmpty, let failed = answer.failed, failed > 0 {
            end.mismatches.append(
                Mismatch(
                    subject: "branches", expected: "all \(times) to succeed", actual: "\(failed) failed",
                    location: step.step.location))
        }
        if journal != nil { end.children = Self.telling(branches, failed: end.hasFailed) }
        return end
    }

    /// Takes over what branches that differ have captured.
    private func joined(_ branches: [Branch]) -> StepEnd {
        let before = variables
        for branch in branches {
            for slot in branch.variables.indices where branch.variables[slot] != before[slot] {
                variables[slot] = branch.variables[slot]
            }
        }
        var end = StepEnd()
        end.isBroken = branches.contains { !$0.succeeded }
        if journal != nil { end.children = branches.flatMap(\.steps) }
        return end
    }

    /// Of many branches a report shows the first few that failed and one that did not.
    private static func telling(_ branches: [Branch], failed: Bool) -> [StepResult] {
        let bad = branches.filter { !$0.succeeded }.prefix(failed ? 5 : 1)
        let good = branches.filter(\.succeeded).prefix(failed ? 2 : 1)
        return (bad + good).flatMap(\.steps)
    }

    /// What one branch left behind.
    private struct Branch: Sendable {
        var succeeded: Bool
        var steps: [StepResult]
        /// Of branches that differ.
        var variables: [JSON?]
        var cleanup: [PlannedStep]
        var factoryState: FactoryState
        var recordings: [CallRecordingReport]
        var hasTriedCall: Bool
    }

    private func runBranches(_ times: Int, _ plan: PlannedParallel) async -> [Branch] {
        let (reactor, context, scope) = (reactor, context, scope)
        let (variables, random, marks, requests) = (variables, random, logMarks, requestMarks)
        let startedAt = journal?.startedAt
        let factoryState = factoryState
        let title = title
        let shared = ReactorBound(
            (
                meter: meter, scratch: scratch, http: http, calls: inheritedCalls + calls,
                streams: inheritedStreams + streams, web: web, hooks: hooks
            ), on: reactor)
        let salt = self.random.next()
        return await withTaskGroup(of: Branch.self) { group in
            var branches: [Branch] = []
            for index in 0..<times {
                if let limit = plan.action.limit, index >= max(1, limit), let ended = await group.next() {
                    branches.append(ended)
                }
                group.addTask(executorPreference: reactor) {
                    let own = CancelScope(on: reactor, within: scope)
                    let journal = startedAt.map { Journal(startedAt: $0, masker: context.masker) }
                    let branch = Session(
                        on: reactor, context: context, scope: own,
                        random: random.split(salt &+ UInt64(index)),
                        scratch: shared.value.scratch, journal: journal, meter: shared.value.meter,
                        branchOf: shared.value.http)
                    branch.variables = variables
                    if plan.branches.isEmpty { branch.variables[plan.indexSlot] = .int(Int64(index)) }
                    branch.logMarks = marks
                    branch.requestMarks = requests
                    branch.inheritedCalls = shared.value.calls
                    branch.inheritedStreams = shared.value.streams
                    branch.web = shared.value.web.map { WebMemory(branchOf: $0) }
                    branch.title = "\(title) \(index)"
                    branch.factoryState = factoryState.stripe(index, of: times)
                    branch.hooks = shared.value.hooks
                    let flow = await branch.run(
                        plan.branches.isEmpty ? plan.steps : plan.branches[index])
                    await branch.endCalls(failed: flow != .finished)
                    own.leave()
                    branch.closeConnections()
                    return Branch(
                        succeeded: flow == .finished, steps: journal?.steps ?? [],
                        variables: plan.branches.isEmpty ? [] : branch.variables,
                        cleanup: branch.cleanup, factoryState: branch.factoryState,
                        recordings: branch.recordings, hasTriedCall: branch.hasTriedCall)
                }
            }
            for await branch in group { branches.append(branch) }
            return branches
        }
    }
}
