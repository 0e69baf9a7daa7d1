public import AssayCore
public import AssayFormats

/// What a consumer expects of a provider: interactions, each with the request and the least that must come back.
///
/// Source: the Pact specification, versions 1 to 4.
public struct Pact: Sendable, Hashable {
    /// The version of the specification that a file is written in.
    public enum Version: Int, Sendable, Comparable {
        case v1 = 1
        case v2, v3, v4

        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    public var consumer: String
    public var provider: String
    public var version: Version
    /// In the order of the file.
    public var interactions: [PactInteraction]
    /// As written, the version of the specification and of the tools included.
    public var metadata: JSONObject
    /// Where it was read from, as a person named it; empty for one that was made.
    public var file: String

    public init(
        consumer: String, provider: String, version: Version = .v4, interactions: [PactInteraction] = [],
        metadata: JSONObject = JSONObject(), file: String = ""
    ) {
        self.consumer = consumer
        self.provider = provider
        self.version = version
        self.interactions = interactions
        self.metadata = metadata
        self.file = file
    }
}

/// One thing that a consumer does with its provider.
public struct PactInteraction: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case http(PactRequest, PactResponse)
        /// The provider sends it.
        case message(PactMessage)
        /// The consumer sends the first, the provider answers with the others.
        case exchange(PactMessage, [PactMessage])
    }

    public var description: String
    /// What must hold at the provider before.
    public var states: [PactState]
    public var content: Content
    /// A failure does not count yet.
    public var isPending: Bool
    /// As written: `text` and `testname` are what people put there.
    public var comments: JSONObject
    /// Which of a provider's transports it goes over (version 4), like `http` or `grpc`.
    public var transport: String?
    /// Members of the interaction that say nothing about matching (`key`, `pluginConfiguration`); kept for writing.
    public var others: JSONObject
    public var location: SourceLocation?

    public init(
        _ description: String, states: [PactState] = [], _ content: Content, isPending: Bool = false,
        comments: JSONObject = JSONObject(), transport: String? = nil, others: JSONObject = JSONObject(),
        location: SourceLocation? = nil
    ) {
        self.description = description
        self.states = states
        self.content = content
        self.isPending = isPending
        self.comments = comments
        self.transport = transport
        self.others = others
        self.location = location
    }

    /// `POST /orders`, or the kind of message.
    public var summary: String {
        switch content {
        case .http(let request, _): "\(request.method) \(request.path)"
        case .message: "message"
        case .exchange: "message with its answer"
        }
    }

    /// The description with its states: `an order, given an order exists and the user is logged in`.
    public var title: String {
        states.isEmpty
            ? description : "\(description), given " + states.map(\.name).joined(separator: " and ")
    }
}

/// Something that must hold at a provider before an interaction.
public struct PactState: Sendable, Hashable {
    public var name: String
    public var parameters: JSONObject

    public init(_ name: String, _ parameters: JSONObject = JSONObject()) {
        self.name = name
        self.parameters = parameters
    }

    /// `{"name": …, "params": {…}}`, as files and providers have it.
    public var json: JSON {
        var json: JSONObject = ["name": .string(name)]
        if !parameters.isEmpty { json["params"] = .object(parameters) }
        return .object(json)
    }
}

/// A name with its values in order: a header, a query parameter.
public struct PactField: Sendable, Hashable {
    public var name: String
    public var values: [String]

    public init(_ name: String, _ values: [String]) {
        self.name = name
        self.values = values
    }
}

/// The body of a request, response or message.
public enum PactBody: Sendable, Hashable {
    /// The file says nothing about it: any will do.
    case missing
    /// Written as `null`: none is expected.
    case null
    case empty
    /// - Parameter type: what the file says beside the body (version 4); else headers say it.
    case bytes([UInt8], type: String?)

    public var bytes: [UInt8]? { if case .bytes(let bytes, _) = self { bytes } else { nil } }
}

public struct PactRequest: Sendable, Hashable {
    /// Upper case.
    public var method: String
    public var path: String
    /// Decoded; `nil` where the file says nothing, and then a request must have none.
    public var query: [PactField]?
    public var headers: [PactField]
    public var body: PactBody
    public var rules: PactRules
    public var generators: [PactGeneratorPlace]

    public init(
        method: String, path: String, query: [PactField]? = nil, headers: [PactField] = [],
        body: PactBody = .missing, rules: PactRules = PactRules(), generators: [PactGeneratorPlace] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.rules = rules
        self.generators = generators
    }
}

public struct PactResponse: Sendable, Hashable {
    public var status: Int
    public var headers: [PactField]
    public var body: PactBody
    public var rules: PactRules
    public var generators: [PactGeneratorPlace]

    public init(
        status: Int = 200, headers: [PactField] = [], body: PactBody = .missing,
        rules: PactRules = PactRules(),
        generators: [PactGeneratorPlace] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.rules = rules
        self.generators = generators
    }
}

/// What is sent where there is no HTTP: contents, and metadata like a topic.
public struct PactMessage: Sendable, Hashable {
    public var contents: PactBody
    public var metadata: JSONObject
    public var rules: PactRules
    public var generators: [PactGeneratorPlace]

    public init(
        contents: PactBody, metadata: JSONObject = JSONObject(), rules: PactRules = PactRules(),
        generators: [PactGeneratorPlace] = []
    ) {
        self.contents = contents
        self.metadata = metadata
        self.rules = rules
        self.generators = generators
    }
}
