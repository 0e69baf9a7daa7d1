internal import AssayNet

/// A command that waits for a key to hold something.
struct BlockedState {
    var command: RedisCommand
    var arguments: OwnedArguments
    var database: RedisDatabase
    var keys: [[UInt8]]
    var type: RedisType
    var timeoutReply: TimeoutReply
    /// Ends the timer.
    var timer: CancelScope?
    /// Set when the command ran again and found nothing.
    var isStillWaiting = false

    /// Whether the command that ran last began to wait, or found nothing after a wait.
    func isWaiting(_ client: RedisClient) -> Bool { !client.isRetrying || isStillWaiting }
}

/// What was sent between MULTI and EXEC.
struct Transaction {
    var queued: [(command: RedisCommand, arguments: OwnedArguments)] = []
    /// A command of it was refused, so that EXEC is too.
    var isAborted = false
    var memoryBytes = 0
}

/// What CLIENT TRACKING was asked for.
struct ClientTracking {
    var redirect: Int64 = 0
    var isBroadcast = false
    var prefixes: [[UInt8]] = []
    var isOptIn = false
    var isOptOut = false
    var isNoLoop = false
    /// CLIENT CACHING, for the next command.
    var caching: Bool?
    /// Keys that were read and not changed since.
    var keys: Set<[UInt8]> = []
}

extension RedisServer {
    func block(_ client: RedisClient, _ state: BlockedState, milliseconds: Int64) {
        var state = state
        for key in Set(state.keys) { state.database.waiters[key, default: []].append(client) }
        blockedCount += 1
        if milliseconds > 0 {
            let timer = CancelScope(on: reactor)
            state.timer = timer
            let deadline = Reactor.monotonicNow() &+ min(milliseconds, 9_000_000_000_000) &* 1_000_000
            let bound = ReactorBound((server: self, client: client), on: reactor)
            Task(executorPreference: reactor) {
                guard await bound.isDue(deadline, timer) else { return }
                let (server, client) = bound.value
                server.endBlocking(client) { $0.timeoutReply.write(to: client.reply) }
                server.afterCommands()
            }
        }
        client.blocked = state
    }

    /// Ends a wait and answers the command.
    func endBlocking(_ client: RedisClient, _ answer: (BlockedState) -> Void) {
        guard let state = client.blocked else { return }
        forgetWait(client)
        stats.byCommand[state.command.index].calls &+= 1
        answer(state)
        unblocked.append(client)
    }

    /// Ends a wait without an answer, as when the client is gone.
    func forgetWait(_ client: RedisClient) {
        guard let state = client.blocked else { return }
        client.blocked = nil
        blockedCount -= 1
        state.timer?.cancel()
        for key in Set(state.keys) {
            guard var waiting = state.database.waiters.removeValue(forKey: key) else { continue }
            waiting.removeAll { $0 === client }
            if !waiting.isEmpty { state.database.waiters[key] = waiting }
        }
    }

    /// Runs the commands that wait for keys which became ready, in the order in which they began to wait.
    func serveReadyKeys() {
        while !readyKeys.isEmpty {
            let ready = readyKeys
            readyKeys.removeAll()
            for (database, key) in ready {
                for client in database.waiters[key] ?? [] { retry(client, key, in: database) }
            }
        }
    }

    private func retry(_ client: RedisClient, _ key: [UInt8], in database: RedisDatabase) {
        guard let state = client.blocked, state.database === database else { return }
        let found = key.withSlice { database.find($0) }.map { database[$0].value.type }
        // A reader of a stream learns of its end; others wait for a key of their type.
        guard found == state.type || (state.type == .stream && state.command.flags.contains(.write)) else {
            return
        }
        client.isRetrying = true
        client.readyKey = key
        let mark = client.reply.count
        state.arguments.withWords { run(state.command, $0, client) }
        client.isRetrying = false
        if client.blocked?.isStillWaiting == true {
            client.blocked?.isStillWaiting = false
            client.reply.truncate(to: mark)
            return
        }
        forgetWait(client)
        unblocked.append(client)
    }
}

extension ReactorBound where Value == (server: RedisServer, client: RedisClient) {
    /// Waits for a deadline.
    ///
    /// - Returns: `false` when the wait was cancelled.
    fileprivate func isDue(_ deadline: Int64, _ timer: CancelScope) async -> Bool {
        await value.server.reactor.sleep(until: deadline, in: timer) == .timeout
    }
}
