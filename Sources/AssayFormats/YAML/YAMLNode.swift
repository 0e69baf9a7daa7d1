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

    public var content: Content
    /// Where the value begins; `length` covers a scalar as written.
    public var location: SourceLocation
    /// The scalar's text as written, before its type was decided; `nil` for collections.
    public var scalarText: String?

    public init(_ content: Content, at location: SourceLocation, scalarText: String? = nil) {
        self.content = content
        self.location = location
        self.scalarText = scalarText
    }
}
