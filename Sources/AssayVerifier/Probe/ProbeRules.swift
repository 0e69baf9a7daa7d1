public import AssayContracts

extension ContractRule {
    /// The provider answered with a status from 500 on that the contract does not name.
    public static let serverError = ContractRule(rawValue: "server-error")
    /// A request that the contract accepts was refused.
    public static let validRefused = ContractRule(rawValue: "valid-request-refused")
    /// A request that the contract does not accept was not refused.
    public static let invalidAccepted = ContractRule(rawValue: "invalid-request-accepted")
    /// A request without credentials, or with wrong ones, was not refused.
    public static let authNotEnforced = ContractRule(rawValue: "auth-not-enforced")
    /// No whole answer came: the time ran out, or the connection broke.
    public static let noAnswer = ContractRule(rawValue: "no-answer")
    /// Of an operation's valid requests none was accepted, so hardly anything of it was checked.
    public static let neverAccepted = ContractRule(rawValue: "never-accepted")

    /// Those that probing adds to the rules of judging one exchange.
    public static let ofProbing: [ContractRule] = [
        .serverError, .validRefused, .invalidAccepted, .authNotEnforced, .noAnswer, .neverAccepted,
    ]
    /// Those of one exchange's response.
    public static let ofResponses: [ContractRule] = [
        .responseStatus, .responseHeader, .responseMediaType, .responseBody, .bodyUnreadable,
    ]
}
