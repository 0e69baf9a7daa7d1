/// Writes scalars so that reading gives the same text back.
public enum YAMLText {
    /// A text as a scalar: plain where that reads back as the same text, in block and in flow, else in double quotes.
    public static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A text in double quotes, with the escapes that JSON has too.
    public static func quoted(_ text: String) -> String { JSON.string(text).rendered() }

    /// `[a, b]`, on one line.
    public static func list(_ texts: some Sequence<String>) -> String {
        "[" + texts.map(scalar).joined(separator: ", ") + "]"
    }

    /// Letters, digits and a few signs that mean nothing to YAML, and no number, `true` or `null`.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isLetter(first) || "./_".unicodeScalars.contains(first),
            text.unicodeScalars.allSatisfy({
                isLetter($0) || ("0"..."9").contains($0) || "._-/+@*".unicodeScalars.contains($0)
            })
        else { return false }
        // YAML 1.1 readers take more words for something else than a text.
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan"]
        return !words.contains(text.lowercased()) && Double(text) == nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
}
