internal import AssayCore
public import AssayWire

/// Redis for one user: one connection, opened with the first command and again with the next one after it broke.
///
/// A command is never sent twice: one that went out and was not answered may have been executed, and that is told. What a
/// connection had been told besides its user and database (MULTI, WATCH, subscriptions) ends with it.
///
/// Not `Sendable`: it lives in its user's task, one exchange at a time.
public final class RedisClient {
    public let address: RedisAddress
    private let reactor: Reactor
    private let options: RedisOptions
    private let waitingPushes: RedisPushes
    private var connection: RedisConnection?
    private var isBusy = false
    /// What the connection speaks; of the last one, when there is none.
    public private(set) var version: RESPVersion
    /// What `SELECT` asked for last; a new connection begins there.
    public private(set) var database: Int
    /// How often a connection was opened.
    public private(set) var connectionCount = 0
    /// What came of the exchange that ran last, with its times.
    public private(set) var last = Exchange(outcome: .cancelled, at: 0)

    public init(_ address: RedisAddress, on reactor: Reactor, options: RedisOptions = RedisOptions()) {
        self.address = address
        self.reactor = reactor
        self.options = options
        version = options.version
        database = address.database
        waitingPushes = RedisPushes(countLimit: options.pushes, bytesLimit: options.pushBytes)
    }

    deinit { close() }

    /// Closes the connection; the next command opens another.
    public func close() {
        connection?.close()
        connection = nil
    }

    /// Messages and other pushes that came so far, oldest first; they are forgotten here.
    public func takePushes() -> [RESPValue] { waitingPushes.takeAll() }

    /// How many pushes were dropped because nobody took them.
    public var droppedPushes: Int { waitingPushes.dropped }

    // MARK: commands

    /// Sends one command and waits for its reply.
    ///
    /// - Parameters:
    ///   - words: the command's name and its arguments, any bytes.
    ///   - timeout: nanoseconds from sending to the reply.
    /// - Returns: the reply, which may be an error of the server's; or why there is none.
    public func command(
        _ words: [[UInt8]], timeout: Int64, in scope: CancelScope? = nil
    ) async -> Result<RESPValue, RedisFailure> {
        await pipeline([words], timeout: timeout, in: scope).map { $0[0] }
    }

    /// Sends several commands at once and waits for all replies.
    ///
    /// - Parameter timeout: nanoseconds from sending to the last reply.
    /// - Returns: as many replies as commands, in their order.
    public func pipeline(
        _ commands: [[[UInt8]]], timeout: Int64, in scope: CancelScope? = nil
    ) async -> Result<[RESPValue], RedisFailure> {
        precondition(!isBusy, "a client has one exchange at a time")
        guard !commands.isEmpty else { return .success([]) }
        isBusy = true
        defer { isBusy = false }
        var connecting: Int64 = 0
        var mayReconnect = true
        if let connection, !connection.isReady() { close() }
        while true {
            if connection == nil {
                mayReconnect = false
                if let failure = await connect(in: scope) { return .failure(failure) }
                connecting = last.connectingNanoseconds
            }
            guard let connection else { return .failure(RedisFailure(.cancelled, "the client was closed")) }
            let awaited: [RedisConnection.Awaited]
            switch awaitedReplies(to: commands, connection) {
            case .success(let found): awaited = found
            case .failure(let failure): return .failure(notSent(failure))
            }
            var bytes: [UInt8] = []
            for words in commands { bytes.append(command: words) }
            await connection.exchange(bytes, awaited, timeout: timeout, in: scope)
            if connection.brokeUnsent, mayReconnect {
                close()
                continue
            }
            last = connection.last
            last.connectingNanoseconds = connecting
            return settle(commands, connection)
        }
    }

    private func awaitedReplies(
        to commands: [[[UInt8]]], _ connection: RedisConnection
    ) -> Result<[RedisConnection.Awaited], RedisFailure> {
        var awaited: [RedisConnection.Awaited] = []
        awaited.reserveCapacity(commands.count)
        for words in commands {
            switch RedisCommand(words, speaking: version) {
            case .plain: awaited.append(.reply)
            case .refused(let reason): return .failure(RedisFailure(.notSent, reason))
            case .confirmed(let kind, let family, let channels):
                // Without a name, all channels of the family end; without any, one push says so.
                let count = channels > 0 ? channels : max(1, connection.subscriptions[family])
                // Subscribing to nothing is an error, and errors are ordinary replies.
                awaited.append(
                    channels == 0 && !kind.hasSuffix("unsubscribe")
                        ? .reply : .confirmations(kind: kind, count: count))
            }
        }
        return .success(awaited)
    }

    private func notSent(_ failure: RedisFailure) -> RedisFailure {
        last = Exchange(outcome: failure.outcome, at: Reactor.monotonicNow(), note: failure.note)
        return failure
    }

    private func settle(
        _ commands: [[[UInt8]]], _ connection: RedisConnection
    ) -> Result<[RESPValue], RedisFailure> {
        if !connection.isUsable { close() }
        guard last.outcome == .answered else {
            return .failure(RedisFailure(last.outcome, last.note ?? ""))
        }
        for (words, reply) in zip(commands, connection.replies) { note(words, reply) }
        return .success(connection.replies)
    }

    /// Follows what commands change about the connection.
    private func note(_ words: [[UInt8]], _ reply: RESPValue) {
        guard words[0].count <= 6, reply.errorText == nil else { return }
        switch upperASCII(words[0]) {
        case "SELECT" where words.count == 2 && reply.bare == .ok:
            database = Int(String(decoding: words[1], as: UTF8.self)) ?? database
        case "HELLO" where words.count > 1:
            version = words[1] == [0x33] ? .three : .two
        case "RESET", "QUIT":
            // Neither user, database nor version are what they were.
            close()
            database = address.database
        default: break
        }
    }

    // MARK: connecting

    /// - Returns: why there is no connection; ``last`` says it too.
    private func connect(in scope: CancelScope?) async -> RedisFailure? {
        let begin = Reactor.monotonicNow()
        let deadline = begin &+ options.connectTimeout.nanoseconds
        var wanted = options.version
        while true {
            switch await open(until: deadline, in: scope) {
            case .failure(let failure):
                return failed(RedisFailure(failure.outcome, failure.note), since: begin)
            case .success(let channel):
                let connection = RedisConnection(channel, limits: options.replies, pushes: waitingPushes)
                let greeting = RedisGreeting(
                    address, database: database, connection, until: deadline, in: scope)
                switch await greeting.greet(in: wanted) {
                case .speaks(let version):
                    self.version = version
                    self.connection = connection
                    connectionCount += 1
                    last.connectingNanoseconds = Reactor.monotonicNow() - begin
                    return nil
                case .closedAtHello:
                    // Some proxies end a connection at a command that they do not know.
                    connection.close()
                    wanted = .two
                case .failed(let failure):
                    connection.close()
                    return failed(failure, since: begin)
                }
            }
        }
    }

    private func failed(_ failure: RedisFailure, since begin: Int64) -> RedisFailure {
        last = Exchange(outcome: failure.outcome, at: begin, note: failure.note)
        last.endAt = Reactor.monotonicNow()
        last.connectingNanoseconds = last.endAt - begin
        return failure
    }

    /// Resolves and connects in a task of its own, for the reason that ``HTTPClient`` has.
    private func open(until deadline: Int64, in scope: CancelScope?) async -> Result<Channel, ConnectFailure>
    {
        let (reactor, place) = (reactor, address.place)
        return await Task(executorPreference: reactor) {
            switch place {
            case .unix(let path):
                return await reactor.connect(to: [SocketAddress(.unix(path))], until: deadline, in: scope)
            case .tcp(let host, let port):
                switch await Resolver.addresses(of: host, port: port, on: reactor, until: deadline, in: scope)
                {
                case .failure(let failure): return .failure(failure)
                case .success(let addresses):
                    return await reactor.connect(to: addresses, until: deadline, in: scope)
                }
            }
        }.value
    }
}

extension RedisClient {
    /// A command written as texts: `command("SET", key, "1", timeout: …)`.
    public func command(
        _ words: String..., timeout: Int64 = 10_000_000_000, in scope: CancelScope? = nil
    ) async -> Result<RESPValue, RedisFailure> {
        await command(words.map { Array($0.utf8) }, timeout: timeout, in: scope)
    }
}
