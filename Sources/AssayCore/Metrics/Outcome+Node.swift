extension Outcome {
    /// The code that Node gives an error of this kind: `ECONNREFUSED`; the own name where it has none.
    public var nodeCode: String {
        switch self {
        case .nameNotFound: "ENOTFOUND"
        case .nameTimeout: "EAI_AGAIN"
        case .connectRefused: "ECONNREFUSED"
        case .connectTimeout, .timeout: "ETIMEDOUT"
        case .connectFailed: "ENETUNREACH"
        case .reset, .closedEarly: "ECONNRESET"
        case .tlsFailed: "EPROTO"
        case .tooManyRedirects: "ERR_TOO_MANY_REDIRECTS"
        case .protocolError: "HPE_INVALID_CONSTANT"
        default: name
        }
    }

    /// The same of an outcome by its name; of any other text itself.
    public static func nodeCode(of name: String) -> String {
        allCases.first { $0.name == name }?.nodeCode ?? name
    }
}
