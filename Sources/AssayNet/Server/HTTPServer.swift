internal import AssayCore

/// A small HTTP/1.1 server on a reactor: a task a connection, requests in turn, bodies whole.
///
/// A request takes one `recv` and one `send`; one that is not well-formed or larger than allowed is refused with a text
/// that says what is wrong with it.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class HTTPServer: @unchecked Sendable {
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    let reactor: Reactor
    let handler: Handler
    let options: HTTPServerOptions
    let heads: ResponseHeads
    private let listener: Listener
    private let scope: CancelScope
    /// Of clients that are connected now.
    public private(set) var connections = 0
    /// Why the client that came last and did not get through its TLS handshake did not; `nil` when each did.
    public private(set) var lastHandshakeFailure: ConnectFailure?

    /// Listens at once and serves until ``stop()``.
    ///
    /// - Parameter address: by default a port of loopback that the kernel chooses.
    /// - Throws: ``SystemError``, like EADDRINUSE with the address.
    public init(
        at address: SocketAddress = .loopback(port: 0), on reactor: Reactor,
        options: HTTPServerOptions = HTTPServerOptions(), handler: @escaping Handler
    ) throws(SystemError) {
        self.reactor = reactor
        self.handler = handler
        self.options = options
        heads = ResponseHeads(reactor)
        scope = CancelScope(on: reactor)
        listener = try Listener(at: address, on: reactor)
        Task(executorPreference: reactor) { await self.acceptAll() }
    }

    public var address: SocketAddress { listener.address }

    /// `http://127.0.0.1:40131`; that of loopback when it listens on every address.
    public var url: String {
        let scheme = options.tls == nil ? "http" : "https"
        return switch address.kind {
        case .ipv4([0, 0, 0, 0], let port): "\(scheme)://\(SocketAddress.loopback(port: port))"
        case .ipv6(let bytes, let port, _) where bytes.allSatisfy { $0 == 0 }: "\(scheme)://[::1]:\(port)"
        default: "\(scheme)://\(address)"
        }
    }

    /// Stops listening and ends every connection, those in the middle of an answer included.
    public func stop() {
        listener.close()
        scope.cancel()
    }

    /// Speaks TLS with a client that has connected.
    ///
    /// - Returns: why not.
    private func failure(
        of channel: Channel, _ tls: ServerTLS, _ scope: CancelScope
    ) async -> ConnectFailure? {
        let deadline = Reactor.monotonicNow() &+ options.headTimeout.nanoseconds
        return await channel.acceptTLS(tls.context, until: deadline, in: scope)
    }

    private func acceptAll() async {
        while let channel = await listener.accept(in: scope) {
            let isOneTooMany = options.maxConnections.map { connections >= $0 } ?? false
            connections += 1
            Task(executorPreference: reactor) {
                let own = CancelScope(on: self.reactor, within: self.scope)
                let connection = ServerConnection(channel, of: self, in: own)
                if let tls = self.options.tls, let failure = await self.failure(of: channel, tls, own) {
                    self.lastHandshakeFailure = failure
                } else if isOneTooMany {
                    await connection.turnAway()
                } else {
                    await connection.serve()
                }
                own.leave()
                channel.close()
                self.connections -= 1
            }
        }
    }
}
