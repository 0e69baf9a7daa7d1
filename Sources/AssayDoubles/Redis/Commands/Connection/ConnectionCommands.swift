extension CommandRow {
    static let connectionRows: [CommandRow] = [
        CommandRow(
            "ping", -1, [.fast], .none, .connection, "1.0.0", "Answers, to show that the server is there.",
            run: ConnectionCommands.ping),
        CommandRow(
            "echo", 2, [.loading, .stale, .fast], .none, .connection, "1.0.0", "Returns what it is sent.",
            run: { (call) throws(RedisFailure) in call.reply.bulk(call[1]) }),
        CommandRow(
            "select", 2, [.loading, .stale, .fast], .none, .connection, "1.0.0", "Chooses a database.",
            run: ConnectionCommands.select),
        CommandRow(
            "quit", -1, [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], .none, .connection,
            "1.0.0",
            "Ends the connection.", run: ConnectionCommands.quit),
        CommandRow(
            "reset", 1, [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], .none, .connection,
            "6.2.0",
            "Puts the connection into the state of a new one.", run: ConnectionCommands.reset),
        CommandRow(
            "auth", -2, [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], .none, .connection,
            "1.0.0",
            "Says who the client is.", run: ConnectionCommands.auth),
        CommandRow(
            "hello", -1, [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], .none, .connection,
            "6.0.0",
            "Chooses the version of the protocol and tells about the server.", run: ConnectionCommands.hello),
    ]
}

enum ConnectionCommands {
    static func ping(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 2 else { throw RedisServer.wrongCount(call.command) }
        if call.client.subscriptionCount > 0, !call.reply.isRESP3 {
            call.reply.array(2)
            call.reply.bulk("pong")
            if call.count == 2 { call.reply.bulk(call[1]) } else { call.reply.bulk("") }
            return
        }
        if call.count == 2 { call.reply.bulk(call[1]) } else { call.reply.append("+PONG\r\n") }
    }

    static func select(_ call: RedisCall) throws(RedisFailure) {
        call.database = try KeyCommands.database(call, 1)
        call.reply.ok()
    }

    static func quit(_ call: RedisCall) throws(RedisFailure) {
        call.reply.ok()
        call.client.closesAfterReply = true
    }

    static func reset(_ call: RedisCall) throws(RedisFailure) {
        let client = call.client
        call.server.unwatch(client)
        call.server.unsubscribeAll(client)
        call.server.monitors.removeAll { $0 === client }
        client.transaction = nil
        client.isMonitor = false
        client.tracking = nil
        client.name = []
        client.replyMode = .on
        client.user = "default"
        client.isAuthenticated = call.server.users["default"]?.isOpen ?? true
        call.database = call.server.databases[0]
        call.reply.isRESP3 = false
        call.reply.simple("RESET")
    }

    static func auth(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 3 else { throw .syntax }
        if call.count == 2, call.server.users["default"]?.isOpen ?? true {
            throw .err(
                "AUTH <password> called without any password configured for the default user. Are you sure your "
                    + "configuration is correct?")
        }
        let name = call.count == 3 ? call[1].text : "default"
        try call.server.authenticate(call.client, name, call[call.count - 1].text)
        call.reply.ok()
    }

    static func hello(_ call: RedisCall) throws(RedisFailure) {
        var version: Int64?
        var place = 1
        if call.count >= 2 {
            version = try call.integer(1, .err("Protocol version is not an integer or out of range"))
            guard version == 2 || version == 3 else {
                throw RedisFailure("NOPROTO unsupported protocol version")
            }
            place = 2
        }
        var name: [UInt8]?
        while place < call.count {
            let rest = call.count - place - 1
            if call.isWord(place, "auth"), rest >= 2 {
                try call.server.authenticate(call.client, call[place + 1].text, call[place + 2].text)
                place += 3
            } else if call.isWord(place, "setname"), rest >= 1 {
                name = try ClientCommands.checkedName(call[place + 1])
                place += 2
            } else {
                throw .err("Syntax error in HELLO option '\(call[place].text)'")
            }
        }
        guard call.client.isAuthenticated else {
            throw RedisFailure(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> "
                    + "AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
                    + "protocol version at the same time")
        }
        if let name { call.client.name = name }
        if let version { call.reply.isRESP3 = version == 3 }
        let reply = call.reply
        reply.map(7)
        reply.bulk("server")
        reply.bulk("redis")
        reply.bulk("version")
        reply.bulk(RedisServer.version)
        reply.bulk("proto")
        reply.integer(reply.isRESP3 ? 3 : 2)
        reply.bulk("id")
        reply.integer(call.client.id)
        reply.bulk("mode")
        reply.bulk("standalone")
        reply.bulk("role")
        reply.bulk("master")
        reply.bulk("modules")
        reply.array(0)
    }
}
