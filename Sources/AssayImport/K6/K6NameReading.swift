internal import AssayCore

extension K6OptionsReading {
    /// Names and addresses: `hosts`, `dns`, `blacklistIPs`, `blockHostnames`, `localIPs`.
    mutating func settleNames(_ http: inout K6Options.HTTP, _ layer: K6Layer) {
        http.hosts = layer.hosts ?? []
        for host in http.hosts {
            if !K6Names.isPattern(host.pattern, port: true) {
                refuse("AS635", "`hosts`: '\(host.pattern)' is no name; a pattern may begin with `*.`")
            }
            if !K6Names.isTarget(host.address) {
                refuse(
                    "AS635",
                    "`hosts`: '\(host.address)' is no address; write 127.0.0.1, 127.0.0.1:8443 or [::1]:8443")
            }
        }
        http.blockedHostnames = layer.blockHostnames ?? []
        for name in http.blockedHostnames where !K6Names.isPattern(name, port: false) {
            refuse("AS635", "`blockHostnames`: '\(name)' is no name; a pattern may begin with `*.`")
        }
        http.blacklistIPs = layer.blacklistIPs ?? []
        for network in http.blacklistIPs where !K6Names.isNetwork(network) {
            refuse("AS635", "`blacklistIPs`: '\(network)' is no network; write it like 10.0.0.0/8")
        }
        http.localIPs = (layer.localIPs ?? "").split(separator: ",").map { String($0).withoutSpaces }
        for address in http.localIPs where !K6Names.isAddressRange(address) {
            refuse(
                "AS644",
                "--local-ips: '\(address)' is no address, range or network; write 10.0.0.1-10.0.0.9 or 10.0.0.0/28"
            )
        }
        settleDNS(&http.dns, layer)
    }

    /// What is read and has no counterpart in how Assay connects.
    mutating func warnOfNames(_ http: K6Options.HTTP, _ layer: K6Layer) {
        for range in http.localIPs where K6Names.isAddressRange(range) && K6Names.addresses(in: range) == nil
        {
            warn("AS642", "--local-ips: the range '\(range)' is too large: nothing of it is used")
        }
        if layer.dnsSelect == "first" || layer.dnsSelect == "random" {
            warn("AS642", "`dns.select` is not supported: addresses of a name are taken in turn")
        }
        if layer.dnsPolicy != nil, http.dns.policy != "any" {
            warn("AS642", "`dns.policy` is not supported: all addresses of a name are used")
        }
        for version in Set([http.lowestTLS, http.highestTLS]).compactMap(\.self).sorted()
        where version == "1.0" || version == "1.1" {
            warn("AS642", "`tlsVersion`: TLS \(version) is not spoken, 1.2 takes its place")
        }
    }

    private mutating func settleDNS(_ dns: inout K6Options.DNS, _ layer: K6Layer) {
        if let text = layer.dnsTTL {
            if text == "inf" {
                dns.lifetime = nil
            } else if let lifetime = K6Duration.extended(text), lifetime >= .zero {
                dns.lifetime = lifetime
            } else {
                refuse("AS635", "`dns.ttl` is a time like '5m', '0' or 'inf', found '\(text)'")
            }
        }
        if let select = layer.dnsSelect {
            dns.select = select
            if !["first", "random", "roundRobin"].contains(select) {
                refuse("AS635", "`dns.select` is first, random or roundRobin, found '\(select)'")
            }
        }
        if let policy = layer.dnsPolicy {
            dns.policy = policy
            let all = ["preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any"]
            if !all.contains(policy) {
                refuse("AS635", "`dns.policy` is one of \(all.joined(separator: ", ")), found '\(policy)'")
            }
        }
    }
}

/// What names and addresses look like.
enum K6Names {
    /// `api.example.com`, `*.example.com`, with `port` also `api.example.com:443`.
    static func isPattern(_ text: String, port: Bool) -> Bool {
        var name = text[...]
        if port, let colon = name.lastIndex(of: ":") {
            let digits = name[name.index(after: colon)...]
            guard (1...5).contains(digits.count), digits.allSatisfy(\.isNumber) else { return false }
            name = name[..<colon]
        }
        if name.first == "*" {
            name.removeFirst()
            if name.isEmpty { return true }
            if name.first == "." { name.removeFirst() }
        }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
        }
    }

    /// An address, or one with a port.
    static func isTarget(_ text: String) -> Bool {
        if isAddress(text) { return true }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return false }
        var address = text[..<colon]
        if address.first == "[", address.last == "]" { address = address.dropFirst().dropLast() }
        return isAddress(String(address))
    }

    /// `10.0.0.0/8`, `fd00::/8`.
    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, isAddress(String(parts[0])), let bits = Int(parts[1]) else { return false }
        return (0...(parts[0].contains(":") ? 128 : 32)).contains(bits)
    }

    /// An address, a network, or two addresses with `-` between them.
    static func isAddressRange(_ text: String) -> Bool {
        if isAddress(text) || isNetwork(text) { return true }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        return ends.count == 2 && ends.allSatisfy(isAddress) && ends[0].contains(":") == ends[1].contains(":")
    }

    /// The addresses that an address, a range or a network stands for; a network's own and its broadcast address are none.
    ///
    /// - Returns: `nil` for ranges of IPv6, and for more than ``mostAddresses``.
    static func addresses(in text: String) -> [String]? {
        if isAddress(text) { return [text] }
        let isNetwork = text.contains("/")
        let parts = text.split(separator: isNetwork ? "/" : "-").map(String.init)
        guard parts.count == 2, let first = number(parts[0]) else { return nil }
        var bounds = first...first
        if isNetwork {
            guard let bits = Int(parts[1]), (0...32).contains(bits) else { return nil }
            let size = UInt64(1) << UInt64(32 - bits)
            let low = first / size * size
            bounds = size > 2 ? low + 1...low + size - 2 : low...low + size - 1
        } else {
            guard let last = number(parts[1]), last >= first else { return nil }
            bounds = first...last
        }
        guard bounds.count <= mostAddresses else { return nil }
        return bounds.map { value in
            [24, 16, 8, 0].map { String(value >> UInt64($0) & 255) }.joined(separator: ".")
        }
    }

    /// A load generator has fewer, and each is kept.
    private static let mostAddresses = 65_536

    private static func number(_ text: String) -> UInt64? {
        guard isIPv4(text[...]) else { return nil }
        return text.split(separator: ".").reduce(0) { $0 << 8 | (UInt64($1) ?? 0) }
    }

    static func isAddress(_ text: String) -> Bool { isIPv4(text[...]) || isIPv6(text) }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.allSatisfy { $0.isASCII && $0.isNumber } && (Int(part).map { $0 < 256 } ?? false)
            }
    }

    /// RFC 4291 §2.2: eight groups, one gap of zeros, the last two groups perhaps as an IPv4 address.
    private static func isIPv6(_ text: String) -> Bool {
        guard text.contains(":"), text.firstRange(of: ":::") == nil else { return false }
        var groups = text.split(separator: ":", omittingEmptySubsequences: false)
        let hasGap = text.firstRange(of: "::") != nil
        if let last = groups.last, last.contains(".") {
            guard isIPv4(last) else { return false }
            groups.replaceSubrange((groups.count - 1)..., with: ["0", "0"])
        }
        let full = groups.filter { !$0.isEmpty }
        let areDigits = full.allSatisfy { $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }
        return areDigits && (hasGap ? full.count <= 7 : full.count == 8 && groups.count == 8)
    }
}
