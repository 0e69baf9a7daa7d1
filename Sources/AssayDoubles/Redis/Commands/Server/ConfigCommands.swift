/// A parameter of CONFIG.
struct ConfigParameter: Sendable {
    enum Kind: Sendable { case flag, number, bytes, text }

    var name: String
    var initial: String
    var kind: Kind
    /// Cannot be set while the server runs.
    var isFixed: Bool

    init(_ name: String, _ initial: String, _ kind: Kind, isFixed: Bool = false) {
        self.name = name
        self.initial = initial
        self.kind = kind
        self.isFixed = isFixed
    }

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Names of one parameter: of before and after 7.0.
    private static let otherNames: [String: String] = [
        "hash-max-ziplist-entries": "hash-max-listpack-entries",
        "hash-max-ziplist-value": "hash-max-listpack-value",
        "list-max-ziplist-size": "list-max-listpack-size",
        "zset-max-ziplist-entries": "zset-max-listpack-entries",
        "zset-max-ziplist-value": "zset-max-listpack-value",
        "slave-announce-ip": "replica-announce-ip", "slave-announce-port": "replica-announce-port",
        "slave-ignore-maxmemory": "replica-ignore-maxmemory", "slave-lazy-flush": "replica-lazy-flush",
        "slave-priority": "replica-priority", "slave-read-only": "replica-read-only",
        "slave-serve-stale-data": "replica-serve-stale-data", "slaveof": "replicaof",
        "min-slaves-max-lag": "min-replicas-max-lag", "min-slaves-to-write": "min-replicas-to-write",
        "repl-ping-slave-period": "repl-ping-replica-period", "lua-time-limit": "busy-reply-threshold",
    ]

    /// The name under which its value is kept.
    static func canonical(_ name: String) -> String { otherNames[name] ?? name }

    /// A value as it is kept and shown.
    ///
    /// - Returns: `nil` and why when it is none.
    func checked(_ text: String) -> (value: String?, reason: String) {
        switch kind {
        case .flag:
            let lower = text.lowercased()
            return lower == "yes" || lower == "no" ? (lower, "") : (nil, "argument must be 'yes' or 'no'")
        case .number:
            guard let number = Int64(text) else {
                return (nil, "argument couldn't be parsed into an integer")
            }
            if number < 0, !initial.hasPrefix("-"), name != "slowlog-log-slower-than" {
                return (nil, "argument must be between 0 and \(Int64.max) inclusive")
            }
            return (String(number), "")
        case .bytes:
            guard let bytes = Self.bytes(text) else { return (nil, "argument must be a memory value") }
            return (String(bytes), "")
        case .text: return (text, "")
        }
    }

    /// `100mb`, `1k`, `512`.
    static func bytes(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let scale: Int64
        switch text.dropFirst(digits.count).lowercased() {
        case "", "b": scale = 1
        case "k": scale = 1000
        case "kb": scale = 1 << 10
        case "m": scale = 1_000_000
        case "mb": scale = 1 << 20
        case "g": scale = 1_000_000_000
        case "gb": scale = 1 << 30
        default: return nil
        }
        let (bytes, over) = number.multipliedReportingOverflow(by: scale)
        return over ? nil : bytes
    }
}

extension CommandRow {
    private static let privileged: CommandFlags = [.admin, .noscript, .loading, .stale]

    static let configRows: [CommandRow] = [
        CommandRow(
            "config", -2, [], .none, .server, "2.0.0", "Reads and changes parameters.",
            subcommands: [
                CommandRow(
                    "get", -3, privileged, .none, .server, "2.0.0", "Returns parameters by pattern.",
                    run: ConfigCommands.get),
                CommandRow(
                    "set", -4, privileged, .none, .server, "2.0.0", "Sets parameters.",
                    run: ConfigCommands.set),
                CommandRow(
                    "resetstat", 2, privileged, .none, .server, "2.0.0", "Begins all counts anew."
                ) { (call) throws(RedisFailure) in
                    call.server.stats = RedisStatistics(commands: call.server.table.all.count)
                    call.reply.ok()
                },
                CommandRow(
                    "rewrite", 2, privileged, .none, .server, "2.8.0", "Would write the configuration file."
                ) { (_) throws(RedisFailure) in throw .err("The server is running without a config file") },
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "5.0.0", "Lists the subcommands.",
                    run: helpLines("config")),
            ])
    ]
}

enum ConfigCommands {
    static func get(_ call: RedisCall) throws(RedisFailure) {
        var names: [String] = []
        for parameter in ConfigParameter.all {
            let name = Array(parameter.name.utf8)
            let isWanted = (2..<call.count).contains { place in
                name.withSlice { globMatches(call[place], $0, ignoringCase: true) }
            }
            if isWanted { names.append(parameter.name) }
        }
        call.reply.map(names.count)
        for name in names {
            call.reply.bulk(name)
            call.reply.bulk(call.server.parameter(name))
        }
    }

    static func set(_ call: RedisCall) throws(RedisFailure) {
        guard call.count % 2 == 0 else { throw RedisServer.wrongCount(call.command) }
        var wanted: [(name: String, value: String)] = []
        for place in stride(from: 2, to: call.count, by: 2) {
            let name = call[place].text.lowercased()
            guard let parameter = ConfigParameter.byName[name] else {
                throw .err("Unknown option or number of arguments for CONFIG SET - '\(call[place].text)'")
            }
            func failed(_ reason: String) -> RedisFailure {
                .err("CONFIG SET failed (possibly related to argument '\(name)') - \(reason)")
            }
            if parameter.isFixed { throw failed("can't set immutable config") }
            let canonical = ConfigParameter.canonical(name)
            if wanted.contains(where: { $0.name == canonical }) { throw failed("duplicate parameter") }
            let (value, reason) = parameter.checked(call[place + 1].text)
            guard let value else { throw failed(reason) }
            if let reason = call.server.reasonAgainst(canonical, value) { throw failed(reason) }
            wanted.append((canonical, value))
        }
        for (name, value) in wanted { call.server.setParameter(name, value) }
        call.reply.ok()
    }
}

extension RedisServer {
    /// The value of a parameter as CONFIG GET shows it.
    func parameter(_ name: String) -> String {
        switch name {
        case "port": return String(port ?? 0)
        case "unixsocket": return socketPath ?? ""
        default: break
        }
        let canonical = ConfigParameter.canonical(name)
        return config.written[canonical] ?? ConfigParameter.byName[canonical]?.initial ?? ""
    }

    private static let policies = [
        "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu",
        "allkeys-random", "noeviction",
    ]

    /// Why a value cannot be set; `nil` when it can.
    func reasonAgainst(_ name: String, _ value: String) -> String? {
        switch name {
        case "maxmemory-policy":
            let names = Self.policies.joined(separator: ", ")
            return Self.policies.contains(value.lowercased())
                ? nil : "argument(s) must be one of the following: \(names)"
        case "notify-keyspace-events":
            return KeyspaceEvents(letters: value) == nil
                ? "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." : nil
        default: return nil
        }
    }

    /// Sets a parameter to a checked value, with what follows from it.
    func setParameter(_ name: String, _ value: String) {
        var value = value
        let number = Int64(value) ?? 0
        let size = Int(clamping: number)
        switch name {
        case "requirepass": requirePassword(value)
        case "notify-keyspace-events":
            notifications = KeyspaceEvents(letters: value) ?? []
            value = notifications.text
        case "maxmemory-policy":
            value = value.lowercased()
            countsUses = value.hasSuffix("lfu")
        case "proto-max-bulk-len": config.limits.bulkBytes = size
        case "client-query-buffer-limit": config.limits.bufferBytes = size
        case "list-max-listpack-size": limits.listMaxListpackSize = size
        case "hash-max-listpack-entries": limits.hashMaxListpackEntries = size
        case "hash-max-listpack-value": limits.hashMaxListpackValue = size
        case "set-max-intset-entries": limits.setMaxIntsetEntries = size
        case "zset-max-listpack-entries": limits.sortedSetMaxListpackEntries = size
        case "zset-max-listpack-value": limits.sortedSetMaxListpackValue = size
        case "stream-node-max-bytes": limits.streamNodeMaxBytes = size
        case "stream-node-max-entries": limits.streamNodeMaxEntries = size
        case "hll-sparse-max-bytes": limits.hyperLogLogSparseMaxBytes = size
        case "slowlog-log-slower-than": config.slowlogMicroseconds = number
        case "slowlog-max-len": config.slowlogLength = size
        case "latency-monitor-threshold": config.latencyMilliseconds = number
        case "busy-reply-threshold": config.busyMilliseconds = number
        case "maxclients": config.maxClients = size
        case "maxmemory":
            config.maxMemory = size
            config.written[name] = value
            evict()
        case "min-replicas-to-write": config.minReplicas = size
        default: break
        }
        config.written[name] = value
    }
}
