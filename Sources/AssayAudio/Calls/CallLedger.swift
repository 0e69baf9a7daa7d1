/// Takes the events of one call and gives its measurements.
///
/// All times are nanoseconds of one monotonic clock and come in with the events; events may be up to
/// ``CallBounds/disorder`` out of order. Nothing is allocated per frame. The conversation is over when either side ends
/// it; ``close(at:)`` then ends the measuring.
///
/// An *utterance* of the bot runs from a voiced frame to the last one before a pause: half a second of playout without
/// voice, or a quarter when the caller's end of speech falls into it, or half a second between voiced arrivals around
/// the caller's end of speech (an answer that arrives while an earlier burst still plays is an answer). Bounds are in
/// ``CallBounds``.
public struct CallLedger: Sendable {
    public let connectedAt: Int64
    /// Samples a second of what is written and heard.
    public let rate: Int
    public let bounds: CallBounds

    /// From the connection to the first voiced arrival, nanoseconds; `nil` before. Not of a call in which the caller
    /// had ended a speech by then: that arrival is an answer.
    public private(set) var greeting: Int64?
    /// From the connection to the first arrival of audio, nanoseconds; `nil` before.
    public private(set) var firstFrame: Int64?
    /// The caller's latest speech; `nil` before the first.
    public internal(set) var turn: CallTurn?
    /// When the bot's last voiced frame so far is, or was, played to its end; `nil` before the first.
    public private(set) var botVoicedUntil: Int64?
    /// When the first voiced frame of the bot's latest utterance arrived; `nil` before the first.
    public private(set) var botSpokeAt: Int64?
    /// How many utterances the bot has begun.
    public private(set) var utterances = 0
    /// When the caller began to speak over the bot, while it is not known yet when the bot stopped.
    public internal(set) var bargedInAt: Int64?
    /// What would be lost behind Asterisk.
    public private(set) var queue = QueueModel()
    /// Own frames written, and the latest of them, nanoseconds.
    public private(set) var framesWritten = 0
    public private(set) var worstLateness: Int64 = 0
    /// When we hung up, and how and when the peer ended the call.
    public internal(set) var hungUpAt: Int64?
    public internal(set) var end: CallEnd?
    public internal(set) var endedAt: Int64?

    var utterance: BotUtterance?
    var timeline: VoiceTimeline
    var isConcluded = false
    var isClosed = false
    var lastCallerVoice: Int64?
    var isTurnVoiced = false
    private var callerPlayout = Playout()
    private var botPlayout = Playout()
    private var now: Int64
    private var finished: [CallMeasurement] = []

    public init(connectedAt: Int64, rate: Int, bounds: CallBounds = CallBounds()) {
        self.connectedAt = connectedAt
        self.rate = rate
        self.bounds = bounds
        timeline = VoiceTimeline(from: connectedAt)
        now = connectedAt
        finished.reserveCapacity(16)
    }

    // MARK: What has come of it

    /// Hands over what was measured since the last time, in the order in which it became known.
    public mutating func take(_ each: (CallMeasurement) -> Void) {
        for measurement in finished { each(measurement) }
        finished.removeAll(keepingCapacity: true)
    }

    /// Something waits to be taken.
    public var hasMeasurements: Bool { !finished.isEmpty }

    /// The bot is within an utterance, its short pauses included.
    public func isBotSpeaking(at time: Int64) -> Bool {
        guard utterance != nil, let botVoicedUntil else { return false }
        return time < botVoicedUntil + bounds.pause
    }

    /// When the utterance is known to be over if nothing more comes: ``advance(to:)`` then ends it. `nil` between
    /// utterances.
    public var botQuietAt: Int64? {
        utterance.map { $0.voicedUntil + bounds.pause + bounds.disorder }
    }

    /// Nanoseconds in which both sides were voiced, and in which each was; up to a moment ago, exact after the end.
    public var talkOver: Int64 { timeline.overlapped }
    public var callerVoiced: Int64 { timeline.callerVoiced }
    public var botVoiced: Int64 { timeline.botVoiced }

    // MARK: Time

    /// Time passes without an event: ends utterances and settles what lies far enough back.
    public mutating func advance(to time: Int64) {
        now = max(now, time)
        guard !isConcluded else { return }
        if let quiet = botQuietAt, now >= quiet { endUtterance() }
        settle(to: now - bounds.disorder)
    }

    // MARK: The caller

    /// A frame of ours was handed to the kernel.
    ///
    /// - Parameters:
    ///   - due: when the 20 ms grid wanted it.
    ///   - samples: how many; the frame is voiced as a whole or not.
    /// - Returns: `call.lateness` of the frame, nanoseconds; never negative.
    @discardableResult
    public mutating func wrote(due: Int64, at time: Int64, voiced: Bool, samples: Int) -> Int64 {
        let lateness = max(0, time - due)
        framesWritten += 1
        worstLateness = max(worstLateness, lateness)
        advance(to: time)
        guard !isConcluded else { return lateness }
        let frame = callerPlayout.arrive(nanoseconds(samples), at: time)
        guard voiced else { return lateness }
        timeline.addCaller(frame.start, frame.end)
        spoke(at: time, until: frame.end)
        return lateness
    }

    // MARK: The bot

    /// Audio of the bot arrived: a message, or a frame of a longer message. Voiced as a whole or not.
    public mutating func heard(_ samples: Int, voiced: Bool, at time: Int64) {
        guard !isConcluded else { return }
        // Whether an utterance is over goes by when its frames came, however late they are told.
        now = max(now, time)
        settle(to: now - bounds.disorder)
        let duration = nanoseconds(samples)
        if firstFrame == nil {
            firstFrame = time - connectedAt
            finish(.firstFrame, time - connectedAt, at: connectedAt)
        }
        queue.arrive(duration, at: time)
        let frame = botPlayout.arrive(duration, at: time)
        if utterance != nil, frame.underrun > bounds.hole {
            utterance?.starved(for: frame.underrun, since: frame.start - frame.underrun)
        }
        if voiced {
            if let current = utterance, isNew(frame.start, time, after: current) { endUtterance() }
            timeline.addBot(frame.start, frame.end)
        }
        if utterance == nil {
            guard voiced else { return }
            beginUtterance(duration, at: time)
        } else {
            utterance?.pace.arrive(duration, at: time)
        }
        utterance?.heard(frame, voiced: voiced, at: time, holes: &finished)
        if voiced { botVoicedUntil = frame.end }
    }

    /// Whether a voiced frame begins an utterance of its own: the rule of the type's description.
    private func isNew(_ start: Int64, _ arrival: Int64, after current: BotUtterance) -> Bool {
        let quiet = start - current.voicedUntil
        if quiet >= bounds.pause { return true }
        guard let end = turn?.endOfSpeech, end > current.lastArrival, end <= arrival else { return false }
        return quiet >= bounds.answerPause || arrival - current.lastArrival >= bounds.pause
    }

    private mutating func beginUtterance(_ duration: Int64, at time: Int64) {
        utterance = BotUtterance(at: time, duration)
        utterances += 1
        botSpokeAt = time
        if greeting == nil, utterances == 1, turn?.endOfSpeech == nil {
            greeting = time - connectedAt
            finish(.greeting, time - connectedAt, at: connectedAt)
        }
        answered(at: time)
    }

    /// The bot's utterance is over; also when the call is.
    mutating func endUtterance() {
        guard let ended = utterance else { return }
        utterance = nil
        finish(.lead, ended.lead, at: ended.firstArrival)
        if let fitting = ended.pace.fittingRate(insteadOf: rate) {
            finish(.wrongRate, Int64(fitting), at: ended.firstArrival)
        }
        if let since = bargedInAt {
            bargedInAt = nil
            if ended.voicedUntil > since { finish(.bargeStop, ended.voicedUntil - since, at: since) }
        }
    }

    // MARK: Pieces

    func nanoseconds(_ samples: Int) -> Int64 { Int64(samples) * 1_000_000_000 / Int64(rate) }

    mutating func finish(
        _ kind: CallMeasurement.Kind, _ value: Int64, at time: Int64, isCensored: Bool = false,
        whole: Int64 = 0
    ) {
        finished.append(CallMeasurement(kind, value, at: time, isCensored: isCensored, whole: whole))
    }

    mutating func settle(to time: Int64) {
        timeline.settle(to: time, quietOver: bounds.deadAir, into: &finished)
    }
}
