internal import AssayCore
internal import AssayNet
internal import AssayWire

/// What the service was told by its environment.
struct Settings {
    /// Where calls come, and where the pages are.
    var address: SocketAddress
    var webAddress: SocketAddress
    var format: AudioSocketFormat
    var databasePath: String
    var transcriber: BackEndAddress
    var synthesizer: BackEndAddress
    var shop: BackEndAddress
    var operators: BackEndAddress
    /// `nil`: the keyword table decides.
    var model: BackEndAddress?
    var modelName: String
    /// Of one request to a back end.
    var timeout: Duration
    /// Of the circuit breakers.
    var failuresToOpen: Int
    var rest: Duration
    /// Transcriptions at a time.
    var workers: Int
    var mostCalls: Int
    var logLevel: Log.Level
    var defect: Defect?

    static let usage = """
        usage: voicebot-service        (no options; everything is said by the environment)

          AUDIOSOCKET_PORT    calls come here; 9092 unless said
          HTTP_PORT           /health, /metrics and /calls are here; 8080 unless said
          HOST                numeric address of both; 127.0.0.1 unless said
          AUDIOSOCKET_PRESET  asterisk-app, asterisk-chan16, legacy-chan16 or ulaw-legacy
          DB_URL              sqlite:///PATH of a file with the tables of db/schema.sql; voicebot.db unless said
          STT_URL             speech to text: POST /v1/audio/transcriptions below it; required
          TTS_URL             text to speech: POST /v1/audio/speech below it; required
          SHOP_URL            GET /tires and /knowledge below it; required
          CRM_URL             POST /transfer below it; required
          LLM_URL             POST /v1/chat/completions below it; without it a table of keywords decides
          LLM_MODEL           gpt-4o-mini unless said
          STT_API_KEY, TTS_API_KEY, LLM_API_KEY, SHOP_API_KEY, CRM_API_KEY
                              sent to them as bearer tokens, when set
          BACK_END_TIMEOUT    milliseconds that each of them may take; 1500 unless said
          BREAKER_FAILURES    failures in a row after which a back end rests; 3 unless said
          BREAKER_REST        milliseconds of rest; 10000 unless said
          BOT_WORKERS         transcriptions at a time; 8 unless said
          BOT_CALLS           calls at a time; 1000 unless said
          LOG_LEVEL           debug, info, warn or error; info unless said
          VOICEBOT_DEFECT     plants a mistake for tests to find: \(Defect.allCases.map(\.rawValue).joined(separator: ", "))
        """

    init(_ variables: Variables) throws(Variables.Fault) {
        address = try variables.address(host: "HOST", port: "AUDIOSOCKET_PORT", 9092)
        webAddress = try variables.address(host: "HOST", port: "HTTP_PORT", 8080)
        format = try variables.format("AUDIOSOCKET_PRESET") ?? .asteriskApp
        databasePath = try variables.databasePath("DB_URL") ?? "voicebot.db"
        transcriber = try variables.requiredBackEnd("STT")
        synthesizer = try variables.requiredBackEnd("TTS")
        shop = try variables.requiredBackEnd("SHOP")
        operators = try variables.requiredBackEnd("CRM")
        model = try variables.backEnd("LLM")
        modelName = variables.text("LLM_MODEL") ?? "gpt-4o-mini"
        timeout = .milliseconds(try variables.number("BACK_END_TIMEOUT", 1500, in: 1...60_000))
        failuresToOpen = try variables.number("BREAKER_FAILURES", 3, in: 1...1000)
        rest = .milliseconds(try variables.number("BREAKER_REST", 10_000, in: 1...3_600_000))
        workers = try variables.number("BOT_WORKERS", 8, in: 1...1000)
        mostCalls = try variables.number("BOT_CALLS", 1000, in: 1...100_000)
        logLevel = try variables.choice("LOG_LEVEL") ?? .info
        defect = try variables.choice("VOICEBOT_DEFECT")
    }

    func backEnd(_ name: String, _ address: BackEndAddress, on reactor: Reactor) -> BackEnd {
        let breaker = defect == .noBreaker ? nil : CircuitBreaker(failuresToOpen: failuresToOpen, rest: rest)
        return BackEnd(name, at: address, timeout: timeout, breaker: breaker, on: reactor)
    }
}
