/// An http URL taken apart (RFC 3986, RFC 9110 §4.2).
public struct URLParts: Sendable, Equatable {
    /// `http` or `https`, lower case.
    public var scheme: String
    /// Without the brackets of an IPv6 address.
    public var host: String
    public var port: UInt16
    /// Path and query for the request line; `/` when the URL has none. The fragment is dropped.
    public var target: String

    public init(parsing text: String) throws(URLError) {
        let rest: Substring
        if let match = ["http", "https"].first(where: { text.lowercased().hasPrefix($0 + "://") }) {
            scheme = match
            rest = text.dropFirst(match.count + 3)
        } else {
            let word = text.prefix { $0.isLetter }
            throw URLError(
                text.dropFirst(word.count).hasPrefix("://")
                    ? "the scheme '\(word)' is not http or https"
                    : "expected a URL like http://host:port/path",
                url: text)
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest.dropFirst(authority.count).prefix { $0 != "#" }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let name: Substring
        let portText: Substring?
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else {
                throw URLError("the IPv6 address has no closing bracket", url: text)
            }
            name = place[place.index(after: place.startIndex)..<end]
            let behind = place[place.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else {
                throw URLError("expected a port after the IPv6 address", url: text)
            }
            portText = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            name = place.prefix { $0 != ":" }
            portText = name.count < place.count ? place.dropFirst(name.count + 1) : nil
        }
        guard !name.isEmpty else { throw URLError("the host is missing", url: text) }
        guard name.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
            throw URLError("the host holds a space or a control character", url: text)
        }
        host = String(name)
        if let portText, !portText.isEmpty {
            guard let number = UInt16(portText), number > 0 else {
                throw URLError("the port '\(portText)' is no number from 1 to 65535", url: text)
            }
            port = number
        } else {
            port = scheme == "https" ? 443 : 80
        }
        var bytes: [UInt8] = tail.hasPrefix("/") ? [] : [0x2F]
        appendEncodingInvalid(tail.utf8, to: &bytes)
        target = String(decoding: bytes, as: UTF8.self)
    }
}

public struct URLError: Error, Sendable, Equatable, CustomStringConvertible {
    public var reason: String
    public var url: String
    init(_ reason: String, url: String) {
        self.reason = reason
        self.url = url
    }
    public var description: String { "'\(url)': \(reason)" }
}

/// Appends text to a path or query: what may stand there stays, `%XX` too; spaces, controls, non-ASCII and the few
/// forbidden characters are percent-encoded.
public func appendEncodingInvalid(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
        switch byte {
        case 0...0x20, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D, 0x7F...0xFF:
            appendEncoded(byte, &bytes)
        default: bytes.append(byte)
        }
    }
}

/// Appends a query or form value: everything but RFC 3986's unreserved characters is percent-encoded.
public func appendEncodingValue(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
        default: appendEncoded(byte, &bytes)
        }
    }
}

private func appendEncoded(_ byte: UInt8, _ bytes: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    bytes.append(0x25)
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 15)])
}

/// Undoes percent-encoding; a `%` without two digits stays.
public func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == 0x25, rest.count >= 2, let high = hexDigit(rest[rest.startIndex]),
            let low = hexDigit(rest[rest.startIndex + 1])
        {
            bytes.append(high << 4 | low)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Pairs of a query or a form body, in order; a name without `=` has an empty value.
public func queryPairs(_ query: some StringProtocol) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
        let name = pair.prefix { $0 != "=" }
        return (
            percentDecoded(name, plusIsSpace: true),
            percentDecoded(pair.dropFirst(name.count + 1), plusIsSpace: true)
        )
    }
}
