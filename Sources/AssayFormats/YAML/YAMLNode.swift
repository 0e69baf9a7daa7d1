public import AssayCore

/// A YAML value with its place in the file.
///
/// Scalars follow the YAML 1.2 core schema: `yes`, `no`, `on` and `off` are strings; quoted scalars are strings.
public struct YAMLNode: Sendable {
    public enum Content: Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(String)
        case sequence([YAMLNode])
        case mapping([Pair])
    }

    public struct Pair: Sendable {
        public var key: YAMLNode
        public var value: YAMLNode
        public init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }
    }

    /// How a scalar was written; decides where its characters stand in the file.
    public enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted
        /// `|` and `>`.
        case literal, folded
    }

    public var content: Content
    /// Where the value begins; `length` covers a scalar as written.
    public var location: SourceLocation
    /// The scalar's text as written, before its type was decided; `nil` for collections.
    public var scalarText: String?
    public var style: Style

    public init(
        _ content: Content, at location: SourceLocation, scalarText: String? = nil, style: Style = .plain
    ) {
        self.content = content
        self.location = location
        self.scalarText = scalarText
        self.style = style
    }
}

extension YAMLNode {
    public var stringValue: String? { if case .string(let value) = content { value } else { nil } }
    /// Elements of a list; `nil` for anything else.
    public var elements: [YAMLNode]? { if case .sequence(let nodes) = content { nodes } else { nil } }
    /// Keys and values of a mapping in the order written; `nil` for anything else.
    public var pairs: [Pair]? { if case .mapping(let pairs) = content { pairs } else { nil } }
    public var isNull: Bool { if case .null = content { true } else { false } }

    /// A value of a mapping; `nil` for other nodes and absent keys.
    public subscript(key: String) -> YAMLNode? { pairs?.first { $0.name == key }?.value }

    /// What it is, for the `found …` of a message: `the number 5`, `a list`, `nothing`.
    public var kindText: String {
        switch content {
        case .null: "nothing"
        case .bool(let value): "\(value)"
        case .int, .double: "the number \(scalarText ?? "")"
        case .string(let text): "the text '\(shortened(text))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension YAMLNode.Pair {
    /// The key as text; `200:` and `"200":` are the same name.
    public var name: String { key.scalarText ?? "" }
}

/// The beginning of a text, on one line, for messages.
func shortened(_ text: String, to limit: Int = 40) -> String {
    let line = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
    return line.count > limit ? String(line.prefix(limit - 1)) + "…" : String(line)
}
