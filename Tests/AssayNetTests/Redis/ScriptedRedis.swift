import AssayCore
import AssayWire

@testable import AssayNet

/// A Redis that says exactly what a test wants: to each command it reads, the next line of its script.
final class ScriptedRedis: Sendable {
    enum Answer: Sendable {
        /// These bytes, in these pieces.
        case say([String])
        case close
        case reset
        /// Says nothing and keeps the connection.
        case silence
        /// Says this and closes.
        case last(String)
    }

    static let hello = Answer.say(["%1\r\n+proto\r\n:3\r\n"])

    let address: SocketAddress
    private let state: ReactorBound<State>

    private final class State {
        var commands: [[String]] = []
        var connections = 0
        let listener: Listener
        let scope: CancelScope
        init(_ listener: Listener, _ scope: CancelScope) {
            self.listener = listener
            self.scope = scope
        }
    }

    /// What came in, connections together.
    var commands: [[String]] { state.value.commands }
    var connections: Int { state.value.connections }

    /// - Parameter scripts: one a connection, in the order in which they are accepted.
    init(_ scripts: [[Answer]], at address: SocketAddress = .loopback(port: 0), on reactor: Reactor) throws {
        let listener = try Listener(at: address, on: reactor)
        let state = ReactorBound(State(listener, CancelScope(on: reactor)), on: reactor)
        self.address = listener.address
        self.state = state
        Task(executorPreference: reactor) {
            for script in scripts {
                let state = state.value
                guard let channel = await state.listener.accept(in: state.scope) else { return }
                state.connections += 1
                Task(executorPreference: reactor) { await Self.serve(script, channel, state: state) }
            }
        }
    }

    var redis: RedisAddress { RedisAddress(.tcp(host: "127.0.0.1", port: address.port ?? 0)) }

    func stop() {
        state.value.scope.cancel()
        state.value.listener.close()
    }

    private static func serve(_ script: [Answer], _ channel: Channel, state: State) async {
        var parser = RESPParser()
        var rest = script[...]
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while await channel.readable(in: state.scope) == .ready, !channel.isClosed {
            let transfer = unsafe bytes.withUnsafeMutableBytes {
                unsafe receive(channel.descriptor, into: $0)
            }
            switch transfer {
            case .later:
                channel.isReadable = false
                continue
            case .end, .failed: return channel.close()
            case .moved(let count):
                var place = 0
                while place < count {
                    let (event, consumed) = unsafe parser.next(
                        bytes.span.bytes.extracting(place..<count), limits: RESPLimits())
                    place += consumed
                    guard case .value(let value) = event else { break }
                    state.commands.append(
                        value.elements?.map { String(decoding: $0.bytes ?? [], as: UTF8.self) } ?? [])
                    switch rest.popFirst() ?? .silence {
                    case .say(let pieces):
                        for piece in pieces {
                            say(piece, channel)
                            if pieces.count > 1 { await channel.reactor.sleep(for: .milliseconds(1)) }
                        }
                    case .last(let text):
                        say(text, channel)
                        return channel.close()
                    case .close: return channel.close()
                    case .reset:
                        setLingerZero(channel.descriptor)
                        return channel.close()
                    case .silence: break
                    }
                }
            }
        }
        channel.close()
    }

    private static func say(_ text: String, _ channel: Channel) {
        _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe transmit(channel.descriptor, $0) }
    }
}
