/// One contract, held against one version of its provider.
public struct Verification: Sendable, Hashable {
    public var consumer: String
    public var consumerVersion: String
    /// The contract's name in its manifest, or the pact's file name.
    public var contract: String
    /// SHA-256 of what the contract says (``ContractContent``), in lower-case hexadecimal digits. Two versions of a
    /// consumer that say the same share their verifications.
    public var content: String
    public var provider: String
    public var providerVersion: String
    public var isSuccessful: Bool
    /// What was counted, like `12 of 14 interactions held`; may be empty.
    public var detail: String
    /// Milliseconds since 1970, UTC.
    public var atMilliseconds: Int64
    /// Where the run's record is, from the project's folder; empty when there is none.
    public var runFolder: String

    public init(
        consumer: String, consumerVersion: String, contract: String, content: String, provider: String,
        providerVersion: String, isSuccessful: Bool, detail: String = "", atMilliseconds: Int64,
        runFolder: String = ""
    ) {
        self.consumer = consumer
        self.consumerVersion = consumerVersion
        self.contract = contract
        self.content = content
        self.provider = provider
        self.providerVersion = providerVersion
        self.isSuccessful = isSuccessful
        self.detail = detail
        self.atMilliseconds = atMilliseconds
        self.runFolder = runFolder
    }
}

/// A version of a service that runs, or ran, in an environment.
public struct Deployment: Sendable, Hashable {
    public var service: String
    public var version: String
    public var environment: String
    /// Milliseconds since 1970, UTC.
    public var sinceMilliseconds: Int64
    /// `nil` while it runs.
    public var untilMilliseconds: Int64?

    public init(
        service: String, version: String, environment: String, sinceMilliseconds: Int64,
        untilMilliseconds: Int64? = nil
    ) {
        self.service = service
        self.version = version
        self.environment = environment
        self.sinceMilliseconds = sinceMilliseconds
        self.untilMilliseconds = untilMilliseconds
    }
}
