internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// An OpenAI-compatible API. What it says is told by its script or made up the same each time; see
/// Documentation/api-doubles.md for its endpoints.
final class OpenAI: DoubleService {
    static let members = ["base", "key"]
    /// One request on its way.
    struct Turn {
        var request: HTTPRequest
        var path: Substring
        /// Azure's: the model stands in the path.
        var deployment: String?
        var readings: SwitchReadings
        /// Milliseconds since 1970.
        var now: Int64
        var key = ""
        /// Of rate limits, for the answer whatever it is.
        var limits = HTTPHeaders()

        var seconds: Int64 { now / 1000 }
    }

    struct State {
        var random: SeededRandom
        var script: OpenAIScript
        var budgets = OpenAIBudgets()
        var responses = StoredResponses()
        var url = ""
    }

    let options: OpenAIOptions
    let environment: TemplateEnvironment
    let state: Mutex<State>
    private let names: JSONObject
    private let key: String?
    private let clock: DoubleClock
    private let board: SwitchBoard
    private let random: SeededRandom

    init(_ options: OpenAIOptions, key: String?, _ start: DoubleStart) {
        self.options = options
        self.key = key
        clock = start.clock
        names = start.scope.names
        environment = start.scope.environment
        random = start.scope.random
        board = SwitchBoard(Self.switches, options: options.switches)
        state = Mutex(State(random: random, script: OpenAIScript(options.answers)))
    }

    var bindings: JSONObject {
        [
            "base": .string(state.withLock { $0.url } + "/v1"), "key": .string(key ?? "sk-assay"),
        ]
    }

    var secrets: [String] { key.map { [$0] } ?? [] }

    var detail: String {
        let count = options.answers.count
        return "OpenAI's API, \(count) answer\(count == 1 ? "" : "s")"
    }

    func begin(url: String) { state.withLock { $0.url = url } }

    func reset() {
        board.reset()
        state.withLock { $0 = State(random: random, script: OpenAIScript(options.answers), url: $0.url) }
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if let answer = board.answer(request) { return answer }
        var response: HTTPResponse
        var limits = HTTPHeaders()
        do throws(OpenAIError) {
            var turn = try turn(request)
            do throws(OpenAIError) {
                response = try route(&turn)
            } catch {
                response = error.response
            }
            if turn.readings.isOn("silence") { response.delivery.fault = .silence }
            limits = turn.limits
        } catch {
            response = error.response
        }
        for field in limits.fields { response.headers.add(field.name, field.value) }
        response.headers["x-request-id"] = makeName("req_", 32)
        response.headers["openai-version"] = "2020-10-01"
        response.headers["openai-organization"] = options.organization
        return response
    }

    private func turn(_ request: HTTPRequest) throws(OpenAIError) -> Turn {
        let now = clock.nowMilliseconds
        let readings: SwitchReadings
        do {
            readings = try board.readings(for: request, at: now)
        } catch {
            throw .invalid(
                error.message + (error.fix.map { "; \($0)" } ?? ""), param: SwitchBoard.header,
                code: "bad_switch")
        }
        var turn = Turn(request: request, path: request.path, readings: readings, now: now)
        let azure = "/openai/deployments/"
        if turn.path.hasPrefix(azure) {
            let rest = turn.path.dropFirst(azure.count)
            let name = rest.prefix { $0 != "/" }
            turn.deployment = percentDecoded(name)
            turn.path = rest.dropFirst(name.count)
        } else if turn.path.hasPrefix("/v1/") {
            turn.path = turn.path.dropFirst(3)
        }
        return turn
    }

    private func route(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let parts = turn.path.split(separator: "/")
        let last = parts.count > 1 ? percentDecoded(parts[1...].joined(separator: "/")) : ""
        try authorize(&turn)
        switch (turn.request.method, parts.first, parts.count) {
        case ("GET", "models", 1): return models()
        case ("GET", "models", _): return try model(last)
        case ("GET", "responses", 2): return try storedResponse(last)
        case ("DELETE", "responses", 2): return try deleteResponse(last)
        case ("POST", "chat", 2) where last == "completions":
            try meet(turn)
            return try chat(&turn)
        case ("POST", "completions", 1):
            try meet(turn)
            return try complete(&turn)
        case ("POST", "embeddings", 1):
            try meet(turn)
            return try embed(&turn)
        case ("POST", "moderations", 1):
            try meet(turn)
            return try moderate(&turn)
        case ("POST", "responses", 1):
            try meet(turn)
            return try respond(&turn)
        case ("POST", "audio", 2) where last == "transcriptions" || last == "translations":
            try meet(turn)
            return try transcribe(&turn)
        case ("POST", "audio", 2) where last == "speech":
            try meet(turn)
            return try speak(&turn)
        case (_, "chat", 2) where last == "completions": throw notAllowed(turn)
        case (_, "completions", 1), (_, "embeddings", 1), (_, "moderations", 1), (_, "responses", 1):
            throw notAllowed(turn)
        default: throw .notFound(method: turn.request.method, path: turn.request.path)
        }
    }

    private func notAllowed(_ turn: Turn) -> OpenAIError {
        OpenAIError(
            status: 405, message: "Not allowed to \(turn.request.method) on \(turn.request.path).",
            code: "method_not_supported")
    }

    // MARK: Before the answer

    private func authorize(_ turn: inout Turn) throws(OpenAIError) {
        let words = (turn.request.headers["authorization"] ?? "").split(separator: " ")
        if words.count == 2, words[0].lowercased() == "bearer" {
            turn.key = String(words[1])
        } else if let key = turn.request.headers["api-key"], !key.isEmpty {
            turn.key = key
        } else {
            throw .missingKey()
        }
        if turn.readings.isOn("unauthorized") { throw .wrongKey(turn.key) }
        guard let key, !Crypto.equal(Array(key.utf8), Array(turn.key.utf8)) else { return }
        throw .wrongKey(turn.key)
    }

    /// What the switches say before anything is looked at.
    private func meet(_ turn: Turn) throws(OpenAIError) {
        if turn.readings.isOn("quota") { throw .quota() }
        if turn.readings.isOn("rate-limit") {
            throw .rateLimited("this model", retryAfter: turn.readings.duration("retry-after"))
        }
        if turn.readings.isOn("server-error") {
            var error = OpenAIError.server(turn.readings.number("error-status"))
            if turn.readings.isSet("retry-after") { error.retryAfter = turn.readings.duration("retry-after") }
            throw error
        }
        if turn.readings.isOn("context-exceeded") {
            throw .contextExceeded(
                limit: options.contextTokens, asked: options.contextTokens + 1, param: "messages")
        }
    }

    func check(model: String) throws(OpenAIError) {
        guard let models = options.models, !models.contains(model) else { return }
        throw .noModel(model)
    }

    /// Takes from the budgets of the request's key; headers tell what is left.
    func spend(_ tokens: Int, _ turn: inout Turn, model: String) throws(OpenAIError) {
        let (requests, perMinute) = (options.requestsPerMinute, options.tokensPerMinute)
        guard requests != nil || perMinute != nil else { return }
        let (key, now) = (turn.key, turn.now)
        let spent = state.withLock {
            $0.budgets.spend(
                tokens, of: key, requestsPerMinute: requests, tokensPerMinute: perMinute, model: model,
                at: now)
        }
        turn.limits = spent.headers
        if let error = spent.error { throw error }
    }

    // MARK: Answers

    func makeName(_ prefix: String, _ length: Int) -> String {
        state.withLock { OpenAIName.make(prefix, length, &$0.random) }
    }

    /// The choices of an answer, as the switches change them, and how fast they come.
    func compose(
        _ prompt: OpenAIPrompt, choices: Int, _ turn: Turn
    ) throws(OpenAIError) -> (replies: [OpenAIReply], pace: ModelPace) {
        let scripted = state.withLock { $0.script.take(for: prompt) }
        let drawn = state.withLock { $0.random.next() }
        var scope = TemplateScope(names: names, environment: environment, random: SeededRandom(seed: drawn))
        var composer = OpenAIComposer(prompt: prompt, scripted: scripted, callsTools: options.callsTools)
        var replies: [OpenAIReply] = []
        for index in 0..<choices {
            var reply = try composer.reply(index, in: &scope)
            reply.obey(turn.readings)
            replies.append(reply)
        }
        var pace = ModelPace(
            firstTokenAfter: scripted?.answer.firstTokenAfter ?? options.firstTokenAfter,
            tokensPerSecond: scripted?.answer.tokensPerSecond ?? options.tokensPerSecond)
        if turn.readings.isSet("first-token-after") {
            pace.firstTokenAfter = turn.readings.duration("first-token-after")
        }
        if turn.readings.isSet("tokens-per-second") {
            pace.tokensPerSecond = turn.readings.number("tokens-per-second")
        }
        return (replies, pace)
    }

    func json(_ body: JSON, after: Duration = .zero) -> HTTPResponse {
        var response = HTTPResponse(text: body.rendered(), type: "application/json")
        response.delivery.after = after
        return response
    }

    func stream(_ parts: [ModelStream.Part], _ pace: ModelPace, _ turn: Turn) -> HTTPResponse {
        var stream = ModelStream(parts: parts, pace: pace)
        let cut = turn.readings.number("cut-stream")
        if cut > 0 { stream.cutAfter = cut }
        stream.cutResets = turn.readings.word("cut-how") == "reset"
        let malformed = turn.readings.number("malformed-chunk")
        if malformed > 0 { stream.malformedAt = malformed }
        var response = HTTPResponse(
            headers: HTTPHeaders([
                ("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache"),
            ]))
        let whole = stream
        response.stream = { await whole.write(to: $0) }
        return response
    }
}
