package import AssayNet

/// Addresses that begin with the same bits: `10.0.0.0/8`, `::1`.
package struct Network: Sendable, Equatable {
    private var bytes: [UInt8]
    private var bits: Int

    /// - Returns: `nil` when the text is no numeric address with, perhaps, a length after a slash.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(of: String(first)) else { return nil }
        self.bytes = bytes
        bits = bytes.count * 8
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...bits).contains(length) else { return nil }
            bits = length
        }
    }

    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        let whole = bits / 8
        guard bytes.prefix(whole) == other.prefix(whole) else { return false }
        let rest = bits % 8
        return rest == 0 || (bytes[whole] ^ other[whole]) >> (8 - UInt8(rest)) == 0
    }

    /// An IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is that IPv4 address.
    private static func bytes(of address: String) -> [UInt8]? {
        switch SocketAddress(numeric: address, port: 0)?.kind {
        case .ipv4(let bytes, _): return bytes
        case .ipv6(let bytes, _, _):
            let mapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
            return mapped ? Array(bytes[12...]) : bytes
        case .unix, nil: return nil
        }
    }

    /// Networks between commas; the first text that is none is thrown.
    package static func list(_ text: String) throws(Misfit) -> [Network] {
        var networks: [Network] = []
        for part in text.split(separator: ",") {
            let word = part.drop { $0 == " " }
            guard let network = Network(word) else {
                throw Misfit(String(word), "is no address or network like 10.0.0.0/8")
            }
            networks.append(network)
        }
        return networks
    }
}

/// Who may ask at all.
package struct AllowList: Sendable {
    package var allowed: [Network]
    /// Whose word about whom they ask for counts.
    package var proxies: [Network]

    package init(allowed: [Network], proxies: [Network] = []) {
        self.allowed = allowed
        self.proxies = proxies
    }

    /// Who asks: the peer, or, when that is a proxy of ours, the last address of `X-Forwarded-For` that is none.
    ///
    /// - Returns: `nil` when it cannot be told.
    package func origin(peer: SocketAddress?, forwarded: String?) -> String? {
        var origin: String
        switch peer?.kind {
        case .ipv4(let bytes, _): origin = bytes.map { String($0) }.joined(separator: ".")
        case .ipv6:
            // `[::1]:40131`
            let text = peer.map { "\($0)" } ?? ""
            origin = String(text.dropFirst().prefix { $0 != "]" })
        case .unix, nil: return nil
        }
        var hops = (forwarded ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        while proxies.contains(where: { $0.contains(origin) }), let hop = hops.popLast() { origin = hop }
        return origin
    }

    package func allows(peer: SocketAddress?, forwarded: String?) -> Bool {
        guard let origin = origin(peer: peer, forwarded: forwarded) else { return false }
        return allowed.contains { $0.contains(origin) }
    }
}

/// What a bearer must show.
package struct TokenCheck: Sendable {
    private let token: [UInt8]

    package init(_ token: String) { self.token = Array(token.utf8) }

    /// - Parameter authorization: the header's value.
    package func accepts(_ authorization: String?) -> Bool {
        let words = (authorization ?? "").split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
        // Compared digest by digest, so that time tells nothing about the token.
        return Crypto.equal(Crypto.sha256(Array(words[1].utf8)), Crypto.sha256(token))
    }
}
