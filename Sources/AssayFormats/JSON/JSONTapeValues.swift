extension JSONTape {
    /// Whether the value equals `literal` as JSON compares: `1` equals `1.0`, the order of members does not count.
    ///
    /// Allocates nothing for scalars, arrays and small objects without escapes.
    public func equals(_ node: Node, _ literal: JSON) -> Bool {
        _ = entry(node)
        return equals(node.index, literal)
    }

    package func equals(_ index: Int, _ literal: JSON) -> Bool {
        let entry = entries[index]
        switch (entry.kind, literal) {
        case (.null, .null), (.true, .bool(true)), (.false, .bool(false)): return true
        case (.integer, .int), (.integer, .double), (.number, .int), (.number, .double):
            return number(entry) == literal
        case (.string, .string(let text)): return equals(entry, text: text)
        case (.array, .array(let elements)):
            var child = index + 1
            let end = Int(entry.next)
            for element in elements {
                guard child < end, equals(child, element) else { return false }
                child = Int(entries[child].next)
            }
            return child == end
        case (.object, .object(let members)): return equals(object: index, members)
        default: return false
        }
    }

    private func equals(object index: Int, _ members: JSONObject) -> Bool {
        let end = Int(entries[index].next)
        var written = 0
        var child = index + 1
        while child < end {
            written += 1
            child = Int(entries[child + 1].next)
        }
        // As many members as names wanted, and each wanted name among them: then none is repeated.
        guard written == members.count, written <= 32 else { return build(index) == .object(members) }
        for (name, value) in zip(members.keys, members.values) {
            var child = index + 1
            while child < end, !equals(entries[child], text: name) { child = Int(entries[child + 1].next) }
            guard child < end, equals(child + 1, value) else { return false }
        }
        return true
    }

    /// A number entry's value; whole numbers beyond 64 bits become floats.
    package func number(_ entry: Entry) -> JSON {
        let start = Int(entry.start)
        let end = Int(entry.end)
        let isNegative = text[start] == UInt8(ascii: "-")
        var mantissa: UInt64 = 0
        var isExact = true
        var exponent = 0
        var place = isNegative ? start + 1 : start
        var isFraction = false
        while place < end {
            let byte = text[place]
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte | 0x20 == UInt8(ascii: "e") {
                break
            } else {
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- 0x30))
                if overflow || carry { isExact = false }
                mantissa = sum
                if isFraction { exponent -= 1 }
            }
            place += 1
        }
        if entry.kind == .integer, isExact {
            if !isNegative, let value = Int64(exactly: mantissa) { return .int(value) }
            if isNegative, mantissa <= 1 << 63 { return .int(Int64(truncatingIfNeeded: 0 &- mantissa)) }
        }
        if place == end, isExact, mantissa <= 1 << 53, exponent >= -22 {
            // Both are exact, so one division rounds once: Clinger, "How to Read Floating Point Numbers Accurately".
            var scale = 1.0
            for _ in 0..<(-exponent) { scale *= 10 }
            let value = Double(mantissa) / scale
            return .double(isNegative ? -value : value)
        }
        return .double(Double(String(decoding: text[start..<end], as: UTF8.self)) ?? 0)
    }

    package func decodedString(_ entry: Entry) -> String {
        entry.isEscaped
            ? String(decoding: decodedBytes(entry), as: UTF8.self)
            : String(decoding: text[Int(entry.start)..<Int(entry.end)], as: UTF8.self)
    }

    /// A string entry's UTF-8 with its escapes resolved.
    package func decodedBytes(_ entry: Entry) -> [UInt8] {
        let end = Int(entry.end)
        var place = Int(entry.start)
        guard entry.isEscaped else { return Array(text[place..<end]) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(end - place)
        while place < end {
            let byte = text[place]
            place += 1
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                continue
            }
            let letter = text[place]
            place += 1
            switch letter {
            case UInt8(ascii: "b"): decoded.append(0x08)
            case UInt8(ascii: "f"): decoded.append(0x0C)
            case UInt8(ascii: "n"): decoded.append(0x0A)
            case UInt8(ascii: "r"): decoded.append(0x0D)
            case UInt8(ascii: "t"): decoded.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = codeUnit(at: place)
                place += 4
                if 0xD800...0xDBFF ~= scalar {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (codeUnit(at: place + 2) - 0xDC00)
                    place += 6
                }
                decoded.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
            default: decoded.append(letter)
            }
        }
        return decoded
    }

    private func codeUnit(at place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | (Self.hexDigit(text[place + $1]) ?? 0) }
    }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
