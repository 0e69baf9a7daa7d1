/// What a command may do and what it needs, as COMMAND tells it.
struct CommandFlags: OptionSet {
    let rawValue: UInt32

    static let write = CommandFlags(rawValue: 1 << 0)
    static let readonly = CommandFlags(rawValue: 1 << 1)
    /// Refused when memory is short.
    static let denyoom = CommandFlags(rawValue: 1 << 2)
    static let admin = CommandFlags(rawValue: 1 << 3)
    static let pubsub = CommandFlags(rawValue: 1 << 4)
    /// Not from scripts.
    static let noscript = CommandFlags(rawValue: 1 << 5)
    static let blocking = CommandFlags(rawValue: 1 << 6)
    static let loading = CommandFlags(rawValue: 1 << 7)
    static let stale = CommandFlags(rawValue: 1 << 8)
    static let skipMonitor = CommandFlags(rawValue: 1 << 9)
    static let skipSlowlog = CommandFlags(rawValue: 1 << 10)
    static let asking = CommandFlags(rawValue: 1 << 11)
    static let fast = CommandFlags(rawValue: 1 << 12)
    /// Also before AUTH.
    static let noAuth = CommandFlags(rawValue: 1 << 13)
    static let mayReplicate = CommandFlags(rawValue: 1 << 14)
    /// Not inside MULTI.
    static let noMulti = CommandFlags(rawValue: 1 << 15)
    /// Its keys cannot be told by first, last and step alone.
    static let movablekeys = CommandFlags(rawValue: 1 << 16)
    static let allowBusy = CommandFlags(rawValue: 1 << 17)
    static let noAsyncLoading = CommandFlags(rawValue: 1 << 18)
    static let noMandatoryKeys = CommandFlags(rawValue: 1 << 19)
    /// Category @dangerous.
    static let dangerous = CommandFlags(rawValue: 1 << 20)

    /// In the order in which COMMAND INFO has them.
    static let names: [(CommandFlags, StaticString)] = [
        (.write, "write"), (.readonly, "readonly"), (.denyoom, "denyoom"), (.admin, "admin"),
        (.pubsub, "pubsub"), (.noscript, "noscript"), (.blocking, "blocking"), (.loading, "loading"),
        (.stale, "stale"), (.skipMonitor, "skip_monitor"), (.skipSlowlog, "skip_slowlog"),
        (.asking, "asking"), (.fast, "fast"), (.noAuth, "no_auth"), (.mayReplicate, "may_replicate"),
        (.noMulti, "no_multi"), (.movablekeys, "movablekeys"), (.allowBusy, "allow_busy"),
        (.noAsyncLoading, "no_async_loading"), (.noMandatoryKeys, "no_mandatory_keys"),
    ]
}

/// COMMAND DOCS's group, and the ACL category of the commands in it.
enum CommandGroup: String {
    case generic, string, list, set, sortedSet = "sorted-set", hash, stream, bitmap, geo
    case hyperloglog, pubsub, transactions, connection, server, scripting, sentinel, cluster

    /// `@sortedset`; `nil` for groups without one.
    var category: StaticString? {
        switch self {
        case .generic: "keyspace"
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "sortedset"
        case .hash: "hash"
        case .stream: "stream"
        case .bitmap: "bitmap"
        case .geo: "geo"
        case .hyperloglog: "hyperloglog"
        case .pubsub: "pubsub"
        case .transactions: "transaction"
        case .connection: "connection"
        case .scripting: "scripting"
        case .server, .sentinel, .cluster: nil
        }
    }
}

/// Which arguments of a command are keys.
enum KeyPositions {
    case none
    /// From the first to the last (negative counts from the end, -1 the last argument) in steps.
    case range(first: Int, last: Int, step: Int)
    /// The argument at `count` says how many keys follow it; `first` is a key besides, like a destination.
    case counted(count: Int, first: Int? = nil)
    /// Found by looking at the arguments; COMMAND INFO shows `shown` as first, last and step.
    case found(shown: (Int, Int, Int), @Sendable (ArgumentList) -> [Int])

    /// One key, the first argument.
    static let first = KeyPositions.range(first: 1, last: 1, step: 1)
    /// All arguments.
    static let all = KeyPositions.range(first: 1, last: -1, step: 1)
}

/// One row of the command table: `CommandRow("get", 2, [.readonly, .fast], .first, .string, "1.0.0", "…", run: get)`.
struct CommandRow: Sendable {
    typealias Run = @Sendable (RedisCall) throws(RedisFailure) -> Void

    /// In lower case; of a subcommand only its own word.
    var name: String
    /// How many words it has, its name included (and a subcommand's command); at least that many when negative.
    var arity: Int
    var flags: CommandFlags
    var keys: KeyPositions
    var group: CommandGroup
    /// The version of Redis that has it first.
    var since: String
    /// One sentence for COMMAND DOCS.
    var summary: String
    /// Its subcommands, when its first argument is one.
    var subcommands: [CommandRow]
    /// Writes the reply, or throws the error that is the reply; it writes nothing before it may throw.
    var run: Run

    init(
        _ name: String, _ arity: Int, _ flags: CommandFlags, _ keys: KeyPositions, _ group: CommandGroup,
        _ since: String, _ summary: String, subcommands: [CommandRow] = [],
        run: @escaping Run = CommandRow.needsSubcommand
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.keys = keys
        self.group = group
        self.since = since
        self.summary = summary
        self.subcommands = subcommands
        self.run = run
    }

    /// Of a command that is nothing without a subcommand.
    static let needsSubcommand: Run = { (call) throws(RedisFailure) in
        throw .err("wrong number of arguments for '\(call.command.fullName)' command")
    }
}
