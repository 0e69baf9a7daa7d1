internal import AssayFormats

extension OpenAIPrompt {
    /// Reads a request to `/v1/responses`.
    ///
    /// - Parameter earlier: the conversation that `previous_response_id` goes on from.
    init(responses body: OpenAIBody, earlier: [Message]) throws(OpenAIError) {
        model = try body.requiredText("model")
        request = body.object
        if let instructions = try body.text("instructions") {
            messages.append(Message(role: "system", text: instructions))
        }
        messages += earlier
        let input = try body.required("input")
        if let text = input.stringValue {
            messages.append(Message(role: "user", text: text))
        } else {
            let items = try body.objects("input") ?? []
            guard items.count + messages.count <= Self.messageLimit else {
                throw .invalid(
                    "Invalid 'input': at most \(Self.messageLimit) items.", param: "input",
                    code: "array_above_max_length")
            }
            var calls = Set(messages.flatMap(\.calls).map(\.id))
            for item in items { try add(item, &calls) }
        }
        for tool in try body.objects("tools") ?? [] where tool["type"] == "function" {
            tools.append(try Self.tool(tool))
        }
        try readChoice(body, nameAt: nil)
        if let format = try body.object("text")?.object("format") { self.format = try Self.format(format) }
        maxTokens = try body.int("max_output_tokens", in: 1...1_000_000)
        findResults()
    }

    /// - Parameter calls: ids of the calls so far.
    private mutating func add(_ item: OpenAIBody, _ calls: inout Set<String>) throws(OpenAIError) {
        let kind = try item.text("type") ?? "message"
        switch kind {
        case "message":
            let role = try item.requiredText("role")
            guard Self.roles.contains(role) else { throw item.invalidValue("role", role, of: Self.roles) }
            let (text, images) = try Self.content(item, "content")
            messages.append(Message(role: role, text: text, images: images))
        case "function_call":
            let call = ToolCall(
                id: try item.requiredText("call_id"), name: try item.requiredText("name"),
                arguments: try item.requiredText("arguments"))
            calls.insert(call.id)
            messages.append(Message(role: "assistant", calls: [call]))
        case "function_call_output":
            let id = try item.requiredText("call_id")
            guard calls.contains(id) else {
                throw .invalid(
                    "No tool call found for function call output with call_id \(id).", param: "input")
            }
            let (text, _) = try Self.content(item, "output")
            messages.append(Message(role: "tool", text: text, callID: id))
        case "reasoning", "item_reference": break
        default:
            throw item.invalidValue("type", kind, of: ["message", "function_call", "function_call_output"])
        }
    }
}
