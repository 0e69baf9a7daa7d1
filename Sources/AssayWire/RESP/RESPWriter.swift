extension [UInt8] {
    /// Appends a command as clients send it: an array of bulk strings.
    public mutating func append(command words: some Collection<some Collection<UInt8>>) {
        append(length: words.count, UInt8(ascii: "*"))
        for word in words { append(text: word, UInt8(ascii: "$")) }
    }

    /// Appends a value as a server sends it.
    ///
    /// RESP2 gets what Redis gives it for the types it does not have: maps as arrays of names and values, sets and
    /// pushes as arrays, booleans as 1 and 0, doubles, big numbers and verbatim texts as bulk strings; attributes are
    /// left out. Line breaks in what stands on one line become spaces.
    public mutating func append(_ value: RESPValue, as version: RESPVersion) {
        switch value {
        case .simple(let text): append(line: text, UInt8(ascii: "+"))
        case .error(let text): append(line: text, UInt8(ascii: "-"))
        case .integer(let number): append(line: String(number).utf8, UInt8(ascii: ":"))
        case .bulk(let bytes): append(text: bytes, UInt8(ascii: "$"))
        case .array(let elements): append(elements, UInt8(ascii: "*"), version)
        case .map(let pairs) where version == .two:
            append(length: 2 * pairs.count, UInt8(ascii: "*"))
            append(pairs, version)
        case .set(let elements) where version == .two: append(elements, UInt8(ascii: "*"), version)
        case .push(let elements) where version == .two: append(elements, UInt8(ascii: "*"), version)
        case .attributed(_, let value) where version == .two: append(value, as: version)
        case .map(let pairs):
            append(length: pairs.count, UInt8(ascii: "%"))
            append(pairs, version)
        case .set(let elements): append(elements, UInt8(ascii: "~"), version)
        case .push(let elements): append(elements, UInt8(ascii: ">"), version)
        case .attributed(let pairs, let value):
            append(length: pairs.count, UInt8(ascii: "|"))
            append(pairs, version)
            append(value, as: version)
        case .null, .nullArray, .boolean, .double, .bigNumber, .bulkError, .verbatim:
            version == .two ? append(asOld: value) : append(asNew: value)
        }
    }

    private mutating func append(asOld value: RESPValue) {
        switch value {
        case .nullArray: append(contentsOf: "*-1\r\n".utf8)
        case .boolean(let isTrue): append(contentsOf: (isTrue ? ":1\r\n" : ":0\r\n").utf8)
        case .double(let number): append(text: RESPValue.text(of: number).utf8, UInt8(ascii: "$"))
        case .bigNumber(let digits): append(text: digits.utf8, UInt8(ascii: "$"))
        case .bulkError(let bytes): append(line: bytes, UInt8(ascii: "-"))
        case .verbatim(_, let bytes): append(text: bytes, UInt8(ascii: "$"))
        default: append(contentsOf: "$-1\r\n".utf8)
        }
    }

    private mutating func append(asNew value: RESPValue) {
        switch value {
        case .boolean(let isTrue): append(contentsOf: (isTrue ? "#t\r\n" : "#f\r\n").utf8)
        case .double(let number): append(line: RESPValue.text(of: number).utf8, UInt8(ascii: ","))
        case .bigNumber(let digits): append(line: digits.utf8, UInt8(ascii: "("))
        case .bulkError(let bytes): append(text: bytes, UInt8(ascii: "!"))
        case .verbatim(let format, let bytes):
            // Three characters whatever the caller has: the length of a format is part of the grammar.
            let name = format.utf8.count == 3 ? format : "txt"
            append(text: Array("\(name):".utf8) + bytes, UInt8(ascii: "="))
        default: append(contentsOf: "_\r\n".utf8)
        }
    }

    private mutating func append(_ elements: [RESPValue], _ type: UInt8, _ version: RESPVersion) {
        append(length: elements.count, type)
        for element in elements { append(element, as: version) }
    }

    private mutating func append(_ pairs: [RESPPair], _ version: RESPVersion) {
        for pair in pairs {
            append(pair.key, as: version)
            append(pair.value, as: version)
        }
    }

    private mutating func append(line text: some Sequence<UInt8>, _ type: UInt8) {
        append(type)
        for byte in text { append(byte == 0x0D || byte == 0x0A ? 0x20 : byte) }
        append(contentsOf: [0x0D, 0x0A])
    }

    private mutating func append(text bytes: some Collection<UInt8>, _ type: UInt8) {
        append(length: bytes.count, type)
        append(contentsOf: bytes)
        append(contentsOf: [0x0D, 0x0A])
    }

    private mutating func append(length: Int, _ type: UInt8) {
        append(type)
        append(contentsOf: String(length).utf8)
        append(contentsOf: [0x0D, 0x0A])
    }
}

extension RESPValue {
    /// A double as the protocol writes it: the fewest digits that read back the same, whole numbers without a point.
    public static func text(of number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        let text = number.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
