/// One figure of a call, as thresholds and reports name it.
public struct CallMeasurement: Sendable, Hashable {
    /// What is measured. The raw value is the metric's name without `call.`.
    public enum Kind: String, Sendable, CaseIterable {
        /// From the connection to the first voiced arrival. Once a call; censored when nothing voiced ever came.
        case greeting
        /// From the connection to the first arrival of audio, voiced or not. Once a call; censored when none came.
        case firstFrame = "first-frame"
        /// From the caller's end of speech to the first voiced arrival of an utterance begun since. Once a turn;
        /// censored when the turn ended otherwise. A bot that answers by ending the call in order gives none.
        case response
        /// How long before the caller's end of speech the bot began an utterance. Its count is what matters; such a
        /// start is no response.
        case early
        /// The most that playout waited behind arrival, once an utterance. Over ``CallBounds/burst`` it is a burst.
        case lead
        /// Audio that a caller behind Asterisk would not hear (``QueueModel``), of all that arrived. Once a call.
        case predictedLoss = "predicted-loss"
        /// From the first voiced frame of a caller who speaks over the bot to the playout end of the bot's last voiced
        /// frame. Censored when the bot still spoke as the call ended.
        case bargeStop = "barge-stop"
        /// A playout underrun over ``CallBounds/hole`` inside an utterance: how long it was.
        case hole
        /// A stretch over ``CallBounds/deadAir`` in which neither side was voiced: how long it was. Censored when the
        /// end of the call cut it.
        case deadAir = "dead-air"
        /// Time in which both sides were voiced. Once a call, zero included.
        case talkOver = "talk-over"
        /// From our hanging up to the peer's end of the connection. Only of calls that we ended and whose end we awaited;
        /// censored when the peer did not end it.
        case hangup
        /// How late a frame of ours was written. ``CallLedger/wrote(due:at:voiced:samples:)`` answers it for each frame;
        /// it is never taken.
        case lateness
        /// An utterance whose audio came steadily, but at another rate than its type says: the value is the rate that
        /// would fit, samples a second.
        case wrongRate = "wrong-rate"

        /// The metric: `call.greeting`.
        public var metric: String { "call." + rawValue }
    }

    public var kind: Kind
    /// Nanoseconds; samples a second of ``Kind/wrongRate``.
    public var value: Int64
    /// When what was measured began, nanoseconds on the call's clock.
    public var at: Int64
    /// What was waited for did not come: the true value is at least ``value``. Such a figure is kept and counted, for
    /// dropping it would flatter a bot that never answers.
    public var isCensored: Bool
    /// Of how much ``value`` is a part, nanoseconds; zero but of ``Kind/predictedLoss``.
    public var whole: Int64

    public init(_ kind: Kind, _ value: Int64, at: Int64, isCensored: Bool = false, whole: Int64 = 0) {
        self.kind = kind
        self.value = value
        self.at = at
        self.isCensored = isCensored
        self.whole = whole
    }

    /// ``value`` as a part of ``whole``, 0…1; `nil` where there is no whole.
    public var fraction: Double? { whole > 0 ? Double(value) / Double(whole) : nil }
}

/// Where measuring draws its lines. Durations are nanoseconds.
public struct CallBounds: Sendable, Hashable {
    /// A lead over this is a burst.
    public var burst: Int64 = 60_000_000
    /// A playout underrun over this, inside an utterance, is a hole.
    public var hole: Int64 = 40_000_000
    /// Both sides quiet for longer than this is dead air.
    public var deadAir: Int64 = 3_000_000_000
    /// The peer ends the connection within this of our hanging up.
    public var hangup: Int64 = 1_000_000_000
    /// An utterance is over when playout had no voice for this long.
    public var pause: Int64 = 500_000_000
    /// And for this long when the caller's end of speech falls into the pause: what follows is an answer.
    public var answerPause: Int64 = 250_000_000
    /// How much out of order the times of events may be: kernel stamps of arrivals and own clock readings mix, and
    /// ``VoicedFrames`` knows a frame only with the next one.
    public var disorder: Int64 = 100_000_000

    public init() {}
}

/// How the other side ended a call.
public enum CallEnd: String, Sendable, CaseIterable {
    case fin
    /// A message of type 00.
    case hangupFrame = "00"
    case reset = "rst"
    /// The connection ended inside a message.
    case midFrame = "mid-frame"
    /// A message of type ff.
    case error = "ff"

    /// The peer meant to end the call, and did so as the protocol has it.
    public var isOrderly: Bool { self == .fin || self == .hangupFrame }
}
