/// One speech of the caller and what the bot made of it.
public struct CallTurn: Sendable, Hashable {
    /// 1 for the first of a call.
    public var number: Int
    /// Write time of the frame in which the caller began to speak.
    public var startedAt: Int64
    /// Write time of the frame with the caller's last speech sample (T_eos); `nil` while the caller speaks.
    public var endOfSpeech: Int64?
    /// When the first voiced frame of an utterance that the bot began before the caller's end of speech arrived.
    public var earlyAt: Int64?
    /// When the first voiced frame of the bot's first utterance begun since the caller's end of speech arrived.
    public var answeredAt: Int64?

    /// From the end of speech to the answer, nanoseconds; `nil` before both. Never negative.
    public var response: Int64? {
        guard let endOfSpeech, let answeredAt else { return nil }
        return answeredAt - endOfSpeech
    }

    /// The caller is done and the bot has not begun an utterance, neither since nor too early.
    var isUnanswered: Bool { endOfSpeech != nil && answeredAt == nil && earlyAt == nil }
}

/// Something the bot says: from one voiced frame to the last before a pause.
struct BotUtterance: Sendable {
    /// Arrivals of its first and last voiced frames.
    var firstArrival: Int64
    var lastArrival: Int64
    /// When its last voiced frame is played.
    var voicedUntil: Int64
    /// The longest wait of a frame.
    var lead: Int64
    /// Underruns over the bound since the last voiced frame: holes if it goes on. A pause of at most half a second has
    /// room for twelve of more than 40 ms.
    private var openHoles: [CallMeasurement] = []
    var pace: ArrivalPace

    /// It begins with the arrival of a voiced frame; that frame itself is told next.
    init(at time: Int64, _ duration: Int64) {
        (firstArrival, lastArrival, voicedUntil, lead) = (time, time, time, 0)
        pace = ArrivalPace(duration, at: time)
    }

    mutating func starved(for length: Int64, since time: Int64) {
        if openHoles.count < 16 { openHoles.append(CallMeasurement(.hole, length, at: time)) }
    }

    /// A frame of this utterance, or of the pause after it.
    mutating func heard(
        _ frame: Playout.Frame, voiced: Bool, at time: Int64, holes: inout [CallMeasurement]
    ) {
        lead = max(lead, frame.lead)
        guard voiced else { return }
        lastArrival = time
        voicedUntil = frame.end
        guard !openHoles.isEmpty else { return }
        holes.append(contentsOf: openHoles)
        openHoles.removeAll(keepingCapacity: true)
    }
}
