internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What a request says, by its query, a form or a JSON object: the Bot API takes each of them.
struct TelegramFields {
    private let query: [(name: String, value: String)]
    private let object: JSONObject

    init(_ request: HTTPRequest) {
        var query = queryPairs(request.query)
        if request.isForm { query += queryPairs(String(decoding: request.body, as: UTF8.self)) }
        self.query = query
        object = request.isForm ? [:] : (try? JSON(parsing: request.body, maxDepth: 16))?.objectValue ?? [:]
    }

    /// A value as text; numbers and other values as JSON writes them.
    subscript(name: String) -> String? {
        let text = object[name].map(Self.text) ?? query.first { $0.name == name }?.value
        return text?.isEmpty ?? true ? nil : text
    }

    /// A value as it came; text that is JSON, like a form's `reply_markup`, as that.
    func json(_ name: String) -> JSON? {
        if let value = object[name] { return value }
        return query.first { $0.name == name }.map { (try? JSON(parsing: $0.value)) ?? .string($0.value) }
    }

    /// All of them, in their order.
    var pairs: [(name: String, value: String)] { query + object.map { ($0.key, Self.text($0.value)) } }

    private static func text(_ value: JSON) -> String { value.stringValue ?? value.rendered() }
}
