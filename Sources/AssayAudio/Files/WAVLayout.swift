/// How the samples of a WAV file are written down (its `fmt ` chunk).
struct WAVLayout: Equatable {
    enum Encoding: Equatable {
        /// Two's complement, little-endian; of 8 bits: unsigned around 128.
        case integer(bytes: Int)
        /// IEEE 754, full scale ±1.
        case float32, float64
        case mulaw, alaw
    }

    var encoding: Encoding
    var channels: Int
    var rate: Int

    /// Rates from telephone speech at a crawl up to twice the highest that AudioSocket knows.
    static let rates = 1_000...384_000
    static let maxChannels = 64

    /// Bytes of one sample of one channel.
    var sampleBytes: Int {
        switch encoding {
        case .integer(let bytes): bytes
        case .float32: 4
        case .float64: 8
        case .mulaw, .alaw: 1
        }
    }

    /// Bytes of one sample of all channels.
    var frameBytes: Int { sampleBytes * channels }
}

extension WAVLayout {
    private static let convert = "convert the file: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav"

    /// Reads the body of a `fmt ` chunk that begins at `offset` of the file.
    init(parsing bytes: ArraySlice<UInt8>) throws(SoundError) {
        let offset = bytes.startIndex
        guard bytes.count >= 16 else {
            throw SoundError(
                at: offset, "the fmt chunk has \(bytes.count) bytes where it needs 16 or more",
                fix: Self.convert)
        }
        var tag = bytes.uint16(at: offset)
        channels = Int(bytes.uint16(at: offset + 2))
        rate = Int(bytes.uint32(at: offset + 4))
        let block = Int(bytes.uint16(at: offset + 12))
        let bits = Int(bytes.uint16(at: offset + 14))
        if tag == 0xFFFE { tag = try Self.subformat(of: bytes) }
        guard (1...Self.maxChannels).contains(channels) else {
            throw SoundError(
                at: offset + 2,
                "the file has \(channels) channels where 1 to \(Self.maxChannels) can be read",
                fix: Self.convert)
        }
        guard Self.rates.contains(rate) else {
            throw SoundError(
                at: offset + 4,
                "the rate is \(rate) samples a second where \(Self.rates.lowerBound) to \(Self.rates.upperBound) can be read",
                fix: "correct the header, or convert the file: ffmpeg -i IN -ar 16000 -ac 1 OUT.wav")
        }
        encoding = try Self.encoding(tag: tag, bits: bits, at: offset)
        guard block == frameBytes else {
            throw SoundError(
                at: offset + 12,
                "a block of \(channels) × \(bits) bits is said to have \(block) bytes where it has \(frameBytes)",
                fix: Self.convert)
        }
    }

    /// The format tag that EXTENSIBLE keeps in the first two bytes of its GUID.
    private static func subformat(of bytes: ArraySlice<UInt8>) throws(SoundError) -> UInt16 {
        let place = bytes.startIndex + 24
        guard bytes.count >= 40 else {
            throw SoundError(
                at: bytes.startIndex, "an EXTENSIBLE fmt chunk has \(bytes.count) bytes where it needs 40",
                fix: convert)
        }
        // KSDATAFORMAT_SUBTYPE_*: a format tag, then the same fourteen bytes for all
        let tail: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        guard bytes[(place + 2)..<(place + 16)].elementsEqual(tail) else {
            throw SoundError(
                at: place, "the EXTENSIBLE format's GUID is none of a known sample format", fix: convert)
        }
        return bytes.uint16(at: place)
    }

    private static func encoding(tag: UInt16, bits: Int, at offset: Int) throws(SoundError) -> Encoding {
        switch (tag, bits) {
        // Samples of 12 or 20 bits stand left-justified in the next whole byte.
        case (1, 1...32): return .integer(bytes: (bits + 7) / 8)
        case (3, 32): return .float32
        case (3, 64): return .float64
        case (6, 8): return .alaw
        case (7, 8): return .mulaw
        case (1, _), (3, _), (6, _), (7, _):
            throw SoundError(
                at: offset + 14, "\(name(of: tag)) samples of \(bits) bits are not read", fix: convert)
        default:
            throw SoundError(
                at: offset, "the samples are \(name(of: tag)), which is not read", fix: convert)
        }
    }

    private static func name(of tag: UInt16) -> String {
        let known: [UInt16: String] = [
            1: "PCM", 2: "Microsoft ADPCM", 3: "floating-point", 6: "A-law", 7: "µ-law", 0x11: "IMA ADPCM",
            0x31: "GSM 6.10", 0x50: "MPEG", 0x55: "MP3", 0xFF: "AAC",
        ]
        let digits = String(tag, radix: 16, uppercase: true)
        let number = "format 0x" + String(repeating: "0", count: 4 - digits.count) + digits
        return known[tag].map { [1, 3, 6, 7].contains(tag) ? $0 : "\($0) (\(number))" } ?? "of \(number)"
    }
}

extension ArraySlice<UInt8> {
    func uint16(at place: Int) -> UInt16 { UInt16(self[place]) | UInt16(self[place + 1]) << 8 }
    func uint32(at place: Int) -> UInt32 { UInt32(uint16(at: place)) | UInt32(uint16(at: place + 2)) << 16 }
    func uint64(at place: Int) -> UInt64 { UInt64(uint32(at: place)) | UInt64(uint32(at: place + 4)) << 32 }
}
