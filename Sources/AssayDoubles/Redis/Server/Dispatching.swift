internal import AssayNet

/// What happens around a command.
extension RedisServer {
    /// Runs a command that a client sent: refuses it, queues it in a transaction, or runs it.
    func perform(_ arguments: ArgumentList, as client: RedisClient) {
        let mark = client.reply.count
        guard let command = check(arguments, client) else {
            applyReplyMode(client, from: mark)
            return
        }
        if mustWait(command, arguments, client) { return }
        if client.transaction != nil, !command.isTransactionControl {
            queue(command, arguments, client)
        } else {
            run(command, arguments, client)
        }
        if !readyKeys.isEmpty { serveReadyKeys() }
        if client.replyMode != .on { applyReplyMode(client, from: mark) }
        if let bytes = client.cutsAfter { cut(client, mark + bytes) }
    }

    /// What keeps a command from running now: faults and pauses. Most of the time there are none.
    @inline(__always)
    private func mustWait(_ command: RedisCommand, _ words: ArgumentList, _ client: RedisClient) -> Bool {
        if !faults.isEmpty, stopsByFault(command, words, client) { return true }
        if pausedUntil != 0, client.kind == .connection, isPaused(command) {
            holdForPause(client)
            return true
        }
        return false
    }

    private func cut(_ client: RedisClient, _ end: Int) {
        client.cutsAfter = nil
        client.reply.truncate(to: end)
        client.closesAfterReply = true
    }

    /// The command that the words name, a subcommand where there is one.
    ///
    /// - Throws: the error for an unknown one and for a wrong number of words.
    @inline(__always)
    func command(for arguments: ArgumentList) throws(RedisFailure) -> RedisCommand {
        guard var command = table.find(arguments[0]), faults.isEmpty || !faults.hides(command) else {
            throw Self.unknownCommand(arguments)
        }
        if !command.subcommands.isEmpty, arguments.count > 1 {
            guard let sub = command.subcommand(arguments[1]) else {
                let name = String(decoding: arguments[1].prefix(128), as: UTF8.self)
                throw .err("unknown subcommand '\(name)'. Try \(command.row.name.uppercased()) HELP.")
            }
            command = sub
        }
        let isRight =
            command.arity >= 0 ? arguments.count == command.arity : arguments.count >= -command.arity
        guard isRight else { throw Self.wrongCount(command) }
        return command
    }

    static func wrongCount(_ command: RedisCommand) -> RedisFailure {
        .err("wrong number of arguments for '\(command.fullName)' command")
    }

    /// `ERR unknown command 'x', with args beginning with: 'a' 'b' `
    static func unknownCommand(_ arguments: ArgumentList) -> RedisFailure {
        var shown = ""
        for argument in arguments.dropFirst() where shown.utf8.count < 128 {
            shown += "'" + String(decoding: argument.prefix(128 - shown.utf8.count), as: UTF8.self) + "' "
        }
        let name = String(decoding: arguments[0].prefix(128), as: UTF8.self)
        return .err("unknown command '\(name)', with args beginning with: \(shown)")
    }

    /// - Returns: `nil` when the command was answered with why it does not run.
    @inline(__always)
    private func check(_ arguments: ArgumentList, _ client: RedisClient) -> RedisCommand? {
        do throws(RedisFailure) {
            let command = try command(for: arguments)
            do throws(RedisFailure) {
                try checkState(command, arguments, client)
            } catch {
                stats.byCommand[command.index].rejected += 1
                guard command.row.name == "exec", client.transaction != nil else { throw error }
                client.transaction = nil
                unwatch(client)
                throw RedisFailure("EXECABORT Transaction discarded because of: " + error.text)
            }
            return command
        } catch {
            client.transaction?.isAborted = true
            answer(error, client)
            return nil
        }
    }

    @inline(__always)
    private func checkState(
        _ command: RedisCommand, _ arguments: ArgumentList, _ client: RedisClient
    ) throws(RedisFailure) {
        if !client.isAuthenticated, !command.flags.contains(.noAuth) {
            throw RedisFailure("NOAUTH Authentication required.")
        }
        if let busy = scripts.busyFailure, !command.flags.contains(.allowBusy) { throw busy }
        if limitsWrites { try checkWrites(command, client) }
        if client.transaction != nil, command.flags.contains(.noMulti) {
            throw .err("Command not allowed inside a transaction")
        }
        if client.subscriptionCount + client.shardChannels.count > 0, !client.reply.isRESP3,
            !command.isForSubscribers
        {
            throw .err(
                "Can't execute '\(command.row.name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
                    + "RESET are allowed in this context")
        }
    }

    /// CONFIG SET maxmemory and min-replicas-to-write, and REPLICAOF; for EXEC what it is going to run counts.
    private func checkWrites(_ command: RedisCommand, _ client: RedisClient) throws(RedisFailure) {
        var flags = command.flags
        if command.row.name == "exec" {
            for queued in client.transaction?.queued ?? [] { flags.formUnion(queued.command.flags) }
        }
        if let master = config.master, !master.isEmpty {
            if flags.contains(.write), parameter("replica-read-only") == "yes" {
                throw RedisFailure("READONLY You can't write against a read only replica.")
            }
            if parameter("replica-serve-stale-data") == "no", !command.flags.contains(.stale) {
                throw RedisFailure(
                    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")
            }
            if command.row.name == "exec", parameter("replica-serve-stale-data") == "no",
                client.transaction?.queued.contains(where: { !$0.command.flags.contains(.stale) }) == true
            {
                throw RedisFailure(
                    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")
            }
        }
        if flags.contains(.denyoom), isOutOfMemory { throw .outOfMemory }
        if flags.contains(.write), !hasEnoughReplicas { throw .notEnoughReplicas }
    }

    private func queue(_ command: RedisCommand, _ arguments: ArgumentList, _ client: RedisClient) {
        let words = OwnedArguments(arguments)
        client.transaction?.memoryBytes += words.memoryBytes
        client.transaction?.queued.append((command, words))
        client.reply.append("+QUEUED\r\n")
    }

    /// Runs a command without asking whether it may: from a socket, a transaction, a script or this process.
    @inline(__always)
    func run(_ command: RedisCommand, _ arguments: ArgumentList, _ client: RedisClient) {
        let call = client.call
        let (outerCommand, outerArguments) = (call.command, call.arguments)
        call.command = command
        call.arguments = arguments
        stats.commands &+= 1
        client.lastCommand = command
        let outerClient = running
        running = client
        if !monitors.isEmpty, !command.flags.contains(.skipMonitor), !command.flags.contains(.admin) {
            showMonitors(arguments, client)
        }
        do throws(RedisFailure) {
            try command.run(call)
        } catch {
            stats.byCommand[command.index].failed += 1
            answer(error, client)
        }
        call.command = outerCommand
        call.arguments = outerArguments
        running = outerClient
        if hasTrackingClients, client.tracking != nil { remember(command, arguments, client) }
        let instant = Reactor.monotonicNow()
        // One that waits is counted once its wait is over.
        if client.blocked?.isWaiting(client) != true { stats.byCommand[command.index].calls &+= 1 }
        stats.byCommand[command.index].nanoseconds &+= instant &- lastInstant
        if instant &- lastInstant >= config.slowlogMicroseconds &* 1000, config.slowlogMicroseconds >= 0,
            client.kind != .script, !command.flags.contains(.skipSlowlog)
        {
            recordSlow(arguments, client, nanoseconds: instant &- lastInstant)
        }
        lastInstant = instant
    }

    func answer(_ failure: RedisFailure, _ client: RedisClient) {
        stats.count(failure)
        client.reply.error(failure.text)
    }

    /// CLIENT REPLY OFF and SKIP: takes the reply back.
    private func applyReplyMode(_ client: RedisClient, from mark: Int) {
        let isPush = client.lastCommand?.isSubscribing == true
        switch client.replyMode {
        case .on: break
        case .off: if !isPush { client.reply.truncate(to: mark) }
        case .skipNext: client.replyMode = .skip
        case .skip:
            if !isPush { client.reply.truncate(to: mark) }
            client.replyMode = .on
        }
    }
}

extension RedisCommand {
    /// Runs at once inside a transaction.
    var isTransactionControl: Bool {
        switch row.name {
        case "exec", "discard", "multi", "watch", "quit", "reset": true
        default: false
        }
    }

    /// What it writes is no reply but a push.
    var isSubscribing: Bool { row.name.hasSuffix("subscribe") }

    /// May be sent with RESP2 while there are subscriptions.
    var isForSubscribers: Bool {
        switch row.name {
        case "ping", "subscribe", "psubscribe", "ssubscribe", "unsubscribe", "punsubscribe", "sunsubscribe",
            "quit", "reset":
            true
        default: false
        }
    }
}
