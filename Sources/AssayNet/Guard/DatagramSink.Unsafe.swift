internal import CLinux
internal import Glibc

/// Where the datagrams go that a guarded program means for the outside.
struct DatagramSink {
    enum Family: CaseIterable { case ipv4, ipv6 }

    /// A program's socket that was connected here, and what it asked for.
    struct Diverted {
        var caller: GuardCaller
        var target: [UInt8]
        var port: UInt16
    }

    private struct Place: Hashable {
        var family: Family
        var port: UInt16
    }

    private var ports: [Family: UInt16] = [:]
    private var origins: [Place: Diverted] = [:]
    private var order: [Place] = []
    private static let capacity = 8192

    /// - Returns: `nil` when the machine does not have the family.
    mutating func open(_ family: Family) -> Int32? {
        var port: UInt16 = 0
        // SAFETY: the port is a local, written during the call.
        let descriptor = unsafe clinux_datagram_sink(family == .ipv4 ? AF_INET : AF_INET6, &port)
        guard descriptor >= 0 else { return nil }
        ports[family] = port
        return descriptor
    }

    /// Connects a program's socket to the sink.
    mutating func divert(_ socket: Int32, from target: [UInt8], port: UInt16, of caller: GuardCaller) -> Bool
    {
        var domain: Int32 = 0
        var length = socklen_t(4)
        // SAFETY: four bytes of a local are written during the call.
        guard unsafe getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 else { return false }
        let family: Family = target.count == 4 ? .ipv4 : .ipv6
        guard let own = ports[family] else { return false }
        let loopback4: [UInt8] = [127, 0, 0, 1]
        let address: SocketAddress
        if family == .ipv4, domain == AF_INET6 {
            let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + loopback4
            address = SocketAddress(.ipv6(mapped, port: own, scope: 0))
        } else if family == .ipv4 {
            address = SocketAddress(.ipv4(loopback4, port: own))
        } else {
            let loopback = [UInt8](repeating: 0, count: 15) + [1]
            address = SocketAddress(.ipv6(loopback, port: own, scope: 0))
        }
        guard beginConnect(socket, to: address) == .moved(0),
            let from = SocketAddress.local(of: socket)?.port
        else { return false }
        let place = Place(family: family, port: from)
        if origins.updateValue(Diverted(caller: caller.remembered, target: target, port: port), forKey: place)
            == nil
        {
            order.append(place)
        }
        if order.count > Self.capacity {
            for old in order.prefix(Self.capacity / 2) { origins[old] = nil }
            order.removeFirst(Self.capacity / 2)
        }
        return true
    }

    func origin(of port: UInt16, _ family: Family) -> Diverted? {
        origins[Place(family: family, port: port)]
    }

    /// The next datagram and the port it came from; never waits.
    func receive(_ socket: Int32) -> (bytes: [UInt8], from: UInt16)? {
        var bytes = [UInt8](repeating: 0, count: 2048)
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // SAFETY: `storage` has room for every family; at most the buffer's size is written.
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let count = unsafe recvfrom(socket, &bytes, bytes.count, 0, address, &length)
                guard count >= 0, let port = unsafe SocketAddress(UnsafePointer(address))?.port else {
                    return nil
                }
                return (Array(bytes.prefix(count)), port)
            }
        }
    }

    func send(_ bytes: [UInt8], from socket: Int32, to port: UInt16) {
        guard let local = SocketAddress.local(of: socket) else { return }
        var address = local
        switch local.kind {
        case .ipv4(let host, _): address.kind = .ipv4(host, port: port)
        case .ipv6(let host, _, let scope): address.kind = .ipv6(host, port: port, scope: scope)
        case .unix: return
        }
        // SAFETY: the address and the bytes are alive for the call.
        unsafe address.withSocketAddress { pointer, length in
            _ = unsafe sendto(socket, bytes, bytes.count, Int32(MSG_DONTWAIT), pointer, length)
        }
    }

    /// Sends a datagram; the reply comes to the socket given back.
    static func ask(_ bytes: [UInt8], at address: [UInt8], port: UInt16) -> Int32? {
        let isShort = address.count == 4
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(isShort ? AF_INET : AF_INET6, type, 0)
        guard socket >= 0 else { return nil }
        let place = SocketAddress(
            isShort ? .ipv4(address, port: port) : .ipv6(address, port: port, scope: 0))
        guard beginConnect(socket, to: place) == .moved(0),
            // SAFETY: the bytes are alive for the call.
            unsafe bytes.withUnsafeBytes({ unsafe transmit(socket, $0) }) == .moved(bytes.count)
        else {
            closeDescriptor(socket)
            return nil
        }
        return socket
    }

    /// Whether an address is one of this machine's: only those can be bound to.
    static func isLocal(_ address: [UInt8]) -> Bool {
        let isShort = address.count == 4
        let socket = Glibc.socket(
            isShort ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { closeDescriptor(socket) }
        let place = SocketAddress(
            isShort ? .ipv4(address, port: 0) : .ipv6(address, port: 0, scope: 0))
        // SAFETY: the address is alive for the call.
        return unsafe place.withSocketAddress { unsafe bind(socket, $0, $1) } == 0
    }
}
