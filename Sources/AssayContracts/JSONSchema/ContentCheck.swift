import AssayFormats

/// What draft 7 lets `contentEncoding` and `contentMediaType` ask of a text (validation §8).
struct ContentCheck: Sendable {
    private let isBase64: Bool
    private let isJSON: Bool

    /// - Returns: `nil` when neither is known here; those only describe.
    init?(encoding: String?, mediaType: String?) {
        isBase64 = encoding?.lowercased() == "base64"
        isJSON = mediaType?.lowercased() == "application/json" && (isBase64 || encoding == nil)
        guard isBase64 || isJSON else { return nil }
    }

    func accepts(_ text: String) -> Bool {
        var bytes = Array(text.utf8)
        if isBase64 {
            guard let decoded = Base64.decode(text) else { return false }
            bytes = decoded
        }
        return !isJSON || (try? JSON(parsing: bytes)) != nil
    }

    /// What was expected, for violations.
    var words: String {
        let content = isJSON ? "a JSON text" : "anything"
        return isBase64 ? "\(content) in base64" : content
    }
}
