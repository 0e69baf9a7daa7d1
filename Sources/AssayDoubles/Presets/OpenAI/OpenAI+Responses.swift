internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// Answers of `/v1/responses` that later requests go on from, the oldest making room.
struct StoredResponses: Sendable {
    struct Entry: Sendable {
        var id: String
        var answer: JSON
        /// The conversation up to its end.
        var messages: [OpenAIPrompt.Message]
        var costBytes: Int
    }

    private var entries: [Entry] = []
    private var bytes = 0
    private static let countLimit = 500
    private static let byteLimit = 8 << 20

    subscript(id: String) -> Entry? { entries.last { $0.id == id } }

    mutating func keep(_ entry: Entry) {
        entries.append(entry)
        bytes += entry.costBytes
        while entries.count > 1, entries.count > Self.countLimit || bytes > Self.byteLimit {
            bytes -= entries.removeFirst().costBytes
        }
    }

    /// - Returns: whether it was there.
    mutating func remove(_ id: String) -> Bool {
        guard let place = entries.lastIndex(where: { $0.id == id }) else { return false }
        bytes -= entries.remove(at: place).costBytes
        return true
    }
}

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

// POST /v1/responses, GET and DELETE /v1/responses/{id}
extension OpenAI {
    func storedResponse(_ id: String) throws(OpenAIError) -> HTTPResponse {
        guard let entry = state.withLock({ $0.responses[id] }) else { throw Self.noResponse(id) }
        return json(entry.answer)
    }

    func deleteResponse(_ id: String) throws(OpenAIError) -> HTTPResponse {
        guard state.withLock({ $0.responses.remove(id) }) else { throw Self.noResponse(id) }
        return json(["id": .string(id), "object": "response", "deleted": true])
    }

    private static func noResponse(_ id: String, param: String? = nil) -> OpenAIError {
        OpenAIError(
            status: param == nil ? 404 : 400, message: "Response with id '\(id.prefix(100))' not found.",
            param: param, code: param == nil ? nil : "previous_response_not_found")
    }

    func respond(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        var earlier: [OpenAIPrompt.Message] = []
        if let id = try body.text("previous_response_id") {
            guard let entry = state.withLock({ $0.responses[id] }) else {
                throw Self.noResponse(id, param: "previous_response_id")
            }
            earlier = entry.messages
        }
        let prompt = try OpenAIPrompt(responses: body, earlier: earlier)
        try check(model: prompt.model)
        let inputTokens = ModelTokens.count(prompt)
        try check(context: inputTokens + (prompt.maxTokens ?? 0), param: "input")
        try spend(inputTokens + (prompt.maxTokens ?? 0), &turn, model: prompt.model)
        let streams = try body.flag("stream") ?? false
        let stores = try body.flag("store") ?? true
        let (replies, pace) = try compose(prompt, choices: 1, turn)
        let reply = replies[0]
        let items = items(of: reply)
        let form = ResponseForm(
            id: makeName("resp_", 32), body: body, prompt: prompt, inputTokens: inputTokens,
            seconds: turn.seconds)
        let answer = form.answer(reply, items.map(\.whole))
        if stores {
            var messages = prompt.messages.filter {
                $0.role != "system" || prompt.request["instructions"] == nil
            }
            messages.append(.init(role: "assistant", text: reply.text, calls: reply.calls))
            let entry = StoredResponses.Entry(
                id: form.id, answer: answer, messages: messages,
                costBytes: 2 * turn.request.body.count + 4 * reply.text.utf8.count + 2000
                    + earlier.reduce(0) { $0 + $1.text.utf8.count })
            state.withLock { $0.responses.keep(entry) }
        }
        guard streams else { return json(answer, after: pace.whole(reply.tokenCount)) }
        return stream(
            ResponseEvents(form: form, reply: reply, items: items, answer: answer).parts, pace, turn)
    }

    /// One item of a response's output, before and after it is filled.
    struct OutputItem: Sendable {
        var id: String
        var opened: JSON
        var whole: JSON
        var tokens: [String]
        var call: OpenAIPrompt.ToolCall?
    }

    private func items(of reply: OpenAIReply) -> [OutputItem] {
        if reply.calls.isEmpty {
            let id = makeName("msg_", 32)
            func message(_ status: String, _ content: [JSON]) -> JSON {
                [
                    "id": .string(id), "type": "message", "status": .string(status), "role": "assistant",
                    "content": .array(content),
                ]
            }
            let status = reply.finish == .stop ? "completed" : "incomplete"
            return [
                OutputItem(
                    id: id, opened: message("in_progress", []),
                    whole: message(status, [ResponseEvents.part(reply, text: reply.text)]),
                    tokens: reply.tokens)
            ]
        }
        return reply.calls.map { call in
            let id = makeName("fc_", 32)
            func item(_ status: String, _ arguments: String) -> JSON {
                [
                    "id": .string(id), "type": "function_call", "status": .string(status),
                    "call_id": .string(call.id), "name": .string(call.name), "arguments": .string(arguments),
                ]
            }
            return OutputItem(
                id: id, opened: item("in_progress", ""), whole: item("completed", call.arguments),
                tokens: ModelTokens.split(call.arguments), call: call)
        }
    }
}

/// What of a response repeats its request.
struct ResponseForm: Sendable {
    var id: String
    var body: OpenAIBody
    var prompt: OpenAIPrompt
    var inputTokens: Int
    var seconds: Int64

    /// The response before anything is said.
    var opened: JSONObject {
        var answer: JSONObject = [
            "id": .string(id), "object": "response", "created_at": .int(seconds), "status": "in_progress",
            "background": false, "error": .null, "incomplete_details": .null,
        ]
        let repeated: [(String, JSON)] = [
            ("instructions", .null), ("max_output_tokens", .null), ("model", .null), ("output", []),
            ("parallel_tool_calls", true), ("previous_response_id", .null),
            ("reasoning", ["effort": .null, "summary": .null]), ("service_tier", "default"), ("store", true),
            ("temperature", 1.0), ("text", ["format": ["type": "text"]]), ("tool_choice", "auto"),
            ("tools", []),
            ("top_p", 1.0), ("truncation", "disabled"), ("usage", .null), ("user", .null), ("metadata", [:]),
        ]
        for (key, value) in repeated { answer[key] = body[key] ?? value }
        answer["output"] = []
        answer["usage"] = .null
        return answer
    }

    func answer(_ reply: OpenAIReply, _ items: [JSON]) -> JSON {
        var answer = opened
        switch reply.finish {
        case .length:
            answer["status"] = "incomplete"
            answer["incomplete_details"] = ["reason": "max_output_tokens"]
        case .contentFilter:
            answer["status"] = "incomplete"
            answer["incomplete_details"] = ["reason": "content_filter"]
        case .stop, .toolCalls: answer["status"] = "completed"
        }
        answer["output"] = .array(items)
        let output = reply.tokenCount
        answer["usage"] = [
            "input_tokens": .int(Int64(inputTokens)), "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .int(Int64(output)), "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .int(Int64(inputTokens + output)),
        ]
        return .object(answer)
    }
}

/// The events of a streamed response, numbered in their order.
struct ResponseEvents {
    var form: ResponseForm
    var reply: OpenAIReply
    var items: [OpenAI.OutputItem]
    var answer: JSON

    static func part(_ reply: OpenAIReply, text: String) -> JSON {
        reply.isRefusal
            ? ["type": "refusal", "refusal": .string(text)]
            : ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    private static func event(_ type: String, _ number: Int, _ members: JSONObject) -> ServerSentEvent {
        var data: JSONObject = ["type": .string(type), "sequence_number": .int(Int64(number))]
        for (key, value) in members { data[key] = value }
        return ServerSentEvent(event: type, data: JSON.object(data).rendered())
    }

    var parts: [ModelStream.Part] {
        var parts: [ModelStream.Part] = []
        var number = 0
        func add(_ type: String, _ members: JSONObject) {
            parts.append(.event(Self.event(type, number, members)))
            number += 1
        }
        func addTokens(_ type: String, _ tokens: [String], _ members: JSONObject) {
            let first = number
            parts.append(
                .tokens(tokens) { token, offset in
                    var members = members
                    members["delta"] = .string(token)
                    return Self.event(type, first + offset, members)
                })
            number += tokens.count
        }
        let opened = JSON.object(form.opened)
        add("response.created", ["response": opened])
        add("response.in_progress", ["response": opened])
        for (index, item) in items.enumerated() {
            let index = JSON.int(Int64(index))
            add("response.output_item.added", ["output_index": index, "item": item.opened])
            var place: JSONObject = ["item_id": .string(item.id), "output_index": index]
            if let call = item.call {
                addTokens("response.function_call_arguments.delta", item.tokens, place)
                place["arguments"] = .string(call.arguments)
                add("response.function_call_arguments.done", place)
            } else {
                place["content_index"] = 0
                let (kind, text) = reply.isRefusal ? ("refusal", "refusal") : ("output_text", "text")
                var part = place
                part["part"] = Self.part(reply, text: "")
                add("response.content_part.added", part)
                var tokens = place
                if !reply.isRefusal { tokens["logprobs"] = [] }
                addTokens("response.\(kind).delta", item.tokens, tokens)
                tokens[text] = .string(reply.text)
                add("response.\(kind).done", tokens)
                part["part"] = Self.part(reply, text: reply.text)
                add("response.content_part.done", part)
            }
            add("response.output_item.done", ["output_index": index, "item": item.whole])
        }
        let isWhole = answer["status"] == "completed"
        add(isWhole ? "response.completed" : "response.incomplete", ["response": answer])
        return parts
    }
}
