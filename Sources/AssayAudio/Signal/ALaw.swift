/// A-law of ITU-T G.711 (table 1): one byte a sample, as European telephone networks carry speech.
///
/// Samples are G.711's 13 bits, left-justified in 16; below zero by one's complement, as in ITU-T G.191's reference software.
public enum ALaw {
    /// - Complexity: O(1), no table: the segment is the place of the highest bit.
    @inline(__always)
    public static func encode(_ sample: Int16) -> UInt8 {
        let isNegative = sample < 0
        let magnitude = Int32(isNegative ? ~sample : sample) >> 4
        let segment = max(0, 28 - Int32(magnitude.leadingZeroBitCount))
        let code =
            segment == 0
            ? UInt8(truncatingIfNeeded: magnitude)
            : UInt8(truncatingIfNeeded: segment << 4 | (magnitude >> (segment - 1)) & 0xF)
        // Even bits are inverted; the sign bit is set for positive samples.
        return (isNegative ? code : code | 0x80) ^ 0x55
    }

    @inline(__always)
    public static func decode(_ byte: UInt8) -> Int16 {
        let code = byte ^ 0x55
        let segment = Int32(code >> 4 & 7)
        let step = Int32(code & 0xF) << 1 + 1
        let magnitude = segment == 0 ? step : (step + 32) << (segment - 1)
        let sample = Int16(truncatingIfNeeded: magnitude << 3)
        return code & 0x80 == 0 ? -sample : sample
    }

    public static func encode(_ samples: [Int16]) -> [UInt8] { samples.map { encode($0) } }
    public static func decode(_ bytes: [UInt8]) -> [Int16] { bytes.map { decode($0) } }
}
