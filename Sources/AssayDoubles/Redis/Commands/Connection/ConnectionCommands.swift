extension CommandRow {
    static let connectionRows: [CommandRow] = [
        CommandRow(
            "ping", -1, [.fast], .none, .connection, "1.0.0", "Answers, to show that the server is there.",
            run: ConnectionCommands.ping)
    ]
}

enum ConnectionCommands {
    static func ping(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 2 else { throw RedisServer.wrongCount(call.command) }
        if call.count == 2 { call.reply.bulk(call[1]) } else { call.reply.simple("PONG") }
    }
}
