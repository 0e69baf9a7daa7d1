internal import AssayNet

extension CommandRow {
    private static let plain: CommandFlags = [.noscript, .loading, .stale]
    private static let privileged: CommandFlags = [.admin, .noscript, .loading, .stale]

    private static func client(
        _ name: String, _ arity: Int, _ flags: CommandFlags, _ since: String, _ summary: String,
        run: @escaping Run
    ) -> CommandRow {
        CommandRow(name, arity, flags, .none, .connection, since, summary, run: run)
    }

    static let clientRows: [CommandRow] = [
        CommandRow(
            "client", -2, [], .none, .connection, "2.4.0", "Tells about connections and changes them.",
            subcommands: [
                client("id", 2, plain, "5.0.0", "Returns the connection's number.") {
                    (call) throws(RedisFailure) in
                    call.reply.integer(call.client.id)
                },
                client("getname", 2, plain, "2.6.9", "Returns the connection's name.") {
                    (call) throws(RedisFailure) in
                    call.client.name.isEmpty ? call.reply.null() : call.reply.bulk(call.client.name)
                },
                client(
                    "setname", 3, plain, "2.6.9", "Gives the connection a name.", run: ClientCommands.setname),
                client(
                    "setinfo", 4, plain, "7.2.0", "Says which library the client is.",
                    run: ClientCommands.setinfo),
                client("info", 2, plain, "6.2.0", "Tells about the connection.") {
                    (call) throws(RedisFailure) in
                    call.reply.verbatim(ClientCommands.line(call.client) + "\n")
                },
                client(
                    "list", -2, privileged, "2.4.0", "Tells about all connections.",
                    run: ClientCommands.list),
                client(
                    "kill", -3, privileged, "2.4.0", "Ends connections.",
                    run: ClientCommands.kill),
                client(
                    "pause", -3, privileged, "3.0.0",
                    "Lets commands wait for a while.", run: ClientCommands.pause),
                client(
                    "unpause", 2, privileged, "6.2.0", "Ends a pause."
                ) { (call) throws(RedisFailure) in
                    call.server.endPause()
                    call.reply.ok()
                },
                client(
                    "reply", 3, plain, "3.2.0", "Chooses whether replies are sent.", run: ClientCommands.reply
                ),
                client(
                    "unblock", -3, privileged, "5.0.0",
                    "Ends the wait of a connection.", run: ClientCommands.unblock),
                client(
                    "no-evict", 3, privileged, "7.0.0",
                    "Chooses whether the connection may be ended when memory is short.",
                    run: ClientCommands.noEvict),
                client(
                    "tracking", -3, plain, "6.0.0", "Tells the client of changes to keys it has read.",
                    run: TrackingCommands.tracking),
                client(
                    "caching", 3, plain, "6.0.0", "Chooses whether the next command's keys are tracked.",
                    run: TrackingCommands.caching),
                client(
                    "trackinginfo", 2, plain, "6.2.0", "Tells how keys are tracked.",
                    run: TrackingCommands.trackinginfo),
                client(
                    "getredir", 2, plain, "6.0.0", "Returns who gets the connection's invalidations.",
                    run: TrackingCommands.getredir),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .connection, "5.0.0", "Lists the subcommands.",
                    run: helpLines("client")),
            ])
    ]
}

enum ClientCommands {
    /// - Throws: when a byte of the name is no visible character of ASCII.
    static func checkedName(_ name: ByteSlice) throws(RedisFailure) -> [UInt8] {
        guard name.allSatisfy({ $0 >= 0x21 && $0 <= 0x7E }) else {
            throw .err("Client names cannot contain spaces, newlines or special characters.")
        }
        return [UInt8](name)
    }

    static func setname(_ call: RedisCall) throws(RedisFailure) {
        call.client.name = try checkedName(call[2])
        call.reply.ok()
    }

    static func setinfo(_ call: RedisCall) throws(RedisFailure) {
        guard call.isWord(2, "lib-name") || call.isWord(2, "lib-ver") else {
            throw .err("Unrecognized option '\(call[2].text)'")
        }
        call.reply.ok()
    }

    /// A line of CLIENT LIST.
    static func line(_ client: RedisClient) -> String {
        var flags = ""
        if client.isMonitor { flags += "O" }
        if client.subscriptionCount + client.shardChannels.count > 0 { flags += "P" }
        if client.transaction != nil { flags += "x" }
        if client.blocked != nil { flags += "b" }
        if client.tracking != nil { flags += "t" }
        if client.isDirty { flags += "d" }
        if client.isNoEvict { flags += "e" }
        if client.server.socketPath != nil, client.connection?.peer.contains("/") == true { flags += "U" }
        let now = Reactor.monotonicNow()
        let age = max(0, client.server.now - client.createdAt) / 1000
        let idle = max(0, now - client.lastUsedAt) / 1_000_000_000
        let command = client.lastCommand?.fullName ?? "NULL"
        let pending = client.connection?.pending
        let waiting = client.transaction?.memoryBytes ?? 0
        return
            "id=\(client.id) addr=\(client.connection?.peer ?? "") laddr=\(client.connection?.local ?? "") "
            + "fd=\(client.connection?.channel.descriptor ?? -1) "
            + "name=\(String(decoding: client.name, as: UTF8.self)) age=\(age) idle=\(idle) "
            + "flags=\(flags.isEmpty ? "N" : flags) db=\(client.call.database.index) "
            + "sub=\(client.channels.count) psub=\(client.patterns.count) ssub=\(client.shardChannels.count) "
            + "multi=\(client.transaction?.queued.count ?? -1) qbuf=\(pending?.count ?? 0) "
            + "qbuf-free=\(pending.map { $0.capacity - $0.count } ?? 0) argv-mem=\(client.argumentBytes) "
            + "multi-mem=\(waiting) rbs=\(client.reply.capacity) rbp=\(client.reply.count) obl=0 oll=0 omem=0 "
            + "tot-mem=\(client.memoryBytes) events=r cmd=\(command) user=\(client.user) "
            + "redir=\(client.tracking.map { $0.redirect == 0 ? 0 : $0.redirect } ?? -1) "
            + "resp=\(client.reply.isRESP3 ? 3 : 2)"
    }

    static func list(_ call: RedisCall) throws(RedisFailure) {
        var clients = call.server.clients.values.sorted { $0.id < $1.id }
        if call.count == 4, call.isWord(2, "type") {
            let type = try kind(call[3])
            clients = clients.filter { self.kind(of: $0) == type }
        } else if call.count >= 4, call.isWord(2, "id") {
            var ids: Set<Int64> = []
            for place in 3..<call.count { ids.insert(try call.integer(place, .err("Invalid client ID"))) }
            clients = clients.filter { ids.contains($0.id) }
        } else if call.count != 2 {
            throw .syntax
        }
        call.reply.verbatim(clients.map { line($0) + "\n" }.joined())
    }

    private enum Kind { case normal, pubsub, other }

    private static func kind(_ word: ByteSlice) throws(RedisFailure) -> Kind {
        if word.isWord("normal") { return .normal }
        if word.isWord("pubsub") { return .pubsub }
        if word.isWord("master") || word.isWord("replica") || word.isWord("slave") { return .other }
        throw .err("Unknown client type '\(word.text)'")
    }

    private static func kind(of client: RedisClient) -> Kind {
        client.subscriptionCount + client.shardChannels.count > 0 ? .pubsub : .normal
    }

    static func kill(_ call: RedisCall) throws(RedisFailure) {
        var conditions: [(RedisClient) -> Bool] = []
        var skipsOwn = true
        if call.count == 3 {
            let address = call[2].text
            conditions.append { $0.connection?.peer == address }
            skipsOwn = false
        } else {
            guard call.count % 2 == 0 else { throw .syntax }
            for place in stride(from: 2, to: call.count, by: 2) {
                let value = call[place + 1].text
                if call.isWord(place, "id") {
                    let id = try call.integer(place + 1, .err("client-id should be greater than 0"))
                    guard id > 0 else { throw .err("client-id should be greater than 0") }
                    conditions.append { $0.id == id }
                } else if call.isWord(place, "type") {
                    let type = try kind(call[place + 1])
                    conditions.append { self.kind(of: $0) == type }
                } else if call.isWord(place, "addr") {
                    conditions.append { $0.connection?.peer == value }
                } else if call.isWord(place, "laddr") {
                    conditions.append { $0.connection?.local == value }
                } else if call.isWord(place, "user") {
                    guard call.server.users[value] != nil else { throw .err("No such user '\(value)'") }
                    conditions.append { $0.user == value }
                } else if call.isWord(place, "skipme") {
                    guard call.isWord(place + 1, "yes") || call.isWord(place + 1, "no") else { throw .syntax }
                    skipsOwn = call.isWord(place + 1, "yes")
                } else {
                    throw .syntax
                }
            }
        }
        let found = call.server.clients.values.filter { client in
            !(skipsOwn && client === call.client) && conditions.allSatisfy { $0(client) }
        }
        for client in found { call.server.end(client, unless: call.client) }
        if call.count == 3 {
            guard !found.isEmpty else { throw .err("No such client") }
            call.reply.ok()
        } else {
            call.reply.integer(found.count)
        }
    }

    static func pause(_ call: RedisCall) throws(RedisFailure) {
        var pausesAll = true
        if call.count == 4 {
            pausesAll = call.isWord(3, "all")
            guard pausesAll || call.isWord(3, "write") else {
                throw .err("CLIENT PAUSE mode must be WRITE or ALL")
            }
        } else if call.count > 4 {
            throw .syntax
        }
        let milliseconds = try call.integer(2, .err("timeout is not an integer or out of range"))
        guard milliseconds >= 0 else { throw .err("timeout is negative") }
        call.server.pause(milliseconds: milliseconds, all: pausesAll)
        call.reply.ok()
    }

    static func reply(_ call: RedisCall) throws(RedisFailure) {
        if call.isWord(2, "on") {
            call.client.replyMode = .on
            call.reply.ok()
        } else if call.isWord(2, "off") {
            call.client.replyMode = .off
        } else if call.isWord(2, "skip") {
            if call.client.replyMode != .off { call.client.replyMode = .skipNext }
        } else {
            throw .syntax
        }
    }

    static func unblock(_ call: RedisCall) throws(RedisFailure) {
        var isError = false
        if call.count == 4 {
            isError = call.isWord(3, "error")
            guard isError || call.isWord(3, "timeout") else {
                throw .err("CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
            }
        } else if call.count > 4 {
            throw .syntax
        }
        let id = try call.integer(2)
        guard let client = call.server.clients[id], client.blocked != nil else {
            call.reply.integer(0)
            return
        }
        call.server.endBlocking(client) { state in
            if isError {
                call.server.answer(
                    RedisFailure("UNBLOCKED client unblocked via CLIENT UNBLOCK"), client)
            } else {
                state.timeoutReply.write(to: client.reply)
            }
        }
        call.reply.integer(1)
    }

    static func noEvict(_ call: RedisCall) throws(RedisFailure) {
        guard call.isWord(2, "on") || call.isWord(2, "off") else { throw .syntax }
        call.client.isNoEvict = call.isWord(2, "on")
        call.reply.ok()
    }
}
