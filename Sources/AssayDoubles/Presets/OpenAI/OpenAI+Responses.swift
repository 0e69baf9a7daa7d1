internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

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
