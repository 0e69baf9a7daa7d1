/// Variables in a file: `NAME=value` a line, as the package `dotenv` reads it.
public enum DotEnv {
    /// Reads all variables; what is no variable is passed over.
    ///
    /// Values stand bare up to a `#`, or in single, double or backward quotes, over lines if need be. In double quotes `\\n` is a
    /// line's end. `export` may stand before a name.
    ///
    /// - Returns: in the order of the file; of a name that comes twice the last one counts.
    public static func parse(_ text: String) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var rest = text.replacing("\r\n", with: "\n")[...]
        while !rest.isEmpty {
            if let (variable, end) = variable(rest) {
                found.append(variable)
                rest = rest[end...]
            }
            rest = rest.drop { $0 != "\n" }.dropFirst()
        }
        return found
    }

    /// The variable of a line, and where its value ends.
    private static func variable(_ line: Substring) -> ((name: String, value: String), String.Index)? {
        var rest = line.drop { $0 == " " || $0 == "\t" }
        if rest.hasPrefix("export "), let next = rest.dropFirst(7).firstIndex(where: { $0 != " " }) {
            rest = rest[next...]
        }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || "_.-".contains($0) }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...].drop { $0 == " " || $0 == "\t" }
        guard rest.first == "=" || rest.first == ":" else { return nil }
        let isColon = rest.first == ":"
        rest = rest.dropFirst()
        // After a colon there is a blank, as in YAML.
        if isColon, rest.first != " ", rest.first != "\t" { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        if let quote = rest.first, "'\"`".contains(quote), let end = end(of: quote, rest.dropFirst()) {
            let inner = rest[rest.index(after: rest.startIndex)..<end]
            let value =
                quote == "\"" ? inner.replacing("\\n", with: "\n").replacing("\\r", with: "\r")[...] : inner
            return ((String(name), String(value)), rest.index(after: end))
        }
        let value = rest.prefix { $0 != "\n" && $0 != "#" }
        return ((String(name), trimmed(value)), value.endIndex)
    }

    private static func end(of quote: Character, _ text: Substring) -> String.Index? {
        var isEscaped = false
        for place in text.indices {
            if isEscaped {
                isEscaped = false
            } else if text[place] == "\\" {
                isEscaped = true
            } else if text[place] == quote {
                return place
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
