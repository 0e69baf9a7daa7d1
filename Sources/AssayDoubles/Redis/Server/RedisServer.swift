internal import AssayCore
internal import AssayNet

/// The state of a Redis double: keyspaces, clients, channels and settings.
///
/// Belongs to the thread of its reactor. Where to look: `Dispatch/CommandRow` (what a command is),
/// `Dispatch/RedisCall` (what a running command has), `Keyspace/RedisDatabase` (keys), `Server/Dispatching`
/// (what happens around a command), `Server/BlockedState` (commands that wait).
final class RedisServer {
    let reactor: Reactor
    let clock: DoubleClock
    let table = CommandTable.shared
    var databases: [RedisDatabase] = []
    var config = RedisConfig()
    var limits = EncodingLimits()
    var stats = RedisStatistics(commands: CommandTable.shared.all.count)
    var random: SeededRandom
    /// 40 hexadecimal digits, as INFO and HELLO tell.
    let runID: String
    static let version = "7.0.15"
    /// Where it listens, for INFO and CLIENT LIST.
    var port: UInt16?
    var socketPath: String?
    let startedAt: Int64

    /// Milliseconds since 1970 UTC; stands still while a command, a transaction or a script runs.
    var now: Int64
    /// Whether keys lapse when they are looked at; not inside of a script that has begun.
    var mayExpire = true
    var expiresActively = true
    var isExpiring = false
    var keepsAccessTimes = true
    /// An LFU policy is set: OBJECT FREQ answers.
    var countsUses = false
    /// Changes since the start.
    var dirty: Int64 = 0
    var notifications: KeyspaceEvents = []

    // Clients
    var clients: [Int64: RedisClient] = [:]
    var nextClientID: Int64 = 1
    var blockedCount = 0
    var readyKeys: [(RedisDatabase, [UInt8])] = []
    /// Clients whose wait has ended and whose next commands may run.
    var unblocked: [RedisClient] = []
    /// Clients that were written to and are not the one being served.
    var unflushed: [RedisClient] = []
    var hasTrackingClients = false
    var trackingCount = 0
    var users: [String: RedisUser] = ["default": .initial]
    /// Whose command runs.
    var running: RedisClient?
    var monitors: [RedisClient] = []
    /// CLIENT PAUSE: CLOCK_MONOTONIC nanoseconds.
    var pausedUntil: Int64 = 0
    var pausesAll = true
    var paused: [RedisClient] = []
    var slowLog: [SlowCommand] = []
    var slowCount = 0
    /// When SAVE was called last.
    var savedAt: Int64
    var faults = RedisFaults()
    /// Runs commands for commands; see ``query(_:in:quietly:)``.
    private(set) lazy var helper = RedisClient(0, .script, of: self)

    // Pub/sub
    var channelSubscribers: [[UInt8]: [RedisClient]] = [:]
    var patternSubscribers: [[UInt8]: [RedisClient]] = [:]
    var shardSubscribers: [[UInt8]: [RedisClient]] = [:]

    private(set) lazy var scripts = ScriptEngine(of: self)

    /// The end of the command before: CLOCK_MONOTONIC nanoseconds.
    var lastInstant: Int64
    var shelf = BufferShelf()

    init(on reactor: Reactor, clock: DoubleClock, seed: UInt64) {
        self.reactor = reactor
        self.clock = clock
        random = SeededRandom(seed: seed)
        var generator = SeededRandom(seed: seed).split(1)
        runID = String((0..<40).map { _ in Array("0123456789abcdef")[Int(generator.next() % 16)] })
        now = clock.nowMilliseconds
        startedAt = now
        savedAt = now
        lastInstant = Reactor.monotonicNow()
        databases = (0..<config.databases).map { RedisDatabase($0, of: self) }
    }

    /// Takes the time anew.
    func refreshTime() {
        now = clock.nowMilliseconds
        lastInstant = Reactor.monotonicNow()
    }

    func makeClient(_ kind: RedisClient.Kind, connection: RedisConnection? = nil) -> RedisClient {
        let client = RedisClient(nextClientID, kind, of: self, connection: connection)
        nextClientID += 1
        client.lastUsedAt = lastInstant
        if kind == .connection { clients[client.id] = client }
        return client
    }

    /// Takes a client out of everything that knows it.
    func forget(_ client: RedisClient) {
        guard !client.isClosed else { return }
        client.isClosed = true
        forgetWait(client)
        unwatch(client)
        unsubscribeAll(client)
        monitors.removeAll { $0 === client }
        client.transaction = nil
        clients[client.id] = nil
    }

    // MARK: lapsing without being looked at

    /// Sees to it that keys with a time are looked at from time to time, as long as there are some.
    func startExpiring() {
        guard !isExpiring, reactor.isCurrent else { return }
        isExpiring = true
        let bound = ReactorBound(Weak(self), on: reactor)
        Task(executorPreference: reactor) {
            while let reactor = bound.value.server?.reactor {
                await reactor.sleep(for: .milliseconds(100))
                guard let server = bound.value.server, server.expireRound() else { break }
            }
            bound.value.server?.isExpiring = false
        }
    }

    /// - Returns: whether keys are left that may lapse.
    private func expireRound() -> Bool {
        refreshTime()
        if expiresActively, scripts.running == nil {
            for database in databases { database.expireSome(20_000) }
            afterCommands()
        }
        return databases.contains { $0.expiringCount > 0 }
    }

    /// Lets everything lapse that is due now, as after time travel.
    func expireAll() {
        refreshTime()
        for database in databases { database.expireSome(.max) }
        afterCommands()
    }

    private final class Weak {
        weak var server: RedisServer?
        init(_ server: RedisServer) { self.server = server }
    }
}

/// Input buffers that no connection needs now: those without half a request have none.
struct BufferShelf {
    private var buffers: [RequestBuffer] = []

    mutating func take() -> RequestBuffer { buffers.popLast() ?? RequestBuffer() }

    mutating func give(_ buffer: RequestBuffer) {
        guard buffers.count < 16, buffer.capacity <= 256 * 1024 else { return }
        buffer.clear()
        buffers.append(buffer)
    }
}
