internal import AssayFormats

extension PactField {
    /// Headers whose values are lists, so that a comma separates values. Source: RFC 9110 §5.6.1 and its fields.
    private static let listHeaders: Set<String> = [
        "accept", "accept-encoding", "accept-language", "access-control-allow-headers",
        "access-control-allow-methods", "access-control-expose-headers", "access-control-request-headers",
        "allow",
        "cache-control", "if-match", "if-none-match", "vary",
    ]

    /// The values of a header's text.
    static func headerValues(_ text: String, of name: String) -> [String] {
        guard listHeaders.contains(name.lowercased()) else { return [text.pactTrimmed] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).pactTrimmed }
    }

    /// Headers by name, each with all its values.
    public static func headers(_ headers: [ContractExchange.Header]) -> [PactField] {
        var fields: [PactField] = []
        for header in headers {
            let values = headerValues(header.value, of: header.name)
            if let place = fields.firstIndex(where: { $0.name.lowercased() == header.name.lowercased() }) {
                fields[place].values += values
            } else {
                fields.append(PactField(header.name, values))
            }
        }
        return fields
    }

    /// The parameters of a query, or of a form, decoded; `+` is a space.
    public static func query(_ text: String) -> [PactField] {
        var fields: [PactField] = []
        for pair in text.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            let decoded = (decoded(name), Self.decoded(value))
            if let place = fields.firstIndex(where: { $0.name == decoded.0 }) {
                fields[place].values.append(decoded.1)
            } else {
                fields.append(PactField(decoded.0, [decoded.1]))
            }
        }
        return fields
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `a=1&a=2`, with everything but RFC 3986's unreserved characters encoded.
    static func text(ofQuery fields: [PactField]) -> String {
        fields.flatMap { field in
            field.values.map { encoded(field.name) + "=" + encoded($0) }
        }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if byte < 0x80,
                scalar.properties.isAlphabetic || (0x30...0x39).contains(byte)
                    || "-._~".unicodeScalars.contains(scalar)
            {
                encoded.unicodeScalars.append(scalar)
            } else {
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

extension String {
    /// Without spaces, tabs and line breaks at both ends.
    var pactTrimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
