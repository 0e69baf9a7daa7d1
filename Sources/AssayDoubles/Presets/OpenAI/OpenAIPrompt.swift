internal import AssayFormats

/// What a request asks of a model, whichever endpoint it came by.
struct OpenAIPrompt: Sendable {
    struct Message: Sendable {
        var role: String
        var text = ""
        var name: String?
        var images = 0
        /// What an assistant called.
        var calls: [ToolCall] = []
        /// Which call a tool's message answers.
        var callID: String?
    }

    struct Tool: Sendable {
        var name: String
        var description = ""
        var parameters: JSON = [:]
    }

    struct ToolCall: Sendable, Equatable {
        var id: String
        var name: String
        /// JSON text, as models write it.
        var arguments: String
    }

    enum ToolChoice: Sendable, Equatable {
        case none, auto, required
        case named(String)
    }

    enum Format: Sendable, Equatable {
        case text, object
        case schema(JSON)
    }

    var model: String
    var messages: [Message] = []
    var tools: [Tool] = []
    var toolChoice = ToolChoice.auto
    var allowsParallelCalls = true
    var format = Format.text
    var maxTokens: Int?
    var stop: [String] = []
    /// The whole request, for templates.
    var request = JSONObject()

    /// What the user said last; empty when there is no such message.
    var lastUserText: String { messages.last { $0.role == "user" }?.text ?? "" }

    /// What system and developer messages say.
    var instructions: String {
        messages.filter { $0.role == "system" || $0.role == "developer" }.map(\.text).joined(separator: "\n")
    }

    /// Results of tools at the conversation's end, with the names of the tools: what the next answer is about.
    private(set) var freshResults: [(name: String, result: String)] = []

    /// To be called when all messages are there.
    mutating func findResults() {
        let results = messages.reversed().prefix { $0.role == "tool" }.reversed()
        guard !results.isEmpty else { return }
        let calls = messages.flatMap(\.calls)
        freshResults = results.map { message in
            (calls.last { $0.id == message.callID }?.name ?? message.name ?? "tool", message.text)
        }
    }

    /// The text of a message's content: a text, or parts of which the texts count.
    static func content(_ body: OpenAIBody, _ key: String) throws(OpenAIError) -> (text: String, images: Int)
    {
        guard let value = body[key] else { return ("", 0) }
        if let text = value.stringValue { return (text, 0) }
        guard value.arrayValue != nil else {
            throw body.wrongType(key, "a string or an array of objects", value)
        }
        let parts = try body.objects(key) ?? []
        var (text, images) = ("", 0)
        for part in parts {
            let kind = try part.requiredText("type")
            switch kind {
            case "text", "input_text", "output_text": text += try part.requiredText("text")
            case "refusal": text += try part.requiredText("refusal")
            case "image_url", "input_image": images += 1
            case "input_audio", "file", "input_file": continue
            default:
                throw part.invalidValue(
                    "type", kind,
                    of: ["text", "image_url", "input_audio", "file", "input_text", "input_image"])
            }
        }
        return (text, images)
    }
}
