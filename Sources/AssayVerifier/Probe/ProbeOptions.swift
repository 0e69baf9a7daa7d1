public import AssayContracts

/// How a provider is probed.
public struct ProbeOptions: Sendable {
    public var cases: CaseOptions
    public var credentials = ProbeCredentials()
    /// Upper case; `nil` for all.
    public var methods: Set<String>?
    /// Names (`POST /jobs`) or ids of operations; empty for all.
    public var only: [String] = []
    public var skipped: [String] = []
    /// Findings of these rules are not told.
    public var ignoredRules: Set<String> = []
    /// Requests at a time.
    public var concurrency = 4
    /// From sending to the last byte of the answer.
    public var timeout: Duration = .seconds(10)
    /// So many requests are sent to make one failing case smaller.
    public var shrinking = 80

    public init(seed: UInt64) { cases = CaseOptions(seed: seed) }

    /// Why an operation takes no part; `nil` for one that does.
    public func exclusion(of operation: APIOperation) -> String? {
        func isNamed(_ names: [String]) -> Bool {
            names.contains { $0 == operation.name || $0 == operation.id || $0 == operation.path }
        }
        if !only.isEmpty, !isNamed(only) { return "not among those that were named" }
        if isNamed(skipped) { return "left out by name" }
        if let methods, !methods.contains(operation.method) {
            return "the method \(operation.method) is not to be used"
        }
        return nil
    }
}
