/// One pass over a JSON text that validates it (RFC 8259) and writes the tape's entries.
///
/// The text must be followed by at least eight zero bytes: zero is allowed nowhere in JSON, so it ends every loop
/// and no step has to compare its place with the end.
// SAFETY: `bytes` is readable up to `count + 8`; `at` never passes `count`, because every step forward is over a
// byte that was seen not to be zero, and `bytes[count]` is zero. `entries` is written below `capacity` only.
@unsafe struct JSONScanner {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    let entries: UnsafeMutablePointer<JSONTape.Entry>
    let capacity: Int
    let maxDepth: Int
    var at = 0
    var used = 0
    /// The tape was too short; ``at`` says nothing then.
    var isFull = false

    init(
        bytes: UnsafePointer<UInt8>, count: Int, entries: UnsafeMutableBufferPointer<JSONTape.Entry>,
        base: UnsafeMutablePointer<JSONTape.Entry>, maxDepth: Int
    ) {
        unsafe self.bytes = bytes
        unsafe self.count = count
        unsafe self.entries = base
        unsafe self.capacity = entries.count
        unsafe self.maxDepth = maxDepth
    }

    /// - Returns: `nil` when the text is valid, or when ``isFull`` became true.
    mutating func scan() -> JSONError.Reason? {
        var open = -1
        var depth = 0
        values: while true {
            unsafe skipSpace()
            guard unsafe used < capacity else { return unsafe full() }
            switch unsafe bytes[at] {
            case UInt8(ascii: "\""):
                if let reason = unsafe string() { return reason }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard unsafe depth < maxDepth else { return .lessDepth }
                depth += 1
                let isObject = unsafe bytes[at] == UInt8(ascii: "{")
                unsafe entries[used] = JSONTape.Entry(
                    kind: isObject ? .object : .array, start: at, end: 0, next: open)
                open = unsafe used
                unsafe used += 1
                unsafe at += 1
                unsafe skipSpace()
                let byte = unsafe bytes[at]
                if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { break }
                if isObject, let reason = unsafe memberName() { return reason }
                if unsafe isFull { return nil }
                continue values
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                if let reason = unsafe number() { return reason }
            case UInt8(ascii: "t"):
                guard unsafe word(0x6575_7274, length: 4, .true) else { return .value }
            case UInt8(ascii: "n"):
                guard unsafe word(0x6C6C_756E, length: 4, .null) else { return .value }
            case UInt8(ascii: "f"):
                guard unsafe word(0x736C_6166, length: 5, .false) else { return .value }
            default: return .value
            }
            while open >= 0 {
                unsafe skipSpace()
                let isObject = unsafe entries[open].kind == .object
                let byte = unsafe bytes[at]
                if byte == UInt8(ascii: ",") {
                    unsafe at += 1
                    if isObject {
                        unsafe skipSpace()
                        if let reason = unsafe memberName() { return reason }
                        if unsafe isFull { return nil }
                    }
                    continue values
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    return isObject ? .commaOrBrace : .commaOrBracket
                }
                unsafe at += 1
                depth -= 1
                let parent = unsafe Int(Int32(bitPattern: entries[open].next))
                unsafe entries[open].end = UInt32(truncatingIfNeeded: at)
                unsafe entries[open].next = UInt32(truncatingIfNeeded: used)
                open = parent
            }
            break
        }
        unsafe skipSpace()
        return unsafe at == count ? nil : .end
    }

    private mutating func full() -> JSONError.Reason? {
        unsafe isFull = true
        return nil
    }

    @inline(__always)
    private mutating func skipSpace() {
        // Anything above a space ends it at once: the common case of compact JSON.
        while unsafe bytes[at] <= 0x20 {
            let byte = unsafe bytes[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            unsafe at += 1
        }
    }

    @inline(__always)
    private mutating func push(_ kind: JSONTape.Kind, start: Int, end: Int, isEscaped: Bool = false) {
        unsafe entries[used] = JSONTape.Entry(
            kind: kind, start: start, end: end, next: used + 1, isEscaped: isEscaped)
        unsafe used += 1
    }

    private mutating func memberName() -> JSONError.Reason? {
        guard unsafe bytes[at] == UInt8(ascii: "\"") else { return .memberName }
        guard unsafe used < capacity else { return unsafe full() }
        if let reason = unsafe string() { return reason }
        unsafe skipSpace()
        guard unsafe bytes[at] == UInt8(ascii: ":") else { return .colon }
        unsafe at += 1
        return nil
    }

    /// `true`, `false` or `null`; `letters` are its first four as they lie in memory.
    @inline(__always)
    private mutating func word(_ letters: UInt32, length: Int, _ kind: JSONTape.Kind) -> Bool {
        let start = unsafe at
        let seen = unsafe UInt32(
            littleEndian: UnsafeRawPointer(bytes + start).loadUnaligned(as: UInt32.self))
        guard seen == letters else { return false }
        if length == 5, unsafe bytes[start + 4] != UInt8(ascii: "e") { return false }
        unsafe at = start + length
        unsafe push(kind, start: start, end: start + length)
        return true
    }

    @inline(__always)
    private mutating func number() -> JSONError.Reason? {
        let start = unsafe at
        var kind = JSONTape.Kind.integer
        var hasExponent = false
        if unsafe bytes[at] == UInt8(ascii: "-") { unsafe at += 1 }
        if unsafe bytes[at] == UInt8(ascii: "0") {
            unsafe at += 1
            if unsafe isDigit(bytes[at]) { return .noLeadingZero }
        } else {
            guard unsafe digits() else { return .digit }
        }
        if unsafe bytes[at] == UInt8(ascii: ".") {
            kind = .number
            unsafe at += 1
            guard unsafe digits() else { return .digit }
        }
        if unsafe bytes[at] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            hasExponent = true
            unsafe at += 1
            let sign = unsafe bytes[at]
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { unsafe at += 1 }
            guard unsafe digits() else { return .digit }
        }
        if unsafe hasExponent || at - start > 300 {
            let text = unsafe UnsafeBufferPointer(start: bytes + start, count: at - start)
            guard let value = unsafe Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
                unsafe at = start
                return .smallerNumber
            }
        }
        unsafe push(kind, start: start, end: at)
        return nil
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    private mutating func digits() -> Bool {
        guard unsafe isDigit(bytes[at]) else { return false }
        repeat { unsafe at += 1 } while unsafe isDigit(bytes[at])
        return true
    }

    @inline(__always)
    private mutating func string() -> JSONError.Reason? {
        unsafe at += 1
        let start = unsafe at
        var isEscaped = false
        while true {
            unsafe skipPlainText()
            let byte = unsafe bytes[at]
            if byte == UInt8(ascii: "\"") {
                unsafe push(.string, start: start, end: at, isEscaped: isEscaped)
                unsafe at += 1
                return nil
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                if let reason = unsafe escape() { return reason }
            } else if byte >= 0x80 {
                guard unsafe multibyte() else { return .utf8 }
            } else {
                return .stringEnd
            }
        }
    }

    /// Moves to the next quote, backslash, control character or byte above ASCII, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlainText() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while true {
            let word = unsafe UInt64(
                littleEndian: UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            // A borrow can only reach bytes above the first hit, so the lowest marked byte is always right.
            let hits =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
                    | (word &- ones &* 0x20) & ~word | word) & tops
            if hits != 0 {
                unsafe at += hits.trailingZeroBitCount >> 3
                return
            }
            unsafe at += 8
        }
    }

    private mutating func escape() -> JSONError.Reason? {
        unsafe at += 1
        switch unsafe bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            unsafe at += 1
            return nil
        case UInt8(ascii: "u"):
            unsafe at += 1
            guard let unit = unsafe codeUnit() else { return .hexDigits }
            switch unit {
            case 0xD800...0xDBFF:
                guard unsafe bytes[at] == UInt8(ascii: "\\"), unsafe bytes[at + 1] == UInt8(ascii: "u") else {
                    return .lowSurrogate
                }
                let escapeStart = unsafe at
                unsafe at += 2
                guard let low = unsafe codeUnit() else { return .hexDigits }
                guard 0xDC00...0xDFFF ~= low else {
                    unsafe at = escapeStart
                    return .lowSurrogate
                }
                return nil
            case 0xDC00...0xDFFF:
                unsafe at -= 6
                return .noLoneLowSurrogate
            default: return nil
            }
        default: return .escape
        }
    }

    private mutating func codeUnit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = unsafe JSONTape.hexDigit(bytes[at]) else { return nil }
            unit = unit << 4 | digit
            unsafe at += 1
        }
        return unit
    }

    /// One well-formed sequence of two to four bytes (Unicode 16, table 3-7).
    private mutating func multibyte() -> Bool {
        let first = unsafe bytes[at]
        let second = unsafe bytes[at + 1]
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 0x80...0xBF ~= second ? 2 : 0
        case 0xE0: length = 0xA0...0xBF ~= second ? 3 : 0
        case 0xED: length = 0x80...0x9F ~= second ? 3 : 0
        case 0xE1...0xEF: length = 0x80...0xBF ~= second ? 3 : 0
        case 0xF0: length = 0x90...0xBF ~= second ? 4 : 0
        case 0xF1...0xF3: length = 0x80...0xBF ~= second ? 4 : 0
        case 0xF4: length = 0x80...0x8F ~= second ? 4 : 0
        default: length = 0
        }
        guard length > 0 else { return false }
        if length > 2, unsafe bytes[at + 2] & 0xC0 != 0x80 { return false }
        if length > 3, unsafe bytes[at + 3] & 0xC0 != 0x80 { return false }
        unsafe at += length
        return true
    }
}
