internal import AssayNet

/// Commands that wait: CLIENT PAUSE, and faults that delay.
extension RedisServer {
    func pause(milliseconds: Int64, all: Bool) {
        let until = Reactor.monotonicNow() &+ min(milliseconds, 9_000_000_000_000) &* 1_000_000
        // The longer and the stricter of two pauses holds.
        let isRunning = pausedUntil > Reactor.monotonicNow()
        pausesAll = all || isRunning && pausesAll
        pausedUntil = max(until, isRunning ? pausedUntil : 0)
    }

    func endPause() {
        pausedUntil = 0
        let waiting = paused
        paused = []
        for client in waiting { resume(client) }
        afterCommands()
    }

    /// Lets a client's command wait for the end of a pause.
    func holdForPause(_ client: RedisClient) {
        client.isHeld = true
        paused.append(client)
        later(at: pausedUntil) { server in
            guard server.pausedUntil <= Reactor.monotonicNow() else { return }
            server.endPause()
        }
    }

    /// Whether a command must wait now.
    func isPaused(_ command: RedisCommand) -> Bool {
        guard pausedUntil > Reactor.monotonicNow(), command.row.name != "unpause" else { return false }
        return pausesAll || !command.flags.isDisjoint(with: [.write, .mayReplicate])
            || command.row.name == "exec"
    }

    /// Runs what a client sent and what had to wait.
    func resume(_ client: RedisClient) {
        guard client.isHeld, !client.isClosed, let connection = client.connection else { return }
        client.isHeld = false
        refreshTime()
        runPending(client, connection)
        unflushed.append(client)
    }

    /// Does something at a time of CLOCK_MONOTONIC.
    func later(at deadline: Int64, _ work: @escaping @Sendable (RedisServer) -> Void) {
        let bound = ReactorBound(self, on: reactor)
        let reactor = reactor
        Task(executorPreference: reactor) {
            await reactor.sleep(until: deadline)
            work(bound.value)
        }
    }
}
