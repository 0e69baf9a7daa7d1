/// The first byte of a message: what it is.
///
/// A message is `type u8 | length u16 big-endian | payload`. Source: Asterisk's AudioSocket, as of 20.17, 21.12, 22.7 and 23.1.
public enum AudioSocketType {
    /// The server ends the call; no payload.
    public static let hangup: UInt8 = 0x00
    /// Which call this is, 16 bytes: Asterisk's first message.
    public static let uuid: UInt8 = 0x01
    /// A digit that the caller pressed, one ASCII byte; Asterisk only sends it.
    public static let dtmf: UInt8 = 0x03
    /// Audio of 8 kHz, 16 bits, signed, little-endian, mono; 0x11…0x18 are other rates.
    public static let audio8: UInt8 = 0x10
    /// Something failed; one byte says what, see ``errorName(_:)``.
    public static let error: UInt8 = 0xFF

    /// Bytes in front of a payload.
    public static let headerBytes = 3
    /// What a length can say at most.
    public static let largestPayloadBytes = 0xFFFF

    private static let rates = [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]

    /// Samples a second of an audio type; `nil` for any other type.
    public static func rate(of type: UInt8) -> Int? { isAudio(type) ? rates[Int(type - audio8)] : nil }

    /// The type of linear audio at a rate; `nil` for a rate that has none.
    public static func audio(rate: Int) -> UInt8? { rates.firstIndex(of: rate).map { audio8 + UInt8($0) } }

    public static func isAudio(_ type: UInt8) -> Bool { type >= audio8 && type < audio8 + UInt8(rates.count) }

    /// As a person reads it: `hangup (00)`, `16 kHz audio (12)`, `unknown (7f)`.
    public static func name(of type: UInt8) -> String {
        let name =
            switch type {
            case hangup: "hangup"
            case uuid: "UUID"
            case dtmf: "DTMF"
            case error: "error"
            default: rate(of: type).map { "\(AudioSocketFormat.shown(rate: $0)) audio" } ?? "unknown"
            }
        return "\(name) (\(hex(type)))"
    }

    /// What the byte of an ``error`` says: `hangup`, `forwarding`, `memory`; several bits may be set.
    public static func errorName(_ code: UInt8) -> String {
        let names = [(UInt8(1), "hangup"), (2, "forwarding"), (4, "memory")].filter { code & $0.0 != 0 }
        return names.isEmpty ? "code \(hex(code))" : names.map(\.1).joined(separator: ", ")
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}
