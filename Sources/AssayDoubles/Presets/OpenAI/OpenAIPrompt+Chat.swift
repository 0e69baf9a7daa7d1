internal import AssayFormats

extension OpenAIPrompt {
    static let roles = ["system", "developer", "user", "assistant", "tool", "function"]
    /// Far above what a test sends; keeps one request from taking the reactor for long.
    static let messageLimit = 10_000
    static let toolLimit = 128

    /// Reads a request to `/v1/chat/completions`.
    init(chat body: OpenAIBody) throws(OpenAIError) {
        model = try body.requiredText("model")
        request = body.object
        _ = try body.required("messages")
        let messages = try body.objects("messages") ?? []
        guard (1...Self.messageLimit).contains(messages.count) else {
            throw .invalid(
                "Invalid 'messages': expected from 1 to \(Self.messageLimit) messages, got \(messages.count).",
                param: "messages", code: "invalid_array_length")
        }
        for message in messages { self.messages.append(try Self.message(message)) }
        try checkCalls()
        findResults()
        for tool in try body.objects("tools") ?? [] {
            guard try tool.requiredText("type") == "function", let function = try tool.object("function")
            else {
                throw tool.invalidValue("type", tool["type"]?.stringValue ?? "", of: ["function"])
            }
            tools.append(try Self.tool(function))
        }
        try readChoice(body, nameAt: "function")
        if let format = try body.object("response_format") { self.format = try Self.format(format) }
        maxTokens = try body.int("max_completion_tokens", in: 1...1_000_000)
        if maxTokens == nil { maxTokens = try body.int("max_tokens", in: 1...1_000_000) }
        stop = try Self.stops(body)
        try checkFormat()
    }

    private static func message(_ body: OpenAIBody) throws(OpenAIError) -> Message {
        let role = try body.requiredText("role")
        guard roles.contains(role) else { throw body.invalidValue("role", role, of: roles) }
        let (text, images) = try content(body, "content")
        var message = Message(role: role, text: text, name: try body.text("name"), images: images)
        let calls = try body.objects("tool_calls") ?? []
        guard calls.count <= toolLimit else {
            throw .invalid(
                "Invalid '\(body.place("tool_calls"))': at most \(toolLimit) calls, got \(calls.count).",
                param: body.place("tool_calls"), code: "array_above_max_length")
        }
        for call in calls {
            guard let function = try call.object("function") else { continue }
            message.calls.append(
                ToolCall(
                    id: try call.requiredText("id"), name: try function.requiredText("name"),
                    arguments: try function.text("arguments") ?? ""))
        }
        if role == "tool" { message.callID = try body.requiredText("tool_call_id") }
        if role != "assistant", body["content"] == nil { _ = try body.required("content") }
        return message
    }

    /// Every call of a tool must be answered before anything else is said, and nothing else may be answered.
    private func checkCalls() throws(OpenAIError) {
        var open: [String] = []
        for (index, message) in messages.enumerated() {
            if message.role == "tool" {
                guard let place = open.firstIndex(of: message.callID ?? "") else {
                    throw .invalid(
                        "Invalid parameter: messages with role 'tool' must be a response to a preceding message "
                            + "with 'tool_calls'.", param: "messages.[\(index)].role")
                }
                open.remove(at: place)
            } else if let id = open.first {
                throw .invalid(
                    "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                        + "'tool_call_id'. The following tool_call_ids did not have response messages: \(id)",
                    param: "messages.[\(index)].role")
            }
            open += message.calls.map(\.id)
        }
        if let id = open.first {
            throw .invalid(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                    + "'tool_call_id'. The following tool_call_ids did not have response messages: \(id)",
                param: "messages")
        }
    }

    static func tool(_ body: OpenAIBody) throws(OpenAIError) -> Tool {
        let name = try body.requiredText("name")
        let isName =
            !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy {
                $0 &- 0x30 < 10 || $0 | 0x20 &- 0x61 < 26 || $0 == 0x5F || $0 == 0x2D
            }
        guard isName else {
            throw .invalid(
                "Invalid '\(body.place("name"))': expected letters, digits, '_' and '-', at most 64, got "
                    + "'\(name.prefix(80))'.", param: body.place("name"), code: "invalid_value")
        }
        return Tool(
            name: name, description: try body.text("description") ?? "",
            parameters: try body.object("parameters").map { .object($0.object) } ?? [:])
    }

    /// - Parameter key: where an object says the tool's name: `function` in chats, none in responses.
    mutating func readChoice(_ body: OpenAIBody, nameAt key: String?) throws(OpenAIError) {
        guard tools.count <= Self.toolLimit else {
            throw .invalid(
                "Invalid 'tools': at most \(Self.toolLimit) tools, got \(tools.count).", param: "tools",
                code: "array_above_max_length")
        }
        allowsParallelCalls = try body.flag("parallel_tool_calls") ?? true
        guard let choice = body["tool_choice"] else { return }
        guard !tools.isEmpty else {
            throw .invalid(
                "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
                param: "tool_choice")
        }
        if let word = choice.stringValue {
            switch word {
            case "none": toolChoice = .none
            case "auto": toolChoice = .auto
            case "required": toolChoice = .required
            default: throw body.invalidValue("tool_choice", word, of: ["none", "auto", "required"])
            }
            return
        }
        guard let name = (key.map { choice[$0]?["name"] } ?? choice["name"])?.stringValue else {
            throw body.wrongType("tool_choice", "a string or an object with the function's name", choice)
        }
        guard tools.contains(where: { $0.name == name }) else {
            throw .invalid(
                "Tool choice '\(name)' not found in 'tools' parameter.", param: "tool_choice")
        }
        toolChoice = .named(name)
    }

    /// - Parameter body: `response_format` of chats; the schema stands one level deeper there than in responses.
    static func format(_ body: OpenAIBody) throws(OpenAIError) -> Format {
        let kind = try body.requiredText("type")
        switch kind {
        case "text": return .text
        case "json_object": return .object
        case "json_schema":
            let holder = try body.object("json_schema") ?? body
            _ = try holder.requiredText("name")
            _ = try holder.required("schema")
            return .schema(.object(try holder.object("schema")?.object ?? JSONObject()))
        default: throw body.invalidValue("type", kind, of: ["text", "json_object", "json_schema"])
        }
    }

    static func stops(_ body: OpenAIBody) throws(OpenAIError) -> [String] {
        guard let value = body["stop"] else { return [] }
        if let text = value.stringValue { return [text] }
        let texts = (try body.list("stop") ?? []).compactMap(\.stringValue)
        guard texts.count <= 4 else {
            throw .invalid(
                "Invalid 'stop': at most 4 sequences, got \(texts.count).", param: "stop",
                code: "array_above_max_length")
        }
        return texts.filter { !$0.isEmpty }
    }

    /// OpenAI refuses JSON mode to a conversation that never says "JSON".
    func checkFormat() throws(OpenAIError) {
        guard format == .object, !messages.contains(where: { $0.text.lowercased().contains("json") }) else {
            return
        }
        throw .invalid(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            param: "messages")
    }
}
