internal import AssayCore
internal import AssayNet

/// Moves the bytes of one direction of a proxied connection. Belongs to its reactor's thread.
final class ProxyStream {
    private var machine: ToxicStream
    private let source: Channel
    private let target: Channel
    private let reactor: Reactor
    private let scope: CancelScope
    private unowned let connection: ProxyConnection
    private(set) var bytes = 0
    private(set) var isDone = false

    init(
        _ machine: ToxicStream, from source: Channel, to target: Channel, of connection: ProxyConnection,
        on reactor: Reactor, in scope: CancelScope
    ) {
        self.machine = machine
        self.source = source
        self.target = target
        self.connection = connection
        self.reactor = reactor
        self.scope = scope
    }

    func update(_ toxics: [Toxic]) {
        machine.update(toxics, at: Reactor.monotonicNow())
        source.wakeWaits()
    }

    func run() async {
        await move()
        isDone = true
        scope.leave()
        // A stream that waits for nothing but this one looks again.
        connection.wake()
    }

    private func move() async {
        while !source.isClosed, !target.isClosed, !scope.isCancelled {
            switch machine.next(at: Reactor.monotonicNow()) {
            case .send(let bytes):
                guard await send(bytes) else { return connection.close(resets: target.wasReset) }
                self.bytes += bytes.count
            case .finish: return target.shutdownWriting()
            case .close: return connection.close(resets: false)
            case .reset: return connection.close(resets: true)
            case .wait(let deadline):
                if machine.takesMore, source.isReadable {
                    guard receive() else { return connection.close(resets: true) }
                } else if machine.hasEnded, deadline == .max, connection.otherIsDone(than: self) {
                    // Nobody is left to wait for.
                    return target.shutdownWriting()
                } else {
                    await wait(until: deadline)
                }
            }
        }
    }

    /// - Returns: `false` when the sender has reset the connection.
    private func receive() -> Bool {
        if let bytes = source.receive(limitBytes: 64 << 10) {
            machine.take(bytes, at: Reactor.monotonicNow())
        } else if source.wasReset {
            return false
        } else {
            machine.end(at: Reactor.monotonicNow())
        }
        return true
    }

    private func wait(until deadline: Int64) async {
        if machine.takesMore {
            _ = await source.readable(until: deadline, in: scope)
        } else if source.isBroken {
            // Its end is known already and would end the wait at once.
            await reactor.sleep(until: min(deadline, Reactor.monotonicNow() &+ 50_000_000), in: scope)
        } else {
            _ = await source.ended(until: deadline, in: scope)
        }
    }

    private func send(_ bytes: [UInt8]) async -> Bool {
        var place = 0
        while place < bytes.count {
            guard !target.isClosed, let count = target.send(bytes, from: place) else { return false }
            place += count
            if count == 0, await target.writable(in: scope) != .ready { return false }
        }
        return true
    }
}

/// A client's connection and the one to the server that was opened for it. Belongs to its reactor's thread.
final class ProxyConnection {
    private let client: Channel
    private let server: Channel
    private var streams: [ProxyStream] = []

    init(_ client: Channel, _ server: Channel) {
        self.client = client
        self.server = server
    }

    /// Moves bytes both ways until both directions have ended or a toxic ends them.
    ///
    /// - Parameter machine: makes the state of one direction.
    func run(
        on reactor: Reactor, in scope: CancelScope, machine: (Toxic.Stream) -> ToxicStream
    ) async {
        let upstream = ProxyStream(
            machine(.upstream), from: client, to: server, of: self, on: reactor,
            in: CancelScope(on: reactor, within: scope))
        let downstream = ProxyStream(
            machine(.downstream), from: server, to: client, of: self, on: reactor,
            in: CancelScope(on: reactor, within: scope))
        streams = [upstream, downstream]
        let done = reactor.makeSignal()
        let bound = ReactorBound(upstream, on: reactor)
        Task(executorPreference: reactor) {
            await bound.value.run()
            done.notifyAll()
        }
        await downstream.run()
        while !upstream.isDone { await done.wait() }
        close(resets: false)
        streams = []
    }

    func update(_ toxics: [Toxic]) { for stream in streams { stream.update(toxics) } }

    func wake() {
        client.wakeWaits()
        server.wakeWaits()
    }

    func otherIsDone(than stream: ProxyStream) -> Bool {
        streams.allSatisfy { $0 === stream || $0.isDone }
    }

    func close(resets: Bool) {
        for channel in [client, server] where !channel.isClosed {
            if resets { channel.resetOnClose() }
            channel.close()
        }
    }
}
