/// Which addresses a client may have its browser sent to.
enum RedirectURI {
    /// A scheme and something behind it, no fragment (RFC 6749 §3.1.2), nothing that cannot stand in a header.
    static func isAbsolute(_ text: String) -> Bool {
        let scheme = text.prefix { $0 != ":" }
        return scheme.first?.isLetter ?? false && scheme.utf8.allSatisfy(isSchemeByte)
            && text.utf8.count > scheme.utf8.count + 1 && text.utf8.count <= 2048
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains("#")
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    /// Whether an address is one of those registered.
    ///
    /// They are compared sign by sign; a registered one that ends in `/*` stands for all below it, and on loopback
    /// the port may be any (RFC 8252 §7.3).
    static func isRegistered(_ address: String, among registered: [String]) -> Bool {
        guard isAbsolute(address) else { return false }
        return registered.contains { pattern in
            if matches(address, pattern) { return true }
            guard let loose = withoutLoopbackPort(address), let registered = withoutLoopbackPort(pattern)
            else { return false }
            return matches(loose, registered)
        }
    }

    private static func matches(_ address: String, _ pattern: String) -> Bool {
        guard pattern.hasSuffix("/*") else { return address == pattern }
        // No way up and out of the folder.
        let path = address.prefix { $0 != "?" }
        let hasDots = path.split(separator: "/").contains { $0 == ".." || $0.lowercased().contains("%2e") }
        return address.hasPrefix(pattern.dropLast()) && !hasDots
    }

    private static func withoutLoopbackPort(_ address: String) -> String? {
        for host in ["http://127.0.0.1", "http://[::1]", "http://localhost"] where address.hasPrefix(host) {
            let rest = address.dropFirst(host.count)
            let end = rest.first == ":" ? rest.dropFirst().drop { $0.isNumber } : rest
            return end.isEmpty || end.first == "/" || end.first == "?" ? host + end : nil
        }
        return nil
    }
}
