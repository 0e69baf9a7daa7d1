/// Whether a version may go to an environment, with the rows that decide.
public struct DeploymentJudgement: Sendable, Hashable {
    /// One contract between the service and something that runs in the environment.
    public struct Row: Sendable, Hashable {
        public enum State: String, Sendable {
            /// The last verification of this content with this provider version succeeded.
            case verified
            case failed
            /// This content was never held against this provider version.
            case unverified
            /// No verification says what this version of the consumer asks of the provider, at all or by a contract
            /// that an earlier version had.
            case unknown
            /// No version of the provider is noted in the environment.
            case absent
        }

        public var state: State
        public var consumer: String
        public var consumerVersion: String
        public var provider: String
        /// `nil` when it is ``State/absent``.
        public var providerVersion: String?
        /// `nil` when the contract is not known.
        public var contract: String?
        /// SHA-256 of what it says, as in ``Verification/content``.
        public var content: String?
        /// What decides: the last of this content and provider version, perhaps of another consumer version.
        public var verification: Verification?
        /// One sentence without a full stop.
        public var why: String
    }

    public var service: String
    public var version: String
    public var environment: String
    /// The service's own contracts first, then those that others have with it; sorted by partner and contract.
    public var rows: [Row]
    public var isDeployable: Bool
    /// Why, in words; never empty.
    public var reasons: [String]
}
