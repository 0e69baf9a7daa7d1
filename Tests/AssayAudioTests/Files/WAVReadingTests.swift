import AssayAudio
import Testing

@Suite("Reading WAV files")
struct WAVReadingTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var format: [UInt8]
        var data: [UInt8]
        var samples: [Int16]
        var testDescription: String { name }
    }

    static let encodings = [
        Case(
            name: "8 bits, unsigned", format: WAVBytes.format(1, bits: 8), data: [0, 127, 128, 129, 255],
            samples: [-32768, -256, 0, 256, 32512]),
        Case(
            name: "16 bits", format: WAVBytes.format(1, bits: 16),
            data: [0, 0x80, 0xFF, 0xFF, 1, 0, 0xFF, 0x7F],
            samples: [-32768, -1, 1, 32767]),
        Case(
            name: "12 bits in 16", format: WAVBytes.format(1, bits: 12), data: [0xF0, 0x7F], samples: [0x7FF0]
        ),
        Case(
            name: "24 bits, rounded to the nearest, clipped above", format: WAVBytes.format(1, bits: 24),
            data: [0, 0, 0x80, 0x7F, 1, 0, 0x80, 1, 0, 0x80, 0xFE, 0xFF, 0xFF, 0xFF, 0x7F],
            samples: [-32768, 1, 2, -1, 32767]),
        Case(
            name: "32 bits", format: WAVBytes.format(1, bits: 32),
            data: [0, 0, 0, 0x80, 0xFF, 0x7F, 1, 0, 0, 0x80, 1, 0],
            samples: [-32768, 1, 2]),
        Case(
            name: "32-bit float, clipped at ±1", format: WAVBytes.format(3, bits: 32),
            data: [-1, 0.5, 1, 3, -.infinity, -0.25].flatMap { WAVBytes.bytes(Float($0).bitPattern) },
            samples: [-32768, 16384, 32767, 32767, -32768, -8192]),
        Case(
            name: "64-bit float", format: WAVBytes.format(3, bits: 64),
            data: [0.5, -1e300].flatMap { WAVBytes.bytes(($0 as Double).bitPattern) },
            samples: [16384, -32768]),
        Case(
            name: "µ-law", format: WAVBytes.format(7, bits: 8), data: [0, 0x7F, 0x80, 0xFF],
            samples: [-32124, 0, 32124, 0]),
        Case(
            name: "A-law", format: WAVBytes.format(6, bits: 8), data: [0xD5, 0x55, 0xAA, 0x2A],
            samples: [8, -8, 32256, -32256]),
        Case(
            name: "stereo, mixed and rounded once", format: WAVBytes.format(1, channels: 2, bits: 16),
            data: [
                10, 0, 20, 0, 1, 0, 2, 0, 0xFF, 0x7F, 0xFF, 0x7F, 0, 0x80, 0, 0x80, 0xFF, 0xFF, 0xFE, 0xFF,
            ],
            samples: [15, 2, 32767, -32768, -1]),
        Case(
            name: "EXTENSIBLE, 16 bits, stereo",
            format: WAVBytes.extensible(tag: 1, channels: 2, bits: 16, validBits: 16), data: [4, 0, 8, 0],
            samples: [6]),
        Case(
            name: "EXTENSIBLE, 24 valid of 32 bits",
            format: WAVBytes.extensible(tag: 1, channels: 1, bits: 32, validBits: 24),
            data: [0, 0, 0x34, 0x12],
            samples: [0x1234]),
        Case(
            name: "EXTENSIBLE, float",
            format: WAVBytes.extensible(tag: 3, channels: 1, bits: 32, validBits: 32),
            data: WAVBytes.bytes(Float(0.5).bitPattern), samples: [16384]),
    ]

    @Test("each encoding gives the samples that it stands for", arguments: encodings)
    func encoding(_ file: Case) throws {
        let sound = try Sound(wav: WAVBytes.file(file.format, WAVBytes.chunk("data", file.data)))
        #expect(sound.samples == file.samples)
    }

    static let layouts: [(String, [UInt8])] = [
        (
            "chunks before, between and behind, of odd length too",
            WAVBytes.file(
                WAVBytes.chunk("LIST", [1, 2, 3]), WAVBytes.format(1, bits: 16),
                WAVBytes.chunk("fact", [9, 9, 9, 9, 9]),
                WAVBytes.chunk("data", [1, 0, 2, 0]), WAVBytes.chunk("id3 ", [7]))
        ),
        (
            "a format chunk with room for more",
            WAVBytes.file(
                WAVBytes.chunk("fmt ", Array(WAVBytes.format(1, bits: 16).dropFirst(8)) + [0, 0]),
                WAVBytes.chunk("data", [1, 0, 2, 0]))
        ),
        (
            "a second format chunk, which does not count",
            WAVBytes.file(
                WAVBytes.format(1, bits: 16), WAVBytes.format(7, bits: 8),
                WAVBytes.chunk("data", [1, 0, 2, 0]))
        ),
        (
            "a length of -1",
            WAVBytes.file(
                WAVBytes.format(1, bits: 16), WAVBytes.chunk("data", [1, 0, 2, 0], length: .max))
        ),
        (
            "a length of 0 with samples behind it",
            WAVBytes.file(
                WAVBytes.format(1, bits: 16), WAVBytes.chunk("data", [1, 0, 2, 0], length: 0))
        ),
        (
            "espeak-ng's length on a pipe, and half a sample",
            WAVBytes.file(
                WAVBytes.format(1, bits: 16),
                WAVBytes.chunk("data", [1, 0, 2, 0, 3], length: 0x7FFF_F000).dropLast())
        ),
        (
            "a wrong length in the RIFF header",
            Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVE".utf8)
                + WAVBytes.format(1, bits: 16) + WAVBytes.chunk("data", [1, 0, 2, 0])
        ),
    ]

    @Test("a file in an unusual order or with lengths unknown is read", arguments: layouts)
    func layout(_ name: String, _ bytes: [UInt8]) throws {
        #expect(try Sound(wav: bytes) == Sound(samples: [1, 2], rate: 8_000), "\(name)")
    }

    private static let convert = "convert the file: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav"
    private static let again = "the file was cut or is damaged: copy or make it again"
    private static let pcm = WAVBytes.format(1, bits: 16)

    static let faults: [([UInt8], String)] = [
        (
            [],
            "byte 0: a WAV file begins with 'RIFF', its length and 'WAVE'; found nothing; fix: the file is empty: make it again"
        ),
        (
            Array("RIFF".utf8),
            "byte 0: a WAV file begins with 'RIFF', its length and 'WAVE'; found 4 bytes; fix: give a WAV file"
        ),
        (
            Array("GIF89a, not sound".utf8),
            "byte 0: a WAV file begins with 'RIFF', its length and 'WAVE'; found 'GIF8'; fix: give a WAV file"
        ),
        (
            Array("OggS and more bytes".utf8),
            "byte 0: this is an Ogg file, not a WAV file; fix: convert it: ffmpeg -i IN -ac 1 OUT.wav"
        ),
        (
            Array("RF64....WAVEds64".utf8),
            "byte 0: this is a WAV file above 4 GiB (RF64), not a WAV file; fix: convert it: ffmpeg -i IN -ac 1 OUT.wav"
        ),
        (
            Array("RIFF....AVI LIST".utf8),
            "byte 8: a RIFF file of type 'AVI ', not 'WAVE'; fix: give a WAV file; others can be converted: ffmpeg -i IN -ac 1 OUT.wav"
        ),
        (WAVBytes.file(pcm), "byte 36: the file ends without a data chunk; fix: \(again)"),
        (
            WAVBytes.file(WAVBytes.chunk("LIST", [1, 2])),
            "byte 22: the file ends without a fmt chunk; fix: \(again)"
        ),
        (
            WAVBytes.file(WAVBytes.chunk("data", [1, 0]), pcm),
            "byte 12: the data chunk stands before the fmt chunk that says how to read it; fix: convert the file: ffmpeg -i IN -ac 1 OUT.wav"
        ),
        (
            WAVBytes.file(WAVBytes.chunk("LIST", [1, 2], length: 0xFFFF_FFFF)),
            "byte 16: chunk 'LIST' is said to have 4294967295 bytes, but 2 follow; fix: \(again)"
        ),
        (
            WAVBytes.file(pcm, WAVBytes.chunk("data", [1, 0, 2, 0], length: 400)),
            "byte 40: the data chunk is said to have 400 bytes, but 4 follow; fix: the file was cut: copy or make it again"
        ),
        (
            WAVBytes.file(pcm, WAVBytes.chunk("data", [1, 0, 2])),
            "byte 40: 3 bytes of data are not a whole number of 2-byte samples; fix: the file was cut or its header is wrong: make it again"
        ),
        (
            WAVBytes.file(WAVBytes.chunk("fmt ", [1, 0, 1, 0])),
            "byte 20: the fmt chunk has 4 bytes where it needs 16 or more; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(0x55, bits: 16)),
            "byte 20: the samples are MP3 (format 0x0055), which is not read; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(0x1234, bits: 16)),
            "byte 20: the samples are of format 0x1234, which is not read; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(1, bits: 48)),
            "byte 34: PCM samples of 48 bits are not read; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(3, bits: 16)),
            "byte 34: floating-point samples of 16 bits are not read; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(1, channels: 0, bits: 16)),
            "byte 22: the file has 0 channels where 1 to 64 can be read; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(1, rate: 0, bits: 16)),
            "byte 24: the rate is 0 samples a second where 1000 to 384000 can be read; "
                + "fix: correct the header, or convert the file: ffmpeg -i IN -ar 16000 -ac 1 OUT.wav"
        ),
        (
            WAVBytes.file(WAVBytes.format(1, channels: 2, bits: 16, block: 2)),
            "byte 32: a block of 2 × 16 bits is said to have 2 bytes where it has 4; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(0xFFFE, bits: 16)),
            "byte 20: an EXTENSIBLE fmt chunk has 16 bytes where it needs 40; fix: \(convert)"
        ),
        (
            WAVBytes.file(WAVBytes.format(3, bits: 32), WAVBytes.chunk("data", [0, 0, 0xC0, 0x7F])),
            "byte 44: this sample is not a number; fix: the file is damaged: make it again"
        ),
    ]

    @Test("a file that cannot be read says where, why, and what to do", arguments: faults)
    func fault(_ bytes: [UInt8], _ message: String) {
        let error = #expect(throws: SoundError.self) { try Sound(wav: bytes) }
        #expect(error?.description == message)
    }

    @Test("a GUID that is no sample format is refused")
    func foreignGUID() {
        var format = WAVBytes.extensible(tag: 1, channels: 1, bits: 16, validBits: 16)
        format[format.count - 1] ^= 1
        let error = #expect(throws: SoundError.self) { try Sound(wav: WAVBytes.file(format)) }
        #expect(error?.message == "the EXTENSIBLE format's GUID is none of a known sample format")
        #expect(error?.offset == 44)
    }

    @Test("every file cut short anywhere gives an error or the samples that are left, and never more")
    func cut() {
        let whole = WAVBytes.file(Self.pcm, WAVBytes.chunk("data", [UInt8](repeating: 7, count: 400)))
        for length in whole.indices {
            #expect(throws: SoundError.self) { try Sound(wav: Array(whole.prefix(length))) }
        }
    }
}
