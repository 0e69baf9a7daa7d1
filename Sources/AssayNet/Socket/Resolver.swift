public import AssayCore
internal import Synchronization

/// Names to addresses, without blocking a reactor. Numeric hosts never leave this process.
public enum Resolver {
    private static let cache = Mutex<[String: [SocketAddress]]>([:])

    /// - Parameters:
    ///   - deadline: CLOCK_MONOTONIC nanoseconds; a resolver that is slower counts as ``Outcome/nameTimeout``.
    ///   - lookUp: the blocking look-up, replaced in tests.
    /// - Returns: at least one address, or the outcome and what the resolver said.
    public static func addresses(
        of host: String, port: UInt16, on reactor: Reactor, until deadline: Int64,
        in scope: CancelScope? = nil
    ) async -> Result<[SocketAddress], ConnectFailure> {
        await addresses(
            of: host, port: port, on: reactor, until: deadline, in: scope, lookUp: resolveBlocking)
    }

    static func addresses(
        of host: String, port: UInt16, on reactor: Reactor, until deadline: Int64, in scope: CancelScope?,
        lookUp: @escaping @Sendable (String, UInt16) -> Result<[SocketAddress], ResolverError>
    ) async -> Result<[SocketAddress], ConnectFailure> {
        if let numeric = SocketAddress(numeric: host, port: port) { return .success([numeric]) }
        // RFC 6761 §6.3: localhost is loopback whatever a resolver says.
        if host == "localhost" {
            return .success(
                [.loopback(port: port), SocketAddress(numeric: "::1", port: port)].compactMap(\.self))
        }
        let key = "\(host):\(port)"
        if let known = cache.withLock({ $0[key] }) { return .success(known) }
        let answer = Answer(reactor)
        Task(executorPreference: reactor) {
            answer.value = await Blocking.run { lookUp(host, port) }
            answer.signal.notifyAll()
        }
        if answer.value == nil {
            switch await answer.signal.wait(until: deadline, in: scope) {
            case .ready: break
            case .timeout: return .failure(ConnectFailure(.nameTimeout, "no answer for \(host)"))
            case .cancelled: return .failure(ConnectFailure(.cancelled, "cancelled while resolving \(host)"))
            }
        }
        switch answer.value {
        case .success(let found) where !found.isEmpty:
            cache.withLock { $0[key] = found }
            return .success(found)
        case .failure(let error):
            return .failure(
                ConnectFailure(error.isTemporary ? .nameTimeout : .nameNotFound, "\(host): \(error)"))
        default: return .failure(ConnectFailure(.nameNotFound, "\(host) has no address"))
        }
    }

    /// `@unchecked Sendable`: touched on its reactor's thread only.
    private final class Answer: @unchecked Sendable {
        var value: Result<[SocketAddress], ResolverError>?
        let signal: Signal
        init(_ reactor: Reactor) { signal = reactor.makeSignal() }
    }
}

/// Why there is no connection: a named outcome and a sentence.
public struct ConnectFailure: Error, Sendable, Equatable {
    public var outcome: Outcome
    public var note: String
    public init(_ outcome: Outcome, _ note: String) {
        self.outcome = outcome
        self.note = note
    }
}
