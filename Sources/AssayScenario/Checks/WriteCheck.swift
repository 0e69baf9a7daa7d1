public import AssayCore
internal import AssayFormats

/// A step that may change what it runs against.
public struct WriteFinding: Sendable, Equatable {
    /// Name of the step.
    public var step: String
    /// What it does: `sends POST`.
    public var what: String
    public var location: SourceLocation
}

extension Scenario {
    /// Steps that may change what they run against, in the order of the file, cleanup and used scenarios included.
    ///
    /// Only what is known to read is taken for reading: http GET, HEAD and OPTIONS, `sql: query` of reading statements,
    /// streams of events asked for with GET, connections on which nothing is sent, `log` and `think`.
    public var writes: [WriteFinding] { steps.flatMap(\.writes) }
}

extension Step {
    /// Of this step and all inside it.
    public var writes: [WriteFinding] {
        var found: [WriteFinding] = []
        func add(_ what: String, at place: SourceLocation? = nil) {
            found.append(WriteFinding(step: name, what: what, location: place ?? location))
        }
        switch action {
        case .http(let request):
            if !["GET", "HEAD", "OPTIONS"].contains(request.method) { add("sends \(request.method)") }
        case .sql(let statement):
            if !statement.returnsRows {
                add("changes '\(statement.on)' with `sql: run`", at: statement.statement.location)
            } else if let why = SQLReading.objection(to: statement.statement) {
                add(
                    "queries '\(statement.on)' with a statement that \(why)", at: statement.statement.location
                )
            }
        case .redis(let redis):
            for command in redis.commands where Self.mayWrite(command) {
                let name = command.first?.constantValue?.templateText ?? "a computed command"
                add("sends \(name) to '\(redis.on)'")
            }
        case .call(let call): if case .connect(let connect) = call.wish { add("calls \(connect.to.source)") }
        case .sse(let action):
            if case .open(let opening) = action.wish, opening.request.method != "GET" {
                add("sends \(opening.request.method)")
            }
        case .ws(let action):
            if let payload = action.payload, payload.kind != .ping { add("sends to '\(action.socket)'") }
        case .tcp(let action): if case .send = action.wish { add("sends to '\(action.connection)'") }
        case .log, .double, .think, .metric: break  // doubles are Assay's own
        case .repeat(let loop): found += loop.steps.flatMap(\.writes)
        case .parallel(let many): found += many.steps.flatMap(\.writes)
        case .if(let choice): found += (choice.then + choice.otherwise).flatMap(\.writes)
        case .group(let group): found += group.steps.flatMap(\.writes)
        case .use(let other): found += other.scenario.writes
        default: add("is a `\(action.keyword)` step, and nobody knows what that changes")
        }
        return found + cleanup.flatMap(\.writes)
    }

    /// A command whose name, or whose subcommand, is computed may be any.
    private static func mayWrite(_ command: [ValueTemplate]) -> Bool {
        let words = command.prefix(2).map { $0.constantValue?.templateText }
        guard let name = words.first ?? nil else { return true }
        return redisCommandWrites([name] + words.dropFirst().compactMap(\.self))
    }
}

/// Tells statements that read from others, by their words: SQLite's and PostgreSQL's.
enum SQLReading {
    private static let openings: Set<String> = ["select", "with", "show", "explain", "values", "table"]
    /// Anywhere in a statement: `with` and `explain analyze` carry writing statements, `select … into` makes a table.
    private static let writing: Set<String> = [
        "insert", "update", "delete", "merge", "truncate", "into", "drop", "create", "alter", "grant",
        "revoke",
        "copy", "call", "do", "lock", "nextval", "setval", "vacuum", "reindex", "replace",
        "pg_terminate_backend",
        "pg_cancel_backend", "lo_unlink", "dblink_exec",
    ]

    /// - Returns: what is wrong with a statement as one that reads; `nil` for nothing.
    static func objection(to statement: Template) -> String? {
        let words = words(of: statement.source)
        guard let first = words.first else { return "is empty" }
        guard openings.contains(first) else {
            return first == "$" ? "is computed" : "begins with '\(first)'"
        }
        if let bad = words.first(where: writing.contains) { return "has '\(bad)' in it" }
        if let end = words.firstIndex(of: ";"), end < words.count - 1 { return "is more than one" }
        return words.contains("$") ? "is computed in part" : nil
    }

    /// Lower-case words and semicolons outside of quotes and comments; `$` for something computed.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        func skip(through end: String, from start: String) {
            rest = rest.dropFirst(start.count)
            rest = rest.firstRange(of: end).map { rest[$0.upperBound...] } ?? ""
        }
        while let character = rest.first {
            if rest.hasPrefix("--") {
                skip(through: "\n", from: "--")
            } else if rest.hasPrefix("/*") {
                skip(through: "*/", from: "/*")
            } else if rest.hasPrefix("${") {
                words.append("$")
                skip(through: "}", from: "${")
            } else if character == "'" || character == "\"" {
                skip(through: String(character), from: String(character))
            } else if character.isLetter || character == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                words.append(word.lowercased())
                rest = rest.dropFirst(word.count)
            } else {
                if character == ";" { words.append(";") }
                rest = rest.dropFirst()
            }
        }
        return words
    }
}

/// Whether a Redis command may change something: all but those known to read. Source: the command reference of Redis 7.
public func redisCommandWrites(_ words: [String]) -> Bool {
    guard let name = words.first?.uppercased() else { return false }
    if let allowed = readingSubcommands[name] {
        return !(words.count > 1 && allowed.contains(words[1].uppercased()))
    }
    return !readingCommands.contains(name)
}

private let readingSubcommands: [String: Set<String>] = [
    "CONFIG": ["GET"], "OBJECT": ["ENCODING", "FREQ", "IDLETIME", "REFCOUNT"], "MEMORY": ["USAGE", "STATS"],
    "XINFO": ["STREAM", "GROUPS", "CONSUMERS"], "SCRIPT": ["EXISTS"],
    "PUBSUB": ["CHANNELS", "NUMSUB", "NUMPAT"],
    "CLIENT": ["LIST", "INFO", "GETNAME", "ID"], "COMMAND": ["COUNT", "DOCS", "INFO", "LIST"],
    "CLUSTER": ["INFO", "NODES", "SLOTS", "SHARDS"], "ACL": ["WHOAMI", "LIST", "CAT"],
    "SLOWLOG": ["GET", "LEN"],
    "LATENCY": ["LATEST", "HISTORY"],
]

private let readingCommands: Set<String> = [
    "GET", "MGET", "STRLEN", "GETRANGE", "SUBSTR", "LCS", "EXISTS", "TTL", "PTTL", "EXPIRETIME",
    "PEXPIRETIME",
    "TYPE", "KEYS", "SCAN", "RANDOMKEY", "DUMP", "DBSIZE", "GETBIT", "BITCOUNT", "BITPOS", "BITFIELD_RO",
    "HGET", "HMGET", "HGETALL", "HKEYS", "HVALS", "HLEN", "HEXISTS", "HSCAN", "HSTRLEN", "HRANDFIELD",
    "LRANGE", "LLEN", "LINDEX", "LPOS", "SMEMBERS", "SISMEMBER", "SMISMEMBER", "SCARD", "SRANDMEMBER",
    "SSCAN",
    "SINTER", "SUNION", "SDIFF", "SINTERCARD", "ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE",
    "ZRANGEBYLEX", "ZREVRANGEBYLEX", "ZSCORE", "ZMSCORE", "ZCARD", "ZCOUNT", "ZLEXCOUNT", "ZRANK", "ZREVRANK",
    "ZSCAN", "ZINTER", "ZUNION", "ZDIFF", "ZINTERCARD", "ZRANDMEMBER", "PFCOUNT", "GEODIST", "GEOHASH",
    "GEOPOS",
    "GEOSEARCH", "GEORADIUS_RO", "GEORADIUSBYMEMBER_RO", "XRANGE", "XREVRANGE", "XLEN", "XREAD", "XPENDING",
    "SORT_RO", "EVAL_RO", "EVALSHA_RO", "FCALL_RO", "INFO", "PING", "ECHO", "TIME", "LASTSAVE", "LOLWUT",
    "SELECT",
    "AUTH", "HELLO", "QUIT",
]
