import AssayFormats

/// What `format` asks of a value. Sources: JSON Schema validation 2020-12 §7.3 and OpenAPI's format registry.
struct FormatCheck: Sendable {
    /// UTF-8 of a text that may be.
    typealias TextCheck = @Sendable (ArraySlice<UInt8>) -> Bool

    /// For texts; `nil` when the format is one of numbers.
    let text: TextCheck?
    /// For numbers; `nil` when the format is one of texts.
    let number: (@Sendable (JSON) -> Bool)?

    /// - Returns: `nil` for formats that are not known here, and for those that accept everything; they never fail.
    init?(_ name: String) {
        text = Self.texts[name]
        number = Self.numbers[name]
        if text == nil, number == nil { return nil }
    }

    private static let texts: [String: TextCheck] = [
        "date": DateFormats.isDate,
        "time": DateFormats.isTime,
        "date-time": DateFormats.isDateTime,
        "duration": DateFormats.isDuration,
        "email": { MailAddress.holds($0, international: false) },
        "idn-email": { MailAddress.holds($0, international: true) },
        "hostname": HostName.isHostName,
        "idn-hostname": HostName.isInternational,
        "ipv4": IPAddress.isVersion4,
        "ipv6": IPAddress.isVersion6,
        "uuid": isUUID,
        "uri": { URISyntax(international: false).holds($0, relative: false) },
        "uri-reference": { URISyntax(international: false).holds($0, relative: true) },
        "iri": { URISyntax(international: true).holds($0, relative: false) },
        "iri-reference": { URISyntax(international: true).holds($0, relative: true) },
        "uri-template": URITemplate.holds,
        "json-pointer": isJSONPointer,
        "relative-json-pointer": isRelativeJSONPointer,
        "regex": { ExpressionSyntax.holds(String(decoding: $0, as: UTF8.self)) },
        "byte": { Base64.decode(String(decoding: $0, as: UTF8.self)) != nil && $0.count.isMultiple(of: 4) },
    ]

    private static let numbers: [String: @Sendable (JSON) -> Bool] = [
        "int32": { $0.isWhole && $0.intValue.map { Int32(exactly: $0) != nil } ?? false },
        "int64": { $0.isWhole && $0.intValue != nil },
        "float": { ($0.doubleValue?.magnitude ?? 0) <= Double(Float.greatestFiniteMagnitude) },
    ]

    /// RFC 9562 §4.
    private static let isUUID: TextCheck = { bytes in
        guard bytes.count == 36 else { return false }
        for (place, byte) in zip(0..., bytes) {
            let isMark = place == 8 || place == 13 || place == 18 || place == 23
            guard isMark ? byte == 45 : byte.isHexadecimal else { return false }
        }
        return true
    }

    /// RFC 6901.
    private static let isJSONPointer: TextCheck = { bytes in
        guard !bytes.isEmpty else { return true }
        guard bytes.first == UInt8(ascii: "/") else { return false }
        var isEscaped = false
        for byte in bytes {
            if isEscaped, byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "~")
        }
        return !isEscaped
    }

    /// draft-bhutton-relative-json-pointer-00.
    private static let isRelativeJSONPointer: TextCheck = { bytes in
        func number(_ cursor: inout ByteCursor) -> Bool {
            if cursor.eat("0") { return true }
            return cursor.skip { $0.isDigit } > 0
        }
        var cursor = ByteCursor(bytes)
        guard number(&cursor) else { return false }
        if cursor.eat("+") || cursor.eat("-") {
            guard number(&cursor) else { return false }
        }
        return cursor.eat("#") ? cursor.isAtEnd : isJSONPointer(cursor.rest)
    }
}
