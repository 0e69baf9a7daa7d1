internal import AssayCore
internal import AssayFormats
internal import AssayNet

// POST /v1/chat/completions
extension OpenAI {
    /// What of a request is about the form of its answer.
    private struct ChatForm {
        var choices: Int
        var streams: Bool
        var includesUsage: Bool
        /// How many likely tokens are told beside each; `nil` for no log probabilities.
        var likely: Int?

        init(_ body: OpenAIBody) throws(OpenAIError) {
            choices = try body.int("n", in: 1...128) ?? 1
            streams = try body.flag("stream") ?? false
            includesUsage = try body.object("stream_options")?.flag("include_usage") ?? false
            let most = try body.int("top_logprobs", in: 0...20)
            likely = try body.flag("logprobs") == true ? most ?? 0 : nil
            _ = try body.number("temperature", in: 0...2)
            _ = try body.number("top_p", in: 0...1)
            if body["stream_options"] != nil, !streams {
                throw .invalid(
                    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                    param: "stream_options")
            }
        }
    }

    func chat(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        let prompt = try OpenAIPrompt(chat: body)
        try check(model: prompt.model)
        let form = try ChatForm(body)
        let promptTokens = ModelTokens.count(prompt)
        try check(context: promptTokens + (prompt.maxTokens ?? 0), param: "messages")
        try spend(promptTokens + (prompt.maxTokens ?? 0), &turn, model: prompt.model)
        let (replies, pace) = try compose(prompt, choices: form.choices, turn)
        let usage = Self.usage(prompt: promptTokens, completion: replies.reduce(0) { $0 + $1.tokenCount })
        let head: JSONObject = [
            "id": .string(makeName("chatcmpl-", 29)),
            "object": form.streams ? "chat.completion.chunk" : "chat.completion",
            "created": .int(turn.seconds),
            "model": .string(prompt.model), "service_tier": "default", "system_fingerprint": "fp_assay",
        ]
        if form.streams {
            return stream(Self.parts(head, replies, form, usage), pace, turn)
        }
        var answer = head
        answer["choices"] = .array(
            replies.enumerated().map { index, reply in
                [
                    "index": .int(Int64(index)), "message": Self.message(reply),
                    "logprobs": form.likely.map { Self.logprobs(reply, likely: $0) } ?? .null,
                    "finish_reason": .string(reply.finish.rawValue),
                ]
            })
        answer["usage"] = usage
        let longest = replies.map(\.tokenCount).max() ?? 0
        return json(.object(answer), after: pace.whole(longest))
    }

    /// The body; Azure's paths say the model.
    func body(_ turn: Turn) throws(OpenAIError) -> OpenAIBody {
        let body = try OpenAIBody(parsing: turn.request.body)
        guard let deployment = turn.deployment, body["model"] == nil else { return body }
        var object = body.object
        object["model"] = .string(deployment)
        return OpenAIBody(object)
    }

    func check(context tokens: Int, param: String) throws(OpenAIError) {
        guard tokens > options.contextTokens else { return }
        throw .contextExceeded(limit: options.contextTokens, asked: tokens, param: param)
    }

    static func usage(prompt: Int, completion: Int) -> JSON {
        [
            "prompt_tokens": .int(Int64(prompt)), "completion_tokens": .int(Int64(completion)),
            "total_tokens": .int(Int64(prompt + completion)),
            "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    private static func message(_ reply: OpenAIReply) -> JSON {
        var message: JSONObject = [
            "role": "assistant",
            "content": reply.isRefusal || !reply.calls.isEmpty ? .null : .string(reply.text),
            "refusal": reply.isRefusal ? .string(reply.text) : .null, "annotations": [],
        ]
        if !reply.calls.isEmpty {
            message["tool_calls"] = .array(
                reply.calls.map { call in
                    [
                        "id": .string(call.id), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                    ]
                })
        }
        return .object(message)
    }

    /// Made up, the same for the same token; higher for the one that is said than for others.
    private static func logprob(_ token: String, likely: Int) -> JSON {
        let hash = token.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        let value = -Double(hash % 100) / 1000
        func entry(_ token: String, _ value: Double) -> JSONObject {
            [
                "token": .string(token), "logprob": .double(value),
                "bytes": .array(token.utf8.map { .int(Int64($0)) }),
            ]
        }
        var said = entry(token, value)
        said["top_logprobs"] = .array(
            (0..<likely).map { .object(entry($0 == 0 ? token : "\(token)\($0)", value - Double($0))) })
        return .object(said)
    }

    private static func logprobs(_ reply: OpenAIReply, likely: Int) -> JSON {
        let all = JSON.array(reply.tokens.map { logprob($0, likely: likely) })
        return reply.isRefusal ? ["content": .null, "refusal": all] : ["content": all, "refusal": .null]
    }

    // MARK: Stream

    private static func parts(
        _ head: JSONObject, _ replies: [OpenAIReply], _ form: ChatForm, _ usage: JSON
    ) -> [ModelStream.Part] {
        @Sendable func chunk(_ index: Int, _ delta: JSON, logprobs: JSON = .null, finish: JSON = .null)
            -> ServerSentEvent
        {
            var chunk = head
            chunk["choices"] = [
                ["index": .int(Int64(index)), "delta": delta, "logprobs": logprobs, "finish_reason": finish]
            ]
            if form.includesUsage { chunk["usage"] = .null }
            return ServerSentEvent(data: JSON.object(chunk).rendered())
        }
        var parts: [ModelStream.Part] = []
        for (index, reply) in replies.enumerated() {
            var opening: JSONObject = ["role": "assistant", "content": reply.calls.isEmpty ? "" : .null]
            opening["refusal"] = .null
            parts.append(.event(chunk(index, .object(opening))))
            let (key, likely) = (reply.isRefusal ? "refusal" : "content", form.likely)
            parts.append(
                .tokens(reply.tokens) { token, _ in
                    let logprobs: JSON = likely.map { [key: [logprob(token, likely: $0)]] } ?? .null
                    return chunk(index, [key: .string(token)], logprobs: logprobs)
                })
            for (place, call) in reply.calls.enumerated() {
                let place = JSON.int(Int64(place))
                parts.append(
                    .event(
                        chunk(
                            index,
                            [
                                "tool_calls": [
                                    [
                                        "index": place, "id": .string(call.id), "type": "function",
                                        "function": ["name": .string(call.name), "arguments": ""],
                                    ]
                                ]
                            ])))
                parts.append(
                    .tokens(ModelTokens.split(call.arguments)) { token, _ in
                        chunk(
                            index,
                            ["tool_calls": [["index": place, "function": ["arguments": .string(token)]]]])
                    })
            }
            parts.append(.event(chunk(index, [:], finish: .string(reply.finish.rawValue))))
        }
        if form.includesUsage {
            var last = head
            last["choices"] = []
            last["usage"] = usage
            parts.append(.event(ServerSentEvent(data: JSON.object(last).rendered())))
        }
        parts.append(.event(ServerSentEvent(data: "[DONE]")))
        return parts
    }
}
