internal import AssayCore
internal import AssayFormats

/// One choice of an answer.
struct OpenAIReply: Sendable {
    enum Finish: String, Sendable {
        case stop, length
        case toolCalls = "tool_calls"
        case contentFilter = "content_filter"
    }

    /// The text in tokens; of a refusal when it is one.
    var tokens: [String] = []
    var isRefusal = false
    var calls: [OpenAIPrompt.ToolCall] = []
    var finish = Finish.stop

    var text: String { tokens.joined() }

    var tokenCount: Int {
        tokens.count
            + calls.reduce(0) { $0 + ModelTokens.count($1.name) + ModelTokens.count($1.arguments) }
    }
}

/// Makes what the model says: from the script, else by itself.
///
/// By itself it calls the tools that it is offered once (those the user names, else the first), tells their results, and
/// otherwise repeats what the user said; a wanted schema is filled with example values.
struct OpenAIComposer {
    let prompt: OpenAIPrompt
    /// The script's answer, if one fits.
    var scripted: (answer: OpenAIAnswer, count: Int, groups: [JSON])?
    /// Whether tools are called that no script names.
    var callsTools = true
    /// Most characters of the user's text that are repeated.
    static let echoLimit = 2000

    /// - Parameters:
    ///   - index: of the choice, 0 for the first.
    ///   - scope: the stand's names and the double's random stream.
    mutating func reply(_ index: Int, in scope: inout TemplateScope<SeededRandom>) throws(OpenAIError)
        -> OpenAIReply
    {
        var reply = OpenAIReply()
        guard let scripted else {
            let called = toolsToCall()
            if !called.isEmpty {
                reply.calls = called.map {
                    call($0.name, SchemaExample.value(of: $0.parameters).rendered(), &scope)
                }
                reply.finish = .toolCalls
            } else {
                limit(ownText(index), in: &reply)
            }
            return reply
        }
        // Templates draw from a stream of their own, so that the double's names do not depend on them.
        let drawn = scope.random.next()
        var scope = named(scripted, scope)
        scope.random = SeededRandom(seed: drawn)
        switch scripted.answer.outcome {
        case .fail(let error): throw error
        case .say(let texts):
            let place = min(scripted.count - 1 + index, texts.count - 1)
            limit(try text(texts[place], &scope), in: &reply)
        case .json(let value): limit(try filled(value, &scope).rendered(), in: &reply)
        case .refuse(let template):
            limit(try text(template, &scope), in: &reply)
            reply.isRefusal = true
        case .call(let calls):
            for each in calls {
                let schema = prompt.tools.first { $0.name == each.name }?.parameters ?? [:]
                let arguments = try each.arguments.map { value throws(OpenAIError) in
                    try filled(value, &scope)
                }
                reply.calls.append(
                    call(each.name, (arguments ?? SchemaExample.value(of: schema)).rendered(), &scope))
            }
            reply.finish = .toolCalls
        }
        return reply
    }

    // MARK: Of itself

    private func toolsToCall() -> [OpenAIPrompt.Tool] {
        switch prompt.toolChoice {
        case .none: return []
        case .named(let name): return prompt.tools.filter { $0.name == name }
        case .required: break
        case .auto: guard callsTools, prompt.freshResults.isEmpty else { return [] }
        }
        let text = prompt.lastUserText.lowercased()
        let named = prompt.tools.filter { text.contains($0.name.lowercased()) }
        let called = named.isEmpty ? Array(prompt.tools.prefix(1)) : named
        return prompt.allowsParallelCalls ? called : Array(called.prefix(1))
    }

    private func ownText(_ index: Int) -> String {
        switch prompt.format {
        case .schema(let schema): return SchemaExample.value(of: schema).rendered()
        case .object:
            return JSON.object(["answer": .string(String(prompt.lastUserText.prefix(Self.echoLimit)))])
                .rendered()
        case .text: break
        }
        let results = prompt.freshResults
        let text =
            results.isEmpty
            ? "You said: " + prompt.lastUserText
            : results.map { "\($0.name) answered: \($0.result)" }.joined(separator: "\n")
        return text.prefix(Self.echoLimit) + (index == 0 ? "" : " (choice \(index + 1))")
    }

    /// Keeps to stop sequences and to the most tokens.
    private func limit(_ text: String, in reply: inout OpenAIReply) {
        var kept = Substring(text)
        for stop in prompt.stop {
            if let place = kept.utf8Range(of: stop) { kept = kept[..<place] }
        }
        reply.tokens = ModelTokens.split(String(kept))
        if let most = prompt.maxTokens, reply.tokens.count > most {
            reply.tokens.removeLast(reply.tokens.count - most)
            reply.finish = .length
        }
    }

    private func call(
        _ name: String, _ arguments: String, _ scope: inout TemplateScope<SeededRandom>
    ) -> OpenAIPrompt.ToolCall {
        OpenAIPrompt.ToolCall(
            id: OpenAIName.make("call_", 24, &scope.random), name: name, arguments: arguments)
    }

    // MARK: By script

    private func named(
        _ scripted: (answer: OpenAIAnswer, count: Int, groups: [JSON]), _ scope: TemplateScope<SeededRandom>
    ) -> TemplateScope<SeededRandom> {
        var scope = scope
        scope.names["request"] = .object(prompt.request)
        scope.names["message"] = .string(prompt.lastUserText)
        scope.names["system"] = .string(prompt.instructions)
        scope.names["match"] = .array(scripted.groups)
        scope.names["model"] = .string(prompt.model)
        scope.names["tools"] = .array(prompt.tools.map { .string($0.name) })
        scope.names["results"] = .object(
            JSONObject(prompt.freshResults.map { ($0.name, Self.value(of: $0.result)) }))
        scope.names["count"] = .int(Int64(scripted.count))
        scope.names["turn"] = .int(Int64(prompt.messages.filter { $0.role == "user" }.count))
        return scope
    }

    /// A tool's result is often JSON.
    private static func value(of result: String) -> JSON {
        guard let value = try? JSON(parsing: result, maxDepth: 64) else { return .string(result) }
        return value
    }

    private func text(
        _ template: Template, _ scope: inout TemplateScope<SeededRandom>
    ) throws(OpenAIError) -> String {
        do {
            return try template.text(in: &scope)
        } catch {
            throw .script(error.message)
        }
    }

    private func filled(
        _ value: ValueTemplate, _ scope: inout TemplateScope<SeededRandom>
    ) throws(OpenAIError) -> JSON {
        do {
            return try value.evaluate(in: &scope)
        } catch {
            throw .script(error.message)
        }
    }
}

extension Substring {
    /// Where the first occurrence of a text begins.
    fileprivate func utf8Range(of text: String) -> Index? {
        let wanted = Array(text.utf8)
        guard !wanted.isEmpty else { return nil }
        var place = startIndex
        while place < endIndex {
            if utf8[place...].starts(with: wanted) { return place }
            place = utf8.index(after: place)
        }
        return nil
    }
}

/// Names that OpenAI gives to what it makes: `chatcmpl-` and letters.
enum OpenAIName {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    static func make(_ prefix: String, _ length: Int, _ random: inout SeededRandom) -> String {
        let tail = (0..<length).map { _ in letters[random.integer(in: 0...letters.count - 1)] }
        return prefix + String(decoding: tail, as: UTF8.self)
    }
}
