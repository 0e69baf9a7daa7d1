public import AssayCore
public import AssayFormats

/// Options of the preset `openai`, as written in `assay.yml`.
public struct OpenAIOptions: Sendable {
    /// What counts as a key; any does when absent.
    public var key: Template?
    /// Models there are; any name is served when `nil`, and ``defaultModels`` are listed.
    public var models: [String]?
    /// Most tokens of a prompt and its answer together.
    public var contextTokens = 128_000
    public var organization = "org-assay"
    public var answers: [OpenAIAnswer] = []
    /// Whether the double calls the tools it is offered without a script that says so.
    public var callsTools = true
    /// 0 for all at once.
    public var tokensPerSecond = 0
    public var firstTokenAfter = Duration.zero
    public var requestsPerMinute: Double?
    public var tokensPerMinute: Double?
    /// Words that moderation flags.
    public var flagged = ["kill", "attack", "bomb"]
    /// What a transcription says.
    public var transcript = "This is a transcript."
    public var switches = SwitchOptions()

    public static let defaultModels = [
        "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-3.5-turbo-instruct", "o4-mini",
        "text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002",
        "omni-moderation-latest",
        "whisper-1", "tts-1",
    ]

    public init() {}
}

extension OpenAIOptions: Preset {
    public static let name = "openai"
    public static let summary = "an OpenAI-compatible API: chat, streams, tools, embeddings, rate limits"
    public var memberNames: [String] { OpenAI.members }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let key = try start.key(key)
        try checkNames(in: start)
        return OpenAI(self, key: key, start)
    }

    /// What a script reads must be there when the first request comes.
    private func checkNames(in start: DoubleStart) throws(Diagnostic) {
        let known = OpenAIAnswer.names + start.scope.knownNames
        for answer in answers {
            for used in answer.templates.flatMap(\.freeNames) where !known.contains(used.name) {
                let near = nearestName(to: used.name, among: known).map { "did you mean '\($0)'?" }
                throw Diagnostic(
                    "AS332", "an answer of double '\(start.name)' reads ${\(used.name)}, but nothing sets it",
                    at: used.location, fix: near ?? "there are: " + known.joined(separator: ", "))
            }
        }
    }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> OpenAIOptions? {
        yaml.mapping(node, "openai double") { fields in
            fields.allow("preset")
            var options = OpenAIOptions()
            options.key = fields.optional("key", yaml.template)
            options.models = fields.optional("models", yaml.strings)
            options.contextTokens =
                fields.optional("context") { yaml.int($0, in: 1...10_000_000) } ?? options.contextTokens
            options.organization = fields.optional("organization", yaml.string) ?? options.organization
            if let node = fields.value("answers") {
                options.answers = yaml.list(node) { OpenAIAnswer.read($0, yaml) } ?? []
            }
            if let word = fields.optional("tools", { yaml.enumeration($0, of: ["call", "ignore"]) }) {
                options.callsTools = word == "call"
            }
            options.tokensPerSecond =
                fields.optional("tokens-per-second") { yaml.int($0, in: 0...100_000) } ?? 0
            options.firstTokenAfter = fields.optional("first-token-after", yaml.duration) ?? .zero
            if let node = fields.value("limits") { options.readLimits(node, yaml) }
            options.flagged = fields.optional("flagged", yaml.strings) ?? options.flagged
            options.transcript = fields.optional("transcript", yaml.string) ?? options.transcript
            options.switches = SwitchOptions(reading: &fields, yaml, of: OpenAI.switches)
            return options
        }
    }

    private mutating func readLimits(_ node: YAMLNode, _ yaml: YAMLReading) {
        let limits = yaml.mapping(node, "limits") { fields in
            (
                fields.optional("requests") { RateBudget.perMinute($0, yaml) },
                fields.optional("tokens") { RateBudget.perMinute($0, yaml) }
            )
        }
        requestsPerMinute = limits?.0
        tokensPerMinute = limits?.1
    }
}

extension OpenAIAnswer {
    static let outcomes = ["say", "json", "tool", "tools", "refuse", "error"]

    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> OpenAIAnswer? {
        yaml.mapping(node, "answer") { fields in
            let when = fields.optional("when") { Condition.read($0, yaml) } ?? Condition()
            let pair = fields.choice(of: outcomes)
            let speed = fields.optional("tokens-per-second") { yaml.int($0, in: 1...100_000) }
            let first = fields.optional("first-token-after", yaml.duration)
            let times = fields.optional("times") { yaml.int($0, in: 1...1_000_000) }
            guard let pair, let outcome = outcome(pair, yaml) else { return nil }
            return OpenAIAnswer(
                when: when, outcome: outcome, tokensPerSecond: speed, firstTokenAfter: first, times: times,
                location: node.location)
        }
    }

    private static func outcome(_ pair: YAMLNode.Pair, _ yaml: YAMLReading) -> Outcome? {
        switch pair.name {
        case "say":
            guard let texts = yaml.oneOrMore(pair.value, of: yaml.template), !texts.isEmpty else {
                if pair.value.elements?.isEmpty == true {
                    yaml.error("AS122", "'say' is an empty list", at: pair.value, fix: "write a text")
                }
                return nil
            }
            return .say(texts)
        case "json": return yaml.valueTemplate(pair.value).map { .json($0) }
        case "tool", "tools":
            return yaml.oneOrMore(pair.value) { call($0, yaml) }.map { .call($0) }
        case "refuse": return yaml.template(pair.value).map { .refuse($0) }
        default: return failure(pair.value, yaml).map { .fail($0) }
        }
    }

    /// `get_weather`, or `{name: get_weather, arguments: {city: Kyiv}}`.
    private static func call(_ node: YAMLNode, _ yaml: YAMLReading) -> Call? {
        if node.pairs == nil { return yaml.string(node).map { Call(name: $0) } }
        return yaml.mapping(node, "tool call") { fields in
            let name = fields.required("name", yaml.string)
            let arguments = fields.optional("arguments", yaml.valueTemplate)
            return name.map { Call(name: $0, arguments: arguments) }
        }
    }

    private static func failure(_ node: YAMLNode, _ yaml: YAMLReading) -> OpenAIError? {
        yaml.mapping(node, "error") { fields in
            let status = fields.optional("status") { yaml.int($0, in: 400...599) } ?? 500
            var error = OpenAIError.server(status)
            switch status {
            case 429: error = .rateLimited("this model", retryAfter: .seconds(1))
            case 400..<500: error.type = "invalid_request_error"
            default: break
            }
            error.message = fields.optional("message", yaml.string) ?? error.message
            error.type = fields.optional("type", yaml.string) ?? error.type
            error.code = fields.optional("code", yaml.string) ?? error.code
            error.param = fields.optional("param", yaml.string)
            error.retryAfter = fields.optional("retry-after", yaml.duration) ?? error.retryAfter
            return error
        }
    }
}

extension OpenAIAnswer.Condition {
    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> Self? {
        yaml.mapping(node, "condition") { fields in
            var when = Self()
            when.contains = fields.optional("contains", yaml.text)
            if let node = fields.value("matches"), let source = yaml.string(node) {
                do {
                    when.matches = try Pattern(source)
                } catch {
                    yaml.error("AS333", "'matches' is no pattern: \(error)", at: node)
                }
            }
            when.model = fields.optional("model", yaml.string)
            when.tool = fields.optional("tool", yaml.string)
            when.after = fields.optional("after", yaml.string)
            when.system = fields.optional("system", yaml.text)
            return when
        }
    }
}
