/// What a program handed to `connect` or `sendto`, read from the bytes of its socket address.
enum SocketTarget: Equatable {
    /// Sixteen bytes for IPv6, four for IPv4; an IPv4 address in IPv6 clothes is `isMapped`.
    case internet(address: [UInt8], port: UInt16, isMapped: Bool)
    /// A path, or a name of the abstract name space (empty path).
    case unix(path: String)
    /// Takes a connection apart (AF_UNSPEC) or speaks with the kernel (AF_NETLINK).
    case harmless
    case other(family: UInt16)

    /// - Returns: `nil` for bytes that are too few, which the kernel refuses by itself.
    init?(socketAddress bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        // Native order: all supported machines are little-endian.
        let family = UInt16(bytes[0]) | UInt16(bytes[1]) << 8
        func port() -> UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }
        switch family {
        case 0, 16: self = .harmless
        case 1:
            let path = bytes.dropFirst(2).prefix { $0 != 0 }
            self = .unix(path: String(decoding: path, as: UTF8.self))
        case 2:
            guard bytes.count >= 8 else { return nil }
            self = .internet(address: Array(bytes[4..<8]), port: port(), isMapped: false)
        case 10:
            guard bytes.count >= 24 else { return nil }
            let address = Array(bytes[8..<24])
            let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            if address.starts(with: prefix) {
                self = .internet(address: Array(address.suffix(4)), port: port(), isMapped: true)
            } else {
                self = .internet(address: address, port: port(), isMapped: false)
            }
        default: self = .other(family: family)
        }
    }

    /// Whether an address never leaves the machine: loopback, and the unspecified address, which means it.
    static func isLoopback(_ address: [UInt8]) -> Bool {
        if address.count == 4 { return address[0] == 127 || address.allSatisfy { $0 == 0 } }
        return address.dropLast().allSatisfy { $0 == 0 } && (address.last ?? 0) <= 1
    }
}
