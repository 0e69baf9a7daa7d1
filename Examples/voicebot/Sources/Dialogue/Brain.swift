internal import AssayFormats

/// Decides what the bot says or does next.
enum Brain {
    case model(BackEnd, name: String)
    case keywords

    func decide(_ conversation: Conversation, in call: String) async throws(Trouble) -> Decision {
        guard case .model(let backEnd, let name) = self else { return KeywordTable.decide(conversation) }
        let wish = ChatCompletion.request(model: name, conversation)
        let answer = try await backEnd.askJSON(
            .init(target: "/v1/chat/completions", call: call, body: Array(wish.rendered().utf8)))
        do throws(ChatCompletion.Fault) { return try ChatCompletion.decision(answer) } catch {
            throw Trouble(backEnd: backEnd.name, reason: "its answer cannot be followed: \(error.reason)")
        }
    }
}
