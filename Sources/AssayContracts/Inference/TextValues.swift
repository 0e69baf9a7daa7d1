internal import AssayFormats

/// Texts that stand in paths, queries and forms: what they are when read as JSON values.
struct TextValues: Sendable {
    private(set) var count = 0
    private var integers = 0
    private var numbers = 0
    private var booleans = 0
    private var shape = ExampleShape()

    mutating func add(_ text: String) {
        count += 1
        if Self.isInteger(text) { integers += 1 }
        if Self.isNumber(text) { numbers += 1 }
        if text == "true" || text == "false" { booleans += 1 }
        shape.add(.string(text))
    }

    /// - Parameter options: whether few words are an enumeration.
    func schema(_ options: SchemaInference.Options) -> JSON {
        guard count > 0 else { return ["type": "string"] }
        if integers == count { return ["type": "integer"] }
        if numbers == count { return ["type": "number"] }
        if booleans == count { return ["type": "boolean"] }
        return SchemaWriter(options: options, folding: SchemaFolding([], rootsCount: false), prefix: "")
            .schema(of: shape)
    }

    /// Digits that are a number for everybody: no zeros in front, and no more than a whole number holds.
    private static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return false
        }
        return digits == "0" || digits.first != "0"
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let value = try? JSON(parsing: text) else { return false }
        return value.doubleValue != nil
    }
}

/// Percent-decoding of parts of a URL.
enum URLText {
    /// - Parameter plusIsSpace: as in queries and forms.
    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var place = 0
        while place < source.count {
            let byte = source[place]
            if byte == UInt8(ascii: "%"), place + 2 < source.count, let high = digit(source[place + 1]),
                let low = digit(source[place + 2])
            {
                bytes.append(high << 4 | low)
                place += 3
                continue
            }
            bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            place += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Names and values of a query or a form, in order; a name without `=` has an empty value.
    static func fields(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { part in
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                decoded(words[0], plusIsSpace: true),
                words.count > 1 ? decoded(words[1], plusIsSpace: true) : ""
            )
        }.filter { !$0.name.isEmpty }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
