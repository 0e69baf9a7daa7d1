/// What stands on one line behind the byte of its type.
// SAFETY: lives while the line's bytes are read, in one call of the parser; places are below `length`.
@safe struct RESPLine {
    private let bytes: UnsafeRawBufferPointer
    /// Without CR LF.
    private let length: Int
    /// Of the line in the outermost value.
    private let offset: Int

    init(_ bytes: UnsafeRawBufferPointer, length: Int, offset: Int) {
        unsafe self.bytes = unsafe bytes
        self.length = length
        self.offset = offset
    }

    private subscript(place: Int) -> UInt8? { place < length ? unsafe bytes[place] : nil }

    func fault(_ kind: RESPError.Kind, _ place: Int) -> RESPError {
        RESPError(kind, at: offset + place, byte: self[place] ?? 0x0D)
    }

    /// Bytes without a carriage return; a line feed cannot be among them.
    func text() throws(RESPError) -> [UInt8] {
        let text = unsafe [UInt8](bytes[1..<length])
        if let place = text.firstIndex(of: 0x0D) { throw fault(.badLine, 1 + place) }
        return text
    }

    func integer() throws(RESPError) -> Int64 {
        let isNegative = self[1] == 0x2D
        var place = isNegative || self[1] == 0x2B ? 2 : 1
        guard place < length else { throw fault(.badInteger, place) }
        // Counted downwards, because there is one negative number more.
        var value: Int64 = 0
        while let byte = self[place] {
            let digit = byte &- 0x30
            guard digit <= 9 else { throw fault(.badInteger, place) }
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, over) = tens.subtractingReportingOverflow(Int64(digit))
            guard !tooLarge, !over else { throw fault(.badInteger, place) }
            value = next
            place += 1
        }
        if isNegative { return value }
        guard value != .min else { throw fault(.badInteger, length - 1) }
        return -value
    }

    /// A length; one that no memory has is `.max`.
    ///
    /// - Returns: `nil` for `-1`, RESP2's way to write nothing.
    func count(mayBeNull: Bool) throws(RESPError) -> Int? {
        if mayBeNull, length == 3, self[1] == 0x2D, self[2] == 0x31 { return nil }
        if length == 2, self[1] == 0x3F { throw fault(.streamed, 1) }
        guard length > 1 else { throw fault(.badLength, 1) }
        var value = 0
        var place = 1
        while let byte = self[place] {
            let digit = byte &- 0x30
            guard digit <= 9 else { throw fault(.badLength, place) }
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, over) = tens.addingReportingOverflow(Int(digit))
            value = tooLarge || over ? .max : next
            place += 1
        }
        return value
    }

    func boolean() throws(RESPError) -> Bool {
        guard self[1] == 0x74 || self[1] == 0x66 else { throw fault(.badBoolean, 1) }
        guard length == 2 else { throw fault(.badBoolean, 2) }
        return self[1] == 0x74
    }

    func bigNumber() throws(RESPError) -> String {
        var place = self[1] == 0x2D || self[1] == 0x2B ? 2 : 1
        try digits(from: &place, .badBigNumber)
        guard place == length else { throw fault(.badBigNumber, place) }
        return word
    }

    func double() throws(RESPError) -> Double {
        switch word {
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan  // older servers write C's sign of it
        default: break
        }
        var place = self[1] == 0x2D || self[1] == 0x2B ? 2 : 1
        try digits(from: &place, .badDouble)
        if self[place] == 0x2E {
            place += 1
            try digits(from: &place, .badDouble)
        }
        if self[place] == 0x65 || self[place] == 0x45 {
            place += 1
            if self[place] == 0x2D || self[place] == 0x2B { place += 1 }
            try digits(from: &place, .badDouble)
        }
        guard place == length, let value = Double(word) else { throw fault(.badDouble, place) }
        return value
    }

    private func digits(from place: inout Int, _ kind: RESPError.Kind) throws(RESPError) {
        let begin = place
        while let byte = self[place], byte &- 0x30 <= 9 { place += 1 }
        if place == begin { throw fault(kind, place) }
    }

    private var word: String { unsafe String(decoding: bytes[1..<length], as: UTF8.self) }
}
