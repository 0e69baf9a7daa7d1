public import AssayCore
public import AssayNet

/// A TCP proxy in front of a real server, with toxics on both directions. Belongs to its reactor's thread.
///
/// Any number of connections; a slow side holds the other back, a half-closed connection stays half open, and a reset
/// of one side is one of the other.
public final class TCPProxy {
    /// Something that went wrong without being asked for.
    public struct Failure: Sendable, Equatable {
        /// Wall clock, milliseconds since 1970 UTC.
        public var milliseconds: Int64
        /// `cannot connect to 127.0.0.1:5432: connect: Connection refused`
        public var reason: String
    }

    public let name: String
    /// Where it listens, the port that the kernel chose included; as asked for until it does.
    public private(set) var listen: SocketAddress
    /// `nil` while that is not known: connections are closed then.
    public private(set) var upstream: ProxyUpstream?
    public private(set) var toxics: [Toxic] = []
    /// Connections taken since the start.
    public private(set) var accepted = 0
    /// Connections that the server did not take.
    public private(set) var failed = 0
    /// The last of these, with the reason.
    public private(set) var failures: [Failure] = []
    private let reactor: Reactor
    private let random: SeededRandom
    private let began: Int64
    private var listener: Listener?
    private var scope: CancelScope
    private var connections: [Int: ProxyConnection] = [:]

    private static let failuresKept = 50
    private static let connectTimeout: Int64 = 10_000_000_000

    /// - Parameters:
    ///   - random: of what is drawn for its connections.
    public init(
        _ name: String, listen: SocketAddress = .loopback(port: 0), to upstream: ProxyUpstream? = nil,
        on reactor: Reactor, random: SeededRandom
    ) {
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.reactor = reactor
        self.random = random
        began = Reactor.monotonicNow()
        scope = CancelScope(on: reactor)
    }

    public var isEnabled: Bool { listener != nil }
    public var openConnections: Int { connections.count }

    /// Listens; nothing happens when it does already.
    public func enable() throws(SystemError) {
        guard listener == nil else { return }
        let listener = try Listener(at: listen, on: reactor)
        self.listener = listener
        listen = listener.address
        scope = CancelScope(on: reactor)
        let bound = ReactorBound((self, listener, scope), on: reactor)
        Task(executorPreference: reactor) {
            let (proxy, listener, scope) = bound.value
            await proxy.acceptAll(listener, in: scope)
        }
    }

    /// Stops listening and ends every connection.
    public func disable() {
        listener?.close()
        listener = nil
        scope.cancel()
        for connection in connections.values { connection.close(resets: false) }
    }

    /// Connections from now on go to this server.
    public func lead(to upstream: ProxyUpstream) { self.upstream = upstream }

    /// Takes another address or another server; it is to be disabled before.
    public func move(to upstream: ProxyUpstream, listen: SocketAddress) {
        self.upstream = upstream
        self.listen = listen
    }

    /// Replaces the toxics, for open connections as well.
    public func use(_ toxics: [Toxic]) {
        self.toxics = toxics
        for connection in connections.values { connection.update(toxics) }
    }

    // MARK: connections

    private func acceptAll(_ listener: Listener, in scope: CancelScope) async {
        while let client = await listener.accept(in: scope) {
            accepted += 1
            let number = accepted
            let bound = ReactorBound((self, client, scope), on: reactor)
            Task(executorPreference: reactor) {
                let (proxy, client, scope) = bound.value
                await proxy.serve(client, number, in: scope)
                client.close()
            }
        }
    }

    private func serve(_ client: Channel, _ number: Int, in scope: CancelScope) async {
        let own = CancelScope(on: reactor, within: scope)
        defer { own.leave() }
        guard let upstream else { return note("where \(name) leads to is not known yet") }
        let server: Channel
        switch await upstream.connect(on: reactor, within: Self.connectTimeout, in: own) {
        case .success(let channel): server = channel
        case .failure(let failure):
            if failure.outcome != .cancelled { note("cannot connect to \(upstream): \(failure.note)") }
            return
        }
        let connection = ProxyConnection(client, server)
        connections[number] = connection
        let random = random.split(UInt64(number))
        await connection.run(on: reactor, in: own) { stream in
            var machine = ToxicStream(
                stream, number: number, began: began, random: random.split(stream == .upstream ? 0 : 1))
            machine.update(toxics, at: Reactor.monotonicNow())
            return machine
        }
        connections[number] = nil
    }

    private func note(_ reason: String) {
        failed += 1
        if failures.count == Self.failuresKept { failures.removeFirst() }
        failures.append(Failure(milliseconds: WallClock.milliseconds, reason: reason))
    }
}
