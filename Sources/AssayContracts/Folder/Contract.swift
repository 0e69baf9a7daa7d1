public import AssayCore
public import AssayFormats

/// What one provider and its consumers agreed on, as the manifest says it.
public struct Contract: Sendable {
    public enum Direction: String, Sendable, CaseIterable {
        /// Consumers ask the provider.
        case requests
        /// The provider sends messages.
        case messages
    }

    public var name: String
    /// A part of a stand of this name is bound by itself; it need not be part of every stand.
    public var provider: String
    public var consumers: [String]
    public var direction: Direction
    /// What paths without a version mean; `nil` for the highest one there is.
    public var version: ContractVersion?
    /// All that can be asked for with `NAME@v1`, lowest first: the folders `vN` that its paths without version have.
    public var versions: [ContractVersion]
    public var terms: Terms
    /// Of messages: name → schema.
    public var messages: [ContractMessage]
    /// Paths that are no part of it although they are asked of the same provider.
    public var ignored: [ContractIgnoredPath]
    /// Of its key in the manifest.
    public var location: SourceLocation

    /// What requests and responses are judged by.
    public enum Terms: Sendable {
        /// An OpenAPI document.
        case openAPI(ContractFilePath)
        case routes([ContractRoute])
        /// None: it is of messages only.
        case none
    }

    /// Whether exchanges can be judged by it.
    public var judgesExchanges: Bool { if case .none = terms { false } else { true } }
}

/// A path that is no part of a contract; a `*` at its end stands for anything.
public struct ContractIgnoredPath: Sendable, Hashable {
    public var text: String
    public init(_ text: String) { self.text = text }

    func matches(_ path: String) -> Bool {
        text.hasSuffix("*") ? path.hasPrefix(text.dropLast()) : path == text
    }
}

/// A file of the folder as the manifest writes it.
public struct ContractFilePath: Sendable, Hashable {
    /// `status/v2/update.schema.json`, `status/update.schema.json`, `ui/${version}/openapi.yaml`; from the manifest's folder.
    public var written: String
    /// JSON Pointer after its `#`; empty for the whole file.
    public var pointer: String
    public var location: SourceLocation
}

/// One operation of a contract that has schemas of its own.
public struct ContractRoute: Sendable {
    /// Upper case.
    public var method: String
    public var path: ContractPath
    public var query: [ContractParameter]
    public var headers: [ContractParameter]
    /// Of path parameters that are more than a text.
    public var pathParameters: [ContractParameter]
    public var request: ContractBody
    /// In the order written.
    public var answers: [ContractAnswer]
    public var location: SourceLocation

    /// `POST /tasks/{id}/status`
    public var name: String { "\(method) \(path)" }
}

/// A query parameter, path parameter or header.
public struct ContractParameter: Sendable {
    public var name: String
    public var isRequired: Bool
    /// Judged against the text as number, truth value or text, whichever the schema wants.
    public var schema: JSON
    public var location: SourceLocation
}

/// What the body of a message is.
public enum ContractBody: Sendable {
    /// Not described: anything goes.
    case any
    /// There is none.
    case none
    /// JSON that holds against a schema.
    case schema(ContractFilePath)
}

/// What a provider may answer with one status, or several.
public struct ContractAnswer: Sendable {
    public enum Status: Sendable, Hashable, CustomStringConvertible {
        case code(Int)
        /// `4XX` by its first digit.
        case range(Int)
        case others

        public var description: String {
            switch self {
            case .code(let code): "\(code)"
            case .range(let digit): "\(digit)XX"
            case .others: "default"
            }
        }
    }

    public var status: Status
    public var headers: [ContractParameter]
    public var body: ContractBody
    public var location: SourceLocation
}

/// A message that a provider sends.
public struct ContractMessage: Sendable {
    public var name: String
    public var schema: ContractFilePath
    public var location: SourceLocation
}
