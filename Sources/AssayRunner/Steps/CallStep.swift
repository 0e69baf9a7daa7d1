internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Session {
    func perform(_ plan: PlannedCall, _ step: PlannedStep) async -> StepEnd {
        let action = plan.action
        let outcome: CallOutcome
        let call: CallSession?
        if case .connect(let connect) = action.wish {
            (call, outcome) = await place(action.call, connect, plan.keepsAudio, step)
        } else {
            call = calls.last { $0.name == action.call } ?? inheritedCalls.last { $0.name == action.call }
            guard let call else {
                return .failure(
                    "call", expected: "a call '\(action.call)' to be up",
                    actual: "no step before this one began it", at: action.callLocation)
            }
            outcome = await CallConversation(self, call, step).perform(action.wish)
        }
        return settle(outcome, of: action.call, call, step)
    }

    private func settle(
        _ outcome: CallOutcome, of name: String, _ call: CallSession?, _ step: PlannedStep
    ) -> StepEnd {
        if outcome.isCancelled || scope.isCancelled { return .cancelled }
        var end = StepEnd()
        if let mismatch = outcome.mismatch {
            end.mismatches = [mismatch]
            end.isBroken = true
            for check in step.checks { meter?.check(check.index, passed: false) }
        } else {
            var answer = Answer()
            answer.json = .object(outcome.facts)
            answer.text = outcome.heard
            answer.durationNanoseconds = outcome.latency
            settle(answer, step, &end)
        }
        call?.settled(step, failed: end.hasFailed, again: step.step.eventually != nil)
        if journal != nil || end.hasFailed { end.exchange = report(outcome, name, call) }
        return end
    }

    private func report(_ outcome: CallOutcome, _ name: String, _ call: CallSession?) -> ExchangeReport {
        let heard = outcome.mismatch?.actual ?? outcome.heard
        // What a current Asterisk would bear is told, and fails nothing.
        let told = (call?.judge?.findings ?? []).filter { $0.severity != .endsCall }
            .map { "\n\($0.severity.rawValue): \($0.text)" }.joined()
        return ExchangeReport(
            summary: context.masker.mask("\(name): \(outcome.said) → \(heard.prefix { $0 != ";" })"),
            request: context.masker.mask(outcome.said),
            response: context.masker.mask(heard) + "\n" + JSON.object(outcome.facts).rendered() + told,
            outcome: outcome.mismatch == nil ? Outcome.answered.name : Outcome.timeout.name,
            serviceNanoseconds: outcome.latency ?? 0)
    }

    // MARK: connecting

    /// Places a call.
    private func place(
        _ name: String, _ connect: CallConnect, _ keepsAudio: Bool, _ step: PlannedStep
    ) async -> (CallSession?, CallOutcome) {
        hasTriedCall = true
        var outcome = CallOutcome()
        let written: String
        let uuid: [UInt8]
        do {
            written = try text(connect.to, step.names)
            uuid = try identifier(connect, step)
        } catch {
            meter?.callNotPlaced(step)
            callRefused = true
            let mismatch = (error as? TemplateError).map { StepEnd.failure($0).mismatches[0] }
            outcome.mismatch =
                mismatch
                ?? Mismatch(
                    subject: "uuid", expected: "32 hexadecimal digits", actual: "\(error)",
                    location: step.step.location)
            return (nil, outcome)
        }
        outcome.said = "call \(written)"
        func refused(_ actual: String) -> (CallSession?, CallOutcome) {
            meter?.callNotPlaced(step)
            callRefused = true
            outcome.mismatch = Mismatch(
                subject: "call", expected: "the call '\(name)' to be connected", actual: actual,
                location: connect.to.location)
            return (nil, outcome)
        }
        if let running = calls.last(where: { $0.name == name }), running.isUp {
            return refused("a call of that name is still up; hang up first, or name this one otherwise")
        }
        guard let (host, port) = CallAddress.parse(written) else {
            return refused("'\(written)' is no address like audiosocket://HOST:PORT")
        }
        let path =
            connect.keepsRecording == false
            ? nil : context.recordings.flatMap { $0.takesMore ? $0.path(title, name) : nil }
        let call = CallSession(
            name, connect, row: step.row, changed: reactor.makeSignal(), meter: meter,
            keepsAudio: keepsAudio, recordingPath: path)
        call.address = written
        let begin = Reactor.monotonicNow()
        let deadline = begin &+ connect.within.nanoseconds
        let result = await link(call, host, port, uuid, until: deadline)
        switch result {
        case .failure(let failure):
            if let path { context.recordings?.giveBack(path) }
            if failure.outcome == .cancelled { return (nil, .cancelled) }
            return refused("\(failure.outcome.name): \(failure.note)")
        case .success(let link):
            call.connected(link, recordingFor: context.recordings)
            calls.append(call)
            meter?.callPlaced(step)
            let took = link.connectedAt - begin
            outcome.latency = took
            outcome.measured("latency", took)
            outcome.facts["uuid"] = .string(Self.uuidText(uuid))
            outcome.heard = "connected in \(shortText(nanoseconds: Double(took)))"
            return (call, outcome)
        }
    }

    private func link(
        _ call: CallSession, _ host: String, _ port: UInt16, _ uuid: [UInt8], until deadline: Int64
    ) async -> Result<AudioSocketLink, ConnectFailure> {
        switch await Resolver.addresses(of: host, port: port, on: reactor, until: deadline, in: scope) {
        case .failure(let failure): return .failure(failure)
        case .success(let addresses):
            return await AudioSocketLink.connect(
                to: addresses, uuid: uuid, media: call, until: deadline, in: scope, on: reactor)
        }
    }

    /// The UUID that the step names, or a drawn one (RFC 9562, version 4).
    private func identifier(_ connect: CallConnect, _ step: PlannedStep) throws -> [UInt8] {
        if let template = connect.uuid {
            let written = try text(template, step.names)
            guard let bytes = CallUUID.bytes(written) else { throw StepError(Shown.text(written)) }
            return bytes
        }
        var bytes: [UInt8] = []
        for _ in 0..<2 {
            let drawn = random.next()
            for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: drawn >> UInt64(8 * place))) }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes
    }

    private static func uuidText(_ bytes: [UInt8]) -> String {
        var text = ""
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
