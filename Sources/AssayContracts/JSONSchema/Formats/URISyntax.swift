/// The grammar of URIs (RFC 3986) and IRIs (RFC 3987).
struct URISyntax {
    let international: Bool

    /// - Parameter relative: whether a reference without scheme holds too.
    func holds(_ bytes: ArraySlice<UInt8>, relative: Bool) -> Bool {
        var rest = bytes
        guard take(after: "#", from: &rest, { isQuery($0, isPrivateAllowed: false) }),
            take(after: "?", from: &rest, { isQuery($0, isPrivateAllowed: true) })
        else { return false }
        var hasScheme = false
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), isScheme(rest[..<colon]) {
            hasScheme = true
            rest = rest[(colon + 1)...]
        }
        guard hasScheme || relative else { return false }
        if rest.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            return isAuthority(rest[..<end]) && isText(rest[end...], ":@/")
        }
        // A first segment with a colon would read as a scheme (RFC 3986 §4.2).
        if !hasScheme, rest.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) {
            return false
        }
        return isText(rest, ":@/")
    }

    /// Cuts off what follows a mark, when that holds.
    private func take(
        after mark: Unicode.Scalar, from rest: inout ArraySlice<UInt8>, _ holds: (ArraySlice<UInt8>) -> Bool
    ) -> Bool {
        guard let place = rest.firstIndex(of: UInt8(ascii: mark)) else { return true }
        guard holds(rest[(place + 1)...]) else { return false }
        rest = rest[..<place]
        return true
    }

    private func isScheme(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, first.isASCIILetter else { return false }
        return text.allSatisfy { $0.isASCIIAlphanumeric || $0 == 43 || $0 == 45 || $0 == 46 }
    }

    private func isQuery(_ text: ArraySlice<UInt8>, isPrivateAllowed: Bool) -> Bool {
        isText(text, ":@/?", isPrivateAllowed: isPrivateAllowed)
    }

    private func isAuthority(_ authority: ArraySlice<UInt8>) -> Bool {
        var host = authority
        if let at = authority.firstIndex(of: UInt8(ascii: "@")) {
            guard isText(authority[..<at], ":") else { return false }
            host = authority[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            return isLiteral(host[(host.startIndex + 1)..<end])
                && isPort(host[(end + 1)...], needsColon: true)
        }
        let colon = host.firstIndex(of: UInt8(ascii: ":")) ?? host.endIndex
        return isText(host[..<colon], "") && isPort(host[colon...], needsColon: true)
    }

    private func isPort(_ text: ArraySlice<UInt8>, needsColon: Bool) -> Bool {
        text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy(\.isDigit)
    }

    /// What stands in brackets: an address of version 6 or of a version to come.
    private func isLiteral(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "v") || text.first == UInt8(ascii: "V") else {
            return IPAddress.isVersion6(text)
        }
        var cursor = ByteCursor(text.dropFirst())
        guard cursor.skip(while: \.isHexadecimal) > 0, cursor.eat("."), !cursor.isAtEnd else { return false }
        let ascii = URISyntax(international: false)
        return !cursor.rest.contains(UInt8(ascii: "%")) && ascii.isText(cursor.rest, ":")
    }

    /// Unreserved characters, sub-delimiters, whole escapes and `others`.
    private func isText(_ text: ArraySlice<UInt8>, _ others: String, isPrivateAllowed: Bool = false) -> Bool {
        var cursor = ByteCursor(text)
        while !cursor.isAtEnd {
            let byte = cursor.next
            if byte >= 0x80 {
                guard international else { return false }
                let scalar = Self.scalar(&cursor)
                guard Self.isInternational(scalar, isPrivateAllowed) else { return false }
                continue
            }
            cursor.skip()
            if byte == UInt8(ascii: "%") {
                let digits = cursor.rest.prefix(2)
                guard digits.count == 2, digits.allSatisfy(\.isHexadecimal) else { return false }
                cursor.skip(2)
            } else if !byte.isASCIIAlphanumeric, !"-._~!$&'()*+,;=".utf8.contains(byte),
                !others.utf8.contains(byte)
            {
                return false
            }
        }
        return true
    }

    /// The scalar of more than one byte that comes next.
    static func scalar(_ cursor: inout ByteCursor) -> UInt32 {
        let first = cursor.next
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in cursor.rest.prefix(length).dropFirst() { value = value << 6 | UInt32(byte & 0x3F) }
        cursor.skip(length)
        return value
    }

    /// `ucschar`, and `iprivate` where that may be (RFC 3987 §2.2).
    static func isInternational(_ scalar: UInt32, _ isPrivateAllowed: Bool) -> Bool {
        switch scalar {
        case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
        case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: isPrivateAllowed
        case 0x10000...0xDFFFD: scalar & 0xFFFF <= 0xFFFD
        case 0xE1000...0xEFFFD: true
        default: false
        }
    }
}

/// Templates of URIs (RFC 6570).
enum URITemplate {
    static let holds: FormatCheck.TextCheck = { bytes in
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.eat("{") {
                guard expression(&cursor) else { return false }
            } else if !literal(&cursor) {
                return false
            }
        }
        return true
    }

    private static func literal(_ cursor: inout ByteCursor) -> Bool {
        let byte = cursor.next
        if byte >= 0x80 { return URISyntax.isInternational(URISyntax.scalar(&cursor), true) }
        if byte == UInt8(ascii: "%") { return escape(&cursor) }
        cursor.skip()
        // RFC 6570 §2.1; erratum 6937 adds the apostrophe.
        return byte > 0x20 && byte != 0x7F && !#""<>\^`{|}"#.utf8.contains(byte)
    }

    private static func escape(_ cursor: inout ByteCursor) -> Bool {
        cursor.skip()
        let digits = cursor.rest.prefix(2)
        cursor.skip(2)
        return digits.count == 2 && digits.allSatisfy(\.isHexadecimal)
    }

    /// What follows an opening brace, with the closing one.
    private static func expression(_ cursor: inout ByteCursor) -> Bool {
        // The operators in use; `=,!@|` are kept for later (§2.2).
        if "+#./;?&".utf8.contains(cursor.next) { cursor.skip() }
        repeat {
            repeat {
                var length = 0
                while cursor.next.isASCIIAlphanumeric || cursor.next == UInt8(ascii: "_")
                    || cursor.next == UInt8(ascii: "%")
                {
                    if cursor.next == UInt8(ascii: "%") {
                        guard escape(&cursor) else { return false }
                    } else {
                        cursor.skip()
                    }
                    length += 1
                }
                guard length > 0 else { return false }
            } while cursor.eat(".")
            if cursor.eat(":") {
                guard cursor.next != UInt8(ascii: "0"), (1...4).contains(cursor.skip(while: \.isDigit)) else {
                    return false
                }
            } else {
                _ = cursor.eat("*")
            }
        } while cursor.eat(",")
        return cursor.eat("}")
    }
}
