internal import AssayCore
internal import AssayNet
internal import AssayScript

/// How `setup()` or `teardown()` ended.
enum ScriptApart {
    /// With what it returned, as JSON; `nil` for `undefined`, or where there is no such function.
    case returned([UInt8]?)
    case failed(Mismatch)
    /// The run was ended meanwhile.
    case interrupted
}

extension LoadShard {
    /// Calls a function beside the load, as a user of its own that is counted nowhere.
    ///
    /// - Parameters:
    ///   - name: `setup` or `teardown`; it is the group of what is measured.
    ///   - data: what `setup()` returned, as JSON.
    ///   - bound: for all of it.
    ///   - scope: ends it at once.
    func scriptApart(
        _ name: String, phase: ScriptPhase, _ data: [UInt8]?, within bound: Duration, in scope: CancelScope
    ) async -> ScriptApart {
        guard let work = work.script, let scripts else { return .returned(nil) }
        let host = SessionHost(SessionHost.Shared(work), on: reactor, number: 0, series: scripts.series)
        let session = Session(
            on: reactor, context: context, scope: scope, random: LoadWork.random(self.work.seed, .apart),
            scratch: scratch, meter: meter)
        defer { session.closeConnections() }
        let timer = ScopeTimer(scope, on: reactor, after: bound)
        defer { timer.cancel() }
        let user: ScriptUser
        switch await ScriptUser.make(host, within: scope) {
        case .success(let made): user = made
        case .failure(let end): return ended(end, name, host, timer, bound, scope)
        }
        defer { user.end() }
        guard user.function(name) != nil else { return .returned(nil) }
        host.session = session
        host.phase = phase
        host.tags = work.tags
        host.enterGroup(name, isTimed: false)
        let outcome = await user.call(name, data)
        host.leaveGroups()
        switch outcome {
        case .interrupted: return ended(.interrupted, name, host, timer, bound, scope)
        case .exception(let exception):
            return ended(.exception(exception), name, host, timer, bound, scope)
        case .value(let value):
            switch await user.runtime.jsonText(of: value) {
            case .success where timer.hasFired:
                return ended(.interrupted, name, host, timer, bound, scope)
            case .success(let text): return .returned(text)
            case .failure(let end): return ended(end, name, host, timer, bound, scope)
            }
        }
    }

    /// What it is that ended a function early: its bound, the end of the run, or itself.
    private func ended(
        _ end: ScriptEnd, _ name: String, _ host: SessionHost, _ timer: ScopeTimer, _ bound: Duration,
        _ scope: CancelScope
    ) -> ScriptApart {
        if timer.hasFired {
            return .failed(
                Mismatch(
                    subject: "\(name)()", expected: "to end within \(bound.shortText)",
                    actual: "it was still running"))
        }
        guard case .exception(let exception) = end, !scope.isCancelled else { return .interrupted }
        host.log(exception)
        return .failed(exception.mismatch("\(name)()"))
    }
}

extension ScriptRuntime {
    /// As `JSON.stringify`, which may run code of the script; `nil` where that is undefined.
    func jsonText(of value: ScriptReference) async -> Result<[UInt8]?, ScriptEnd> {
        let box = JSONBox()
        let reader = retain(
            owned: makeFunction { runtime, _ throws(ScriptThrow) in
                box.text = try runtime.jsonText(value.value)
                return .undefined
            })
        switch await run(reader) {
        case .value: return .success(box.text)
        case .exception(let exception): return .failure(.exception(exception))
        case .interrupted: return .failure(.interrupted)
        }
    }
}

private final class JSONBox {
    var text: [UInt8]?
}
