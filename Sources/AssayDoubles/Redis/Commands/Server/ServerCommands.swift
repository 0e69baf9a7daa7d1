extension CommandRow {
    private static let privileged: CommandFlags = [.admin, .noscript, .loading, .stale]

    static let serverRows: [CommandRow] = [
        CommandRow(
            "dbsize", 1, [.readonly, .fast], .none, .server, "1.0.0", "Counts the keys of the database."
        ) { (call) throws(RedisFailure) in call.reply.integer(call.database.count) },
        CommandRow(
            "flushdb", -1, [.write, .dangerous], .none, .server, "1.0.0", "Removes all keys of the database.",
            run: ServerCommands.flush),
        CommandRow(
            "flushall", -1, [.write, .dangerous], .none, .server, "1.0.0", "Removes all keys.",
            run: ServerCommands.flush),
        CommandRow(
            "swapdb", 3, [.write, .fast, .dangerous], .none, .server, "4.0.0",
            "Exchanges the keys of two databases.", run: ServerCommands.swapdb),
        CommandRow(
            "time", 1, [.loading, .stale, .fast], .none, .server, "2.6.0", "Returns the server's time.",
            run: ServerCommands.time),
        CommandRow(
            "info", -1, [.loading, .stale, .dangerous], .none, .server, "1.0.0", "Tells about the server.",
            run: ServerCommands.info),
        CommandRow(
            "lolwut", -1, [.readonly, .fast], .none, .server, "5.0.0", "Returns the version.",
            run: { (call) throws(RedisFailure) in call.reply.verbatim("Redis ver. \(RedisServer.version)\n") }
        ),
        CommandRow("save", 1, [.admin, .noscript, .noMulti], .none, .server, "1.0.0", "Would write to disk.")
        {
            (call) throws(RedisFailure) in
            call.server.savedAt = call.server.now
            call.server.dirty = 0
            call.reply.ok()
        },
        CommandRow("bgsave", -1, [.admin, .noscript], .none, .server, "1.0.0", "Would write to disk.") {
            (call) throws(RedisFailure) in
            guard call.count == 1 || call.count == 2 && call.isWord(1, "schedule") else { throw .syntax }
            call.server.savedAt = call.server.now
            call.server.dirty = 0
            call.reply.simple("Background saving started")
        },
        CommandRow("bgrewriteaof", 1, [.admin, .noscript], .none, .server, "1.0.0", "Would write to disk.") {
            (call) throws(RedisFailure) in call.reply.simple("Background append only file rewriting started")
        },
        CommandRow(
            "lastsave", 1, [.loading, .stale, .fast, .admin], .none, .server, "1.0.0",
            "Returns when SAVE was called last."
        ) { (call) throws(RedisFailure) in call.reply.integer(call.server.savedAt / 1000) },
        CommandRow(
            "shutdown", -1, [.admin, .noscript, .loading, .stale, .noMulti, .allowBusy], .none, .server,
            "1.0.0",
            "Refused: the double ends with its stand."
        ) { (_) throws(RedisFailure) in
            throw .err("Errors trying to SHUTDOWN. The server is a double and ends with its stand.")
        },
        CommandRow(
            "role", 1, [.noscript, .loading, .stale, .fast, .admin], .none, .server, "2.8.12",
            "Tells the part in a replication."
        ) { (call) throws(RedisFailure) in
            if let master = call.server.config.master {
                call.reply.array(5)
                call.reply.bulk("slave")
                call.reply.bulk(master[0])
                call.reply.integer(Int(master[1]) ?? 0)
                call.reply.bulk("connect")
                call.reply.integer(-1)
                return
            }
            call.reply.array(3)
            call.reply.bulk("master")
            call.reply.integer(0)
            call.reply.array(0)
        },
        CommandRow(
            "replicaof", 3, privileged.union(.noMulti), .none, .server, "5.0.0",
            "Plays a replica that does not reach its master, or NO ONE.", run: ServerCommands.replicaof),
        CommandRow(
            "slaveof", 3, privileged.union(.noMulti), .none, .server, "1.0.0",
            "Plays a replica that does not reach its master, or NO ONE.", run: ServerCommands.replicaof),
        CommandRow(
            "replconf", -1, [.admin, .noscript, .loading, .stale, .allowBusy], .none, .server, "3.0.0",
            "Answered for those who ask."
        ) { (call) throws(RedisFailure) in call.reply.ok() },
        CommandRow(
            "cluster", -2, privileged, .none, .cluster, "3.0.0", "Refused: a double is one server."
        ) { (_) throws(RedisFailure) in throw .err("This instance has cluster support disabled") },
        CommandRow(
            "monitor", 1, privileged, .none, .server, "1.0.0", "Shows every command that the server runs.",
            run: ServerCommands.monitor),
        CommandRow(
            "slowlog", -2, [], .none, .server, "2.2.12", "Tells of commands that took long.",
            subcommands: [
                CommandRow(
                    "get", -2, privileged, .none, .server, "2.2.12", "Returns them.", run: SlowLogCommands.get
                ),
                CommandRow("len", 2, privileged, .none, .server, "2.2.12", "Counts them.") {
                    (call) throws(RedisFailure) in call.reply.integer(call.server.slowLog.count)
                },
                CommandRow("reset", 2, privileged, .none, .server, "2.2.12", "Forgets them.") {
                    (call) throws(RedisFailure) in
                    call.server.slowLog.removeAll()
                    call.reply.ok()
                },
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "6.2.0", "Lists the subcommands.",
                    run: helpLines("slowlog")),
            ]),
        CommandRow(
            "latency", -2, [], .none, .server, "2.8.13", "Tells of delays; none are recorded.",
            subcommands: [
                CommandRow("latest", 2, privileged, .none, .server, "2.8.13", "Returns the last delays.") {
                    (call) throws(RedisFailure) in call.reply.array(0)
                },
                CommandRow("history", 3, privileged, .none, .server, "2.8.13", "Returns delays of a kind.") {
                    (call) throws(RedisFailure) in call.reply.array(0)
                },
                CommandRow("reset", -2, privileged, .none, .server, "2.8.13", "Forgets delays.") {
                    (call) throws(RedisFailure) in call.reply.integer(0)
                },
                CommandRow(
                    "histogram", -2, privileged, .none, .server, "7.0.0", "Returns how long commands took."
                ) {
                    (call) throws(RedisFailure) in call.reply.map(0)
                },
                CommandRow("doctor", 2, privileged, .none, .server, "2.8.13", "Says what may be wrong.") {
                    (call) throws(RedisFailure) in
                    call.reply.verbatim("No delays are recorded by this server.\n")
                },
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "2.8.13", "Lists the subcommands.",
                    run: helpLines("latency")),
            ]),
        CommandRow(
            "memory", -2, [], .none, .server, "4.0.0", "Tells what memory is used for.",
            subcommands: [
                CommandRow(
                    "usage", -3, [.readonly], .range(first: 2, last: 2, step: 1), .server, "4.0.0",
                    "Returns about how many bytes a key takes.", run: ServerCommands.memoryUsage),
                CommandRow("doctor", 2, [], .none, .server, "4.0.0", "Says what may be wrong.") {
                    (call) throws(RedisFailure) in call.reply.verbatim("Nothing is known to be wrong.\n")
                },
                CommandRow("purge", 2, [], .none, .server, "4.0.0", "Would give memory back.") {
                    (call) throws(RedisFailure) in call.reply.ok()
                },
                CommandRow("malloc-stats", 2, [], .none, .server, "4.0.0", "Would tell of the allocator.") {
                    (call) throws(RedisFailure) in
                    call.reply.bulk("Stats not supported for the current allocator")
                },
                CommandRow(
                    "stats", 2, [], .none, .server, "4.0.0", "Returns sums.", run: ServerCommands.memoryStats),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "4.0.0", "Lists the subcommands.",
                    run: helpLines("memory")),
            ]),
    ]
}

enum ServerCommands {
    static func flush(_ call: RedisCall) throws(RedisFailure) {
        guard call.count == 1 || call.count == 2 && (call.isWord(1, "async") || call.isWord(1, "sync")) else {
            throw .syntax
        }
        let all = call.command.row.name == "flushall" ? call.server.databases : [call.database]
        for database in all {
            let gone = database.watchers.keys.filter { database.table.find($0) != nil }
            call.server.dirty += Int64(database.count)
            database.removeAll()
            for key in gone {
                for client in database.watchers[key] ?? [] { client.watchedChanged(key, in: database) }
            }
        }
        call.server.invalidateAll()
        call.reply.ok()
    }

    static func swapdb(_ call: RedisCall) throws(RedisFailure) {
        func database(_ place: Int, _ failure: String) throws(RedisFailure) -> RedisDatabase {
            let number = try call.integer(place, .err(failure))
            guard number >= 0, number < Int64(call.server.databases.count) else {
                throw .err("DB index is out of range")
            }
            return call.server.databases[Int(number)]
        }
        let one = try database(1, "invalid first DB index")
        let other = try database(2, "invalid second DB index")
        if one !== other {
            one.swapContents(with: other)
            for database in [one, other] {
                for (key, clients) in database.watchers
                where one.table.find(key) != nil || other.table.find(key) != nil {
                    for client in clients { client.isDirty = true }
                }
                for key in database.waiters.keys {
                    if let slot = database.table.find(key) {
                        database.keyBecameReady(key, database[slot].value.type)
                    }
                }
            }
            call.server.dirty += 1
        }
        call.reply.ok()
    }

    static func time(_ call: RedisCall) throws(RedisFailure) {
        call.reply.array(2)
        call.reply.bulk(decimal: call.server.now / 1000)
        call.reply.bulk(decimal: call.server.now % 1000 * 1000 + call.server.lastInstant / 1000 % 1000)
    }

    static func info(_ call: RedisCall) throws(RedisFailure) {
        let names = (1..<call.count).map { call[$0].text }
        call.reply.verbatim(ServerInfo(server: call.server).text(names))
    }

    static func replicaof(_ call: RedisCall) throws(RedisFailure) {
        if call.isWord(1, "no"), call.isWord(2, "one") {
            call.server.config.master = nil
        } else {
            _ = try call.integer(2, in: 0...65535, .err("Invalid master port"))
            call.server.config.master = [call[1].text, call[2].text]
        }
        call.reply.ok()
    }

    static func monitor(_ call: RedisCall) throws(RedisFailure) {
        guard call.client.mayBlock, !call.client.isInExec else {
            throw .err("MONITOR isn't allowed for DENY BLOCKING client")
        }
        if !call.client.isMonitor {
            call.client.isMonitor = true
            call.server.monitors.append(call.client)
        }
        call.reply.ok()
    }

    static func memoryUsage(_ call: RedisCall) throws(RedisFailure) {
        if call.count > 3 {
            guard call.count == 5, call.isWord(3, "samples") else { throw .syntax }
            guard try call.integer(4) >= 0 else { throw .syntax }
        }
        guard let slot = call.database.find(call[2]) else {
            call.reply.null()
            return
        }
        let size: Int
        switch call.database[slot].value {
        case .integer: size = 0
        case .string(let bytes), .raw(let bytes): size = bytes.count + 16
        case .collection(let collection): size = collection.memoryBytes
        }
        call.reply.integer(size + call[2].count + 48)
    }

    static func memoryStats(_ call: RedisCall) throws(RedisFailure) {
        let keys = call.server.databases.reduce(0) { $0 + $1.count }
        let values = [
            ("peak.allocated", call.server.usedBytes), ("total.allocated", call.server.usedBytes),
            ("startup.allocated", 800_000), ("keys.count", keys),
            ("dataset.bytes", call.server.usedBytes - 800_000),
        ]
        call.reply.map(values.count)
        for (name, value) in values {
            call.reply.bulk(name)
            call.reply.integer(value)
        }
    }
}

/// A command that took long.
struct SlowCommand {
    var id: Int
    var seconds: Int64
    var microseconds: Int64
    var words: [[UInt8]]
    var peer: String
    var name: [UInt8]
}

enum SlowLogCommands {
    static func get(_ call: RedisCall) throws(RedisFailure) {
        var count: Int64 = 10
        if call.count == 3 {
            count = try call.integer(
                2, in: -1...Int64.max, .err("count should be greater than or equal to -1"))
        } else if call.count > 3 {
            throw RedisServer.wrongCount(call.command)
        }
        let log = call.server.slowLog
        let shown = log.prefix(count < 0 ? log.count : Int(clamping: count))
        call.reply.array(shown.count)
        for entry in shown {
            call.reply.array(6)
            call.reply.integer(entry.id)
            call.reply.integer(entry.seconds)
            call.reply.integer(entry.microseconds)
            call.reply.array(entry.words.count)
            for word in entry.words { call.reply.bulk(word) }
            call.reply.bulk(entry.peer)
            call.reply.bulk(entry.name)
        }
    }
}

extension RedisServer {
    /// Keeps a command that took longer than `slowlog-log-slower-than`, at most 32 words of 128 bytes of it.
    func recordSlow(_ words: ArgumentList, _ client: RedisClient, nanoseconds: Int64) {
        var kept: [[UInt8]] = []
        for (index, word) in words.enumerated() {
            if index == 31, words.count > 32 {
                kept.append(Array("... (\(words.count - 31) more arguments)".utf8))
                break
            }
            kept.append(
                word.count > 128
                    ? Array(word.prefix(128)) + Array("... (\(word.count - 128) more bytes)".utf8)
                    : [UInt8](word))
        }
        let entry = SlowCommand(
            id: slowCount, seconds: now / 1000, microseconds: nanoseconds / 1000, words: kept,
            peer: client.connection?.peer ?? "", name: client.name)
        slowCount += 1
        slowLog.insert(entry, at: 0)
        while slowLog.count > config.slowlogLength { slowLog.removeLast() }
    }

    /// Shows a command to those who monitor.
    func showMonitors(_ words: ArgumentList, _ client: RedisClient) {
        let micros = lastInstant / 1000 % 1_000_000
        let fraction = String(String(micros + 1_000_000).dropFirst())
        let peer = client.kind == .script ? "lua" : client.connection?.peer ?? ""
        var line = "\(now / 1000).\(fraction) [\(client.call.database.index) \(peer)]"
        for word in words { line += " " + quotedText(word) }
        for monitor in monitors where monitor !== client {
            monitor.reply.simple(line)
            unflushed.append(monitor)
        }
    }
}

/// Bytes in double quotes, with escapes for what is not visible.
func quotedText(_ bytes: some Sequence<UInt8>) -> String {
    var text = "\""
    for byte in bytes {
        switch byte {
        case 0x22, 0x5C: text += "\\" + String(UnicodeScalar(byte))
        case 0x0A: text += "\\n"
        case 0x0D: text += "\\r"
        case 0x09: text += "\\t"
        case 0x07: text += "\\a"
        case 0x08: text += "\\b"
        case 0x20...0x7E: text += String(UnicodeScalar(byte))
        default:
            let digits = Array("0123456789abcdef")
            text += "\\x" + String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
    return text + "\""
}
