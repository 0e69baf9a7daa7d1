internal import AssayAudio
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// Speech to text and text to speech over HTTP: what it understands are the phrases it was given.
final class SpeechDouble: DoubleService {
    static let members = ["base", "key"]
    static let switches = [
        Switch("slow", .duration, "more time for every answer"),
        Switch("rate-limit", .times, "429 with Retry-After"),
        Switch("retry-after", .duration, initial: "1s", "what Retry-After says then"),
        Switch("server-error", .times, "a 5xx answer"),
        Switch("error-status", .number(500...599), "the status of server-error"),
        Switch("unauthorized", .times, "401"),
        Switch("garbage-text", .times, "a transcript that nobody said"),
        Switch("empty-text", .times, "a transcript without a word"),
        Switch("cut-audio", .times, "half of the sound"),
        Switch(
            "cut-how", .word(["short", "close"]),
            "a cut sound is a whole answer, or one whose connection ends"),
        Switch("silence", .times, "no answer at all, the connection stays open"),
    ]

    let book: PhraseBook
    let options: SpeechOptions
    private let key: String?
    private let clock: DoubleClock
    private let board: SwitchBoard
    private let random: SeededRandom
    private let state: Mutex<State>

    private struct State {
        var random: SeededRandom
        var url = ""
    }

    init(_ options: SpeechOptions, key: String?, _ start: DoubleStart) {
        self.options = options
        self.key = key
        book = PhraseBook(options.phrases)
        clock = start.clock
        random = start.scope.random
        board = SwitchBoard(Self.switches, options: options.switches)
        state = Mutex(State(random: random))
    }

    var bindings: JSONObject {
        ["base": .string(state.withLock { $0.url } + "/v1"), "key": .string(key ?? "sk-assay")]
    }

    var secrets: [String] { key.map { [$0] } ?? [] }

    var detail: String {
        let count = options.phrases.count
        return "speech, \(count) phrase\(count == 1 ? "" : "s")"
    }

    func begin(url: String) { state.withLock { $0.url = url } }

    func reset() {
        board.reset()
        state.withLock { $0 = State(random: random, url: $0.url) }
    }

    var seed: UInt64 { random.seed }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if let answer = board.answer(request) { return answer }
        let readings: SwitchReadings
        do throws(SwitchError) {
            readings = try board.readings(for: request, at: clock.nowMilliseconds)
        } catch {
            return OpenAIError(
                message: error.message + (error.fix.map { "; \($0)" } ?? ""), code: "bad_switch"
            ).response
        }
        return await answer(request, readings)
    }

    private func answer(_ request: HTTPRequest, _ readings: SwitchReadings) async -> HTTPResponse {
        let path = request.path.hasPrefix("/v1/") ? request.path.dropFirst(3) : request.path
        var response: HTTPResponse
        let takes: DelayDistribution
        do throws(OpenAIError) {
            try meet(request, readings)
            switch (request.method, path) {
            case ("POST", "/audio/transcriptions"), ("POST", "/audio/translations"):
                takes = options.transcribing
                response = try await transcribe(request, readings)
            case ("POST", "/audio/speech"):
                takes = options.speaking
                response = try await speak(request, readings)
            case ("GET", "/models"):
                takes = .fixed(.zero)
                response = Self.models
            case (_, "/audio/transcriptions"), (_, "/audio/translations"), (_, "/audio/speech"):
                throw OpenAIError(
                    status: 405, message: "Not allowed to \(request.method) on \(request.path).",
                    code: "method_not_supported")
            default:
                throw OpenAIError(status: 404, message: "Invalid URL (\(request.method) \(request.path))")
            }
        } catch {
            response = error.response
            response.delivery.after = readings.duration("slow")
            if readings.isOn("silence") { response.delivery.fault = .silence }
            return response
        }
        response.delivery.after = state.withLock { takes.sample(&$0.random) } + readings.duration("slow")
        if readings.isOn("silence") { response.delivery.fault = .silence }
        return response
    }

    /// What is refused before anything is looked at.
    private func meet(_ request: HTTPRequest, _ readings: SwitchReadings) throws(OpenAIError) {
        let words = (request.headers["authorization"] ?? "").split(separator: " ")
        let given = words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : ""
        let isRight = key.map { Crypto.equal(Array($0.utf8), Array(given.utf8)) } ?? true
        if !isRight || readings.isOn("unauthorized") {
            throw OpenAIError(status: 401, message: "Incorrect API key provided.", code: "invalid_api_key")
        }
        if readings.isOn("rate-limit") {
            var error = OpenAIError(
                status: 429, message: "Rate limit reached. Please try again later.", type: "requests",
                code: "rate_limit_exceeded")
            error.retryAfter = readings.duration("retry-after")
            throw error
        }
        if readings.isOn("server-error") {
            throw OpenAIError(
                status: readings.number("error-status"),
                message: "The server had an error while processing your request. Sorry about that!",
                type: "server_error")
        }
    }

    private static let models: HTTPResponse = {
        let cards = ["whisper-1", "gpt-4o-mini-transcribe", "tts-1", "gpt-4o-mini-tts"].map { name -> JSON in
            ["id": .string(name), "object": "model", "created": 1_700_000_000, "owned_by": "assay"]
        }
        let body: JSON = ["object": "list", "data": .array(cards)]
        return HTTPResponse(text: body.rendered(), type: "application/json")
    }()
}
