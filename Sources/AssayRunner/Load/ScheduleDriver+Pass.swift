internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

extension ScheduleDriver {
    /// After a pass that got no answer at all a user waits this long: a dead service must not be hammered in a loop.
    private static let pauseAfterNothing: Int64 = 100_000_000

    /// One pass of one scenario.
    ///
    /// - Returns: `false` when the user was cancelled, or there is nothing left for it to do.
    func pass(_ session: Session, _ user: VirtualUser, due: Int64) async -> Bool {
        let meter = shard.meter
        let place = plan.scenarios[plan.pick?.draw(using: &session.random) ?? 0]
        let scenario = shard.work.scenarios[place]
        session.begin(scenario)
        if let hooks = session.hooks { (hooks.scenario, hooks.scenarioName) = (place, scenario.name) }
        if meter.layout.hasCalls { session.title = "\(scenario.name) \(user.number)" }
        for (place, value) in shard.outer.enumerated() {
            session.variables[scenario.outerSlots[place]] = value
        }
        if let slot = scenario.indexSlot { session.variables[slot] = .int(Int64(user.number)) }
        guard shard.work.feedsRead[place].isEmpty || shard.setRows(of: place, session, user) else {
            stop()
            return false
        }
        if shard.work.readsFigures[place] { shard.setFigures(scenario, session, user) }
        user.passesBegun += 1
        if let script = scenario.script { await takeScriptUser(session, script, scenario.steps[0]) }
        let begin = Reactor.monotonicNow()
        if due > 0 {
            meter.late(by: begin - due)
            session.intendedAt = due
        }
        let flow: Flow
        if let script = scenario.script {
            flow = await scriptPass(session, script, scenario.steps[0], place)
        } else {
            flow = await steps(of: scenario, session)
        }
        if !session.cleanup.isEmpty { await cleanUp(session) }
        session.endStreams()
        session.hooks?.endPass()
        if plan.renewsUsers { session.closeConnections() }
        if !session.calls.isEmpty { await endCalls(session, failed: flow == .failed) }
        if flow == .failed, !session.hasTriedCall { meter.callDropped() }
        if flow == .cancelled || session.scope.isCancelled {
            if session.script?.host.hasAborted == true {
                meter.iteration(place, nanoseconds: Reactor.monotonicNow() - begin, isBroken: false)
            } else {
                meter.interrupt()
            }
            shard.work.script?.progress.interrupt()
            return false
        }
        if scenario.script != nil { return await scriptPassed(user, place, begin, isBroken: flow == .failed) }
        // What ended the pass was seen at the start of this turn of the loop.
        let length = max(0, shard.reactor.now - begin)
        meter.iteration(place, nanoseconds: length, isBroken: flow == .failed)
        if let pace = plan.pace { user.mayBeginAt = begin &+ pace }
        if flow == .failed, length < Self.pauseAfterNothing, due == 0 {
            let pause = begin + Self.pauseAfterNothing
            return await shard.reactor.sleep(until: pause, in: session.scope) != .cancelled
        }
        return true
    }

    private func steps(of scenario: PlannedScenario, _ session: Session) async -> Flow {
        do {
            try session.setVariables(scenario.variables, names: scenario.names)
        } catch {
            shard.meter.failure(
                "variables", scenario.steps[0],
                [
                    Mismatch(
                        subject: "vars", expected: "a value", actual: error.message, location: error.location)
                ]
            ) { nil }
            return .failed
        }
        return await session.measure(scenario.steps)
    }

    /// The end of a pass of a script, which may have been all computation.
    private func scriptPassed(
        _ user: VirtualUser, _ place: Int, _ begin: Int64, isBroken: Bool
    ) async -> Bool {
        shard.meter.iteration(place, nanoseconds: Reactor.monotonicNow() - begin, isBroken: isBroken)
        shard.work.script?.progress.complete()
        if let pace = plan.pace { user.mayBeginAt = begin &+ pace }
        // Nothing was waited for, so nobody else had a turn.
        if shard.reactor.now <= begin { await Task.yield() }
        return true
    }

    @inline(never)
    private func cleanUp(_ session: Session) async { _ = await session.runCleanup(within: .seconds(10)) }

    @inline(never)
    private func endCalls(_ session: Session, failed: Bool) async { await session.endCalls(failed: failed) }
}
