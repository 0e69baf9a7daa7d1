internal import AssayNet

/// Connections: what they send is run in one go and answered with one send.
extension RedisServer {
    /// Accepts connections until the scope is cancelled.
    func accept(_ listener: Listener, in scope: CancelScope) {
        let bound = ReactorBound(self, on: reactor)
        Task(executorPreference: reactor) {
            while let channel = await listener.accept(in: scope) { bound.value.begin(channel, in: scope) }
        }
    }

    private func begin(_ channel: Channel, in scope: CancelScope) {
        stats.connections += 1
        guard clients.count < config.maxClients else {
            stats.rejectedConnections += 1
            _ = channel.send(Array("-ERR max number of clients reached\r\n".utf8))
            channel.close()
            return
        }
        refreshTime()
        let connection = RedisConnection(channel, socketPath: socketPath)
        let client = makeClient(.connection, connection: connection)
        let bound = ReactorBound((server: self, client: client, connection: connection), on: reactor)
        Task(executorPreference: reactor) {
            while await channel.readable(in: scope) == .ready, !channel.isClosed {
                let (server, client, connection) = bound.value
                guard server.receive(from: client, connection) else { break }
            }
            let (server, client, connection) = bound.value
            server.forget(client)
            server.afterCommands()
            if !connection.isSending { channel.close() }
        }
    }

    /// Reads what came, runs it and answers.
    ///
    /// - Returns: `false` when the connection has ended.
    private func receive(from client: RedisClient, _ connection: RedisConnection) -> Bool {
        let buffer = connection.pending ?? shelf.take()
        guard let count = buffer.fill(from: connection.channel) else {
            if connection.pending == nil { shelf.give(buffer) }
            return false
        }
        connection.pending = buffer
        stats.inputBytes += Int64(count)
        if buffer.count > config.limits.bufferBytes { return false }
        refreshTime()
        client.lastUsedAt = lastInstant
        runPending(client, connection)
        afterCommands()
        return finish(client, connection)
    }

    /// Runs the requests that a connection has sent, up to one that must wait.
    func runPending(_ client: RedisClient, _ connection: RedisConnection) {
        guard let buffer = connection.pending else { return }
        var limits = config.limits
        reading: while client.blocked == nil, !client.isHeld, !client.closesAfterReply {
            limits.isTrusted = client.isAuthenticated
            switch buffer.next(limits) {
            case .needMore: break reading
            case .failed(let text):
                answer(.err("Protocol error: " + text), client)
                client.closesAfterReply = true
            case .request:
                perform(buffer.words, as: client)
                if client.isHeld { break reading }
                if client.dropsReplies { client.reply.removeAll() }
                buffer.consume()
            }
        }
        if buffer.isEmpty {
            connection.pending = nil
            shelf.give(buffer)
        }
    }

    /// Sends the replies.
    ///
    /// - Returns: `false` when the connection has ended.
    private func finish(_ client: RedisClient, _ connection: RedisConnection) -> Bool {
        stats.outputBytes += Int64(client.reply.count)
        if client.dropsReplies { return false }
        guard connection.flush(client), !client.closesAfterReply else { return false }
        return client.reply.count <= config.outputBytes
    }

    /// Ends a connection; that of the running command once it is answered.
    func end(_ client: RedisClient, unless own: RedisClient? = nil) {
        if client === own {
            client.closesAfterReply = true
            return
        }
        forget(client)
        client.connection?.channel.close()
    }

    /// What commands have set off for others: ended waits, messages.
    func afterCommands() {
        while true {
            if !readyKeys.isEmpty { serveReadyKeys() }
            if let client = unblocked.popLast() {
                if let connection = client.connection, !client.isClosed {
                    runPending(client, connection)
                    unflushed.append(client)
                } else {
                    client.onUnblocked?()
                }
                continue
            }
            guard let client = unflushed.popLast() else { return }
            guard let connection = client.connection, !client.isClosed else { continue }
            if !finish(client, connection) {
                forget(client)
                if !connection.isSending { connection.channel.close() }
            }
        }
    }
}
