internal import AssayNet
internal import Synchronization

/// Connections to one database, each lent to one piece of work at a time, which runs away from the reactor.
///
/// A connection is opened when it is first needed and again after it was lost. Used on its reactor's thread only.
final class ConnectionPool {
    typealias Opening = @Sendable () throws(DatabaseError) -> sending any SQLConnection

    /// A place for one connection.
    private final class Slot: Sendable {
        let connection = Mutex<(any SQLConnection)?>(nil)
    }

    private let slots: Lender<Slot>
    private let open: Opening

    /// How often work is tried that lost its connection or met another's before it changed anything.
    private static let mostAttempts = 3

    /// - Parameter size: how many connections there are at most.
    init(size: Int, on reactor: Reactor, open: @escaping Opening) {
        slots = Lender((0..<size).map { _ in Slot() }, on: reactor)
        self.open = open
    }

    /// Runs `work` on a connection; those who ask are served in their order.
    ///
    /// Work that lost its connection, or met somebody else's, before anything was changed is run again.
    func use<Value: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws(InventoryError) -> Value
    ) async throws(InventoryError) -> Value {
        guard let slot = await slots.take() else {
            throw .database(
                DatabaseError(
                    kind: .busy, code: "pool", message: "too many requests wait for a connection",
                    statement: ""))
        }
        let open = open
        let result = await Blocking.run { Self.result(of: work, on: slot, open) }
        slots.giveBack(slot)
        return try result.get()
    }

    private static func result<Value: Sendable>(
        of work: @Sendable (any SQLConnection) throws(InventoryError) -> Value, on slot: Slot,
        _ open: Opening
    ) -> Result<Value, InventoryError> {
        slot.connection.withLock { kept in
            var attempt = 1
            while true {
                do throws(InventoryError) {
                    let connection: any SQLConnection
                    if let open = kept, open.isUsable {
                        connection = open
                    } else {
                        // Closed before another is opened: the server may count them.
                        kept = nil
                        do throws(DatabaseError) { connection = try open() } catch { throw .database(error) }
                        kept = connection
                    }
                    return .success(try work(connection))
                } catch {
                    guard case .database(let fault) = error, attempt < mostAttempts,
                        fault.kind == .conflict || (fault.kind == .disconnected && kept != nil)
                    else { return .failure(error) }
                    if fault.kind == .disconnected { kept = nil }
                    attempt += 1
                }
            }
        }
    }
}
