/// Who is at the other end of a connection, and how it is protected; one object for a connection.
public final class HTTPPeer: Sendable {
    /// `nil` for a Unix socket.
    public let address: SocketAddress?
    /// `TLSv1.3`; `nil` without TLS.
    public let tlsVersion: String?
    /// As the standards name it; `nil` without TLS.
    public let cipher: String?

    public init(address: SocketAddress?, tlsVersion: String? = nil, cipher: String? = nil) {
        self.address = address
        self.tlsVersion = tlsVersion
        self.cipher = cipher
    }

    /// Asks the kernel; the channel must be open.
    convenience init(of channel: Channel) {
        self.init(
            address: SocketAddress.peer(of: channel.descriptor), tlsVersion: channel.tls?.version,
            cipher: channel.tls?.cipher)
    }
}
