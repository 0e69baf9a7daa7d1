internal import AssayCore
internal import AssayNet

/// A program of a stand, made ready to start: everything is rendered, ports are chosen.
struct Launch {
    /// The member of the stand.
    var name: String
    var location: SourceLocation
    /// What messages call it: `service 'api'`, `postgres 'db'`.
    var title: String
    var command: [String]
    var environment: [(name: String, value: String)] = Host.environment
    var folder: String
    var stopSignal: Int32 = 15
    var stopWithin: Duration = .seconds(5)
    var readyWithin: Duration
    /// Takes away what the program's end leaves behind, like a container.
    var afterStop: (() async -> Void)?
    /// Has the last word on how it is started.
    var prepare: (inout ProcessSpec) throws(SystemError) -> Void = { _ throws(SystemError) in }
    /// Looks whether it is ready.
    ///
    /// - Returns: what was seen in place of readiness; `nil` when it is ready.
    var probe: (_ deadline: Int64, _ scope: CancelScope) async throws(StandFailure) -> String?
}
