internal import AssayNet

/// Somebody who sends commands: a connection, code in this process, a script.
final class RedisClient {
    enum Kind { case connection, inProcess, script }

    let id: Int64
    let kind: Kind
    unowned let server: RedisServer
    let reply = ReplyWriter()
    private(set) lazy var call = RedisCall(self, server, noWords.list)
    /// Of a connection; `nil` for others.
    let connection: RedisConnection?

    // What the client said about itself.
    var name: [UInt8] = []
    var user = "default"
    var isAuthenticated: Bool
    var createdAt: Int64
    /// CLOCK_MONOTONIC nanoseconds of its last command.
    var lastUsedAt: Int64 = 0
    var lastCommand: RedisCommand?
    var isNoEvict = false
    var isMonitor = false
    var isReadOnly = false

    // Transactions
    var transaction: Transaction?
    var isInExec = false
    /// A watched key has changed.
    var isDirty = false
    var watched: [(database: RedisDatabase, key: [UInt8], wasLapsed: Bool)] = []

    // Waiting
    var blocked: BlockedState?
    var isRetrying = false
    /// The key that lets a waiting command run again.
    var readyKey: [UInt8]?
    /// Told when a wait has ended, of a client without a connection.
    var onUnblocked: (() -> Void)?
    var mayBlock: Bool { kind != .script }
    /// Its commands wait: CLIENT PAUSE, a fault that delays.
    var isHeld = false
    /// A delay of a fault is over: the command runs now.
    var isReleased = false
    /// A fault ends the connection without its replies.
    var dropsReplies = false
    /// A fault ends the connection after so many bytes of the reply that follows.
    var cutsAfter: Int?

    // Pub/sub
    var channels: Set<[UInt8]> = []
    var patterns: Set<[UInt8]> = []
    var shardChannels: Set<[UInt8]> = []
    var subscriptionCount: Int { channels.count + patterns.count }

    // CLIENT REPLY
    enum ReplyMode { case on, off, skipNext, skip }
    var replyMode = ReplyMode.on

    // CLIENT TRACKING
    var tracking: ClientTracking?

    /// Ends once its replies are sent.
    var closesAfterReply = false
    var isClosed = false
    private let noWords: OwnedArguments

    /// Bytes of the words that are not run yet.
    var argumentBytes: Int { call.arguments.reduce(0) { $0 + $1.count } }
    /// About how much memory it takes.
    var memoryBytes: Int { 1024 + reply.capacity + (connection?.pending?.capacity ?? 0) }

    init(
        _ id: Int64, _ kind: Kind, of server: RedisServer, connection: RedisConnection? = nil
    ) {
        self.id = id
        self.kind = kind
        self.server = server
        self.connection = connection
        createdAt = server.now
        isAuthenticated = kind != .connection || (server.users["default"]?.isOpen ?? false)
        noWords = OwnedArguments([[UInt8]]())
    }
}
