public import AssayCore
public import AssayNet

/// Where tests run: the composition gives each test a stand of its own, or its turn on the shared one.
public protocol TestGround: Sendable {
    /// Whether tests of a level run one at a time, because they would see each other.
    func isExclusive(level: String) -> Bool

    /// Makes ready for one test.
    ///
    /// - Parameter scope: ends the preparation.
    func enter(_ entry: TestEntry, in scope: CancelScope) async -> Result<any GroundVisit, GroundFailure>
}

/// One test's stay on its ground.
public protocol GroundVisit {
    /// What the test's steps reach.
    var context: RunContext { get }

    /// Ends the stay, whatever came of the test.
    ///
    /// - Returns: what the test left behind that it must not, or what happened to its services; each fails it.
    func leave() async -> [Mismatch]
}

/// Why a test could not begin.
public struct GroundFailure: Error, Sendable {
    public var status: TestResult.Status
    public var reason: String
    public var logs: [TestResult.LogTail]
    public init(status: TestResult.Status = .failed, reason: String, logs: [TestResult.LogTail] = []) {
        self.status = status
        self.reason = reason
        self.logs = logs
    }
}

/// One context for all: nothing is prepared and nothing is looked at afterwards.
public struct SharedGround: TestGround, GroundVisit {
    public let context: RunContext
    public init(_ context: RunContext) { self.context = context }
    public func isExclusive(level: String) -> Bool { false }
    public func enter(_ entry: TestEntry, in scope: CancelScope) async -> Result<
        any GroundVisit, GroundFailure
    > {
        .success(self)
    }
    public func leave() async -> [Mismatch] { [] }
}
