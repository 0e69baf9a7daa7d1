extension JSON {
    /// The value as a JSON text.
    ///
    /// Floats have the fewest digits that read back the same; those that JSON cannot write (infinite, not a number)
    /// become `null`.
    /// - Parameter pretty: one member or element a line, indented by two spaces; otherwise no spaces at all.
    public func rendered(pretty: Bool = false) -> String {
        var bytes: [UInt8] = []
        write(into: &bytes, indent: pretty ? 0 : nil)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the value as a JSON text without spaces; see ``rendered(pretty:)``.
    public func write(into bytes: inout [UInt8]) { write(into: &bytes, indent: nil) }

    /// Appends `text` as a JSON string with its quotes.
    public static func write(string text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func write(into bytes: inout [UInt8], indent: Int?) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: value.description.utf8)
        case .double(let value):
            bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .string(let text): Self.write(string: text, into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.breakLine(&bytes, indent.map { $0 + 1 })
                element.write(into: &bytes, indent: indent.map { $0 + 1 })
            }
            if !elements.isEmpty { Self.breakLine(&bytes, indent) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, (key, value)) in zip(members.keys, members.values).enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.breakLine(&bytes, indent.map { $0 + 1 })
                Self.write(string: key, into: &bytes)
                bytes.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
                value.write(into: &bytes, indent: indent.map { $0 + 1 })
            }
            if !members.isEmpty { Self.breakLine(&bytes, indent) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func breakLine(_ bytes: inout [UInt8], _ indent: Int?) {
        guard let indent else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
    }
}
