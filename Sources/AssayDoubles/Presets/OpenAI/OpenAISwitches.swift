internal import AssayFormats

extension OpenAI {
    static let switches = [
        Switch("rate-limit", .times, "429 `rate_limit_exceeded` with Retry-After"),
        Switch("retry-after", .duration, initial: "1s", "what Retry-After says then"),
        Switch("quota", .times, "429 `insufficient_quota`, which clients do not repeat"),
        Switch("server-error", .times, "a 5xx answer"),
        Switch("error-status", .number(500...599), "the status of server-error"),
        Switch("unauthorized", .times, "401 `invalid_api_key`"),
        Switch("context-exceeded", .times, "400 `context_length_exceeded`"),
        Switch("content-filter", .times, "the answer ends half-way with finish_reason `content_filter`"),
        Switch("refuse", .times, "the answer is a refusal"),
        Switch("broken-arguments", .times, "arguments of tool calls are cut-off JSON"),
        Switch("silence", .times, "no answer at all, the connection stays open"),
        Switch(
            "cut-stream", .number(0...1_000_000),
            "a stream's connection ends after so many chunks; 0 for never"),
        Switch("cut-how", .word(["close", "reset"]), "how the connection of a cut stream ends"),
        Switch(
            "malformed-chunk", .number(0...1_000_000), "the number of the chunk that is no JSON; 0 for none"),
        Switch("first-token-after", .duration, "the wait before the first token"),
        Switch("tokens-per-second", .number(0...100_000), "the speed of answers; 0 for all at once"),
    ]
}

extension OpenAIReply {
    /// What the switches do to a reply.
    mutating func obey(_ readings: SwitchReadings) {
        if readings.isOn("refuse") {
            self = OpenAIReply(
                tokens: ModelTokens.split("I'm sorry, I can't help with that."), isRefusal: true)
        }
        if readings.isOn("content-filter") {
            tokens.removeLast(tokens.count / 2)
            (calls, finish) = ([], .contentFilter)
        }
        if readings.isOn("broken-arguments") {
            for index in calls.indices {
                let text = calls[index].arguments
                calls[index].arguments = String(text.prefix(max(1, text.count / 2)))
            }
        }
    }
}
