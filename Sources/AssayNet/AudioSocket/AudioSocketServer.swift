/// Accepts calls.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class AudioSocketServer: @unchecked Sendable {
    private let listener: Listener
    private let reactor: Reactor
    private let scope: CancelScope

    /// Listens at once: callers that come before ``serve(_:)`` wait.
    ///
    /// - Parameter address: by default a port of loopback that the kernel chooses.
    /// - Throws: ``SystemError``, like EADDRINUSE with the address.
    public init(at address: SocketAddress = .loopback(port: 0), on reactor: Reactor) throws(SystemError) {
        self.reactor = reactor
        scope = CancelScope(on: reactor)
        listener = try Listener(at: address, on: reactor)
    }

    /// Where it really listens.
    public var address: SocketAddress { listener.address }

    /// Hands every connection to `accept`, which makes an ``AudioSocketLink`` of it or closes it.
    ///
    /// - Parameter accept: called on the reactor's thread.
    public func serve(_ accept: @escaping (Channel) -> Void) {
        let accept = ReactorBound(accept, on: reactor)
        Task(executorPreference: reactor) { [listener, scope] in
            while let channel = await listener.accept(in: scope) { accept.value(channel) }
        }
    }

    /// Stops accepting; calls that were accepted go on and are ended by who took them.
    public func stop() {
        scope.cancel()
        listener.close()
    }
}
