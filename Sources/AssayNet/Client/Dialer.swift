/// A connection that is open as far as its protocol: connected, through the proxy, with TLS.
public struct Dialed: Sendable {
    public let channel: Channel
    /// Name look-up, connect and the way through a proxy.
    public var connectingNanoseconds: Int64 = 0
    /// The TLS handshake; 0 without TLS.
    public var tlsNanoseconds: Int64 = 0
    /// What ALPN agreed on: `h2`, `http/1.1`; `nil` without TLS or agreement.
    public var applicationProtocol: String?
    /// Requests go to a forward proxy that wants the whole URL in the request line.
    public var wantsAbsoluteTargets = false
}

extension Reactor {
    /// Opens a connection to an origin: for HTTP, WebSocket, server-sent events and plain TCP alike.
    ///
    /// - Parameters:
    ///   - protocols: offered by ALPN, most wanted first; none for plain TCP.
    ///   - deadline: for all of it, CLOCK_MONOTONIC nanoseconds.
    public func dial(
        _ origin: HTTPOrigin, with options: ConnectOptions, offering protocols: [String] = [],
        until deadline: Int64, in scope: CancelScope? = nil
    ) async -> Result<Dialed, ConnectFailure> {
        let begin = Reactor.monotonicNow()
        switch await Resolver.addresses(
            of: origin.host, port: origin.port, on: self, until: deadline, in: scope)
        {
        case .failure(let failure): return .failure(failure)
        case .success(let addresses):
            return await connect(to: addresses, until: deadline, in: scope).map {
                Dialed(channel: $0, connectingNanoseconds: Reactor.monotonicNow() - begin)
            }
        }
    }
}
