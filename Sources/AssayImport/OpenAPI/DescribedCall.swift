public import AssayCore
public import AssayFormats

/// An operation of an interface with values for one request, as an import needs it.
///
/// Who has read the document and made the values hands these over: this module knows neither schemas nor contracts.
public struct DescribedCall: Sendable {
    public enum Place: String, Sendable { case path, query, header, cookie }

    /// A value of a parameter, written as its style wants it.
    public struct Argument: Sendable {
        public var name: String
        public var place: Place
        /// Of a path: percent-encoded, as it stands between slashes. Of a query: what stands behind the `?`.
        public var text: String
        public init(_ name: String, _ place: Place, text: String) {
            self.name = name
            self.place = place
            self.text = text
        }
    }

    public enum Body: Sendable {
        case none
        case json(JSON, type: String)
        case form([(name: String, value: String)])
        /// A part whose content is a file is a text here, with the name of one.
        case multipart([(name: String, value: String, isFile: Bool)])
        case text(String, type: String?)
    }

    public enum Credential: Sendable, Hashable {
        case bearer
        case basic
        case key(Place, name: String)
        /// One that no request can be given, by its name.
        case other(String)
    }

    /// Upper case.
    public var method: String
    /// With its `{parameters}`.
    public var path: String
    /// `operationId`.
    public var id: String?
    public var tags: [String]
    public var location: SourceLocation
    public var arguments: [Argument] = []
    public var body = Body.none
    /// Codes of success that the document names; empty accepts every one.
    public var statuses: [Int] = []
    public var credentials: [Credential] = []
    /// Members of the answer with the JSONPath to each, those of a list's elements at its first.
    public var answers: [(name: String, path: String)] = []
    public var isDeprecated = false

    public init(
        method: String, path: String, id: String? = nil, tags: [String] = [], location: SourceLocation
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.tags = tags
        self.location = location
    }
}
