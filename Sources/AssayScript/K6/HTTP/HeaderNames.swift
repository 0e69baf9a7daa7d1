/// A header's name as k6 shows it: `content-type` is `Content-Type`.
///
/// Go's canonical form: a capital at the start and behind each dash, small letters elsewhere; a name with a byte that no
/// name may have stays as it is.
func canonicalHeaderName(_ name: some StringProtocol) -> String {
    var isCanonical = true
    var startsWord = true
    for byte in name.utf8 {
        guard isNameByte(byte) else { return String(name) }
        if byte &- (startsWord ? 0x61 : 0x41) < 26 { isCanonical = false }
        startsWord = byte == UInt8(ascii: "-")
    }
    if isCanonical { return String(name) }
    startsWord = true
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count)
    for byte in name.utf8 {
        let isLetter = (byte | 0x20) &- 0x61 < 26
        bytes.append(isLetter ? (startsWord ? byte & 0xDF : byte | 0x20) : byte)
        startsWord = byte == UInt8(ascii: "-")
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// A byte of a token (RFC 9110 §5.6.2).
func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// The header fields of an answer as `res.headers` has them: canonical names in the order they came, values of one name
/// joined by commas, without those that speak of the framing (Go takes them for itself).
///
/// - Parameter head: of an answer that a parser has accepted, its first line included.
func shownHeaders(_ head: ArraySlice<UInt8>) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    var isChunked = false
    for line in headerLines(head) {
        let name = canonicalHeaderName(String(decoding: line.name, as: UTF8.self))
        let value = String(decoding: line.value, as: UTF8.self)
        if name == "Transfer-Encoding" {
            isChunked = true
        } else if let place = fields.firstIndex(where: { $0.name == name }) {
            fields[place].value += ", " + value
        } else {
            fields.append((name, value))
        }
    }
    if isChunked { fields.removeAll { $0.name == "Content-Length" || $0.name == "Trailer" } }
    if fields.contains(where: { $0.name == "Pragma" && $0.value == "no-cache" }),
        !fields.contains(where: { $0.name == "Cache-Control" })
    {
        fields.append(("Cache-Control", "no-cache"))
    }
    return fields
}

/// The values of one field, each in its own.
///
/// - Parameter name: in any case.
func headerValues(_ name: String, in head: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    headerLines(head).compactMap { line in
        guard line.name.count == name.utf8.count,
            zip(line.name, name.utf8).allSatisfy({ lowered($0) == lowered($1) })
        else { return nil }
        return line.value
    }
}

/// Names and values, blanks around the values left out.
private func headerLines(
    _ head: ArraySlice<UInt8>
) -> [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
    head.split(separator: 0x0A).dropFirst().compactMap { line in
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        let last = value.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        return (line[..<colon], value[..<(last.map { $0 + 1 } ?? value.startIndex)])
    }
}

func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// The first line of an answer without its version: `200 OK`.
func statusText(_ head: ArraySlice<UInt8>) -> String {
    let line = head.prefix { $0 != 0x0D && $0 != 0x0A }
    guard let blank = line.firstIndex(of: 0x20) else { return "" }
    return String(decoding: line[(blank + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
}
