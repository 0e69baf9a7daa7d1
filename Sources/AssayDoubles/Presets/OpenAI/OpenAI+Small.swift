internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

// The endpoints beside conversations.
extension OpenAI {
    // MARK: GET /v1/models, /v1/models/{id}

    func models() -> HTTPResponse {
        let names = options.models ?? OpenAIOptions.defaultModels
        return json(["object": "list", "data": .array(names.map(Self.card))])
    }

    func model(_ name: String) throws(OpenAIError) -> HTTPResponse {
        guard (options.models ?? OpenAIOptions.defaultModels).contains(name) else { throw .noModel(name) }
        return json(Self.card(name))
    }

    private static func card(_ name: String) -> JSON {
        ["id": .string(name), "object": "model", "created": 1_700_000_000, "owned_by": "assay"]
    }

    // MARK: POST /v1/completions

    func complete(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        let model = try body.requiredText("model")
        try check(model: model)
        let texts = try Self.texts(body, "prompt")
        // Sixteen is what the endpoint has always had.
        let most = try body.int("max_tokens", in: 0...1_000_000) ?? 16
        let choices = try body.int("n", in: 1...128) ?? 1
        guard texts.count * choices <= 256 else {
            throw .invalid("'prompt' and 'n' together ask for more than 256 choices.", param: "n")
        }
        var replies: [OpenAIReply] = []
        var pace = ModelPace()
        let promptTokens = texts.reduce(0) { $0 + ModelTokens.count($1) }
        try check(context: promptTokens + most, param: "prompt")
        try spend(promptTokens + most, &turn, model: model)
        for text in texts {
            var prompt = OpenAIPrompt(model: model, messages: [.init(role: "user", text: text)])
            prompt.maxTokens = most
            prompt.stop = try OpenAIPrompt.stops(body)
            prompt.request = body.object
            let composed = try compose(prompt, choices: choices, turn)
            replies += composed.replies
            pace = composed.pace
        }
        let head: JSONObject = [
            "id": .string(makeName("cmpl-", 29)), "object": "text_completion", "created": .int(turn.seconds),
            "model": .string(model), "system_fingerprint": "fp_assay",
        ]
        let usage = Self.usage(prompt: promptTokens, completion: replies.reduce(0) { $0 + $1.tokens.count })
        guard try body.flag("stream") == true else {
            var answer = head
            answer["choices"] = .array(
                replies.enumerated().map { Self.choice($0, $1.text, finish: .string($1.finish.rawValue)) })
            answer["usage"] = usage
            return json(.object(answer), after: pace.whole(replies.map(\.tokens.count).max() ?? 0))
        }
        let wantsUsage = try body.object("stream_options")?.flag("include_usage") ?? false
        return stream(Self.parts(head, replies, usage: wantsUsage ? usage : nil), pace, turn)
    }

    private static func choice(_ index: Int, _ text: String, finish: JSON) -> JSON {
        ["index": .int(Int64(index)), "text": .string(text), "logprobs": .null, "finish_reason": finish]
    }

    private static func parts(
        _ head: JSONObject, _ replies: [OpenAIReply], usage: JSON?
    ) -> [ModelStream.Part] {
        @Sendable func chunk(_ choices: JSON) -> ServerSentEvent {
            var chunk = head
            chunk["choices"] = choices
            return ServerSentEvent(data: JSON.object(chunk).rendered())
        }
        var parts: [ModelStream.Part] = []
        for (index, reply) in replies.enumerated() {
            parts.append(.tokens(reply.tokens) { token, _ in chunk([choice(index, token, finish: .null)]) })
            parts.append(.event(chunk([choice(index, "", finish: .string(reply.finish.rawValue))])))
        }
        if let usage {
            var last = head
            last["choices"] = []
            last["usage"] = usage
            parts.append(.event(ServerSentEvent(data: JSON.object(last).rendered())))
        }
        parts.append(.event(ServerSentEvent(data: "[DONE]")))
        return parts
    }

    /// A text or a list of texts; lists of token numbers count as the text of their digits.
    private static func texts(_ body: OpenAIBody, _ key: String) throws(OpenAIError) -> [String] {
        let value = try body.required(key)
        if let text = value.stringValue { return [text] }
        let list = try body.list(key) ?? []
        guard !list.isEmpty, list.count <= 2048 || list[0].intValue != nil else {
            throw .invalid(
                "Invalid '\(key)': expected from 1 to 2048 elements, got \(list.count).", param: key,
                code: "invalid_array_length")
        }
        if list.allSatisfy({ $0.intValue != nil }) { return [value.rendered()] }
        var texts: [String] = []
        for (index, element) in list.enumerated() {
            guard let text = element.stringValue ?? element.arrayValue.map({ _ in element.rendered() }) else {
                throw body.wrongType("\(key)[\(index)]", "a string or an array of integers", element)
            }
            texts.append(text)
        }
        return texts
    }

    // MARK: POST /v1/embeddings

    func embed(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        let model = try body.requiredText("model")
        try check(model: model)
        let texts = try Self.texts(body, "input")
        if let place = texts.firstIndex(of: "") {
            throw .invalid("'$.input[\(place)]' is invalid: it must not be an empty string.", param: "input")
        }
        let own = model.contains("embedding-3-large") ? 3072 : 1536
        let dimensions = try body.int("dimensions", in: 1...own) ?? own
        if body["dimensions"] != nil, model.contains("ada-002") {
            throw .invalid("This model does not support specifying dimensions.", param: "dimensions")
        }
        let format = try body.text("encoding_format") ?? "float"
        guard format == "float" || format == "base64" else {
            throw body.invalidValue("encoding_format", format, of: ["float", "base64"])
        }
        let tokens = texts.reduce(0) { $0 + ModelTokens.count($1) }
        guard tokens <= 300_000 else {
            throw .invalid(
                "Requested \(tokens) tokens, max 300000 tokens per request.", param: "input",
                code: "max_tokens_per_request")
        }
        try spend(tokens, &turn, model: model)
        let data = texts.enumerated().map { index, text -> JSON in
            let vector = TextVector.make(text, dimensions: dimensions)
            return [
                "object": "embedding", "index": .int(Int64(index)),
                "embedding": format == "base64"
                    ? .string(Base64.standard.encode(TextVector.bytes(vector)))
                    // The fewest digits that read back as the same 32-bit number.
                    : .array(vector.map { .double(Double($0.description) ?? Double($0)) }),
            ]
        }
        return json([
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": .int(Int64(tokens)), "total_tokens": .int(Int64(tokens))],
        ])
    }

    // MARK: POST /v1/moderations

    private static let categories = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent",
        "self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence",
        "violence/graphic",
    ]

    func moderate(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        let model = try body.text("model") ?? "omni-moderation-latest"
        try check(model: model)
        var texts: [String] = []
        if let parts = body["input"]?.arrayValue, parts.contains(where: { $0.objectValue != nil }) {
            texts = [parts.compactMap { $0["text"]?.stringValue }.joined(separator: " ")]
        } else {
            texts = try Self.texts(body, "input")
        }
        try spend(texts.reduce(0) { $0 + ModelTokens.count($1) }, &turn, model: model)
        let results = texts.map { text -> JSON in
            let words = text.lowercased()
            let isFlagged = options.flagged.contains { words.contains($0.lowercased()) }
            func perCategory(_ value: (String) -> JSON) -> JSON {
                .object(JSONObject(Self.categories.map { ($0, value($0)) }))
            }
            return [
                "flagged": .bool(isFlagged),
                "categories": perCategory { .bool(isFlagged && $0 == "violence") },
                "category_scores": perCategory { .double(isFlagged && $0 == "violence" ? 0.98 : 0.0001) },
                "category_applied_input_types": perCategory { _ in ["text"] },
            ]
        }
        return json([
            "id": .string(makeName("modr-", 24)), "model": .string(model), "results": .array(results),
        ])
    }

    // MARK: POST /v1/audio

    /// The words of the option `transcript`, whatever the sound.
    func transcribe(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        guard turn.request.headers["content-type"]?.lowercased().hasPrefix("multipart/form-data") == true
        else {
            throw .invalid("Could not parse multipart form: send `file` and `model` as multipart/form-data.")
        }
        let text = String(decoding: turn.request.body.prefix(1 << 16), as: UTF8.self)
        guard turn.request.body.count > 0, text.contains("name=\"file\"") else {
            throw .invalid(
                "Missing required parameter: 'file'.", param: "file", code: "missing_required_parameter")
        }
        try spend(1, &turn, model: "whisper-1")
        return json(["text": .string(options.transcript), "usage": ["type": "duration", "seconds": 1]])
    }

    /// One second of silence as WAV, whatever the words: 24 kHz, 16 bit, mono.
    func speak(_ turn: inout Turn) throws(OpenAIError) -> HTTPResponse {
        let body = try body(turn)
        let model = try body.requiredText("model")
        try check(model: model)
        let input = try body.requiredText("input")
        _ = try body.required("voice")
        try spend(ModelTokens.count(input), &turn, model: model)
        func word(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let length: UInt32 = 48_000
        var sound = Array("RIFF".utf8) + word(36 + length) + Array("WAVEfmt ".utf8) + word(16)
        sound +=
            [1, 0, 1, 0] + word(24_000) + word(48_000) + [2, 0, 16, 0] + Array("data".utf8) + word(length)
        sound += [UInt8](repeating: 0, count: Int(length))
        var response = HTTPResponse(body: sound)
        response.headers["Content-Type"] = "audio/wav"
        return response
    }
}
