internal import AssayCore
internal import Synchronization

/// A connection that is open as far as its protocol: connected, through the proxy, with TLS.
public struct Dialed: Sendable {
    public let channel: Channel
    /// Name look-up, connect and the way through a proxy.
    public var connectingNanoseconds: Int64 = 0
    /// The TLS handshake; 0 without TLS.
    public var tlsNanoseconds: Int64 = 0
    /// What ALPN agreed on: `h2`, `http/1.1`; `nil` without TLS or agreement.
    public var applicationProtocol: String?
    /// How requests look that go to a forward proxy; `nil` when they go to the server.
    public var forwarding: ForwardedRequests?
    /// Requests go to a forward proxy that wants the whole URL in the request line.
    public var wantsAbsoluteTargets: Bool { forwarding != nil }
}

extension Reactor {
    /// Opens a connection to an origin: for HTTP, WebSocket, server-sent events and plain TCP alike.
    ///
    /// - Parameters:
    ///   - protocols: offered by ALPN, most wanted first; none for plain TCP.
    ///   - forwards: whether requests to an `http` origin may go to a forward proxy as they are; `false` always asks
    ///     it for a tunnel, as what is not HTTP needs it.
    ///   - deadline: for all of it, CLOCK_MONOTONIC nanoseconds.
    public func dial(
        _ origin: HTTPOrigin, with options: ConnectOptions, offering protocols: [String] = [],
        forwards: Bool = true, until deadline: Int64, in scope: CancelScope? = nil
    ) async -> Result<Dialed, ConnectFailure> {
        if let fault = options.values.fault { return .failure(ConnectFailure(.notSent, fault)) }
        let begin = Reactor.monotonicNow()
        var dialed: Dialed
        switch await reach(origin, options, forwards: forwards, until: deadline, in: scope) {
        case .failure(let failure): return .failure(failure)
        case .success(let reached): dialed = reached
        }
        let connected = Reactor.monotonicNow()
        dialed.connectingNanoseconds = connected - begin
        guard origin.isSecure else { return .success(dialed) }
        let failure = await dialed.channel.startTLS(
            with: origin, options, offering: protocols, until: deadline, in: scope)
        if let failure {
            dialed.channel.close()
            return .failure(failure)
        }
        dialed.tlsNanoseconds = Reactor.monotonicNow() - connected
        dialed.applicationProtocol = dialed.channel.tls?.applicationProtocol
        return .success(dialed)
    }

    /// As far as TLS with the origin: connected, and through the proxy.
    private func reach(
        _ origin: HTTPOrigin, _ options: ConnectOptions, forwards: Bool, until deadline: Int64,
        in scope: CancelScope?
    ) async -> Result<Dialed, ConnectFailure> {
        guard let proxy = options.values.proxy, proxy.applies(to: origin) else {
            return await connect(to: origin.host, origin.port, options, until: deadline, in: scope)
                .map { Dialed(channel: $0) }
        }
        switch await connect(to: proxy.host, proxy.port, options, until: deadline, in: scope) {
        case .failure(let failure):
            return .failure(ConnectFailure(failure.outcome, "proxy \(proxy.description): \(failure.note)"))
        case .success(let channel):
            var dialed = Dialed(channel: channel)
            let failure = await pass(
                proxy, to: origin, &dialed, options, forwards, until: deadline, in: scope)
            guard let failure else { return .success(dialed) }
            channel.close()
            return .failure(failure)
        }
    }

    /// Speaks with the proxy until it leads to the origin.
    private func pass(
        _ proxy: ProxyOptions, to origin: HTTPOrigin, _ dialed: inout Dialed, _ options: ConnectOptions,
        _ forwards: Bool, until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        let channel = dialed.channel
        if proxy.scheme == .https {
            let own = HTTPOrigin(host: proxy.host, port: proxy.port, isSecure: true)
            let failure = await channel.startTLS(
                with: own, options.towardsProxy, offering: [], until: deadline, in: scope)
            if let failure {
                return ConnectFailure(failure.outcome, "proxy \(proxy.description): \(failure.note)")
            }
        }
        if proxy.usesSOCKS {
            let target: SOCKS5.Target
            if proxy.scheme == .socks5 {
                switch await addresses(of: origin.host, origin.port, options, until: deadline, in: scope) {
                case .failure(let failure): return failure
                case .success(let found):
                    target = found.first.map { .address($0) } ?? .name(origin.host, origin.port)
                }
            } else {
                let address = SocketAddress(numeric: origin.host, port: origin.port)
                target = address.map { .address($0) } ?? .name(origin.host, origin.port)
            }
            return await channel.passSOCKS(proxy, to: target, until: deadline, in: scope)
        }
        if forwards, !origin.isSecure {
            dialed.forwarding = ForwardedRequests(to: origin, through: proxy)
            return nil
        }
        return await channel.openTunnel(proxy, to: origin, until: deadline, in: scope)
    }

    /// Where a host is, by the options' own names or by the resolver.
    private func addresses(
        of host: String, _ port: UInt16, _ options: ConnectOptions, until deadline: Int64,
        in scope: CancelScope?
    ) async -> Result<[SocketAddress], ConnectFailure> {
        var host = host
        var port = port
        if let own = options.override(of: host, port: port) {
            host = own.target
            port = own.targetPort ?? port
        }
        return await Resolver.addresses(
            of: host, port: port, lifetime: options.values.nameLifetime, on: self, until: deadline, in: scope)
    }

    private func connect(
        to host: String, _ port: UInt16, _ options: ConnectOptions, until deadline: Int64,
        in scope: CancelScope?
    ) async -> Result<Channel, ConnectFailure> {
        switch await addresses(of: host, port, options, until: deadline, in: scope) {
        case .failure(let failure): return .failure(failure)
        case .success(let found):
            for network in options.values.refusedNetworks {
                guard let refused = found.first(where: { network.contains($0) }) else { continue }
                return .failure(
                    ConnectFailure(
                        .notSent, "\(refused) is in the network \(network), which is not to be asked"))
            }
            let turn = options.turn.wrappingAdd(1, ordering: .relaxed).oldValue
            return await connect(
                to: inTurn(found, turn), from: options.values.localAddresses, turn: turn, until: deadline,
                in: scope)
        }
    }
}

extension ConnectOptions {
    func override(of host: String, port: UInt16) -> HostOverride? {
        guard !values.hosts.isEmpty else { return nil }
        let name = host.lowercased()
        return values.hosts.first { $0.name == name && $0.port == port }
            ?? values.hosts.first { $0.name == name && $0.port == nil }
            ?? values.hosts.filter { $0.matches(name, port) }.max { $0.name.utf8.count < $1.name.utf8.count }
    }
}

extension HostOverride {
    /// Whether it is a pattern that a name is like.
    fileprivate func matches(_ host: String, _ port: UInt16) -> Bool {
        name.hasPrefix("*") && host.hasSuffix(name.dropFirst()) && (self.port ?? port) == port
    }
}

/// The addresses of the first one's family in turn, those of the other behind them.
func inTurn(_ addresses: [SocketAddress], _ turn: Int) -> [SocketAddress] {
    guard addresses.count > 1 else { return addresses }
    let same = addresses.filter { $0.family == addresses[0].family }
    let start = Int(UInt(bitPattern: turn) % UInt(same.count))
    return Array(same[start...] + same[..<start]) + addresses.filter { $0.family != addresses[0].family }
}
