public import AssayFormats
public import AssayNet

/// One route of a double: which requests, what answer, and in which state.
public struct Stub: Sendable {
    /// Its part in a scenario that goes from state to state.
    public struct Scenario: Sendable, Equatable {
        public var name: String
        /// Matches in this state only; in any when `nil`.
        public var requiredState: String?
        /// The state after it has answered; unchanged when `nil`.
        public var newState: String?

        /// The state that every scenario begins in.
        public static let started = "Started"

        public init(_ name: String, requiredState: String? = nil, newState: String? = nil) {
            self.name = name
            self.requiredState = requiredState
            self.newState = newState
        }
    }

    /// What it answers.
    public enum Answer: Sendable {
        case response(StubResponse)
        /// Made by code: Swift handlers, and templates of Assay's own form. Runs on the double's reactor.
        case handler(@Sendable (StubRequest) async -> HTTPResponse)
    }

    /// A UUID in its usual form.
    public var id: String
    public var name: String?
    /// 1 wins; the newest wins among equals.
    public var priority = Stub.standardPriority
    public var scenario: Scenario?
    public var request: RequestPattern
    public var answer: Answer
    /// Anything a user wants to find it by.
    public var metadata: JSONObject?
    /// Whether `save` writes it to a file; as the mapping said.
    public var persistent: Bool?
    /// The mapping as it was given, with its id; the admin API answers with it. Built from the model when `nil`.
    public var definition: JSONObject?
    /// Its answer with the templates compiled; `nil` for one without templates.
    public var compiled: (any CompiledResponse)?
    /// `mappings/pay.json`, or `assay.yml:12:3`; `nil` for one made at run time.
    public var origin: String?

    public static let standardPriority = 5

    public init(id: String, name: String? = nil, request: RequestPattern, answer: Answer) {
        self.id = id
        self.name = name
        self.request = request
        self.answer = answer
    }

    /// What a person calls it: its name, or its method and address.
    public var shown: String { name ?? request.shown }
}
