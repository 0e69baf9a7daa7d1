internal import AssayFormats

/// A YAML document to be written; scalars are escaped here and nowhere else.
indirect enum YAMLTree {
    case text(String)
    /// A number or `true`, as it stands.
    case plain(String)
    /// Several lines, kept as they are.
    case script([String])
    case list([YAMLTree])
    /// A list on one line.
    case row([String])
    case map([Entry])

    struct Entry {
        var key: String
        var value: YAMLTree
        var remark: String?

        init(_ key: String, _ value: YAMLTree, remark: String? = nil) {
            self.key = key
            self.value = value
            self.remark = remark
        }
        init(_ key: String, _ text: String, remark: String? = nil) {
            self.init(key, .text(text), remark: remark)
        }
    }

    /// The document, ending in a line break.
    func rendered() -> String { lines.joined(separator: "\n") + "\n" }

    private var lines: [String] {
        switch self {
        case .text(let text): [YAMLText.scalar(text)]
        case .plain(let text): [text]
        case .row(let texts): [YAMLText.list(texts)]
        case .script(let lines): ["|"] + lines.map { $0.isEmpty ? "" : "  " + $0 }
        case .list(let elements):
            elements.flatMap { element in
                element.lines.enumerated().map { index, line in
                    (index == 0 ? "- " : line.isEmpty ? "" : "  ") + line
                }
            }
        case .map(let entries): entries.flatMap(Self.lines)
        }
    }

    private static func lines(_ entry: Entry) -> [String] {
        let key = YAMLText.scalar(entry.key) + ":"
        let remark = entry.remark.map { ["# " + $0] } ?? []
        switch entry.value {
        case .text, .plain, .row: return remark + [key + " " + entry.value.lines[0]]
        case .script(let lines): return remark + [key + " |"] + lines.map { $0.isEmpty ? "" : "  " + $0 }
        case .list(let elements) where elements.isEmpty: return remark + [key + " []"]
        case .map(let entries) where entries.isEmpty: return remark + [key + " {}"]
        case .list, .map: return remark + [key] + entry.value.lines.map { $0.isEmpty ? "" : "  " + $0 }
        }
    }
}
