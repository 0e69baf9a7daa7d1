internal import AssayNet

/// The server behind a proxy: `db.example:5432`, `127.0.0.1:5432`, `[::1]:5432` or `unix:/run/db.sock`.
public struct ProxyUpstream: Sendable, Equatable, CustomStringConvertible {
    enum Place: Sendable, Equatable {
        case host(String, port: UInt16)
        case path(String)
    }

    let place: Place
    /// As written.
    public let description: String

    /// - Returns: `nil` for a text that names no server.
    public init?(_ text: String) {
        description = text
        if text.hasPrefix("unix:") || text.hasPrefix("/") {
            let path = text.hasPrefix("/") ? text : String(text.dropFirst("unix:".count))
            guard SocketAddress(.unix(path)).fault == nil else { return nil }
            place = .path(path)
            return
        }
        guard let (host, port) = Self.hostAndPort(text), !host.isEmpty, port > 0 else { return nil }
        place = .host(host, port: port)
    }

    /// `host:port`; an IPv6 address stands in brackets.
    static func hostAndPort(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return (String(host), port)
    }

    /// - Parameter nanoseconds: for finding the address and connecting together.
    func connect(
        on reactor: Reactor, within nanoseconds: Int64, in scope: CancelScope
    ) async -> Result<Channel, ConnectFailure> {
        let deadline = Reactor.monotonicNow() &+ nanoseconds
        switch place {
        case .path(let path):
            return await reactor.connect(to: [SocketAddress(.unix(path))], until: deadline, in: scope)
        case .host(let host, let port):
            switch await Resolver.addresses(of: host, port: port, on: reactor, until: deadline, in: scope) {
            case .success(let addresses):
                return await reactor.connect(to: addresses, until: deadline, in: scope)
            case .failure(let failure): return .failure(failure)
            }
        }
    }
}
