/// A range of addresses: `10.0.0.0/8`, `::1/128`.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    /// Four bytes or sixteen.
    private let bytes: [UInt8]
    private let prefix: Int
    public let description: String

    /// - Parameter text: an address and how many of its bits count; without `/` all of them do.
    /// - Returns: `nil` for what is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = SocketAddress(numeric: String(parts[0]), port: 0)?.addressBytes else { return nil }
        var prefix = bytes.count * 8
        if parts.count > 1 {
            guard let bits = Int(parts[1]), 0...prefix ~= bits else { return nil }
            prefix = bits
        }
        self.bytes = bytes
        self.prefix = prefix
        description = text
    }

    public func contains(_ address: SocketAddress) -> Bool {
        guard let other = address.addressBytes, other.count == bytes.count else { return false }
        for place in 0..<bytes.count {
            let bits = min(8, max(0, prefix - place * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if (bytes[place] ^ other[place]) & mask != 0 { return false }
        }
        return true
    }
}

extension SocketAddress {
    /// Of an IP address; `nil` of a path.
    fileprivate var addressBytes: [UInt8]? {
        switch kind {
        case .ipv4(let bytes, _), .ipv6(let bytes, _, _): bytes
        case .unix: nil
        }
    }
}
