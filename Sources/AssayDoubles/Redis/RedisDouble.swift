public import AssayNet
public import AssayWire

/// A Redis server inside this process: version 7.0 as far as clients see, without persistence and replication.
///
/// It speaks RESP2 and RESP3 on loopback TCP, on a Unix socket, on both, or only to code of this process
/// (``execute(_:)-([String])``). Belongs to the reactor it was made on; nothing of it may be called elsewhere.
public final class RedisDouble {
    /// Where and how it runs.
    public struct Options: Sendable {
        /// A TCP port on `host`, 0 for a free one; `nil` listens on none.
        public var port: UInt16?
        /// What it listens on; loopback unless said otherwise.
        public var host: String
        /// The path of a Unix socket, created and removed with the double.
        public var socket: String?
        /// What AUTH wants; none when empty.
        public var password: String
        /// Of RANDOMKEY, SPOP and the like: the same seed draws the same.
        public var seed: UInt64

        public init(
            port: UInt16? = 0, host: String = "127.0.0.1", socket: String? = nil, password: String = "",
            seed: UInt64 = 1
        ) {
            self.port = port
            self.host = host
            self.socket = socket
            self.password = password
            self.seed = seed
        }
    }

    let server: RedisServer
    private let scope: CancelScope
    private var listeners: [Listener] = []
    private let options: Options
    private lazy var inProcess = server.makeClient(.inProcess)
    /// The time that keys lapse by.
    public let clock: DoubleClock

    /// Listens at once and serves until ``stop()``.
    ///
    /// - Throws: ``SystemError``, like EADDRINUSE with the address.
    public init(
        _ options: Options = Options(), clock: DoubleClock, on reactor: Reactor
    ) throws(SystemError) {
        self.options = options
        self.clock = clock
        server = RedisServer(on: reactor, clock: clock, seed: options.seed)
        if !options.password.isEmpty { server.requirePassword(options.password) }
        server.socketPath = options.socket
        scope = CancelScope(on: reactor)
        if let port = options.port {
            guard let address = SocketAddress(numeric: options.host, port: port) else {
                throw SystemError(call: "listen", errno: 22, subject: options.host)
            }
            try listen(at: address, on: reactor)
            server.port = self.port
        }
        if let path = options.socket {
            try? Files.remove(path)
            try listen(at: SocketAddress(.unix(path)), on: reactor)
        }
    }

    private func listen(at address: SocketAddress, on reactor: Reactor) throws(SystemError) {
        let listener = try Listener(at: address, on: reactor)
        listeners.append(listener)
        server.accept(listener, in: scope)
    }

    /// The TCP port it listens on.
    public var port: UInt16? { listeners.lazy.compactMap { $0.address.port }.first }

    /// `redis://127.0.0.1:40131/0`, or `unix:///tmp/x.sock` where there is no port.
    public var url: String {
        if let port {
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            return "redis://\(host):\(port)/0"
        }
        return options.socket.map { "unix://\($0)" } ?? ""
    }

    /// Stops listening and ends every connection.
    public func stop() {
        server.scripts.isStopping = true
        for listener in listeners { listener.close() }
        listeners = []
        scope.cancel()
        if let path = options.socket { try? Files.remove(path) }
    }

    // MARK: in this process

    /// Runs a command without a socket; one that would wait answers as if its time were over.
    public func execute(_ words: [String]) -> RESPValue { execute(words.map { word in Array(word.utf8) }) }

    /// As ``execute(_:)-([String])``, with any bytes.
    public func execute(_ words: [[UInt8]]) -> RESPValue {
        guard !words.isEmpty else { return .failure("ERR no command") }
        let client = inProcess
        server.refreshTime()
        OwnedArguments(words).withWords { server.perform($0, as: client) }
        if client.blocked != nil {
            server.endBlocking(client) { $0.timeoutReply.write(to: client.reply) }
        }
        server.afterCommands()
        return client.reply.takeValue()
    }

    /// As ``execute(_:)-([String])``, waiting where the command waits: `BLPOP`, `XREAD BLOCK`.
    ///
    /// The call is made on the reactor's thread; others may be served meanwhile.
    public func executeWaiting(_ words: [String]) async -> RESPValue {
        guard !words.isEmpty else { return .failure("ERR no command") }
        let client = server.makeClient(.inProcess)
        defer { server.forget(client) }
        let signal = server.reactor.makeSignal()
        client.onUnblocked = { signal.notifyAll() }
        server.refreshTime()
        OwnedArguments(words.map { word in Array(word.utf8) }).withWords { server.perform($0, as: client) }
        server.afterCommands()
        while client.blocked != nil { await signal.wait() }
        return client.reply.takeValue()
    }

    // MARK: what goes wrong

    /// Sets a fault; several are tried in the order in which they were set.
    public func add(_ fault: RedisFault) { server.faults.add(fault) }

    /// Removes all faults.
    public func removeFaults() { server.faults.removeFaults() }

    /// Makes commands unknown, as to an older server.
    public func hideCommands(_ names: [String]) { server.faults.hide(names) }

    /// Makes all commands unknown but these.
    public func showCommands(only names: [String]) { server.faults.show(only: names) }

    /// Makes all commands known again.
    public func showAllCommands() { server.faults.showAll() }

    /// Moves the time; keys that are due lapse at once.
    public func travel(_ duration: Duration) {
        clock.travel(duration)
        server.expireAll()
    }

    /// Lets a key lapse now, before its time.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public func lapse(_ key: String, database: Int = 0) -> Bool {
        guard server.databases.indices.contains(database) else { return false }
        let keys = server.databases[database]
        return Array(key.utf8).withSlice { key in
            guard let slot = keys.find(key) else { return false }
            keys.lapse(slot)
            return true
        }
    }
}
