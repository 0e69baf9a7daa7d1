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
        if let count = countASCII(text) { return count }
        var count = 0
        walk(text) { _ in count += 1 }
        return count
    }

    /// The same as walking by characters, some thirty times as fast; `nil` when the text is not ASCII.
    private static func countASCII(_ text: String) -> Int? {
        var count = 0
        /// Letters of the token that is open; `nil` when none is.
        var letters: Int?
        /// Whether the byte before was a space that began a token of its own, so far.
        var wasSpace = false
        var previous: UInt8 = 0
        for byte in text.utf8 {
            guard byte < 0x80 else { return nil }
            let isWord = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
            if isWord, let open = letters, open < lengthLimit {
                letters = open + 1
            } else if isWord {
                // A space before it belongs to it and is counted already.
                if !wasSpace { count += 1 }
                letters = 1
            } else if !(byte == 0x0A && previous == 0x0D) {
                // CR LF is one character.
                count += 1
                letters = nil
            }
            wasSpace = byte == 0x20
            previous = byte
        }
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
