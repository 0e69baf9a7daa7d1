internal import CLinux
internal import Glibc
internal import AssayCore

extension Reactor {
    /// Opens a TCP or Unix connection; tries the addresses in turn until one accepts.
    ///
    /// - Parameters:
    ///   - own: local addresses; the one whose turn it is among those of the target's family is used.
    ///   - deadline: for all of it, CLOCK_MONOTONIC nanoseconds; an address that is not the last has an equal share of
    ///     what is left.
    public func connect(
        to addresses: [SocketAddress], from own: [SocketAddress] = [], turn: Int = 0, until deadline: Int64,
        in scope: CancelScope? = nil
    ) async -> Result<Channel, ConnectFailure> {
        var failure = ConnectFailure(.connectFailed, "no address to connect to")
        for (index, address) in addresses.enumerated() {
            let sharers = Int64(addresses.count - index)
            let now = sharers > 1 ? Reactor.monotonicNow() : 0
            let share = sharers > 1 && deadline != .max ? now &+ max(0, deadline &- now) / sharers : deadline
            let source: SocketAddress?
            switch Self.source(for: address, among: own, turn) {
            case .success(let found): source = found
            case .failure(let reason):
                failure = reason
                continue
            }
            switch await connect(to: address, from: source, until: share, in: scope) {
            case .success(let channel): return .success(channel)
            case .failure(let reason):
                failure = reason
                if reason.outcome == .cancelled { return .failure(reason) }
            }
        }
        return .failure(failure)
    }

    /// The own address whose turn it is; none when none was given.
    private static func source(
        for address: SocketAddress, among own: [SocketAddress], _ turn: Int
    ) -> Result<SocketAddress?, ConnectFailure> {
        guard !own.isEmpty, address.family != AF_UNIX else { return .success(nil) }
        let fitting = own.filter { $0.family == address.family }
        guard !fitting.isEmpty else {
            let names = own.map(\.description).joined(separator: ", ")
            return .failure(
                ConnectFailure(.connectFailed, "no local address of \(address)'s family: there is \(names)"))
        }
        return .success(fitting[Int(UInt(bitPattern: turn) % UInt(fitting.count))])
    }

    private func connect(
        to address: SocketAddress, from source: SocketAddress?, until deadline: Int64, in scope: CancelScope?
    ) async -> Result<Channel, ConnectFailure> {
        if let reason = address.fault { return .failure(ConnectFailure(.notSent, reason)) }
        while true {
            guard let result = await tryConnecting(to: address, from: source, until: deadline, in: scope)
            else {
                // The listener's queue is full, and a Unix socket does not say when it is not any more.
                let next = min(deadline, Reactor.monotonicNow() &+ Self.queuePause)
                switch await sleep(until: next, in: scope) {
                case .cancelled: return .failure(Self.cancelled(address))
                default: if next >= deadline { return .failure(Self.timeout(address)) }
                }
                continue
            }
            return result
        }
    }

    private static let queuePause: Int64 = 2_000_000

    /// - Returns: `nil` when a Unix listener cannot take another connection now.
    private func tryConnecting(
        to address: SocketAddress, from source: SocketAddress?, until deadline: Int64,
        in scope: CancelScope?
    ) async -> Result<Channel, ConnectFailure>? {
        let descriptor = clinux_stream_socket(address.family)
        guard descriptor >= 0 else { return .failure(Self.failure(-descriptor, "socket", address)) }
        if address.family != AF_UNIX { _ = clinux_set_nodelay(descriptor) }
        if let source, let errno = bindForConnecting(descriptor, at: source) {
            closeDescriptor(descriptor)
            return .failure(Self.failure(errno, "bind", source))
        }
        let begun = beginConnect(descriptor, to: address)
        if case .failed(let errno) = begun {
            closeDescriptor(descriptor)
            return .failure(Self.failure(errno, "connect", address))
        }
        if begun == .later, address.family == AF_UNIX {
            closeDescriptor(descriptor)
            return nil
        }
        let channel: Channel
        do {
            channel = try Channel(descriptor, on: self)
        } catch {
            return .failure(Self.failure(error.errno, error.call, address))
        }
        if begun == .later {
            switch await channel.writable(until: deadline, in: scope) {
            case .ready: break
            case .timeout:
                channel.close()
                return .failure(Self.timeout(address))
            case .cancelled:
                channel.close()
                return .failure(Self.cancelled(address))
            }
            let error = clinux_socket_error(descriptor)
            guard error == 0 else {
                channel.close()
                return .failure(Self.failure(error, "connect", address))
            }
        }
        return .success(channel)
    }

    private static func timeout(_ address: SocketAddress) -> ConnectFailure {
        ConnectFailure(.connectTimeout, "\(address) did not accept in time")
    }

    private static func cancelled(_ address: SocketAddress) -> ConnectFailure {
        ConnectFailure(.cancelled, "cancelled while connecting to \(address)")
    }

    private static func failure(_ errno: Int32, _ call: String, _ address: SocketAddress) -> ConnectFailure {
        let outcome: Outcome =
            switch errno {
            case ECONNREFUSED, ENOENT: .connectRefused
            case ETIMEDOUT: .connectTimeout
            case ECONNRESET: .reset
            default: .connectFailed
            }
        return ConnectFailure(
            outcome, SystemError(call: call, errno: errno, subject: "\(address)").description)
    }
}
