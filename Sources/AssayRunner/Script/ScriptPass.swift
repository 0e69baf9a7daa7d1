internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayScript

extension ScheduleDriver {
    /// Gives a session the script's user that it runs as, unless it has one.
    func takeScriptUser(_ session: Session, _ action: ScriptAction, _ step: PlannedStep) async {
        guard session.script == nil, let users = shard.scripts else { return }
        switch await users.take(for: session) {
        case .success(let user): session.script = user
        case .failure(.exception(let exception)): tell(exception, action, step)
        case .failure(.interrupted): break
        }
    }

    /// One pass of a script's scenario: a call of the function that it exports.
    ///
    /// - Parameter place: of the scenario.
    func scriptPass(_ session: Session, _ action: ScriptAction, _ step: PlannedStep, _ place: Int) async
        -> Flow
    {
        guard let users = shard.scripts, let user = session.script else {
            return shard.scope.isCancelled || session.scope.isCancelled ? .cancelled : .failed
        }
        let work = user.host.work
        do throws(ScriptThrow) {
            try user.begin(pass(action, step, place, work.progress.nextPass(of: place)), of: action)
        } catch {
            return .failed
        }
        let outcome = await user.call(action.export, users.data)
        user.host.leaveGroups()
        user.host.requests.endPass()
        switch outcome {
        case .value:
            return .finished
        case .exception where session.scope.isCancelled: return .cancelled
        case .exception(let exception):
            user.host.log(exception)
            tell(exception, action, step)
            return .failed
        case .interrupted: return .cancelled
        }
    }

    private func pass(
        _ action: ScriptAction, _ step: PlannedStep, _ place: Int, _ number: Int
    ) -> SessionHost.Pass {
        SessionHost.Pass(
            scenario: place, name: action.scenario, executor: action.executor,
            scenarioStart: shard.meter.startedAt &+ plan.startAfter, scenarioLength: plan.length,
            number: number,
            environment: Dictionary(
                action.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }),
            row: step.row)
    }

    /// Among the failures of the run; its log has it in full.
    private func tell(_ exception: ScriptException, _ action: ScriptAction, _ step: PlannedStep) {
        let mismatch = exception.mismatch("\(action.export)()")
        // Each place is told by itself; messages may differ each time.
        let place = mismatch.location.map { place in
            " at \(place.file.split(separator: "/").last ?? ""):\(place.line)"
        }
        shard.meter.failure("exception\(place ?? "")", step, [mismatch]) { nil }
    }
}

extension ScriptUser {
    /// Makes ready for a pass: numbers, tags and environment are the scenario's.
    func begin(_ pass: SessionHost.Pass, of action: ScriptAction) throws(ScriptThrow) {
        let variables = host.pass.environment
        let isOther = host.phase != .iteration || host.pass.scenario != pass.scenario
        host.phase = .iteration
        host.pass = pass
        host.iteration += 1
        host.requests.beginPass()
        host.iterations[pass.scenario] = (host.iterations[pass.scenario] ?? -1) + 1
        guard isOther else { return }
        host.tags = host.work.tags + action.tags.map { ScriptTag($0.name, $0.value) }
        host.metadata = []
        if pass.environment != variables { try runtime.environmentChanged() }
    }
}

extension ScriptException {
    /// As what was wrong with a part of the run.
    func mismatch(_ subject: String) -> Mismatch {
        Mismatch(
            subject: subject, expected: "to return", actual: headline, location: diagnostic("AS670").location)
    }
}
