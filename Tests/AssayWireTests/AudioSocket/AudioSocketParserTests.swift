import AssayCore
import AssayWire
import Testing

/// A message with its payload, and what a parser made of bytes.
struct HeardMessage: Equatable {
    var type: UInt8
    var payload: [UInt8]
}

func readAudioSocket(_ bytes: [UInt8], cutAt cuts: [Int] = []) -> (
    messages: [HeardMessage], parser: AudioSocketParser
) {
    var parser = AudioSocketParser()
    var messages: [HeardMessage] = []
    var start = 0
    for stop in cuts + [bytes.count] {
        unsafe parser.feed(bytes.span.bytes.extracting(start..<stop)) { type, payload in
            unsafe messages.append(
                HeardMessage(type: type, payload: payload.withUnsafeBytes { unsafe [UInt8]($0) }))
        }
        start = stop
    }
    return (messages, parser)
}

@Suite("AudioSocket, read")
struct AudioSocketParserTests {
    private static let call: [HeardMessage] = [
        HeardMessage(type: 0x01, payload: [UInt8](0..<16)),
        HeardMessage(type: 0x10, payload: [UInt8](repeating: 7, count: 320)),
        HeardMessage(type: 0x10, payload: []),
        HeardMessage(type: 0x03, payload: [0x35]),
        HeardMessage(type: 0x10, payload: [1, 2, 3]),
        HeardMessage(type: 0xFF, payload: [4]),
        HeardMessage(type: 0x00, payload: []),
    ]
    private static let bytes = written(call)

    private static func written(_ messages: [HeardMessage]) -> [UInt8] {
        messages.flatMap { AudioSocketWriter.frame($0.type, $0.payload) }
    }

    @Test("a call cut in two at any byte is the same call")
    func everySplit() {
        for cut in 0...Self.bytes.count {
            let (messages, parser) = readAudioSocket(Self.bytes, cutAt: [cut])
            #expect(messages == Self.call, "cut at \(cut)")
            #expect(!parser.isWithinFrame)
        }
    }

    @Test("a call that comes byte by byte is the same call")
    func byteByByte() {
        let (messages, parser) = readAudioSocket(Self.bytes, cutAt: Array(1..<Self.bytes.count))
        #expect(messages == Self.call)
        #expect(!parser.isWithinFrame)
    }

    @Test("any messages in any pieces come out as they went in", arguments: UInt64(1)...40)
    func random(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let lengths = [0, 1, 2, 3, 160, 319, 320, 640, 7680, 65_535]
        let messages = (0..<Int.random(in: 1...30, using: &random)).map { _ in
            let longest = lengths.randomElement(using: &random) ?? 0
            let count = Bool.random(using: &random) ? longest : Int.random(in: 0...longest, using: &random)
            return HeardMessage(
                type: .random(in: 0...255, using: &random),
                payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        }
        let bytes = Self.written(messages)
        for most in [1, 3, 5, 323, 1460, 100_000] where bytes.count / most < 20_000 {
            var cuts: [Int] = []
            var place = 0
            while case let next = place + Int.random(in: 1...most, using: &random), next < bytes.count {
                cuts.append(next)
                place = next
            }
            let read = readAudioSocket(bytes, cutAt: cuts)
            #expect(read.messages == messages, "pieces of up to \(most)")
            #expect(!read.parser.isWithinFrame)
        }
    }

    @Test(
        "every length that can be said is taken",
        arguments: [0, 1, 2, 255, 256, 320, 7680, 32_767, 65_534, 65_535])
    func lengths(_ length: Int) {
        let message = HeardMessage(type: 0x10, payload: [UInt8](repeating: 9, count: length))
        let bytes = AudioSocketWriter.frame(message.type, message.payload)
        #expect(bytes.count == length + 3)
        #expect(readAudioSocket(bytes, cutAt: [2]).messages == [message])
        #expect(readAudioSocket(bytes + bytes).messages == [message, message])
    }

    @Test("a stream that ends within a message is told from one that ends between two")
    func ends() {
        for length in 0...Self.bytes.count {
            let (messages, parser) = readAudioSocket(Array(Self.bytes[..<length]))
            let whole = Self.written(messages).count
            #expect(parser.isWithinFrame == (whole < length))
            #expect(parser.heldBytes == length - whole)
            #expect(parser.awaitsPayload == (length - whole >= 3))
        }
    }

    @Test("a length sets nothing aside: only what came is kept")
    func boundedMemory() {
        var parser = AudioSocketParser()
        let bytes: [UInt8] = [0x10, 0xFF, 0xFF, 1]
        unsafe parser.feed(bytes.span.bytes) { _, _ in Issue.record("nothing is whole") }
        #expect(parser.heldBytes == 4 && parser.missingBytes == 65_534)
    }
}

@Suite("AudioSocket, written")
struct AudioSocketWriterTests {
    @Test("types have the rates of the protocol, and frames of 20 ms their bytes")
    func rates() {
        let table: [(type: UInt8, rate: Int, bytes: Int)] = [
            (0x10, 8_000, 320), (0x11, 12_000, 480), (0x12, 16_000, 640), (0x13, 24_000, 960),
            (0x14, 32_000, 1280), (0x15, 44_100, 1764), (0x16, 48_000, 1920), (0x17, 96_000, 3840),
            (0x18, 192_000, 7680),
        ]
        for row in table {
            #expect(AudioSocketType.rate(of: row.type) == row.rate)
            #expect(AudioSocketType.audio(rate: row.rate) == row.type)
            let format = AudioSocketFormat(rate: row.rate, type: row.type, encoding: .linear16)
            #expect(format.frameBytes == row.bytes)
            #expect(format.nanoseconds(ofBytes: row.bytes) == 20_000_000)
        }
        for type: UInt8 in [0x00, 0x01, 0x02, 0x03, 0x0F, 0x19, 0x7F, 0xFF] {
            #expect(!AudioSocketType.isAudio(type) && AudioSocketType.rate(of: type) == nil)
        }
        #expect(AudioSocketType.audio(rate: 11_025) == nil)
    }

    @Test("presets are found by their names")
    func presets() throws {
        #expect(
            AudioSocketFormat.presets.map(\.name) == [
                "asterisk-app", "asterisk-chan16", "legacy-chan16", "ulaw-legacy",
            ])
        let shown = AudioSocketFormat.presets.map { "\($0.format), \($0.format.frameBytes) bytes" }
        #expect(
            shown == [
                "8 kHz linear16 as type 10, 320 bytes", "16 kHz linear16 as type 12, 640 bytes",
                "16 kHz linear16 as type 10, 640 bytes", "8 kHz µ-law as type 10, 160 bytes",
            ])
        #expect(AudioSocketFormat.named("asterisk-app") == .asteriskApp)
        #expect(AudioSocketFormat.named("asterisk") == nil)
    }

    @Test("types and errors have names for people")
    func names() {
        #expect(
            [0x00, 0x01, 0x03, 0x10, 0x15, 0xFF, 0x02].map { AudioSocketType.name(of: $0) } == [
                "hangup (00)", "UUID (01)", "DTMF (03)", "8 kHz audio (10)", "44.1 kHz audio (15)",
                "error (ff)",
                "unknown (02)",
            ])
        #expect(
            [1, 2, 4, 0, 5].map { AudioSocketType.errorName($0) } == [
                "hangup", "forwarding", "memory", "code 00", "hangup, memory",
            ])
    }

    @Test("messages are a type, a length with its high byte first, and the payload")
    func bytes() {
        #expect(AudioSocketWriter.frame(0x00) == [0, 0, 0])
        #expect(AudioSocketWriter.frame(0x03, [0x31]) == [3, 0, 1, 0x31])
        #expect(
            AudioSocketWriter.frame(0x10, [UInt8](repeating: 0, count: 320)).prefix(3) == [0x10, 1, 0x40])
        var bytes: [UInt8] = []
        let payload: [UInt8] = [5, 6]
        unsafe AudioSocketWriter.append(0x12, payload.span.bytes, to: &bytes)
        AudioSocketWriter.appendHeader(0x10, length: 65_535, to: &bytes)
        #expect(bytes == [0x12, 0, 2, 5, 6, 0x10, 0xFF, 0xFF])
    }

    @Test("long audio becomes frames of 20 ms, the last of them short")
    func frames() {
        let audio = (0..<700).map { UInt8(truncatingIfNeeded: $0) }
        let (messages, parser) = readAudioSocket(AudioSocketWriter.frames(of: audio, in: .asteriskApp))
        #expect(messages.map(\.payload.count) == [320, 320, 60])
        #expect(messages.flatMap(\.payload) == audio && !parser.isWithinFrame)
    }
}
