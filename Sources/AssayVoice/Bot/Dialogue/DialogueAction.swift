internal import AssayFormats

/// What a dialogue wants done, in this order.
enum DialogueAction: Sendable {
    case speak([Phrase], Purpose)
    /// Whatever is being said ends now.
    case stopSpeaking
    /// The caller has not finished, and the words so far count as all: they are to be given to `wordsEnded`.
    case hurry
    /// What the words mean, as far as this step can tell; its answer comes to `understood`.
    case understand(Understanding)
    /// A request, and texts made into sounds; what becomes of it comes to `worked`.
    case work(DialogueWork)
    /// With a message 00 and the connection's end; the reason is for the log.
    case hangUp(String)
    case resetConnection
    case note(BotEvent.Kind, JSONObject)

    /// What something said is for.
    enum Purpose: String, Sendable { case greeting, answer }

    /// A step towards what words mean; each is only asked for when a turn needs it.
    enum Understanding: Sendable, Equatable {
        /// How alike they are to each reference of the state, by its turns.
        case likeness(state: Int)
        /// Their text.
        case text
        /// What a model says to their text.
        case chat(state: Int)
    }
}

/// What has to be made before an answer can be said.
struct DialogueWork: Sendable {
    /// Made one after another, by what they are for.
    var calls: [(name: String, call: ToolCall)] = []
    /// What it is for, as the log names it.
    var name: String
    var say: [Phrase]
    /// The call's result goes to the model, whose answer is said.
    var asksModel = false
}

/// What a caller said.
struct Words: Sendable, Equatable {
    /// DTMF tones within.
    var digits = ""
    /// When their end was known.
    var endedAt: Int64
}

/// What is known of what words mean; `nil`: not asked yet.
struct Meaning: Sendable {
    /// By turn of the state.
    var likeness: [Int: Double]?
    var text: String?
    var chat: ChatReply?
}

/// What a model said: some words, or a tool it wants.
struct ChatReply: Sendable, Equatable {
    var text = ""
    var tool: String?
    var arguments: JSON = .object(JSONObject())
    /// As the model calls the tool call.
    var callID = ""
}

/// What becomes of a request to a back end.
enum BackEndOutcome: Sendable {
    case failed
    /// The circuit breaker is open: nothing was asked.
    case refused
}
