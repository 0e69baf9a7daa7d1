internal import CLinux
internal import Glibc
internal import AssayCore

extension Reactor {
    /// Opens a TCP or Unix connection; tries the addresses in turn until one accepts.
    ///
    /// - Parameter deadline: for all of it, CLOCK_MONOTONIC nanoseconds.
    public func connect(
        to addresses: [SocketAddress], until deadline: Int64, in scope: CancelScope? = nil
    ) async -> Result<Channel, ConnectFailure> {
        var failure = ConnectFailure(.connectFailed, "no address to connect to")
        for address in addresses {
            switch await connect(to: address, until: deadline, in: scope) {
            case .success(let channel): return .success(channel)
            case .failure(let reason):
                failure = reason
                if reason.outcome == .cancelled || reason.outcome == .connectTimeout {
                    return .failure(reason)
                }
            }
        }
        return .failure(failure)
    }

    private func connect(
        to address: SocketAddress, until deadline: Int64, in scope: CancelScope?
    ) async -> Result<Channel, ConnectFailure> {
        if let reason = address.fault { return .failure(ConnectFailure(.notSent, reason)) }
        while true {
            guard let result = await tryConnecting(to: address, until: deadline, in: scope) else {
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
        to address: SocketAddress, until deadline: Int64, in scope: CancelScope?
    ) async -> Result<Channel, ConnectFailure>? {
        let descriptor = clinux_stream_socket(address.family)
        guard descriptor >= 0 else { return .failure(Self.failure(-descriptor, "socket", address)) }
        if address.family != AF_UNIX { _ = clinux_set_nodelay(descriptor) }
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
