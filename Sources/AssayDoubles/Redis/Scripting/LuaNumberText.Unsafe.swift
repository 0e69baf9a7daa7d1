internal import CLua
internal import Glibc

/// Numbers as C reads and writes them, which is what scripts expect.
enum LuaNumberText {
    /// `%.*g`
    static func general(_ number: Double, digits: Int) -> [UInt8] {
        var text = [CChar](repeating: 0, count: 64)
        // SAFETY: at most 64 bytes are written, the last of them a zero.
        let size = unsafe assay_lua_format(&text, text.count, Int32(digits), number)
        return text.prefix(Int(max(0, min(size, 63)))).map { UInt8(bitPattern: $0) }
    }

    /// The number that some bytes begin with, and how many of them it takes.
    static func prefix(of bytes: ByteSlice) -> (Double, Int)? {
        // Longer than any number that means something; strtod wants a zero at the end.
        var text = bytes.prefix(1024).map { CChar(bitPattern: $0) }
        text.append(0)
        // SAFETY: the text is alive for the call, and ends with a zero.
        return unsafe text.withUnsafeBufferPointer { memory -> (Double, Int)? in
            guard let start = memory.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let number = unsafe strtod(start, &end)
            guard let end = unsafe end else { return nil }
            let size = unsafe UnsafePointer(end) - start
            return size > 0 ? (number, size) : nil
        }
    }

    static func hexDigit(_ value: UInt8, capital: Bool = false) -> UInt8 {
        value < 10 ? 0x30 + value : (capital ? 0x37 : 0x57) + value
    }

    static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
