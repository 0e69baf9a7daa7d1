import AssayWire
import Testing

@testable import AssayVoice

@Suite("A judge of clients that mean to be Asterisk")
struct ClientJudgeTests {
    private static let frame = [UInt8](repeating: 0, count: 320)
    private static let uuid: (UInt8, [UInt8]) = (1, [UInt8](repeating: 1, count: 16))
    private static let step: Int64 = 20_000_000

    /// Complaints about messages, 20 ms apart.
    private static func complaints(_ messages: [(UInt8, [UInt8])], step: Int64 = step) -> [String] {
        var judge = ClientJudge(.asteriskApp)
        var now: Int64 = 0
        return messages.flatMap { message in
            now += step
            return judge.receive(message.0, message.1, at: now)
        }
    }

    @Test("has nothing to say about what Asterisk sends")
    func good() {
        let frames = (0..<200).map { _ in (UInt8(0x10), Self.frame) }
        let last: [(UInt8, [UInt8])] = [(0x10, [UInt8](repeating: 0, count: 100)), (3, Array("5".utf8))]
        #expect(Self.complaints([Self.uuid] + frames + last) == [])
    }

    @Test(
        "says what is wrong, once each",
        arguments: [
            ([(0x10, frame), (0x10, frame)], "the first message is 8 kHz audio (10), not the UUID (01)"),
            ([uuid, uuid, uuid], "the UUID is sent a second time"),
            ([(1, [1, 2])], "the UUID has 2 bytes, not 16"),
            ([uuid, (0, [])], "Asterisk never sends a message of type hangup (00)"),
            ([uuid, (0x42, [])], "Asterisk never sends a message of type unknown (42)"),
            (
                [uuid, (0x12, frame)],
                "audio comes as 16 kHz audio (12); the format is 8 kHz linear16 as type 10"
            ),
            ([uuid, (0x10, [])], "an audio message is empty"),
            ([uuid, (0x10, frame + frame)], "an audio message has 640 bytes; 20 ms are 320"),
            ([uuid, (0x10, [1])], "an audio message has 1 bytes, which are no whole samples"),
            (
                [uuid, (0x10, [1, 2]), (0x10, frame)], "a message of 2 bytes stands amid audio; 20 ms are 320"
            ),
            (
                [uuid, (3, Array("x".utf8))],
                "a DTMF message holds one of 0–9, A–D, * and #, not 1 bytes of something else"
            ),
        ] as [([(UInt8, [UInt8])], String)])
    func bad(messages: [(UInt8, [UInt8])], complaint: String) {
        #expect(Self.complaints(messages) == [complaint])
    }

    @Test("audio that comes ahead of its time is no pace")
    func lead() {
        let frames = (0..<50).map { _ in (UInt8(0x10), Self.frame) }
        #expect(
            Self.complaints([Self.uuid] + frames, step: 5_000_000) == ["audio comes 105 ms ahead of its time"]
        )
    }

    @Test("two seconds without a message end a call")
    func quiet() {
        #expect(
            Self.complaints([Self.uuid, (0x10, Self.frame)], step: 2_500_000_000)
                == ["nothing came for 2500 ms; Asterisk ends a call after 2000 ms without traffic"])
    }

    @Test("an end before any message, or within one, is told")
    func ends() {
        var judge = ClientJudge(.asteriskApp)
        #expect(judge.ended(isWithinMessage: false) == ["the connection ended before any message"])
        _ = judge.receive(1, Self.uuid.1, at: 0)
        #expect(judge.ended(isWithinMessage: true) == ["the connection ended in the middle of a message"])
        #expect(judge.ended(isWithinMessage: false) == [])
    }
}
