// Eight bytes at a time: in each word of a result, a byte's highest bit says that the byte is what is looked for.
// Every sum below stays within its byte, because the highest bits are taken off before; so the first hit is exact.

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// Eight bytes, the first in the lowest place.
@inline(__always)
func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    // SAFETY: every caller has seen that `place + 8` is within the bytes.
    unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
}

/// The high bits of those bytes, each below 0x80, that are at least `bound`.
@inline(__always)
private func atLeast(_ bound: UInt8, _ low: UInt64) -> UInt64 { low &+ ones &* UInt64(0x80 - bound) }

/// Where the first byte is that is not visible ASCII or a space; the number of bytes when there is none.
@inline(__always)
func endOfPlainText(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place &+ 8 <= bytes.count {
        let text = unsafe word(bytes, place)
        let low = text & ~highs
        let stops = (~atLeast(0x20, low) | atLeast(0x7F, low) | text) & highs
        if stops != 0 { return place &+ stops.trailingZeroBitCount >> 3 }
        place &+= 8
    }
    while unsafe place < bytes.count && bytes[place] &- 0x20 < 0x5F { place &+= 1 }
    return place
}

/// Where the first byte is that is no `tchar`; the number of bytes when there is none.
@inline(__always)
func endOfToken(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place &+ 8 <= bytes.count {
        // Letters and hyphens, which names are made of; the loop below deals with the rest.
        let text = unsafe word(bytes, place)
        let low = text & ~highs
        let folded = low | ones &* 0x20
        let letters = atLeast(0x61, folded) & ~atLeast(0x7B, folded)
        let hyphens = ~atLeast(0x01, low ^ ones &* 0x2D)
        let stops = (~(letters | hyphens) | text) & highs
        if stops != 0 {
            place &+= stops.trailingZeroBitCount >> 3
            if unsafe bytes[place] == 0x3A { return place }
            break
        }
        place &+= 8
    }
    while unsafe place < bytes.count && isTokenByte(bytes[place]) { place &+= 1 }
    return place
}

/// Where the first line feed is.
@inline(__always)
func lineFeed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    while place &+ 8 <= bytes.count {
        let text = unsafe word(bytes, place)
        let hits = ~(atLeast(0x01, (text ^ ones &* 0x0A) & ~highs) | text) & highs
        if hits != 0 { return place &+ hits.trailingZeroBitCount >> 3 }
        place &+= 8
    }
    while place < bytes.count {
        if unsafe bytes[place] == 0x0A { return place }
        place &+= 1
    }
    return nil
}

/// Compares a token or a header value with one in lower case, without regard to case.
///
/// Setting the bit between cases maps nothing else on letters, digits and hyphens but control characters, which
/// neither tokens nor header values hold; `lower` is made of these only.
@inline(__always)
func matches(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ lower: StaticString) -> Bool {
    let count = lower.utf8CodeUnitCount
    guard range.count == count else { return false }
    // SAFETY: `range` is within the bytes, and `wanted` as long as the range.
    let wanted = unsafe UnsafeRawBufferPointer(start: lower.utf8Start, count: count)
    var place = 0
    while place &+ 8 <= count {
        let text = unsafe word(bytes, range.lowerBound &+ place) | ones &* 0x20
        if unsafe text != word(wanted, place) { return false }
        place &+= 8
    }
    if count >= 8, place < count {
        // The last eight again overlap those before.
        let text = unsafe word(bytes, range.upperBound &- 8) | ones &* 0x20
        return unsafe text == word(wanted, count &- 8)
    }
    while place < count {
        if unsafe bytes[range.lowerBound &+ place] | 0x20 != wanted[place] { return false }
        place &+= 1
    }
    return true
}

@inline(__always) func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// Control characters other than tab (RFC 9110 §5.5).
@inline(__always) func isForbiddenInValue(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x09 || byte == 0x7F
}

/// `tchar` of RFC 9110 §5.6.2, as two bit sets.
@inline(__always)
public func isTokenByte(_ byte: UInt8) -> Bool {
    if byte < 64 { return 0x03FF_6CFA_0000_0000 as UInt64 >> UInt64(byte) & 1 == 1 }
    if byte < 128 { return 0x57FF_FFFF_C7FF_FFFE as UInt64 >> UInt64(byte - 64) & 1 == 1 }
    return false
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
