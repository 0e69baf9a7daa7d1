/// µ-law of ITU-T G.711 (table 2): one byte a sample, as American telephone networks carry speech.
///
/// Samples are G.711's 14 bits, left-justified in 16. On a decision value, and below zero by one's complement, it goes as in ITU-T
/// G.191's reference software.
public enum MuLaw {
    /// - Complexity: O(1), no table: the segment is the place of the highest bit.
    @inline(__always)
    public static func encode(_ sample: Int16) -> UInt8 {
        let isNegative = sample < 0
        let magnitude = Int32(isNegative ? ~sample : sample) >> 2
        // Biased by 33, the segments begin at powers of two: 33…63, 64…127, … 4096…8191.
        let biased = min(magnitude + 33, 0x1FFF)
        let segment = 26 - Int32(biased.leadingZeroBitCount)
        let code = UInt8(truncatingIfNeeded: segment << 4 | (biased >> (segment + 1)) & 0xF)
        return ~(isNegative ? code | 0x80 : code)
    }

    @inline(__always)
    public static func decode(_ byte: UInt8) -> Int16 {
        let code = ~byte
        let segment = Int32(code >> 4 & 7)
        let biased = (Int32(code & 0xF) << 1 + 33) << segment
        let magnitude = Int16(truncatingIfNeeded: (biased - 33) << 2)
        return code & 0x80 == 0 ? magnitude : -magnitude
    }

    public static func encode(_ samples: [Int16]) -> [UInt8] { samples.map { encode($0) } }
    public static func decode(_ bytes: [UInt8]) -> [Int16] { bytes.map { decode($0) } }

    /// Appends the bytes of the samples; nothing is allocated when there is room.
    public static func encode(_ samples: Span<Int16>, into bytes: inout [UInt8]) {
        for place in samples.indices { bytes.append(encode(samples[place])) }
    }
}
