extension CommandRow {
    static let transactionRows: [CommandRow] = [
        CommandRow(
            "multi", 1, [.noscript, .loading, .stale, .fast, .allowBusy], .none, .transactions, "1.2.0",
            "Begins a transaction.", run: TransactionCommands.multi),
        CommandRow(
            "exec", 1, [.noscript, .loading, .stale, .skipSlowlog], .none, .transactions, "1.2.0",
            "Runs the commands of a transaction.", run: TransactionCommands.exec),
        CommandRow(
            "discard", 1, [.noscript, .loading, .stale, .fast, .allowBusy], .none, .transactions, "2.0.0",
            "Forgets the commands of a transaction.", run: TransactionCommands.discard),
        CommandRow(
            "watch", -2, [.noscript, .loading, .stale, .fast, .allowBusy], .all, .transactions, "2.2.0",
            "Lets the next transaction fail when a key changes.", run: TransactionCommands.watch),
        CommandRow(
            "unwatch", 1, [.noscript, .loading, .stale, .fast, .allowBusy], .none, .transactions, "2.2.0",
            "Forgets which keys are watched.", run: TransactionCommands.unwatch),
    ]
}

enum TransactionCommands {
    static func multi(_ call: RedisCall) throws(RedisFailure) {
        guard call.client.transaction == nil else { throw .err("MULTI calls can not be nested") }
        call.client.transaction = Transaction()
        call.reply.ok()
    }

    static func exec(_ call: RedisCall) throws(RedisFailure) {
        let (client, server) = (call.client, call.server)
        guard let transaction = client.transaction else { throw .err("EXEC without MULTI") }
        client.transaction = nil
        let isStale = client.isDirty || server.hasLapsedWatch(client)
        server.unwatch(client)
        if transaction.isAborted {
            throw RedisFailure("EXECABORT Transaction discarded because of previous errors.")
        }
        if isStale {
            call.reply.nullArray()
            return
        }
        client.isInExec = true
        defer { client.isInExec = false }
        call.reply.array(transaction.queued.count)
        for (command, words) in transaction.queued {
            words.withWords { server.run(command, $0, client) }
        }
    }

    static func discard(_ call: RedisCall) throws(RedisFailure) {
        guard call.client.transaction != nil else { throw .err("DISCARD without MULTI") }
        call.client.transaction = nil
        call.server.unwatch(call.client)
        call.reply.ok()
    }

    static func watch(_ call: RedisCall) throws(RedisFailure) {
        guard call.client.transaction == nil else { throw .err("WATCH inside MULTI is not allowed") }
        // What has failed already fails anyway.
        if !call.client.isDirty {
            for place in 1..<call.count {
                call.server.watch(call[place], in: call.database, for: call.client)
            }
        }
        call.reply.ok()
    }

    static func unwatch(_ call: RedisCall) throws(RedisFailure) {
        call.server.unwatch(call.client)
        call.reply.ok()
    }
}
