/// Which rule a peer broke.
public enum WebSocketError: Error, Sendable, Equatable, CustomStringConvertible {
    case reservedBits(UInt8)
    case reservedOpcode(UInt8)
    /// A client that does not mask, or a server that does.
    case wrongMasking(byClient: Bool)
    case fragmentedControl(WebSocketOpcode)
    case longControl(WebSocketOpcode)
    case continuationOfNothing
    case messageInsideMessage(WebSocketOpcode)
    /// A length that a shorter form could say.
    case wastefulLength(UInt64)
    /// A length whose highest bit is set.
    case negativeLength
    case frameTooLarge(UInt64, limit: Int)
    case messageTooLarge(limit: Int)
    /// In a text message; the offset counts from the start of the message.
    case invalidUTF8(at: Int)
    case oneByteClose
    case invalidCloseCode(UInt16)
    case invalidCloseReason
    /// Packed data that cannot be unpacked (RFC 7692), in zlib's words.
    case badDeflate(String)

    /// What the close frame that answers it says.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .invalidUTF8, .invalidCloseReason, .badDeflate: .invalidData
        case .frameTooLarge, .messageTooLarge: .messageTooBig
        default: .protocolError
        }
    }

    /// Whether a limit was passed, as opposed to a rule of the protocol.
    public var isLimit: Bool { closeCode == .messageTooBig }

    public var description: String {
        switch self {
        case .reservedBits(let bits):
            "a frame has reserved bits set (\(Self.names(bits))) that no extension was agreed on for (RFC 6455 §5.2)"
        case .reservedOpcode(let code):
            "a frame has the reserved opcode 0x\(String(code, radix: 16)) (RFC 6455 §5.2)"
        case .wrongMasking(byClient: true): "a client's frame is not masked (RFC 6455 §5.1)"
        case .wrongMasking(byClient: false): "a server's frame is masked (RFC 6455 §5.1)"
        case .fragmentedControl(let opcode): "a \(opcode) frame is fragmented (RFC 6455 §5.5)"
        case .longControl(let opcode): "a \(opcode) frame is longer than 125 bytes (RFC 6455 §5.5)"
        case .continuationOfNothing: "a continuation frame continues nothing (RFC 6455 §5.4)"
        case .messageInsideMessage(let opcode):
            "a \(opcode) frame begins inside an unfinished message (RFC 6455 §5.4)"
        case .wastefulLength(let length):
            "the length \(length) is not written in the shortest form (RFC 6455 §5.2)"
        case .negativeLength: "a length of 64 bits has its highest bit set (RFC 6455 §5.2)"
        case .frameTooLarge(let length, let limit):
            "a frame of \(length) bytes is over the limit of \(limit)"
        case .messageTooLarge(let limit): "a message is over the limit of \(limit) bytes"
        case .invalidUTF8(let offset):
            "a text message is not valid UTF-8 at byte \(offset) (RFC 6455 §8.1)"
        case .oneByteClose: "a close frame has one byte, which is no code (RFC 6455 §5.5.1)"
        case .invalidCloseCode(let code):
            "a close frame has the code \(code), which must not be sent (RFC 6455 §7.4)"
        case .invalidCloseReason: "the reason of a close frame is not valid UTF-8 (RFC 6455 §5.5.1)"
        case .badDeflate(let reason): "a message cannot be unpacked: \(reason) (RFC 7692 §7.2.2)"
        }
    }

    private static func names(_ bits: UInt8) -> String {
        [(UInt8(0x40), "RSV1"), (0x20, "RSV2"), (0x10, "RSV3")].filter { bits & $0.0 != 0 }.map(\.1)
            .joined(separator: ", ")
    }
}
