/// WAV files as a test wants them, right and wrong.
enum WAVBytes {
    static func file(_ chunks: [UInt8]...) -> [UInt8] {
        let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
        return Array("RIFF".utf8) + bytes(UInt32(body.count)) + body
    }

    /// - Parameter length: what the header says; by default the truth.
    static func chunk(_ name: String, _ body: [UInt8], length: UInt32? = nil) -> [UInt8] {
        Array(name.utf8) + bytes(length ?? UInt32(body.count)) + body + (body.count % 2 == 1 ? [0] : [])
    }

    static func format(
        _ tag: UInt16, channels: UInt16 = 1, rate: UInt32 = 8_000, bits: UInt16, block: UInt16? = nil
    ) -> [UInt8] {
        chunk("fmt ", formatBody(tag, channels: channels, rate: rate, bits: bits, block: block))
    }

    static func extensible(tag: UInt16, channels: UInt16, bits: UInt16, validBits: UInt16) -> [UInt8] {
        let guid: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        return chunk(
            "fmt ",
            formatBody(0xFFFE, channels: channels, rate: 16_000, bits: bits, block: nil) + bytes(22 as UInt16)
                + bytes(validBits) + bytes(3 as UInt32) + bytes(tag) + guid)
    }

    private static func formatBody(
        _ tag: UInt16, channels: UInt16, rate: UInt32, bits: UInt16, block: UInt16?
    ) -> [UInt8] {
        let block = block ?? channels * ((bits + 7) / 8)
        return bytes(tag) + bytes(channels) + bytes(rate) + bytes(rate * UInt32(block)) + bytes(block)
            + bytes(bits)
    }

    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
