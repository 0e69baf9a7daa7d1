internal import AssayAudio
internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// One call of a session: the caller's mouth and ear, and everything that is measured of it.
///
/// Belongs to its reactor's thread. Frames come and go in the reactor's loop without waking anybody; ``changed`` is
/// signalled when something happens that a step may wait for.
final class CallSession: AudioSocketMedia {
    /// Something that the other side says.
    struct Utterance: Equatable {
        /// From 1.
        var number: Int
        /// Arrival of the frame in which it begins.
        var startedAt: Int64
        /// The sample that it begins with, counted over the call.
        var startSample: Int
    }

    let name: String
    let plan: CallConnect
    let format: AudioSocketFormat
    /// Row of the step that began it, where what belongs to no other step is counted.
    let row: Int?
    let changed: Signal
    let meter: Meter?
    private(set) var link: AudioSocketLink?
    private(set) var mouth: CallMouth
    private(set) var ear: CallEar
    private(set) var ledger: CallLedger
    /// Judges the other side as Asterisk would; `nil` when it is not to.
    private(set) var judge: AsteriskJudge?
    /// What Asterisk would have ended the call for, in words.
    private(set) var finding: String?
    private(set) var end: AudioSocketEnd?
    /// Keeps what both sides say; `nil` when nobody wants it.
    private(set) var recorder: CallRecorder?
    let recordingPath: String?
    /// A step of it failed.
    var hasFailed = false
    /// Whether it had failed before the step that is being tried again.
    private var doubt: (step: ObjectIdentifier, hadFailed: Bool)?
    private var hasBegun = false
    /// Where the call went, for people.
    var address = ""

    /// Since when an answer is awaited: the write time of the last sample of speech, or of the last key.
    private(set) var awaitsFrom: Int64?
    /// The last of the mouth's tickets that has been said.
    private(set) var saidTicket = 0
    /// When the first voiced frame of what is said now was written.
    private(set) var voiceStartedAt: Int64?
    private(set) var utterance: Utterance?
    /// Utterances of the other side up to this one have been waited for, or came before what the caller said last.
    var takenUtterance = 0
    /// Digits heard up to this one have been.
    var takenDigits = 0
    /// When the other side began to speak too early, and stopped again.
    var falseStart: Int64?
    /// A step waits for so many samples to be heard.
    var wantedSamples = Int.max
    /// Figures that no step has taken yet.
    private(set) var measurements: [CallMeasurement] = []
    /// Rows of the steps that waited for a kind of figure last.
    var waiters: [CallMeasurement.Kind: Int] = [:]
    private var given: [CallMouth.Given] = []

    init(
        _ name: String, _ plan: CallConnect, row: Int?, changed: Signal, meter: Meter?, keepsAudio: Bool,
        recordingPath: String?
    ) {
        self.name = name
        self.plan = plan
        format = plan.format
        self.row = row
        self.changed = changed
        self.meter = meter
        self.recordingPath = recordingPath
        mouth = CallMouth(format, fillsSilence: plan.fillsSilence)
        ear = CallEar(format, keeps: keepsAudio ? .seconds(20) : .zero)
        ledger = CallLedger(connectedAt: 0, rate: format.rate)
    }

    /// The connection is there.
    ///
    /// - Parameter shelf: takes recordings; `nil` when there are none.
    func connected(_ link: AudioSocketLink, recordingFor shelf: RecordingShelf?) {
        self.link = link
        link.channelFormat = format
        begin(at: link.connectedAt, recordingFor: shelf)
        meter?.openCalls += 1
        // It may be over already: reset while it was begun.
        if let end = link.end { return linkEnded(end) }
        link.startPacing()
    }

    /// A step of it was done, or failed.
    ///
    /// - Parameter again: it is tried until it holds, so what counts is the last try.
    func settled(_ step: PlannedStep, failed: Bool, again: Bool) {
        let id = ObjectIdentifier(step)
        if failed {
            if again, doubt?.step != id { doubt = (id, hasFailed) }
            hasFailed = true
        } else if let doubt, doubt.step == id {
            hasFailed = doubt.hadFailed
            self.doubt = nil
        }
    }

    /// The call's time begins.
    func begin(at time: Int64, recordingFor shelf: RecordingShelf?) {
        hasBegun = true
        var bounds = CallBounds()
        bounds.pause = plan.turnPause.nanoseconds
        ledger = CallLedger(connectedAt: time, rate: format.rate, bounds: bounds)
        if plan.isStrict { judge = AsteriskJudge(format: format, connectedAt: time) }
        guard let shelf, recordingPath != nil else { return }
        recorder = CallRecorder(startedAt: time, rate: format.rate, for: shelf)
    }

    var connectedAt: Int64 { ledger.connectedAt }
    var isUp: Bool { end == nil }

    // MARK: mouth

    /// Queues what is to be said.
    ///
    /// - Returns: the ticket that is said with it.
    func say(_ sounds: [SpokenSound]) -> Int {
        voiceStartedAt = nil
        listenAnew()
        return mouth.say(sounds)
    }

    /// What was said and heard so far is no answer to what comes.
    private func listenAnew() {
        takenUtterance = ledger.utterances
        takenDigits = ear.digits.count
        falseStart = nil
    }

    /// - Returns: the ticket of the pause.
    func pause(_ length: Duration, sent: Bool) -> Int {
        let frame = AudioSocketFormat.frameNanoseconds
        return mouth.pause(frames: Int((length.nanoseconds + frame - 1) / frame), sent: sent)
    }

    /// Presses a key in a message of its own.
    func press(_ digit: UInt8) {
        listenAnew()
        guard let link else { return }
        link.send(AudioSocketType.dtmf, [digit])
        let now = Reactor.monotonicNow()
        judge(.sent, at: now)
        endSpeech(at: now)
    }

    /// Frames that go out at once, as one write.
    func burst(_ sound: SpokenSound) {
        guard let link else { return }
        listenAnew()
        link.burst(sound.frames)
        let now = Reactor.monotonicNow()
        for isVoiced in sound.voiced {
            ledger.wrote(due: now, at: now, voiced: isVoiced, samples: format.frameSamples)
        }
        recorder?.said(sound.samples[...], at: now)
        if sound.speech != nil { endSpeech(at: now) }
    }

    private func endSpeech(at time: Int64) {
        awaitsFrom = time
        ledger.endOfSpeech(at: time)
        takeMeasurements()
    }

    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
        var skipped: Int?
        guard let next = mouth.next(into: &payload, skipped: &skipped) else {
            if let skipped { said(skipped) }
            judge(.nothing, at: due)
            return false
        }
        given.append(next)
        return true
    }

    func frameWritten(due: Int64, at time: Int64, isShort: Bool) {
        guard !given.isEmpty else { return }
        let frame = given.removeFirst()
        judge(.sent, at: time)
        if frame.beginsSpeech { ledger.startOfSpeech(at: time) }
        let lateness = ledger.wrote(
            due: due, at: time, voiced: frame.isVoiced, samples: format.frameSamples)
        if let row { meter?.callLateness(lateness, row) }
        if frame.isVoiced, voiceStartedAt == nil { voiceStartedAt = time }
        if let sound = frame.sound, let place = frame.place {
            let size = format.frameSamples
            recorder?.said(sound.samples[(place * size)..<((place + 1) * size)], at: due)
        }
        if frame.endsSpeech { endSpeech(at: time) }
        if let ticket = frame.completes { said(ticket) }
    }

    private func said(_ ticket: Int) {
        saidTicket = ticket
        changed.notifyAll()
    }

    // MARK: ear

    func frameArrived(_ type: UInt8, _ payload: RawSpan, at time: Int64) {
        judge(
            .message(type: type, length: payload.byteCount, payloadPause: link?.payloadPause ?? 0), at: time)
        guard AudioSocketType.isAudio(type) else { return }
        let change = ear.hear(payload, at: time)
        let before = utterance?.number
        takeJudged()
        recorder?.heard(ear.lastSamples[...], at: change.playoutStart)
        if ledger.hasMeasurements { takeMeasurements() }
        if utterance?.number != before || change.digitHeard || ear.sampleCount >= wantedSamples {
            changed.notifyAll()
        }
    }

    /// - Parameter time: nanoseconds; the judge's time does not go back.
    private func judge(_ event: AsteriskJudge.Event, at time: Int64) {
        guard judge != nil else { return }
        judge?.receive(event, at: time)
        guard finding == nil, judge?.isOver == true,
            let found = judge?.findings.first(where: { $0.severity == .endsCall })
        else { return }
        finding = found.text
        changed.notifyAll()
    }

    /// Lets the ledger hear what the ear is sure of.
    private func takeJudged() {
        ear.takeJudged { frame in
            ledger.heard(frame.samples.count, voiced: frame.isVoiced, at: frame.at)
            guard ledger.utterances != utterance?.number ?? 0 else { return }
            utterance = Utterance(
                number: ledger.utterances, startedAt: frame.at, startSample: frame.samples.lowerBound)
        }
    }

    func linkEnded(_ end: AudioSocketEnd) {
        guard hasBegun, self.end == nil else { return }
        self.end = end
        if link != nil { meter?.openCalls -= 1 }
        judge?.receive(end.kind.judged, at: end.hungUpAt ?? end.at)
        ear.finish()
        takeJudged()
        if let hungUpAt = end.hungUpAt { ledger.hungUp(at: hungUpAt) }
        if let how = CallEnd(end.reply ?? end.kind) { ledger.ended(how, at: end.at) }
        ledger.close(at: end.at)
        takeMeasurements()
        changed.notifyAll()
    }

    // MARK: answers

    /// The utterance that answers what ended at `time`, once there is one.
    ///
    /// One that began earlier is the answer if it goes on; one that fell silent by then was a false start, and is passed over.
    func answer(since time: Int64) -> Utterance? {
        guard let utterance, utterance.number > takenUtterance else { return nil }
        if utterance.startedAt >= time || ledger.botVoicedUntil ?? 0 > time { return utterance }
        falseStart = utterance.startedAt
        return nil
    }

    /// Digits that were heard before a moment are not waited for any more.
    func skipDigits(before time: Int64) {
        while takenDigits < ear.digits.count, ear.digits[takenDigits].at < time { takenDigits += 1 }
    }

    // MARK: measurements

    /// Time has passed without anything: what is over by now is measured.
    func advance(to time: Int64) {
        ledger.advance(to: time)
        takeMeasurements()
    }

    /// Takes over what the ledger has found: few figures a second at most.
    private func takeMeasurements() {
        ledger.take { measurements.append($0) }
    }

    /// Hands over the first figure of a kind that began at a moment or later.
    func takeMeasurement(_ kind: CallMeasurement.Kind, since time: Int64 = .min) -> CallMeasurement? {
        guard let place = measurements.firstIndex(where: { $0.kind == kind && $0.at >= time }) else {
            return nil
        }
        return measurements.remove(at: place)
    }

    /// Hands over all that is left.
    func takeRest() -> [CallMeasurement] {
        defer { measurements = [] }
        return measurements
    }

    /// A response was waited for and came.
    func answered() { awaitsFrom = nil }
}

extension CallEnd {
    /// `nil` for ends that are none of the other side's.
    init?(_ kind: AudioSocketEnd.Kind) {
        switch kind {
        case .fin: self = .fin
        case .hangup: self = .hangupFrame
        case .reset: self = .reset
        case .midFrame: self = .midFrame
        case .errorFrame: self = .error
        default: return nil
        }
    }
}
