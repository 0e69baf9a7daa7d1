internal import AssayFormats

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
