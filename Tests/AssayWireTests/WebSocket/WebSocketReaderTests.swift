import Testing

@testable import AssayWire

/// Everything that comes of bytes, in order, offered in pieces.
private func events(
    _ bytes: [UInt8], piece: Int = .max, role: WebSocketRole = .client,
    limits: WebSocketLimits = WebSocketLimits(), deflate: WebSocketDeflate? = nil
) -> [WebSocketEvent] {
    var reader = WebSocketReader(role: role, limits: limits, deflate: deflate)
    var found: [WebSocketEvent] = []
    var start = 0
    while start < bytes.count {
        let end = bytes.count - start > piece ? start + piece : bytes.count
        var place = start
        while place < end {
            let (event, consumed) = unsafe reader.next(bytes.span.bytes.extracting(place..<end))
            place += consumed
            if event != .needMore { found.append(event) }
            if case .failed = event { return found }
        }
        start = end
    }
    return found
}

/// `81 02 68 69` → bytes.
private func hex(_ text: String) -> [UInt8] {
    text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
}

@Suite("WebSocket: reading frames")
struct WebSocketReaderTests {
    /// Bytes that a client reads of a server, and what they are. The first six are RFC 6455 §5.7's own.
    static let right: [(String, [WebSocketEvent])] = [
        ("81 05 48 65 6c 6c 6f", [.message(.text, Array("Hello".utf8))]),
        ("01 03 48 65 6c 80 02 6c 6f", [.message(.text, Array("Hello".utf8))]),
        ("89 05 48 65 6c 6c 6f", [.ping(Array("Hello".utf8))]),
        ("8a 00", [.pong([])]),
        ("81 00", [.message(.text, [])]),
        ("02 01 00 00 00 80 01 ff", [.message(.binary, [0, 0xFF])]),
        (
            "01 01 ce 89 01 2a 00 01 ba 8a 00 80 00",
            [
                .ping([0x2A]), .pong([]),
                .message(.text, Array("κ".utf8) == [0xCE, 0xBA] ? [0xCE, 0xBA] : []),
            ]
        ),
        ("88 00", [.close(nil, reason: "")]),
        ("88 02 03 e8", [.close(.normal, reason: "")]),
        ("88 05 0b b8 c3 a4 21", [.close(WebSocketCloseCode(3000), reason: "ä!")]),
        ("88 02 03 e8 81 05 48", [.close(.normal, reason: "")]),
        ("81 01 61 81 01 62", [.message(.text, [0x61]), .message(.text, [0x62])]),
    ]

    @Test("what a server sends reads the same in one piece and split at every byte", arguments: right)
    func reading(_ text: String, _ wanted: [WebSocketEvent]) {
        let bytes = hex(text)
        for piece in 1...bytes.count {
            #expect(events(bytes, piece: piece) == wanted, "in pieces of \(piece)")
        }
    }

    static let wrong: [(String, WebSocketError, UInt16)] = [
        ("c1 00", .reservedBits(0x40), 1002),
        ("b1 00", .reservedBits(0x30), 1002),
        ("83 00", .reservedOpcode(3), 1002),
        ("8f 00", .reservedOpcode(15), 1002),
        ("81 81 00 00 00 00 61", .wrongMasking(byClient: false), 1002),
        ("09 00", .fragmentedControl(.ping), 1002),
        ("89 7e 00 7e", .longControl(.ping), 1002),
        ("80 00", .continuationOfNothing, 1002),
        ("01 01 61 81 01 62", .messageInsideMessage(.text), 1002),
        ("81 7e 00 7d", .wastefulLength(125), 1002),
        ("82 7f 00 00 00 00 00 00 ff ff", .wastefulLength(65535), 1002),
        ("82 7f ff ff ff ff ff ff ff ff", .negativeLength, 1002),
        ("82 7f 00 00 00 00 00 10 00 01", .frameTooLarge(0x10_0001, limit: 0x10_0000), 1009),
        ("81 02 61 ff", .invalidUTF8(at: 1), 1007),
        ("81 01 c3", .invalidUTF8(at: 1), 1007),
        // Fails at the byte that cannot be right, though the frame says that a hundred are to come.
        ("81 64 ed a0", .invalidUTF8(at: 1), 1007),
        ("81 64 f4 90", .invalidUTF8(at: 1), 1007),
        ("81 64 c0", .invalidUTF8(at: 0), 1007),
        ("81 64 e0 9f", .invalidUTF8(at: 1), 1007),
        ("88 01 03", .oneByteClose, 1002),
        ("88 02 03 ed", .invalidCloseCode(1005), 1002),
        ("88 02 03 ee", .invalidCloseCode(1006), 1002),
        ("88 02 03 ec", .invalidCloseCode(1004), 1002),
        ("88 02 03 f7", .invalidCloseCode(1015), 1002),
        ("88 02 07 d0", .invalidCloseCode(2000), 1002),
        ("88 02 13 88", .invalidCloseCode(5000), 1002),
        ("88 03 03 e8 ff", .invalidCloseReason, 1007),
    ]

    @Test(
        "a broken rule is found the same however the bytes are cut, and has its close code", arguments: wrong)
    func refusing(_ text: String, _ error: WebSocketError, _ code: UInt16) {
        let bytes = hex(text)
        let limits = WebSocketLimits(frameBytes: 0x10_0000)
        for piece in 1...bytes.count {
            #expect(
                events(bytes, piece: piece, limits: limits).last == .failed(error), "in pieces of \(piece)")
        }
        #expect(error.closeCode.rawValue == code)
        #expect(!error.description.isEmpty)
    }

    @Test("a message is bounded over its fragments")
    func messageLimit() {
        let limits = WebSocketLimits(frameBytes: 100, messageBytes: 5)
        #expect(
            events(hex("02 03 01 02 03 80 03 04 05 06"), limits: limits)
                == [.failed(.messageTooLarge(limit: 5))])
        #expect(
            events(hex("02 03 01 02 03 80 02 04 05"), limits: limits) == [.message(.binary, [1, 2, 3, 4, 5])])
    }

    @Test("a server reads masked frames, and refuses those that are not")
    func masked() {
        let bytes = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
        for piece in 1...bytes.count {
            #expect(events(bytes, piece: piece, role: .server) == [.message(.text, Array("Hello".utf8))])
        }
        #expect(events(hex("81 00"), role: .server) == [.failed(.wrongMasking(byClient: true))])
    }

    @Test("masking is the same by words and by bytes, from any offset")
    func masking() {
        let key: UInt32 = 0x0102_0384
        for count in 0..<40 {
            for offset in 0..<5 {
                let plain = (0..<count).map { UInt8($0) }
                var bytes = [0xAA] + plain
                webSocketMask(&bytes, from: 1, key: key, offset: offset)
                let mask: [UInt8] = [1, 2, 3, 0x84]
                let wanted = plain.enumerated().map { $1 ^ mask[($0 + offset) % 4] }
                #expect(bytes == [0xAA] + wanted)
            }
        }
    }

    @Test("UTF-8 is judged as Swift judges it", arguments: 0...255)
    func utf8(_ first: Int) {
        for second in stride(from: 0, through: 255, by: 5) {
            for tail in [[], [0x80], [0x80, 0x80], [0xBF, 0xC0], [0x41]] as [[UInt8]] {
                let bytes = [UInt8(first), UInt8(second)] + tail
                var check = UTF8Check()
                let isRight = unsafe check.feed(bytes.span.bytes) && check.isComplete
                #expect(isRight == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            }
        }
    }
}

@Suite("WebSocket: writing frames")
struct WebSocketWriterTests {
    static let sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]

    @Test("what is written reads the same, by both ends, whole and in fragments", arguments: sizes)
    func roundTrip(_ size: Int) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for role in [WebSocketRole.client, .server] {
            for fragment in [nil, 1000, 65_536] as [Int?] {
                for deflate in [nil, WebSocketDeflate()] {
                    var output: [UInt8] = []
                    let writer = WebSocketWriter(role: role, deflate: deflate)
                    var key: UInt32 = 0xDEAD_BEEF
                    writer.append(.binary, payload, fragmentBytes: fragment, to: &output) {
                        key &+= 0x0101_0101
                        return key
                    }
                    writer.append(.text, Array("end".utf8), to: &output) { 7 }
                    let other: WebSocketRole = role == .client ? .server : .client
                    #expect(
                        events(output, role: other, deflate: deflate) == [
                            .message(.binary, payload), .message(.text, Array("end".utf8)),
                        ])
                }
            }
        }
    }

    @Test("a close's reason is cut between characters to what a control frame holds")
    func closeReason() {
        var output: [UInt8] = []
        let writer = WebSocketWriter(role: .server)
        writer.append(close: .goingAway, reason: String(repeating: "ä", count: 80), to: &output) { 0 }
        #expect(output.count == 2 + 2 + 122)
        #expect(events(output) == [.close(.goingAway, reason: String(repeating: "ä", count: 61))])
    }

    @Test("a client's frame is RFC 6455's example")
    func example() {
        var output: [UInt8] = []
        WebSocketWriter(role: .client).append(.text, Array("Hello".utf8), to: &output) { 0x37FA_213D }
        #expect(output == hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"))
    }
}

@Suite("WebSocket: permessage-deflate")
struct WebSocketDeflateTests {
    @Test("RFC 7692's examples unpack, whole and split at every byte")
    func examples() {
        let hello = Array("Hello".utf8)
        let one = "c1 07 f2 48 cd c9 c9 07 00"
        let shared = one + " c1 05 f2 00 11 00 00"
        let stored = "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"
        let final = "c1 08 f3 48 cd c9 c9 07 00 00"
        let fragments = "41 03 f2 48 cd 80 04 c9 c9 07 00"
        for (text, count) in [(one, 1), (shared, 2), (stored, 1), (final, 1), (fragments, 1)] {
            let bytes = hex(text)
            for piece in 1...bytes.count {
                #expect(
                    events(bytes, piece: piece, deflate: WebSocketDeflate())
                        == Array(repeating: .message(.text, hello), count: count), "\(text) by \(piece)")
            }
        }
    }

    @Test("a message that unpacks to more than its limit stops there")
    func bomb() {
        var output: [UInt8] = []
        WebSocketWriter(role: .server, deflate: WebSocketDeflate()).append(
            .binary, [UInt8](repeating: 0, count: 1 << 20), to: &output
        ) { 0 }
        #expect(output.count < 8192)
        let limits = WebSocketLimits(messageBytes: 100_000)
        #expect(
            events(output, limits: limits, deflate: WebSocketDeflate())
                == [.failed(.messageTooLarge(limit: 100_000))])
    }

    @Test("data that are not packed, a packed control frame and a packed continuation are refused")
    func broken() {
        let deflate = WebSocketDeflate()
        guard case .failed(.badDeflate)? = events(hex("c1 04 ff ff ff ff"), deflate: deflate).last else {
            Issue.record("it unpacked")
            return
        }
        #expect(events(hex("c9 00"), deflate: deflate) == [.failed(.reservedBits(0x40))])
        #expect(events(hex("41 01 f2 c0 00"), deflate: deflate) == [.failed(.reservedBits(0x40))])
    }

    @Test("every window and both ways of keeping context go back and forth", arguments: 8...15)
    func windows(_ bits: Int) {
        var deflate = WebSocketDeflate()
        deflate.serverMaxWindowBits = bits
        let text = Array(String(repeating: "the quick brown fox \(bits) ", count: 2000).utf8)
        for forgets in [false, true] {
            deflate.serverNoContextTakeover = forgets
            let writer = WebSocketWriter(role: .server, deflate: deflate)
            var output: [UInt8] = []
            for _ in 0..<3 { writer.append(.text, text, to: &output) { 0 } }
            #expect(
                events(output, deflate: deflate) == Array(repeating: .message(.text, text), count: 3))
        }
    }
}
