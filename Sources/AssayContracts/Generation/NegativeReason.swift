/// In which way a request is not what its contract says, by the id that reports name it with.
public struct NegativeRule: RawRepresentable, Hashable, Sendable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let missingMember = NegativeRule(rawValue: "missing-member")
    public static let missingParameter = NegativeRule(rawValue: "missing-parameter")
    public static let missingHeader = NegativeRule(rawValue: "missing-header")
    public static let missingBody = NegativeRule(rawValue: "missing-body")
    public static let wrongType = NegativeRule(rawValue: "wrong-type")
    public static let belowMinimum = NegativeRule(rawValue: "below-minimum")
    public static let aboveMaximum = NegativeRule(rawValue: "above-maximum")
    public static let notMultiple = NegativeRule(rawValue: "not-a-multiple")
    public static let tooShort = NegativeRule(rawValue: "too-short")
    public static let tooLong = NegativeRule(rawValue: "too-long")
    public static let notInEnum = NegativeRule(rawValue: "not-in-enum")
    public static let patternBroken = NegativeRule(rawValue: "pattern-broken")
    public static let formatBroken = NegativeRule(rawValue: "format-broken")
    public static let tooFewItems = NegativeRule(rawValue: "too-few-items")
    public static let tooManyItems = NegativeRule(rawValue: "too-many-items")
    public static let notUnique = NegativeRule(rawValue: "not-unique")
    public static let tooFewMembers = NegativeRule(rawValue: "too-few-members")
    public static let additionalMember = NegativeRule(rawValue: "additional-member")
    public static let wrongMediaType = NegativeRule(rawValue: "wrong-media-type")
    public static let malformedJSON = NegativeRule(rawValue: "malformed-json")
    public static let unknownMethod = NegativeRule(rawValue: "unknown-method")
    public static let noCredentials = NegativeRule(rawValue: "no-credentials")
    public static let wrongCredentials = NegativeRule(rawValue: "wrong-credentials")
}

/// Why a generated request must be refused.
public struct NegativeReason: Sendable, Hashable {
    public var rule: NegativeRule
    /// `body $.items[0].quantity`, `query limit`, `header X-Tenant`, `method`.
    public var place: String
    /// One sentence without a full stop: `0 is sent where at least 1 is allowed`.
    public var words: String

    public init(_ rule: NegativeRule, at place: String, _ words: String) {
        self.rule = rule
        self.place = place
        self.words = words
    }
}
