public import AssayAudio
public import AssayCore
public import AssayDoubles
public import AssayFormats
public import AssayNet
public import AssayWire

/// What a voice bot does on each call: whom it greets how, what it understands, what it answers and what goes wrong.
public struct BotScript: Sendable {
    /// How audio goes over the wire, both ways.
    public var format: AudioSocketFormat
    /// Said when a call begins; nothing when `nil`.
    public var greeting: Greeting?
    /// The silence after the caller's words that ends them.
    public var endOfSpeech = Duration.milliseconds(500)
    /// From the end of the caller's words to the answer; an answer that takes longer to find out begins when it is known.
    public var thinking = DelayDistribution.fixed(.zero)
    /// What the caller's voice does while the bot speaks; nothing when `nil`.
    public var bargeIn: BargeIn? = BargeIn()
    /// The first is where every call begins.
    public var states: [State]
    /// Said when a back end fails or is too slow, where a turn says nothing of its own.
    public var failed: BotAnswer?
    /// Spares a back end that fails; none when `nil`.
    public var breaker: Breaker?
    /// Makes text of what is heard.
    public var transcribing: SpeechBackEnd?
    /// Finds out what is wanted, and what to say.
    public var chatting: ChatBackEnd?
    /// Makes sounds of texts.
    public var speaking: SpeechBackEnd?
    /// The tool call that hands a caller over.
    public var transfer: ToolCall?
    /// How it ends calls.
    public var hangup = AudioSocketLink.Hangup.frame
    /// How it behaves on the wire, well or wrong.
    public var mode = BotMode()
    /// Judges what clients send, as Asterisk sends it.
    public var isStrict = false
    /// What one bot takes on.
    public var limits = Limits()
    /// A file that the log's lines are added to.
    public var log: String?
    /// Which calls meet other switches than these.
    public var plan = SwitchOptions()

    public init(
        format: AudioSocketFormat, greeting: Greeting? = nil, turns: [BotTurn] = []
    ) {
        self.format = format
        self.greeting = greeting
        states = [State(name: Self.firstState, turns: turns)]
    }

    /// The name of the state that `turns:` without `states:` are of.
    public static let firstState = "start"

    public struct Greeting: Sendable {
        public var say: [Phrase]
        /// From the connection to the first frame.
        public var after: DelayDistribution

        public init(_ say: [Phrase], after: DelayDistribution = .fixed(.zero)) {
            self.say = say
            self.after = after
        }
    }

    /// Some turns that count together.
    public struct State: Sendable {
        public var name: String
        public var turns: [BotTurn]

        public init(name: String, turns: [BotTurn]) {
            self.name = name
            self.turns = turns
        }
    }

    /// How the bot lets itself be interrupted.
    public struct BargeIn: Sendable, Equatable {
        /// From the caller's first voiced sample to the bot's last frame.
        public var stopsAfter = Duration.milliseconds(100)
        /// How long the caller must be voiced before it counts; a cough is shorter.
        public var needs = Duration.zero

        public init() {}
    }

    public struct Breaker: Sendable {
        /// In a row.
        public var failures: Int
        public var openFor: Duration
        /// In place of what a failure says, while it is open.
        public var answer: BotAnswer?

        public init(failures: Int = 3, openFor: Duration = .seconds(10), answer: BotAnswer? = nil) {
            self.failures = failures
            self.openFor = openFor
            self.answer = answer
        }
    }

    public struct Limits: Sendable, Equatable {
        /// Calls at once; one more is closed as it comes.
        public var calls = 2000
        /// A call that lasts longer is hung up.
        public var call = Duration.seconds(1800)
        /// What is kept of the caller's words; what follows is not looked at.
        public var utterance = Duration.seconds(20)
        /// Of the caller's words of all calls together; a call beyond that hears nothing but tones and silence.
        public var memoryBytes = 256 << 20

        public init() {}
    }

    /// All answers there are, for what has to be made before a call.
    var answers: [BotAnswer] {
        states.flatMap { $0.turns.flatMap { [$0.answer, $0.failed].compactMap(\.self) } }
            + [failed, breaker?.answer].compactMap(\.self)
    }

    /// All that may ever be said.
    var phrases: [Phrase] { (greeting?.say ?? []) + answers.flatMap(\.say) }

    /// The templates of all that is asked of back ends and said by them.
    var templates: [Template] {
        var all: [Template] = []
        for call in states.flatMap({ $0.turns.compactMap(\.call) }) + [transfer].compactMap(\.self) {
            all.append(call.url)
            all += call.headers.map(\.value) + (call.json?.templates ?? [])
        }
        for end in [transcribing, speaking].compactMap(\.self) {
            all += [end.url] + [end.key].compactMap(\.self)
        }
        if let chatting { all += [chatting.url] + [chatting.key, chatting.system].compactMap(\.self) }
        for case .text(let template) in phrases { all.append(template) }
        return all
    }

    /// Names that its templates read and that the stand has to have.
    public var neededNames: [(name: String, location: SourceLocation)] {
        let own = Self.reservedNames + captured
        return templates.flatMap(\.freeNames).filter { !own.contains($0.name) }
    }
}

/// Something that can be said.
public enum Phrase: Sendable {
    /// - Parameter name: for the log; the file's path.
    case sound(Sound, name: String)
    /// DTMF digits as tones, by which a caller tells answers apart.
    case marker(String)
    case tone(hertz: Double, Duration)
    case silence(Duration)
    /// A text that the back end for speech makes a sound of.
    case text(Template)

    /// As the log names it.
    public var name: String {
        switch self {
        case .sound(_, let name): name
        case .marker(let digits): "marker \(digits)"
        case .tone(let hertz, _): "tone of \(significant(hertz)) Hz"
        case .silence: "silence"
        case .text(let template): template.source
        }
    }
}
