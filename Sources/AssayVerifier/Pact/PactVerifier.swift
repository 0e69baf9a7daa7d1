public import AssayContracts
internal import AssayCore
public import AssayFormats

/// Asks a provider for what pacts expect, one interaction after another.
///
/// For each: its states are made, its request is sent with what generators make of it, the answer is compared, and the
/// states are taken back. Messages are asked for by a POST of their description and states, as Pact's verifiers do.
public final class PactVerifier {
    public struct Options: Sendable {
        /// Of values that generators make.
        public var seed: UInt64 = 0
        /// A regular expression that descriptions must match; `nil` for all.
        public var description: Pattern?
        /// The same for states.
        public var state: Pattern?
        /// Only interactions without a state.
        public var withoutState = false

        public init() {}
    }

    private let provider: any PactProvider
    private let messages: any PactProvider
    /// The path that messages are asked for at.
    private let messagePath: String
    private let states: any PactStateMaker
    private let options: Options
    /// Milliseconds since 1970, and nanoseconds of a clock that only goes on.
    private let now: () -> (wall: Int64, monotonic: Int64)

    /// - Parameters:
    ///   - messages: where messages are asked for, when that is not the provider itself.
    ///   - now: the time of day in milliseconds, and nanoseconds since the run began.
    public init(
        _ provider: any PactProvider, messages: (any PactProvider)? = nil, messagePath: String = "/",
        states: any PactStateMaker, options: Options = Options(),
        now: @escaping () -> (wall: Int64, monotonic: Int64)
    ) {
        self.provider = provider
        self.messages = messages ?? provider
        self.messagePath = messagePath
        self.states = states
        self.options = options
        self.now = now
    }

    /// Verifies all chosen interactions.
    ///
    /// - Parameters:
    ///   - isCancelled: ends it before the next interaction.
    ///   - report: is told each result as it comes.
    public func verify(
        _ pact: Pact, isCancelled: () -> Bool = { false }, report: (PactInteractionResult) -> Void = { _ in }
    ) async -> PactVerification {
        let chosen = pact.interactions.enumerated().filter { chooses($0.element) }
        var verification = PactVerification(
            pact: pact, results: [], leftOut: pact.interactions.count - chosen.count)
        for (index, interaction) in chosen {
            guard !isCancelled() else {
                verification.leftOut += chosen.count - verification.results.count
                break
            }
            let result = await verify(interaction, index)
            // What the end of the run cut short says nothing of the provider.
            if result.failure != nil, result.mismatches.isEmpty, isCancelled() {
                verification.leftOut += chosen.count - verification.results.count
                break
            }
            verification.results.append(result)
            report(result)
        }
        return verification
    }

    /// Whether the options choose the interaction.
    public func chooses(_ interaction: PactInteraction) -> Bool {
        if let pattern = options.description, !Self.matches(pattern, interaction.description) { return false }
        if options.withoutState { return interaction.states.isEmpty }
        guard let pattern = options.state else { return true }
        return interaction.states.contains { Self.matches(pattern, $0.name) }
    }

    private static func matches(_ pattern: Pattern, _ text: String) -> Bool {
        (try? pattern.matches(in: text)) ?? false
    }

    private func verify(_ interaction: PactInteraction, _ index: Int) async -> PactInteractionResult {
        var result = PactInteractionResult(interaction)
        let begin = now()
        result.startedAtNanoseconds = begin.monotonic
        _ = states.takeSteps()
        var generating = PactGenerating(
            random: SeededRandom(seed: options.seed).split(UInt64(index)), nowMilliseconds: begin.wall)
        var made: [PactState] = []
        for state in interaction.states {
            switch await states.setUp(state, for: interaction) {
            case .success(let values):
                // The state's own parameters are values too; what setting it up gave counts more.
                for (name, value) in state.parameters { generating.stateValues[name] = value }
                for (name, value) in values { generating.stateValues[name] = value }
                made.append(state)
            case .failure(let failure):
                result.failure = "the state '\(state.name)' could not be set up: \(failure.reason)"
                result.unasked = failure.unasked
            }
            if result.failure != nil { break }
        }
        if result.failure == nil { await compare(interaction, &generating, &result) }
        for state in made.reversed() {
            guard let reason = await states.tearDown(state, for: interaction), result.failure == nil else {
                continue
            }
            result.failure = "the state '\(state.name)' could not be taken back: \(reason)"
        }
        result.stateSteps = states.takeSteps()
        result.durationNanoseconds = now().monotonic - begin.monotonic
        return result
    }

    private func compare(
        _ interaction: PactInteraction, _ generating: inout PactGenerating,
        _ result: inout PactInteractionResult
    ) async {
        switch interaction.content {
        case .http(let request, let response):
            let answer = await ask(provider, generating.fill(request).exchange, &result)
            if let answer {
                result.mismatches = generating.fill(response, keeping: response).mismatches(answer)
            }
        case .message(let message):
            let asked = messageRequest(interaction, nil)
            guard let answer = await ask(messages, asked, &result, isMessage: true) else { return }
            result.mismatches = message.mismatches(contents: answer.body, metadata: answer.messageMetadata)
        case .exchange(let request, let responses):
            let asked = messageRequest(interaction, generating.fill(request))
            guard let answer = await ask(messages, asked, &result, isMessage: true) else { return }
            guard let first = responses.first else { return }
            result.mismatches = first.mismatches(contents: answer.body, metadata: answer.messageMetadata)
        }
    }

    private func ask(
        _ provider: any PactProvider, _ request: ContractExchange.Request,
        _ result: inout PactInteractionResult,
        isMessage: Bool = false
    ) async -> ContractExchange.Response? {
        let answer = await provider.ask(request)
        result.report = provider.lastReport
        switch answer {
        case .failure(let failure):
            result.failure = failure.reason
            result.unasked = failure.unasked
            return nil
        case .success(let response):
            if isMessage, !(200...299).contains(response.status) {
                result.failure = "the provider did not give the message: status \(response.status)"
                return nil
            }
            return response
        }
    }

    /// What a provider of messages is asked.
    private func messageRequest(_ interaction: PactInteraction, _ request: PactMessage?)
        -> ContractExchange.Request
    {
        var body: JSONObject = ["description": .string(interaction.description)]
        if let request { body["request"] = request.exchangeJSON }
        if !interaction.states.isEmpty { body["providerStates"] = .array(interaction.states.map(\.json)) }
        return ContractExchange.Request(
            method: "POST", path: messagePath, headers: [.init("Content-Type", "application/json")],
            body: Array(JSON.object(body).rendered().utf8))
    }
}

extension PactGenerating {
    /// What is expected is the example itself: values that the provider makes are compared by rules.
    func fill(_ response: PactResponse, keeping example: PactResponse) -> PactResponse {
        var expected = example
        var generating = self
        // Of what generators make only values of states are known to the provider.
        expected.generators = response.generators.filter {
            if case .providerState = $0.generator { true } else { false }
        }
        guard !expected.generators.isEmpty else { return example }
        return generating.fill(expected)
    }
}

extension ContractExchange.Response {
    /// What a provider says beside a message: the content type, and a header of Base64 with JSON in it.
    var messageMetadata: JSONObject {
        var metadata = JSONObject()
        if let type = header("content-type") { metadata["contentType"] = .string(type) }
        guard let text = header("pact-message-metadata"), let bytes = Base64.decode(text),
            let more = (try? JSON(parsing: bytes))?.objectValue
        else { return metadata }
        for (name, value) in more { metadata[name] = value }
        return metadata
    }
}
