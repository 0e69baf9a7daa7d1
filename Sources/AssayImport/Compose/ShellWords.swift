/// Command lines as words and back, by the rules of a POSIX shell for quotes.
enum ShellWords {
    /// The words of a line; `$`, `;` and the like have no meaning, as in a compose file's `command: a b`.
    static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = line[...]
        while let sign = rest.popFirst() {
            switch (quote, sign) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case ("'", _): word = (word ?? "") + String(sign)
            case (_, "\\"):
                guard let next = rest.popFirst() else { break }
                let isKept = quote == "\"" && !"\"\\$`".contains(next)
                word = (word ?? "") + (isKept ? "\\" : "") + String(next)
            case ("\"", _): word = (word ?? "") + String(sign)
            case (_, "'"), (_, "\""):
                quote = sign
                word = word ?? ""
            case (_, " "), (_, "\t"), (_, "\n"):
                if let ended = word { words.append(ended) }
                word = nil
            default: word = (word ?? "") + String(sign)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// The words as one line for a shell.
    static func line(_ words: [String]) -> String {
        words.map { word in
            let isPlain =
                !word.isEmpty
                && word.allSatisfy { sign in
                    sign.isASCII && (sign.isLetter || sign.isNumber || "-_./:=@%+,".contains(sign))
                }
            return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
