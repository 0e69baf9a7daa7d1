/// Addresses of the Internet Protocol.
enum IPAddress {
    /// RFC 2673 §3.2: four numbers without leading zeros.
    static let isVersion4: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        for place in 0..<4 {
            if place > 0, !cursor.eat(".") { return false }
            let digits = cursor.rest.prefix(4).prefix { $0.isDigit }
            guard (1...3).contains(digits.count), digits.count == 1 || digits.first != 48 else {
                return false
            }
            guard digits.reduce(0, { $0 * 10 + Int($1 - 48) }) < 256 else { return false }
            cursor.skip(digits.count)
        }
        return cursor.isAtEnd
    }

    /// RFC 4291 §2.2.
    static let isVersion6: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        var groups = 0
        var isShort = false
        if cursor.eat(":") {
            guard cursor.eat(":") else { return false }
            isShort = true
        }
        while !cursor.isAtEnd {
            guard groups < 8 else { return false }
            let digits = cursor.rest.prefix(5).prefix { $0.isHexadecimal }.count
            guard (1...4).contains(digits) else { return false }
            var ahead = cursor
            ahead.skip(digits)
            if ahead.next == UInt8(ascii: ".") {
                groups += 2
                return isVersion4(cursor.rest) && (isShort ? groups < 8 : groups == 8)
            }
            cursor = ahead
            groups += 1
            if cursor.isAtEnd { break }
            guard cursor.eat(":") else { return false }
            if cursor.eat(":") {
                guard !isShort else { return false }
                isShort = true
            } else if cursor.isAtEnd {
                return false
            }
        }
        return isShort ? groups < 8 : groups == 8
    }
}

/// Names of hosts, of ASCII (RFC 1123 §2.1) and of all scripts (RFC 5890).
enum HostName {
    /// Letters, digits and hyphens; what begins with `xn--` must stand for a name of another script.
    static let isHostName: FormatCheck.TextCheck = { bytes in
        guard !bytes.isEmpty, bytes.count <= 253 else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy(isLabel)
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count), let first = label.first, let last = label.last,
            first.isASCIIAlphanumeric, last.isASCIIAlphanumeric,
            label.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") })
        else { return false }
        let scalars = label.map { Unicode.Scalar($0) }
        return !InternationalLabel.isEncoded(scalars) || InternationalLabel.holds(encoded: scalars)
    }

    /// Labels of any script; the four full stops of RFC 3490 §3.1 separate them.
    static let isInternational: FormatCheck.TextCheck = { bytes in
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        let stops: [Unicode.Scalar] = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        var length = -1
        let labels = scalars.split(omittingEmptySubsequences: false) { stops.contains($0) }
        for label in labels {
            let label = Array(label)
            guard let size = InternationalLabel.encodedLength(of: label) else { return false }
            length += size + 1
        }
        guard length > 0, length <= 253 else { return false }
        return InternationalLabel.keepBidiRule(labels.map(Array.init))
    }
}

/// Addresses of mail: RFC 5321 §4.1.2, and RFC 6531 for all scripts.
enum MailAddress {
    static func holds(_ bytes: ArraySlice<UInt8>, international: Bool) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocal(bytes[..<at], international) && isDomain(bytes[(at + 1)...], international)
    }

    private static func isLocal(_ part: ArraySlice<UInt8>, _ international: Bool) -> Bool {
        guard (1...64).contains(part.count) else { return false }
        if part.first == UInt8(ascii: "\"") {
            guard part.count >= 2, part.last == UInt8(ascii: "\"") else { return false }
            var isEscaped = false
            for byte in part.dropFirst().dropLast() {
                guard byte >= 0x20, byte != 0x7F, byte < 0x80 || international else { return false }
                if !isEscaped, byte == UInt8(ascii: "\"") { return false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            }
            return !isEscaped
        }
        let atoms = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy {
                    $0.isASCIIAlphanumeric || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
                        || $0 >= 0x80 && international
                }
        }
    }

    private static func isDomain(_ domain: ArraySlice<UInt8>, _ international: Bool) -> Bool {
        guard domain.first == UInt8(ascii: "[") else {
            return international ? HostName.isInternational(domain) : HostName.isHostName(domain)
        }
        guard domain.last == UInt8(ascii: "]") else { return false }
        let literal = domain.dropFirst().dropLast()
        let tag = Array("IPv6:".utf8)
        return literal.starts(with: tag)
            ? IPAddress.isVersion6(literal.dropFirst(tag.count)) : IPAddress.isVersion4(literal)
    }
}
