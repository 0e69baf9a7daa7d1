public import AssayCore
public import AssayFormats
public import AssayNet

/// A server in this process that takes the place of a dependency's program. Lives on its stand's reactor.
public protocol StandIn: AnyObject {
    /// What `${name}` gives, as the program would.
    var binding: JSONObject { get }
    /// What reports say it is.
    var detail: String { get }

    /// Takes away what was written.
    func reset() async -> String?
    func stop()
}

/// Where and how a stand-in is wanted.
public struct StandInPlace: Sendable {
    public var name: String
    public var location: SourceLocation
    /// 0 for a free one.
    public var port: UInt16
    /// Path of a Unix socket.
    public var socket: String
    /// Of the program's configuration, as the project says.
    public var settings: [(name: String, value: String)]
}

/// Starts a stand-in; the call is made on the reactor's thread.
public typealias StandInMaker =
    @Sendable (_ place: StandInPlace, _ reactor: Reactor) throws(StandFailure) -> any StandIn

/// A stand-in as a dependency of a stand; each scenario that asks for it has one of its own.
final class StandInDependency: Dependency {
    let name: String
    let detail: String
    var binding: JSONObject { standIn.binding }
    private let place: StandInPlace
    private let reason: String
    private let make: StandInMaker
    private let reactor: Reactor
    private let standIn: any StandIn

    /// - Parameter reason: why the program itself does not run.
    init(
        _ place: StandInPlace, for reason: String, _ make: @escaping StandInMaker, on reactor: Reactor
    ) throws(StandFailure) {
        name = place.name
        self.place = place
        self.reason = reason
        self.make = make
        self.reactor = reactor
        standIn = try make(place, reactor)
        detail = "\(standIn.detail), for \(reason)"
    }

    var isOwnPerScenario: Bool { true }

    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)? {
        var free = place
        free.port = 0
        free.socket = "\(stand.folder)/\(name).sock"
        return try StandInDependency(free, for: reason, make, on: reactor)
    }

    func reset() async -> String? { await standIn.reset() }

    func stop() async { standIn.stop() }
}
