import AssayAudio
import Testing

/// The decision values and quantized values of ITU-T G.711's tables, and fingerprints of what its reference software
/// (ITU-T G.191, `g711.c`) makes of all 65,536 samples and all 256 bytes. Python's `audioop` gives the same for A-law and for
/// decoding; in µ-law it differs below zero on decision values, where the recommendation leaves it open.
@Suite("µ-law and A-law")
struct CompandingTests {
    private static let samples = (-32_768...32_767).map { Int16($0) }
    private static let codes = (0...255).map { UInt8($0) }

    /// FNV-1a, 64 bits.
    private func fingerprint(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private func littleEndian(_ samples: [Int16]) -> [UInt8] { PCM16.encode(samples) }

    @Test("µ-law is the reference software's for every sample and every byte")
    func muLaw() {
        #expect(fingerprint(MuLaw.encode(Self.samples)) == 0x04EC_1F08_3FD7_8C2D)
        #expect(fingerprint(littleEndian(MuLaw.decode(Self.codes))) == 0xB91E_65D6_8481_A1A8)
    }

    @Test("A-law is the reference software's for every sample and every byte")
    func aLaw() {
        #expect(fingerprint(ALaw.encode(Self.samples)) == 0xF030_666E_B780_CF25)
        #expect(fingerprint(littleEndian(ALaw.decode(Self.codes))) == 0x693A_40CA_62A3_D2A5)
    }

    /// G.711 table 2: quantized value number n, in 14 bits; the first decision value is 1, segments end at 31, 95, 223, …
    private static func muLawTable() -> (decisions: [Int], values: [Int]) {
        var decisions = [0, 1]
        var values = [0]
        for segment in 0..<8 {
            let step = 2 << segment
            for _ in 0..<(segment == 0 ? 15 : 16) {
                decisions.append((decisions.last ?? 0) + step)
                values.append((decisions.suffix(2).reduce(0, +)) / 2)
            }
        }
        return (decisions, values)
    }

    @Test("every positive sample lies between the decision values of its µ-law byte")
    func muLawTable() throws {
        let (decisions, values) = Self.muLawTable()
        #expect(decisions.last == 8159)
        #expect(values.count == 128)
        for number in values.indices { #expect(Int(MuLaw.decode(UInt8(255 - number))) == values[number] * 4) }
        for sample in Self.samples where sample >= 0 {
            let number = 255 - Int(MuLaw.encode(sample))
            let value = Int(sample) >> 2
            #expect(decisions[number] <= value && (value < decisions[number + 1] || number == 127))
        }
    }

    @Test("a byte decoded and encoded again is the same byte, but for µ-law's negative zero")
    func again() {
        for code in Self.codes {
            #expect(ALaw.encode(ALaw.decode(code)) == code)
            #expect(MuLaw.encode(MuLaw.decode(code)) == (code == 0x7F ? 0xFF : code))
        }
    }

    @Test("spans and arrays give the same")
    func forms() {
        let samples = Array(Self.samples.prefix(333))
        var bytes: [UInt8] = []
        MuLaw.encode(samples.span, into: &bytes)
        #expect(bytes == MuLaw.encode(samples))
        #expect(PCM16.decode(PCM16.encode(samples)) == samples)
        #expect(PCM16.decode([1, 0, 2]) == [1])
    }
}
