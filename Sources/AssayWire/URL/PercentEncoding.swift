/// Where in a URL or a form a value stands, which decides how it is encoded.
public enum URLPlace: Sendable, CaseIterable {
    /// Between two slashes of a path.
    case pathSegment
    /// A name or a value of a query.
    case query
    /// A name or a value of an `application/x-www-form-urlencoded` body: a space is `+`.
    case form
}

/// A value so encoded that it is one value at its place, whatever it holds.
///
/// Everything but RFC 3986's unreserved characters is percent-encoded, byte by byte of its UTF-8.
public func percentEncoded(_ text: String, for place: URLPlace) -> String {
    var bytes: [UInt8] = []
    switch place {
    case .pathSegment, .query: appendEncodingValue(text.utf8, to: &bytes)
    case .form:
        for byte in text.utf8 {
            if byte == 0x20 {
                bytes.append(0x2B)
            } else {
                appendEncodingValue(CollectionOfOne(byte), to: &bytes)
            }
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Appends text to a path or query: what may stand there stays, `%XX` too; spaces, controls, non-ASCII and the few
/// forbidden characters are percent-encoded, `#` among them, for no fragment is sent.
public func appendEncodingInvalid(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in text {
        switch byte {
        case 0...0x20, 0x22, 0x23, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D, 0x7F...0xFF:
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
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 - 10 + value }
    bytes.append(0x25)
    bytes.append(digit(byte >> 4))
    bytes.append(digit(byte & 15))
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
