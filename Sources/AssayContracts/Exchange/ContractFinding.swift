public import AssayCore

/// What an exchange can depart from, by the id that reports name it with.
public struct ContractRule: RawRepresentable, Hashable, Sendable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The request goes to a path or uses a method that the contract does not have.
    public static let operationUnknown = ContractRule(rawValue: "operation-unknown")
    /// A path, query or cookie parameter is missing or is not as described.
    public static let requestParameter = ContractRule(rawValue: "request-parameter")
    public static let requestHeader = ContractRule(rawValue: "request-header")
    public static let requestMediaType = ContractRule(rawValue: "request-media-type")
    public static let requestBody = ContractRule(rawValue: "request-body")
    /// The response has a status that the contract does not have.
    public static let responseStatus = ContractRule(rawValue: "response-status")
    public static let responseHeader = ContractRule(rawValue: "response-header")
    public static let responseMediaType = ContractRule(rawValue: "response-media-type")
    public static let responseBody = ContractRule(rawValue: "response-body")
    /// A body is not what its media type says: no JSON, no form.
    public static let bodyUnreadable = ContractRule(rawValue: "body-unreadable")
    /// A request shows no credentials where the contract asks for some; strict judging only.
    public static let requestSecurity = ContractRule(rawValue: "request-security")
}

/// One place where an exchange departs from its contract.
public struct ContractFinding: Sendable, Hashable {
    /// Whose message departs: the consumer's request or the provider's response.
    public enum Side: String, Sendable { case request, response }

    public var rule: ContractRule
    public var side: Side
    /// As the manifest names it, with `@v1` behind it when it was judged by that version; or the file of the document.
    public var contract: String
    /// `POST /jobs/{id}`; empty when none fits.
    public var operation: String
    /// `body $.items[0].id`, `query limit`, `header X-Tenant`, `status`.
    public var place: String
    /// In words: `a string`, `one of 200, 404`.
    public var expected: String
    public var actual: String
    /// `contracts/ui.yml#/components/schemas/Task/required`; `nil` when no schema is concerned.
    public var schemaPath: String?
    /// Where the contract says so.
    public var location: SourceLocation?

    public init(
        _ rule: ContractRule, _ side: Side, contract: String, operation: String, place: String,
        expected: String, actual: String, schemaPath: String? = nil, location: SourceLocation? = nil
    ) {
        self.rule = rule
        self.side = side
        self.contract = contract
        self.operation = operation
        self.place = place
        self.expected = expected
        self.actual = actual
        self.schemaPath = schemaPath
        self.location = location
    }
}
