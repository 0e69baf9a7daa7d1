internal import AssayFormats
internal import AssayNet

/// A dependency that is up.
///
/// Lives on its stand's reactor.
protocol Dependency: AnyObject {
    var name: String { get }
    /// What `${name}` gives.
    var binding: JSONObject { get }
    /// What reports say it is: `PostgreSQL 15.20`.
    var detail: String { get }
    /// What `sql` steps ask; `nil` when it is no database.
    var database: (any Database)? { get }
    /// The program that would take it down with itself.
    var program: Program? { get }

    /// Whether ``own(in:_:)`` gives one.
    var isOwnPerScenario: Bool { get }

    /// One for a scenario alone, with what migrations and seeds put there; `nil` when all share this one.
    ///
    /// - Parameter stand: the scenario's layer, whose folder and logs it uses.
    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)?

    /// A database whose changes end with it; `nil` when this is no database.
    func transaction() throws(StandFailure) -> (any Database)?

    /// Takes away what scenarios have written and brings back what migrations and seeds had put there.
    ///
    /// - Returns: why it could not.
    func reset() async -> String?

    func stop() async
}

extension Dependency {
    var database: (any Database)? { nil }
    var program: Program? { nil }
    var isOwnPerScenario: Bool { database != nil }
    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)? { nil }
    func transaction() throws(StandFailure) -> (any Database)? { nil }
    func reset() async -> String? { nil }
}
