internal import CLinux

/// A listening socket on a reactor.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class Listener: @unchecked Sendable {
    /// Where it really listens, the port chosen by the kernel included.
    public let address: SocketAddress
    private let channel: Channel

    /// - Throws: ``SystemError``, like EADDRINUSE with the address.
    public init(at address: SocketAddress, on reactor: Reactor, backlog: Int32 = 4096) throws(SystemError) {
        let descriptor = try SystemError.check(
            clinux_stream_socket(address.family), "socket", subject: "\(address)")
        if let errno = bindAndListen(descriptor, at: address, backlog: backlog) {
            closeDescriptor(descriptor)
            throw SystemError(call: "listen", errno: errno, subject: "\(address)")
        }
        self.address = SocketAddress.local(of: descriptor) ?? address
        channel = try Channel(descriptor, on: reactor)
    }

    /// Suspends until a client connects.
    ///
    /// - Returns: `nil` when the listener was closed or the scope cancelled.
    public func accept(in scope: CancelScope? = nil) async -> Channel? {
        while !channel.isClosed {
            guard await channel.readable(in: scope) == .ready, !channel.isClosed else { return nil }
            let accepted = clinux_accept(channel.descriptor)
            if accepted >= 0 {
                _ = clinux_set_nodelay(accepted)
                if let client = try? Channel(accepted, on: channel.reactor) { return client }
                continue
            }
            switch SystemError.name(of: -accepted) {
            case "EAGAIN": channel.isReadable = false
            case "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM":
                // No descriptor left: let others close some before the next try.
                if await channel.reactor.sleep(for: .milliseconds(10), in: scope) == .cancelled { return nil }
            default: continue  // the client was gone before it was accepted
            }
        }
        return nil
    }

    public func close() { channel.close() }
}
