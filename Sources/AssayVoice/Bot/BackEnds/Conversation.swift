internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayWire

/// What one call's templates read, and what was said in it: makes the requests to back ends and reads their answers.
///
/// Pure but for the templates' functions; sends nothing itself.
struct Conversation {
    private var scope: TemplateScope<SeededRandom>
    /// Of the chat with the model, without the system's.
    private var messages: [JSON] = []
    private var wantedTool: ChatReply?

    /// - Parameter scope: the stand's names.
    init(_ scope: TemplateScope<SeededRandom>, call: Int) {
        self.scope = scope
        self.scope.names["call"] = ["number": .int(Int64(call)), "uuid": ""]
        self.scope.names["heard"] = ["text": "", "digits": "", "by": ""]
        self.scope.names["args"] = .object(JSONObject())
    }

    mutating func learn(_ name: String, _ value: JSON) { scope.names[name] = value }

    private mutating func set(_ key: String, of name: String, _ value: JSON) {
        var object = scope.names[name]?.objectValue ?? JSONObject()
        object[key] = value
        scope.names[name] = .object(object)
    }

    mutating func begin(uuid: String) { set("uuid", of: "call", .string(uuid)) }
    mutating func hear(digits: String) { set("digits", of: "heard", .string(digits)) }
    mutating func hear(text: String) { set("text", of: "heard", .string(text)) }
    mutating func choose(_ heard: String) { set("by", of: "heard", .string(heard)) }

    // MARK: Tools

    mutating func request(_ call: ToolCall) throws(TemplateError) -> BackEndRequest {
        var request = BackEndRequest(
            method: call.method, url: try call.url.text(in: &scope), timeout: call.timeout,
            statuses: call.statuses)
        for (name, value) in call.headers { request.headers.append((name, try value.text(in: &scope))) }
        if let json = call.json {
            request.headers.append(("Content-Type", "application/json"))
            request.body = Array(try json.evaluate(in: &scope).rendered().utf8)
        }
        return request
    }

    /// Keeps what a call's answer is to be captured of.
    ///
    /// - Returns: why that cannot be done.
    mutating func capture(_ call: ToolCall, _ answer: BackEndAnswer) -> String? {
        let json = answer.json
        for (name, path) in call.capture {
            guard let value = path.values(in: json).first else {
                return "the answer has nothing at \(path) for '\(name)'"
            }
            scope.names[name] = value
        }
        return nil
    }

    // MARK: Speech

    private static func address(_ base: String, _ path: String) -> String {
        let front = base.hasSuffix("/") ? String(base.dropLast()) : base
        return front + (front.hasSuffix("/v1") ? path : "/v1" + path)
    }

    private mutating func headers(key: Template?) throws(TemplateError) -> [(name: String, value: String)] {
        [("Authorization", "Bearer " + (try key?.text(in: &scope) ?? "sk-assay"))]
    }

    private static let boundary = "assay-voice-7b1f6c0e"

    /// The words as a WAV file, for their text.
    mutating func transcribing(_ words: Sound, _ end: SpeechBackEnd) throws(TemplateError) -> BackEndRequest {
        let mark = "--\(Self.boundary)\r\n"
        var body = Array(
            (mark + "Content-Disposition: form-data; name=\"model\"\r\n\r\n\(end.model)\r\n" + mark
                + "Content-Disposition: form-data; name=\"file\"; filename=\"words.wav\"\r\nContent-Type: audio/wav\r\n\r\n")
                .utf8)
        body += words.wav()
        body += "\r\n--\(Self.boundary)--\r\n".utf8
        var request = BackEndRequest(
            method: "POST", url: Self.address(try end.url.text(in: &scope), "/audio/transcriptions"),
            headers: try headers(key: end.key), body: body, timeout: end.timeout)
        request.headers.append(("Content-Type", "multipart/form-data; boundary=\(Self.boundary)"))
        return request
    }

    mutating func speaking(_ text: Template, _ end: SpeechBackEnd) throws(TemplateError) -> BackEndRequest {
        let body: JSON = [
            "model": .string(end.model), "voice": .string(end.voice),
            "input": .string(try text.text(in: &scope)),
            "response_format": "wav",
        ]
        return try json(body, to: "/audio/speech", of: end.url, key: end.key, timeout: end.timeout)
    }

    private mutating func json(
        _ body: JSON, to path: String, of url: Template, key: Template?, timeout: Duration
    ) throws(TemplateError) -> BackEndRequest {
        var request = BackEndRequest(
            method: "POST", url: Self.address(try url.text(in: &scope), path), headers: try headers(key: key),
            body: Array(body.rendered().utf8), timeout: timeout)
        request.headers.append(("Content-Type", "application/json"))
        return request
    }

    // MARK: The model

    /// Asks what is to be said to the words, or which tool is wanted.
    mutating func chatting(
        _ text: String, _ turns: [BotTurn], _ end: ChatBackEnd
    ) throws(TemplateError) -> BackEndRequest {
        remember(["role": "user", "content": .string(text)], end)
        return try chat(turns, end)
    }

    /// Asks what is to be said now that the tool has answered.
    mutating func chatting(
        after result: BackEndAnswer?, _ turns: [BotTurn], _ end: ChatBackEnd
    ) throws(TemplateError) -> BackEndRequest {
        if let tool = wantedTool {
            let content = result.map { String(decoding: $0.body.prefix(64 << 10), as: UTF8.self) } ?? "done"
            remember(
                ["role": "tool", "tool_call_id": .string(tool.callID), "content": .string(content)], end)
            wantedTool = nil
        }
        return try chat(turns, end)
    }

    private mutating func chat(_ turns: [BotTurn], _ end: ChatBackEnd) throws(TemplateError) -> BackEndRequest
    {
        // A tool that was wanted and done without the model is answered all the same, or no model takes the messages.
        if let tool = wantedTool {
            wantedTool = nil
            let answer: JSON = ["role": "tool", "tool_call_id": .string(tool.callID), "content": "done"]
            messages.insert(answer, at: max(0, messages.count - 1))
        }
        var all = messages
        if let system = end.system {
            all.insert(["role": "system", "content": .string(try system.text(in: &scope))], at: 0)
        }
        var body: JSONObject = ["model": .string(end.model), "messages": .array(all)]
        let tools = turns.compactMap(Self.tool)
        if !tools.isEmpty { body["tools"] = .array(tools) }
        return try json(
            .object(body), to: "/chat/completions", of: end.url, key: end.key, timeout: end.timeout)
    }

    private static func tool(_ turn: BotTurn) -> JSON? {
        guard case .tool(let name) = turn.heard else { return Optional<JSON>.none }
        var function: JSONObject = ["name": .string(name)]
        if let description = turn.toolDescription { function["description"] = .string(description) }
        function["parameters"] =
            turn.toolParameters ?? ["type": "object", "properties": .object(JSONObject())]
        return .object(["type": "function", "function": .object(function)])
    }

    /// The model's answer.
    ///
    /// - Returns: `nil` when it is none.
    mutating func reply(_ answer: BackEndAnswer, _ end: ChatBackEnd) -> ChatReply? {
        guard let message = answer.json["choices"]?[0]?["message"], message.objectValue != nil else {
            return nil
        }
        var reply = ChatReply(text: message["content"]?.stringValue ?? "")
        if let call = message["tool_calls"]?[0], let name = call["function"]?["name"]?.stringValue {
            reply.tool = name
            reply.callID = call["id"]?.stringValue ?? "call"
            let text = call["function"]?["arguments"]?.stringValue ?? "{}"
            guard let arguments = try? JSON(parsing: Array(text.utf8)) else { return nil }
            reply.arguments = arguments
            scope.names["args"] = arguments
            // Only the first is done, so only that one is said to have been wanted.
            remember(["role": "assistant", "content": .null, "tool_calls": [call]], end)
            wantedTool = reply
            return reply
        }
        guard !reply.text.isEmpty else { return nil }
        remember(["role": "assistant", "content": .string(reply.text)], end)
        return reply
    }

    private mutating func remember(_ message: JSON, _ end: ChatBackEnd) {
        messages.append(message)
        while messages.count > end.memory { messages.removeFirst() }
        // A tool's answer without its question is refused by models.
        while messages.first?["role"] == "tool" { messages.removeFirst() }
    }
}
