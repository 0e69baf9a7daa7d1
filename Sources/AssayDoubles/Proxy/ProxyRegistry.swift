internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// The proxies of one toxiproxy server, by name. Belongs to its reactor's thread.
final class ProxyRegistry {
    private(set) var proxies: [String: TCPProxy] = [:]
    private let reactor: Reactor
    private let random: SeededRandom
    private var made: UInt64 = 0

    init(on reactor: Reactor, random: SeededRandom) {
        self.reactor = reactor
        self.random = random
    }

    /// What a client asks a proxy to be; texts as sent, because answers show them so.
    struct Wish {
        var name: String
        var listen: String
        var upstream: String
        var isEnabled: Bool
    }

    func find(_ name: String) throws(ToxiproxyError) -> TCPProxy {
        guard let proxy = proxies[name] else { throw .proxyNotFound }
        return proxy
    }

    func add(_ wish: Wish) throws(ToxiproxyError) -> TCPProxy {
        guard proxies[wish.name] == nil else { throw .proxyExists }
        let (listen, upstream) = try Self.addresses(of: wish)
        made += 1
        let proxy = TCPProxy(
            wish.name, listen: listen, to: upstream, on: reactor, random: random.split(made))
        if wish.isEnabled { try Self.enable(proxy) }
        proxies[wish.name] = proxy
        return proxy
    }

    /// As `POST /populate`: one that is the same already stays with its connections.
    func addOrReplace(_ wish: Wish) throws(ToxiproxyError) -> TCPProxy {
        if let known = proxies[wish.name] {
            let (listen, upstream) = try Self.addresses(of: wish)
            let isSame =
                known.upstream?.description == upstream.description
                && (known.listen == listen || listen.port == 0 && known.isEnabled)
            if isSame {
                if wish.isEnabled { try Self.enable(known) } else { known.disable() }
                return known
            }
            remove(known)
        }
        return try add(wish)
    }

    /// As `POST /proxies/{name}`: what differs is changed, and connections end where an address does.
    func update(_ proxy: TCPProxy, _ wish: Wish) throws(ToxiproxyError) {
        let (listen, upstream) = try Self.addresses(of: wish)
        if listen != proxy.listen || upstream != proxy.upstream {
            proxy.disable()
            proxy.move(to: upstream, listen: listen)
        }
        if wish.isEnabled { try Self.enable(proxy) } else { proxy.disable() }
    }

    func remove(_ proxy: TCPProxy) {
        proxy.disable()
        proxies[proxy.name] = nil
    }

    func removeAll() {
        for proxy in proxies.values { proxy.disable() }
        proxies = [:]
    }

    /// As `POST /reset`: every proxy is enabled and has no toxics.
    func reset() throws(ToxiproxyError) {
        for proxy in proxies.values {
            proxy.use([])
            try Self.enable(proxy)
        }
    }

    private static func enable(_ proxy: TCPProxy) throws(ToxiproxyError) {
        do {
            try proxy.enable()
        } catch {
            throw ToxiproxyError(500, "\(error)")
        }
    }

    private static func addresses(
        of wish: Wish
    ) throws(ToxiproxyError) -> (listen: SocketAddress, upstream: ProxyUpstream) {
        guard let upstream = ProxyUpstream(wish.upstream) else {
            throw ToxiproxyError(400, "bad request body: upstream '\(wish.upstream)' is no host:port")
        }
        guard let listen = listenAddress(wish.listen) else {
            throw ToxiproxyError(400, "bad request body: listen '\(wish.listen)' is no address of loopback")
        }
        return (listen, upstream)
    }

    /// Every address and no address at all mean loopback: a proxy is not offered to the network.
    private static func listenAddress(_ text: String) -> SocketAddress? {
        if text.isEmpty { return .loopback(port: 0) }
        guard let (host, port) = ProxyUpstream.hostAndPort(text) else { return nil }
        if ["", "0.0.0.0", "::", "localhost"].contains(host) { return .loopback(port: port) }
        guard let address = SocketAddress(numeric: host, port: port) else { return nil }
        switch address.kind {
        case .ipv4(let bytes, _): return bytes.first == 127 ? address : nil
        case .ipv6(let bytes, _, _):
            return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 ? address : nil
        case .unix: return nil
        }
    }
}

/// An answer of toxiproxy's that is an error, in its words.
struct ToxiproxyError: Error, Equatable {
    var status: Int
    var message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    static let proxyNotFound = ToxiproxyError(404, "proxy not found")
    static let proxyExists = ToxiproxyError(409, "proxy already exists")
    static let toxicNotFound = ToxiproxyError(404, "toxic not found")
    static let toxicExists = ToxiproxyError(409, "toxic already exists")
    static let invalidStream = ToxiproxyError(
        400, "stream was invalid, can be either upstream or downstream")
    static let invalidType = ToxiproxyError(400, "invalid toxic type")
    static func missing(_ field: String) -> ToxiproxyError {
        ToxiproxyError(400, "missing required field: \(field)")
    }
    static func badBody(_ reason: String) -> ToxiproxyError {
        ToxiproxyError(400, "bad request body: \(reason)")
    }
}
