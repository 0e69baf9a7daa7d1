/// Who uses a connection after the exchange that opened it.
public enum ConnectionReuse: Sendable, Hashable {
    /// Each user has its own and keeps it.
    case perUser
    /// The users of a reactor share them.
    ///
    /// - Parameter most: connections to an origin; who finds none free waits, first come, first served.
    case shared(most: Int)
    /// Nobody: each request opens one and closes it.
    case none
}
