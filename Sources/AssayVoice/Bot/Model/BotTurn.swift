public import AssayAudio
internal import AssayCore
public import AssayDoubles
public import AssayFormats

/// What is said, and what comes then.
public struct BotAnswer: Sendable {
    public var say: [Phrase]
    public var then: BotNext

    public init(_ say: [Phrase], then: BotNext = .listen) {
        self.say = say
        self.then = then
    }
}

/// What comes after an answer.
public enum BotNext: Sendable, Equatable {
    /// The same turns again.
    case listen
    /// Another state's turns.
    case state(String)
    case hangUp
    /// The transfer's tool call has been made: the bot hangs up with a message 00.
    case transfer
}

/// One thing that may be heard, and what is done then.
public struct BotTurn: Sendable {
    public var heard: Heard
    /// Made before the answer.
    public var call: ToolCall?
    public var answer: BotAnswer
    /// When the call fails or is too slow; the script's own unless said.
    public var failed: BotAnswer?
    /// Instead of the script's thinking time.
    public var after: DelayDistribution?
    /// How often in one call; any number when `nil`.
    public var times: Int?
    /// What a model is told of the tool, for turns that are heard as one.
    public var toolDescription: String?
    /// The JSON Schema of the tool's arguments.
    public var toolParameters: JSON?

    public init(_ heard: Heard, say: [Phrase] = [], then: BotNext = .listen) {
        self.heard = heard
        answer = BotAnswer(say, then: then)
    }

    /// What makes a turn the right one.
    public enum Heard: Sendable {
        /// Any words.
        case anything
        /// Words like these: the most alike of the state's, when alike enough.
        case like(Reference)
        /// DTMF digits as tones within the words.
        case marker(String)
        /// Messages of type 03, one after another.
        case digits(String)
        /// Nothing for so long while the bot listens.
        case silence(Duration)
        /// The words as text, as the back end wrote them down.
        case text(Matcher<JSON>)
        /// A model wants this tool.
        case tool(String)

        /// As the log names it.
        public var name: String {
            switch self {
            case .anything: "any"
            case .like(let reference): reference.name
            case .marker(let digits): "marker \(digits)"
            case .digits(let digits): "dtmf \(digits)"
            case .silence: "silence"
            case .text(let matcher): "text \(matcher.description)"
            case .tool(let name): "tool \(name)"
            }
        }

        /// Whether it is judged by what a caller said, when that has ended.
        var isOfWords: Bool {
            switch self {
            case .digits, .silence: false
            default: true
            }
        }
    }

    /// Recorded words.
    public struct Reference: Sendable {
        public var name: String
        public var sound: Sound
        /// 0…1.
        public var threshold: Double

        public static let defaultThreshold = SoundMatcher.threshold

        public init(name: String, sound: Sound, threshold: Double = Self.defaultThreshold) {
            self.name = name
            self.sound = sound
            self.threshold = threshold
        }
    }
}

/// A request to a back end.
public struct ToolCall: Sendable {
    public var method: String
    public var url: Template
    public var headers: [(name: String, value: Template)] = []
    public var json: ValueTemplate?
    public var timeout = Duration.seconds(5)
    /// Values of the answer by name, read as `${name}` by what is said and called later.
    public var capture: [(name: String, path: JSONPath)] = []
    /// The statuses that are no failure.
    public var statuses: ClosedRange<Int> = 200...299

    public init(_ method: String, _ url: Template) {
        self.method = method
        self.url = url
    }
}

/// An address of OpenAI's audio API: speech to text, or text to speech.
public struct SpeechBackEnd: Sendable {
    /// With or without `/v1`.
    public var url: Template
    public var key: Template?
    public var model: String
    /// For text to speech.
    public var voice = "alloy"
    public var timeout = Duration.seconds(5)

    public init(url: Template, model: String) {
        self.url = url
        self.model = model
    }
}

/// An address of OpenAI's chat API.
public struct ChatBackEnd: Sendable {
    public var url: Template
    public var key: Template?
    public var model: String
    public var system: Template?
    public var timeout = Duration.seconds(10)
    /// Messages of a call that are sent along; the oldest go first.
    public var memory = 40

    public init(url: Template, model: String) {
        self.url = url
        self.model = model
    }
}
