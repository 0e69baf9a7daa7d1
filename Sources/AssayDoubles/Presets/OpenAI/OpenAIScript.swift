internal import AssayCore
public import AssayFormats

/// One entry of `answers:`: when it is given and what it says.
public struct OpenAIAnswer: Sendable {
    /// All that is said must hold.
    struct Condition: Sendable {
        /// In the user's last message, in any case of letters.
        var contains: String?
        /// Of the user's last message.
        var matches: Pattern?
        var model: String?
        /// A tool of this name is offered.
        var tool: String?
        /// The conversation ends with a result of this tool.
        var after: String?
        /// In what system or developer messages say, in any case of letters.
        var system: String?

        /// - Returns: the groups of `matches`, the whole match first; `nil` when the condition does not hold.
        func groups(in prompt: OpenAIPrompt) -> [JSON]? {
            if let model, model != prompt.model { return nil }
            if let tool, !prompt.tools.contains(where: { $0.name == tool }) { return nil }
            let results = prompt.freshResults
            if let after {
                guard results.contains(where: { $0.name == after }) else { return nil }
            } else if tool != nil, !results.isEmpty {
                // A tool has answered: calling it again would go on for ever.
                return nil
            }
            if let system, !prompt.instructions.lowercased().contains(system.lowercased()) { return nil }
            let text = prompt.lastUserText
            if let contains, !text.lowercased().contains(contains.lowercased()) { return nil }
            guard let matches else { return [.string(text)] }
            guard let match = try? matches.firstMatch(in: text) else { return nil }
            return match.captures.map { $0.map { .string($0) } ?? .null }
        }
    }

    /// A call of a tool.
    struct Call: Sendable {
        var name: String
        /// Made from the tool's schema when `nil`.
        var arguments: ValueTemplate?
    }

    enum Outcome: Sendable {
        /// One after another, the last again and again; the choices of one request take them in turn too.
        case say([Template])
        case json(ValueTemplate)
        case call([Call])
        case refuse(Template)
        case fail(OpenAIError)
    }

    var when = Condition()
    var outcome: Outcome
    /// Tokens a second; the double's own when `nil`.
    var tokensPerSecond: Int?
    var firstTokenAfter: Duration?
    /// It is given so often, then the next that fits; without a bound when `nil`.
    var times: Int?
    var location: SourceLocation

    /// Templates in it, for the check of their names.
    var templates: [Template] {
        switch outcome {
        case .say(let texts): texts
        case .json(let value): value.templates
        case .call(let calls): calls.flatMap { $0.arguments?.templates ?? [] }
        case .refuse(let text): [text]
        case .fail: []
        }
    }

    /// What its templates may read besides the stand's names.
    static let names = [
        "request", "message", "system", "match", "model", "tools", "results", "count", "turn",
    ]
}

// For doubles that are made in Swift.
extension OpenAIAnswer {
    /// A text as it is, without templates.
    ///
    /// - Parameter part: in the user's last message, in any case of letters; any message when `nil`.
    public static func say(_ text: String, toUserSaying part: String? = nil, model: String? = nil)
        -> OpenAIAnswer
    {
        let place = SourceLocation(file: "Swift", line: 1, column: 1)
        return OpenAIAnswer(
            when: Condition(contains: part, model: model),
            outcome: .say([Template(constant: text, at: place)]),
            location: place)
    }

    /// A call of a tool that is offered, once; with arguments of the tool's schema unless said.
    public static func call(
        _ tool: String, arguments: JSON? = nil, toUserSaying part: String? = nil
    ) -> OpenAIAnswer {
        OpenAIAnswer(
            when: Condition(contains: part, tool: tool),
            outcome: .call([Call(name: tool, arguments: arguments.map { .literal($0) })]),
            location: SourceLocation(file: "Swift", line: 1, column: 1))
    }
}

/// The answers of a double with how often each was given.
struct OpenAIScript: Sendable {
    let answers: [OpenAIAnswer]
    private var given: [Int]

    init(_ answers: [OpenAIAnswer]) {
        self.answers = answers
        given = Array(repeating: 0, count: answers.count)
    }

    /// The first answer that fits; counts it.
    ///
    /// - Returns: how often it was given, this time included, and the groups of its pattern.
    mutating func take(for prompt: OpenAIPrompt) -> (answer: OpenAIAnswer, count: Int, groups: [JSON])? {
        for (place, answer) in answers.enumerated() {
            if let times = answer.times, given[place] >= times { continue }
            guard let groups = answer.when.groups(in: prompt) else { continue }
            given[place] += 1
            return (answer, given[place], groups)
        }
        return nil
    }
}
