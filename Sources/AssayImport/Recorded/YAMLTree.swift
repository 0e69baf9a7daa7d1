internal import AssayFormats

/// A YAML text while it is made: what is short stands on one line, the rest in blocks.
indirect enum YAMLTree {
    /// As it stands in the file: `30s`, `true`, `5`.
    case word(String)
    /// Any text; quoted where it has to be, over several lines where that reads better.
    case text(String)
    case list([YAMLTree], isBlock: Bool)
    case mapping([Pair], isBlock: Bool)
    /// Comments above an element of a list.
    case noted([String], YAMLTree)

    struct Pair {
        var key: String
        var value: YAMLTree
        init(_ key: String, _ value: YAMLTree) {
            self.key = key
            self.value = value
        }
    }

    static func list(_ elements: [YAMLTree]) -> YAMLTree { .list(elements, isBlock: false) }
    static func mapping(_ pairs: [Pair]) -> YAMLTree { .mapping(pairs, isBlock: false) }
    static func number(_ value: Int) -> YAMLTree { .word("\(value)") }
    static func bool(_ value: Bool) -> YAMLTree { .word(value ? "true" : "false") }

    /// Longer lines are broken, where they can be.
    static let width = 100
}

extension YAMLTree {
    /// The text of a file; the same tree gives the same bytes.
    ///
    /// - Parameter header: comments above everything.
    func rendered(header: [String] = []) -> String {
        let comments = header.map(Self.comment)
        return (comments + lines(at: 0)).joined(separator: "\n") + "\n"
    }

    /// A comment stays on its line, whatever it holds.
    private static func comment(_ text: String) -> String {
        let line = text.unicodeScalars.map { scalar -> Character in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.isWhitespace
                || !YAMLScalar.isPrintable(scalar) ? " " : Character(scalar)
        }
        return line.isEmpty ? "#" : "# " + String(line)
    }

    // MARK: blocks

    /// - Parameter column: where the lines will stand.
    private func lines(at column: Int) -> [String] {
        switch self {
        case .word, .text: [flow() ?? ""]
        case .noted(let comments, let tree): comments.map(Self.comment) + tree.lines(at: column)
        case .list(let elements, _):
            elements.isEmpty ? ["[]"] : elements.flatMap { Self.element($0, at: column) }
        case .mapping(let pairs, _):
            pairs.isEmpty ? ["{}"] : pairs.flatMap { Self.lines(of: $0, at: column) }
        }
    }

    private static func element(_ tree: YAMLTree, at column: Int) -> [String] {
        if case .noted(let comments, let inner) = tree {
            return comments.map(comment) + element(inner, at: column)
        }
        if let short = tree.short(in: width - column - 2) { return ["- " + short] }
        if let literal = tree.literal() { return ["- " + literal[0]] + literal.dropFirst() }
        let lines = tree.lines(at: column + 2)
        return lines.enumerated().map {
            ($0.offset == 0 ? "- " : $0.element.isEmpty ? "" : "  ") + $0.element
        }
    }

    private static func lines(of pair: Pair, at column: Int) -> [String] {
        let key = YAMLScalar.text(pair.key) + ":"
        if let short = pair.value.short(in: width - column - key.count - 1) { return [key + " " + short] }
        if let literal = pair.value.literal() { return [key + " " + literal[0]] + literal.dropFirst() }
        switch pair.value {
        case .word, .text: return [key + " " + (pair.value.flow() ?? "")]
        default:
            return [key]
                + pair.value.lines(at: column + 2).map { $0.isEmpty ? $0 : "  " + $0 }
        }
    }

    /// A text of several lines as a literal block, without its indentation but that of the block.
    private func literal() -> [String]? {
        guard case .text(let text) = self, YAMLScalar.canBeLiteral(text) else { return nil }
        let ends = text.hasSuffix("\n")
        let lines = (ends ? text.dropLast() : text[...]).split(
            separator: "\n", omittingEmptySubsequences: false)
        return [ends ? "|" : "|-"] + lines.map { $0.isEmpty ? "" : "  " + $0 }
    }

    // MARK: one line

    private func short(in room: Int) -> String? {
        if case .text(let text) = self, YAMLScalar.canBeLiteral(text) { return nil }
        guard depth <= 4, let text = flow() else { return nil }
        if case .mapping(let pairs, _) = self, pairs.count > 6 { return nil }
        return text.count <= room ? text : nil
    }

    private var depth: Int {
        switch self {
        case .word, .text: 0
        case .noted(_, let tree): tree.depth
        case .list(let elements, _): 1 + (elements.map(\.depth).max() ?? 0)
        case .mapping(let pairs, _): 1 + (pairs.map(\.value.depth).max() ?? 0)
        }
    }

    /// `nil` for what must not stand on one line.
    private func flow() -> String? {
        switch self {
        case .word(let word): return word
        case .text(let text): return YAMLScalar.text(text)
        case .noted: return nil
        case .list(let elements, let isBlock):
            guard !isBlock || elements.isEmpty else { return nil }
            var parts: [String] = []
            for element in elements {
                guard let part = element.flow() else { return nil }
                parts.append(part)
            }
            return "[" + parts.joined(separator: ", ") + "]"
        case .mapping(let pairs, let isBlock):
            guard !isBlock || pairs.isEmpty else { return nil }
            var parts: [String] = []
            for pair in pairs {
                guard let part = pair.value.flow() else { return nil }
                parts.append(YAMLScalar.text(pair.key) + ": " + part)
            }
            return "{" + parts.joined(separator: ", ") + "}"
        }
    }
}

/// Texts as YAML's scalars, so that reading gives the same text back.
enum YAMLScalar {
    /// Plain where that means the same in block and in flow, else in double quotes.
    static func text(_ text: String) -> String {
        if isPlain(text) { return text }
        // Signs that double quotes would escape are easier to read in single ones.
        let isSingle =
            (text.contains("\"") || text.contains("\\")) && !text.contains("'")
            && text.unicodeScalars.allSatisfy(isPrintable)
        return isSingle ? "'\(text)'" : quoted(text)
    }

    /// In double quotes; what YAML does not let stand in a file is escaped.
    static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPrintable($0) }) else { return YAMLText.quoted(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            guard isPrintable(scalar) || scalar.value < 0x20 || scalar.value == 0x7F else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let size = scalar.value > 0xFFFF ? 8 : 4
                result +=
                    (size == 8 ? "\\U" : "\\u") + String(repeating: "0", count: size - digits.count) + digits
                continue
            }
            result += YAMLText.quoted(String(scalar)).dropFirst().dropLast()
        }
        return "\"" + result + "\""
    }

    /// Whether a scalar may stand in a YAML file and ends no line. Source: YAML 1.1 §5.1, which libyaml reads.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static let words: Set<String> = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", ".inf", ".nan",
    ]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last,
            isLetter(first) || "./_$".unicodeScalars.contains(first), last != " ",
            text.unicodeScalars.allSatisfy({
                isLetter($0) || ("0"..."9").contains($0) || " ._-/+@*$()<>=~;".unicodeScalars.contains($0)
            })
        else { return false }
        return !words.contains(text.lowercased()) && Double(text) == nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// Whether a text of several lines comes back whole from a literal block.
    static func canBeLiteral(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A), let first = text.unicodeScalars.first,
            !" \t\n".unicodeScalars.contains(first),
            !text.hasSuffix("\n\n"), text.unicodeScalars.contains(where: { $0 != "\n" })
        else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPrintable($0) }
    }
}
