internal import AssayFormats

/// A conversation as OpenAI's chat completions know it, and their answers as decisions.
enum ChatCompletion {
    private static let instructions = """
        Ти голосовий помічник магазину шин. Відповідай українською, коротко, без списків: тебе слухають по телефону. \
        Ціни, наявність і поради бери лише з інструментів.
        """

    static func request(model: String, _ conversation: Conversation) -> JSON {
        [
            "model": .string(model), "temperature": 0,
            "messages": .array(
                [["role": "system", "content": .string(instructions)]] + conversation.entries.map(message)),
            "tools": .array(Tool.allCases.map(\.definition)),
        ]
    }

    private static func message(_ entry: Conversation.Entry) -> JSON {
        switch entry {
        case .caller(let text): ["role": "user", "content": .string(text)]
        case .bot(let text): ["role": "assistant", "content": .string(text)]
        case .wished(let calls): ["role": "assistant", "content": nil, "tool_calls": .array(calls.map(wish))]
        case .result(let call, let value):
            ["role": "tool", "tool_call_id": .string(call.id), "content": .string(value.rendered())]
        }
    }

    private static func wish(_ call: ToolCall) -> JSON {
        [
            "id": .string(call.id), "type": "function",
            "function": [
                "name": .string(call.tool.rawValue), "arguments": .string(call.arguments.rendered()),
            ],
        ]
    }

    /// Why an answer cannot be followed, in a few words.
    struct Fault: Error, Equatable {
        var reason: String
    }

    static func decision(_ answer: JSON) throws(Fault) -> Decision {
        guard let message = answer["choices"]?[0]?["message"] else { throw Fault(reason: "it has no choice") }
        var calls: [ToolCall] = []
        for wish in message["tool_calls"]?.arrayValue ?? [] {
            guard let name = wish["function"]?["name"]?.stringValue, let tool = Tool(rawValue: name) else {
                throw Fault(reason: "it wants a tool that there is not")
            }
            let text = wish["function"]?["arguments"]?.stringValue ?? "{}"
            guard let arguments = try? JSON(parsing: text), arguments.objectValue != nil else {
                throw Fault(reason: "the arguments of \(name) are no JSON object")
            }
            calls.append(
                ToolCall(id: wish["id"]?.stringValue ?? name, tool: tool, arguments: arguments))
        }
        if !calls.isEmpty { return .use(calls) }
        guard let text = message["content"]?.stringValue, !text.isEmpty else {
            throw Fault(reason: "it neither says nor does anything")
        }
        return .say(text)
    }
}
