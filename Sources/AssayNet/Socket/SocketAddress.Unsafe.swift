internal import Glibc

/// Where a socket connects to or listens: IPv4, IPv6 or a Unix path.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        case ipv4([UInt8], port: UInt16)
        case ipv6([UInt8], port: UInt16, scope: UInt32)
        case unix(String)
    }

    public var kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    /// 127.0.0.1 at a port; 0 lets the kernel choose one.
    public static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(.ipv4([127, 0, 0, 1], port: port))
    }

    /// A numeric IPv4 or IPv6 address; `nil` for anything that would need a resolver.
    public init?(numeric host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        // SAFETY: inet_pton writes exactly the structure it is given.
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            kind = .ipv4(unsafe withUnsafeBytes(of: &four) { unsafe [UInt8]($0) }, port: port)
        } else if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            kind = .ipv6(unsafe withUnsafeBytes(of: &six) { unsafe [UInt8]($0) }, port: port, scope: 0)
        } else {
            return nil
        }
    }

    public var port: UInt16? {
        switch kind {
        case .ipv4(_, let port), .ipv6(_, let port, _): port
        case .unix: nil
        }
    }

    public var description: String {
        switch kind {
        case .ipv4(let bytes, let port): bytes.map(String.init).joined(separator: ".") + ":\(port)"
        case .ipv6(let bytes, let port, _): "[\(Self.text(ipv6: bytes))]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Why no socket can have this address: a Unix path has room for 107 bytes and none of them is zero.
    public var fault: String? {
        guard case .unix(let path) = kind else { return nil }
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        if path.isEmpty { return "the path of the Unix socket is empty" }
        if path.utf8.contains(0) { return "the path of the Unix socket holds a zero byte" }
        let count = path.utf8.count
        guard count > room else { return nil }
        return "the path of the Unix socket has \(count) bytes, at most \(room) are possible: \(path)"
    }

    private static func text(ipv6 bytes: [UInt8]) -> String {
        var buffer = [CChar](repeating: 0, count: 64)
        // SAFETY: sixteen bytes are read, at most the buffer's size is written.
        _ = unsafe bytes.withUnsafeBytes { unsafe inet_ntop(AF_INET6, $0.baseAddress, &buffer, 64) }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var family: Int32 {
        switch kind {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Hands the kernel's form of the address to `body`.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = unsafe withUnsafeMutableBytes(of: &storage) { unsafe write(into: $0) }
        // SAFETY: `storage` lives through the call and holds `length` bytes of a socket address.
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(length))
            }
        }
    }

    private func write(into memory: UnsafeMutableRawBufferPointer) -> Int {
        switch kind {
        case .ipv4(let bytes, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                unsafe $0.copyBytes(from: bytes.prefix(4))
            }
            unsafe withUnsafeBytes(of: &address) { unsafe memory.copyMemory(from: $0) }
            return MemoryLayout<sockaddr_in>.size
        case .ipv6(let bytes, let port, let scope):
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyBytes(from: bytes.prefix(16))
            }
            unsafe withUnsafeBytes(of: &address) { unsafe memory.copyMemory(from: $0) }
            return MemoryLayout<sockaddr_in6>.size
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let room = MemoryLayout.size(ofValue: address.sun_path) - 1
            let bytes = Array(path.utf8.prefix(room))
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
            unsafe withUnsafeBytes(of: &address) { unsafe memory.copyMemory(from: $0) }
            return MemoryLayout<sockaddr_un>.size
        }
    }

    init?(_ storage: UnsafePointer<sockaddr>) {
        switch unsafe Int32(storage.pointee.sa_family) {
        case AF_INET:
            // SAFETY: the family says which structure the kernel or resolver wrote.
            let address = unsafe UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in.self)
            let bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe [UInt8]($0) }
            kind = .ipv4(bytes, port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            // SAFETY: as above.
            let address = unsafe UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in6.self)
            let bytes = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe [UInt8]($0) }
            kind = unsafe .ipv6(
                bytes, port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
        default: return nil
        }
    }

    /// The address that a socket is bound to.
    static func local(of descriptor: Int32) -> SocketAddress? {
        unsafe named(by: { unsafe getsockname(descriptor, $0, $1) })
    }

    /// The address at the other end of a connection; `nil` for a Unix socket.
    static func peer(of descriptor: Int32) -> SocketAddress? {
        unsafe named(by: { unsafe getpeername(descriptor, $0, $1) })
    }

    private static func named(
        by ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // SAFETY: `storage` has room for every family and lives through the calls.
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe ask(address, &length) == 0 else { return nil }
                return unsafe SocketAddress(UnsafePointer(address))
            }
        }
    }
}

extension Channel {
    /// Where the other side is; `nil` of a Unix socket.
    public var peerAddress: SocketAddress? { .peer(of: descriptor) }
    /// Where this side is; `nil` of a Unix socket.
    public var localAddress: SocketAddress? { .local(of: descriptor) }
}

/// Begins to connect; the socket becomes writable when it is done.
func beginConnect(_ descriptor: Int32, to address: SocketAddress) -> Transfer {
    // SAFETY: the address is alive for the call.
    let result = unsafe address.withSocketAddress { unsafe connect(descriptor, $0, $1) }
    if result == 0 { return .moved(0) }
    return errno == EINPROGRESS || errno == EAGAIN ? .later : .failed(errno)
}

/// Gives a socket its own address; the port is chosen when it connects, so that servers' ports multiply the number of
/// connections that are possible.
///
/// - Returns: the error, if any.
func bindForConnecting(_ descriptor: Int32, at address: SocketAddress) -> Int32? {
    var on: Int32 = 1
    // SAFETY: four bytes of a local are read during the call.
    _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &on, 4)
    // SAFETY: the address is alive for the call.
    return unsafe address.withSocketAddress { unsafe bind(descriptor, $0, $1) } == 0 ? nil : errno
}

/// Binds and listens; `nil` error on success.
func bindAndListen(_ descriptor: Int32, at address: SocketAddress, backlog: Int32) -> Int32? {
    if address.fault != nil { return ENAMETOOLONG }
    var on: Int32 = 1
    // SAFETY: four bytes of a local are read during the call.
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    // SAFETY: the address is alive for the call.
    guard unsafe address.withSocketAddress({ unsafe bind(descriptor, $0, $1) }) == 0 else { return errno }
    return listen(descriptor, backlog) == 0 ? nil : errno
}

/// Asks the system's resolver; blocks, so it is called from a thread of its own.
func resolveBlocking(host: String, port: UInt16) -> Result<[SocketAddress], ResolverError> {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    // SAFETY: `list` is freed below; entries are read only before that.
    let result = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard result == 0 else { return .failure(ResolverError(code: result)) }
    defer { unsafe freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var entry = unsafe list
    while let current = unsafe entry {
        if let raw = unsafe current.pointee.ai_addr, let address = unsafe SocketAddress(UnsafePointer(raw)) {
            found.append(address)
        }
        unsafe entry = current.pointee.ai_next
    }
    return .success(found)
}

/// Why a name has no address: getaddrinfo's code.
struct ResolverError: Error, CustomStringConvertible {
    var code: Int32
    var isTemporary: Bool { code == EAI_AGAIN }
    var description: String {
        // SAFETY: gai_strerror returns a static terminated text.
        unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "resolver error \(code)"
    }
}
