internal import AssayFormats

/// What the bot can do besides talking, as a language model is told.
enum Tool: String, CaseIterable, Sendable {
    case searchTires = "search_tires"
    case bookFitting = "book_fitting"
    case searchKnowledge = "search_knowledge"
    case createOrder = "create_order"
    case transferToOperator = "transfer_to_operator"

    private var meaning: String {
        switch self {
        case .searchTires: "Finds tires in the shop by size and season."
        case .bookFitting: "Books a tire fitting."
        case .searchKnowledge: "Finds the answer to a question about tires."
        case .createOrder: "Orders a tire that was found."
        case .transferToOperator: "Hands the call over to a person and ends it here."
        }
    }

    /// Name of a parameter → what it is; those that must be given come first.
    private var parameters: (required: [(String, String)], optional: [(String, String)]) {
        switch self {
        case .searchTires: ([("size", "like 205/55 R16")], [("season", "winter, summer or all-season")])
        case .bookFitting: ([("day", "like 2026-01-31, or tomorrow"), ("time", "like 10:00")], [])
        case .searchKnowledge: ([("question", "in the caller's words")], [])
        case .createOrder: ([("item", "id of the tire")], [("quantity", "how many, 4 unless said")])
        case .transferToOperator: ([], [("reason", "why, in a few words")])
        }
    }

    /// As OpenAI's chat completions take it.
    var definition: JSON {
        let (required, optional) = parameters
        let properties = (required + optional).map { name, meaning -> (String, JSON) in
            let type: JSON = name == "quantity" ? "integer" : "string"
            return (name, ["type": type, "description": .string(meaning)])
        }
        return [
            "type": "function",
            "function": [
                "name": .string(rawValue), "description": .string(meaning),
                "parameters": [
                    "type": "object", "properties": .object(JSONObject(properties)),
                    "required": .array(required.map { .string($0.0) }),
                ],
            ],
        ]
    }
}

/// A tool with what it is to work on.
struct ToolCall: Sendable, Equatable {
    var id: String
    var tool: Tool
    var arguments: JSON

    /// A text or a number among the arguments, as text.
    subscript(name: String) -> String? {
        switch arguments[name] {
        case .string(let text)?: text
        case .int(let number)?: String(number)
        default: nil
        }
    }
}
