public import AssayCore
internal import Synchronization

/// Names to addresses, without blocking a reactor. Numeric hosts never leave this process.
public enum Resolver {
    private struct Known {
        var addresses: [SocketAddress]
        /// CLOCK_MONOTONIC nanoseconds.
        var since: Int64
    }

    private static let cache = Mutex<[String: Known]>([:])

    /// - Parameters:
    ///   - lifetime: how old an answer may be that is used again; `nil` for any age.
    ///   - deadline: CLOCK_MONOTONIC nanoseconds; a resolver that is slower counts as ``Outcome/nameTimeout``.
    /// - Returns: at least one address, or the outcome and what the resolver said.
    public static func addresses(
        of host: String, port: UInt16, lifetime: Duration? = nil, on reactor: Reactor, until deadline: Int64,
        in scope: CancelScope? = nil
    ) async -> Result<[SocketAddress], ConnectFailure> {
        await addresses(
            of: host, port: port, lifetime: lifetime, on: reactor, until: deadline, in: scope,
            lookUp: resolveBlocking)
    }

    /// - Parameter lookUp: the blocking look-up, replaced in tests.
    static func addresses(
        of host: String, port: UInt16, lifetime: Duration? = nil, on reactor: Reactor, until deadline: Int64,
        in scope: CancelScope?,
        lookUp: @escaping @Sendable (String, UInt16) -> Result<[SocketAddress], ResolverError>
    ) async -> Result<[SocketAddress], ConnectFailure> {
        if let numeric = SocketAddress(numeric: host, port: port) { return .success([numeric]) }
        // RFC 6761 §6.3: localhost is loopback whatever a resolver says.
        if host == "localhost" {
            return .success(
                [.loopback(port: port), SocketAddress(numeric: "::1", port: port)].compactMap(\.self))
        }
        let key = "\(host):\(port)"
        if let known = cache.withLock({ $0[key] }), isFresh(known, lifetime) {
            return .success(known.addresses)
        }
        // Users that need the same name at the same time wait for one look-up.
        let answer: Answer
        if let running = reactor.lookUps[key] {
            answer = running
        } else {
            answer = Answer(reactor)
            reactor.lookUps[key] = answer
            Task(executorPreference: reactor) {
                answer.value = await Blocking.run { lookUp(host, port) }
                reactor.lookUps[key] = nil
                if case .success(let found) = answer.value, !found.isEmpty {
                    let now = Reactor.monotonicNow()
                    cache.withLock { $0[key] = Known(addresses: found, since: now) }
                }
                answer.signal.notifyAll()
            }
        }
        if answer.value == nil {
            switch await answer.signal.wait(until: deadline, in: scope) {
            case .ready: break
            case .timeout: return .failure(ConnectFailure(.nameTimeout, "no answer for \(host)"))
            case .cancelled: return .failure(ConnectFailure(.cancelled, "cancelled while resolving \(host)"))
            }
        }
        switch answer.value {
        case .success(let found) where !found.isEmpty: return .success(found)
        case .failure(let error):
            return .failure(
                ConnectFailure(error.isTemporary ? .nameTimeout : .nameNotFound, "\(host): \(error)"))
        default: return .failure(ConnectFailure(.nameNotFound, "\(host) has no address"))
        }
    }

    private static func isFresh(_ known: Known, _ lifetime: Duration?) -> Bool {
        guard let lifetime else { return true }
        return Reactor.monotonicNow() &- known.since < lifetime.nanoseconds
    }

    /// A look-up that runs.
    ///
    /// `@unchecked Sendable`: touched on its reactor's thread only.
    final class Answer: @unchecked Sendable {
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
