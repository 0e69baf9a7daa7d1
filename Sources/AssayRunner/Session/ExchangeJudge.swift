public import AssayCore

/// Judges what steps send and what they are answered by the contracts of the stand's parts; the composition answers, so that
/// the runner need not know what contracts are.
public protocol ExchangeJudge: Sendable {
    /// Whether exchanges with an origin are judged at all.
    ///
    /// - Parameter contract: what the step names in place of the contract that the part there has; `nil` for nothing.
    func judges(host: String, port: UInt16, contract: String?) -> Bool

    /// Where an exchange departs from the contract; each with its ``Mismatch/contract``.
    func judge(_ exchange: StepExchange) -> [Mismatch]
}

/// An exchange of a step as it was on the wire, free of transfer coding.
public struct StepExchange: Sendable {
    public typealias Field = (name: String, value: String)

    public var host: String
    public var port: UInt16
    /// What the step names; `nil` for the contract of the part that it talks to.
    public var contract: String?
    /// Name of the step.
    public var step: String
    /// Whether all that the step itself expects holds.
    public var isAsExpected: Bool
    public var method: String
    /// Path and query as sent.
    public var target: String
    public var requestHeaders: [Field]
    /// Empty when none was sent.
    public var requestBody: [UInt8]
    public var status: Int
    public var responseHeaders: [Field]
    public var responseBody: [UInt8]

    public init(
        host: String, port: UInt16, contract: String?, step: String, isAsExpected: Bool, method: String,
        target: String, requestHeaders: [Field], requestBody: [UInt8], status: Int, responseHeaders: [Field],
        responseBody: [UInt8]
    ) {
        self.host = host
        self.port = port
        self.contract = contract
        self.step = step
        self.isAsExpected = isAsExpected
        self.method = method
        self.target = target
        self.requestHeaders = requestHeaders
        self.requestBody = requestBody
        self.status = status
        self.responseHeaders = responseHeaders
        self.responseBody = responseBody
    }
}
