internal import AssayFormats

/// How this double counts tokens: not as any model does, but simply, so that a test can say what to expect.
///
/// A token is a run of at most ``lengthLimit`` letters or digits together with one space before it, or any other single
/// character. Tokens put together are the text again, so they are also the pieces of a stream.
enum ModelTokens {
    static let lengthLimit = 6
    /// What an image of a message counts, as OpenAI's "low detail" does.
    static let perImage = 85

    static func split(_ text: String) -> [String] {
        var tokens: [String] = []
        walk(text) { tokens.append(String($0)) }
        return tokens
    }

    static func count(_ text: String) -> Int {
        var count = 0
        walk(text) { _ in count += 1 }
        return count
    }

    private static func walk(_ text: String, _ found: (Substring) -> Void) {
        var start = text.startIndex
        while start < text.endIndex {
            var end = text.index(after: start)
            var letters = isWord(text[start]) ? 1 : 0
            let opensWord = text[start] == " " && end < text.endIndex && isWord(text[end])
            if letters == 1 || opensWord {
                while end < text.endIndex, letters < lengthLimit, isWord(text[end]) {
                    end = text.index(after: end)
                    letters += 1
                }
            }
            found(text[start..<end])
            start = end
        }
    }

    private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    /// Of a conversation: 3 a message and 3 for the answer's opening, as OpenAI's cookbook counts, and the texts.
    static func count(_ prompt: OpenAIPrompt) -> Int {
        var count = 3
        for message in prompt.messages {
            count += 3 + self.count(message.text) + perImage * message.images
            if let name = message.name { count += 1 + self.count(name) }
            for call in message.calls { count += self.count(call.name) + self.count(call.arguments) }
        }
        for tool in prompt.tools {
            count +=
                self.count(tool.name) + self.count(tool.description) + self.count(tool.parameters.rendered())
        }
        return count
    }
}
