/// Bytes of a WebSocket → messages and control frames; incremental, pure (RFC 6455 §5, RFC 7692).
///
/// How the bytes are cut into pieces changes neither what is read nor which error is found. A message is put together from its
/// fragments, unmasked, unpacked and, when it is text, checked to be UTF-8 as its bytes come. Of an idle connection nothing is kept
/// but the window of the unpacker, when the extension was agreed on with context.
public struct WebSocketReader {
    private enum Phase: Equatable {
        case header
        case payload
        case over
    }

    public let role: WebSocketRole
    private let limits: WebSocketLimits
    private let inflater: WebSocketInflater?
    private var phase = Phase.header

    /// Of the frame that is being read.
    private var header = InlineArray<14, UInt8>(repeating: 0)
    private var headerCount = 0
    private var headerNeeds = 2
    private var opcode = WebSocketOpcode.continuation
    private var isFinal = false
    private var key: UInt32 = 0
    private var length = 0
    private var read = 0

    /// Of the message that is being read; `nil` between messages.
    private var kind: WebSocketKind?
    private var isPacked = false
    private var message: [UInt8] = []
    private var utf8 = UTF8Check()
    private var control: [UInt8] = []

    /// - Parameters:
    ///   - role: of this end; the peer's is the other.
    ///   - deflate: what was agreed on; `nil` for no extension.
    public init(
        role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits(), deflate: WebSocketDeflate? = nil
    ) {
        self.role = role
        self.limits = limits
        inflater = deflate.map {
            WebSocketInflater(
                keepsContext: role == .client ? !$0.serverNoContextTakeover : !$0.clientNoContextTakeover)
        }
    }

    /// Whether the peer may end here without breaking off a frame or a message.
    public var isBetweenMessages: Bool { phase == .header && headerCount == 0 && kind == nil }

    /// - Returns: the next event and how many of the bytes are dealt with; call again with the rest.
    public mutating func next(_ bytes: RawSpan) -> (event: WebSocketEvent, consumed: Int) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { unsafe next($0) }
    }

    private mutating func next(_ bytes: UnsafeRawBufferPointer) -> (event: WebSocketEvent, consumed: Int) {
        var place = 0
        do throws(WebSocketError) {
            while true {
                switch phase {
                case .over: return (.needMore, bytes.count)
                case .header:
                    guard try unsafe readHeader(bytes, &place) else { return (.needMore, place) }
                    read = 0
                    phase = .payload
                case .payload:
                    let count = min(length - read, bytes.count - place)
                    if count > 0 {
                        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[place..<(place + count)])
                        try unsafe take(part)
                        place += count
                        read += count
                    }
                    guard read == length else { return (.needMore, place) }
                    phase = .header
                    (headerCount, headerNeeds) = (0, 2)
                    if let event = try finishFrame() { return (event, place) }
                }
            }
        } catch {
            phase = .over
            (message, control) = ([], [])
            return (.failed(error), bytes.count)
        }
    }

    // MARK: header

    /// - Returns: whether it is whole.
    private mutating func readHeader(
        _ bytes: UnsafeRawBufferPointer, _ place: inout Int
    ) throws(WebSocketError) -> Bool {
        while headerCount < headerNeeds {
            guard place < bytes.count else { return false }
            header[headerCount] = unsafe bytes[place]
            headerCount &+= 1
            place &+= 1
            if headerCount == 1 { try judgeFirst(header[0]) }
            if headerCount == 2 { try judgeSecond(header[1]) }
        }
        try noteLength()
        return true
    }

    private mutating func judgeFirst(_ byte: UInt8) throws(WebSocketError) {
        isFinal = byte & 0x80 != 0
        guard let found = WebSocketOpcode(rawValue: byte & 0x0F) else {
            throw .reservedOpcode(byte & 0x0F)
        }
        opcode = found
        var bits = byte & 0x70
        let startsMessage = opcode == .text || opcode == .binary
        if inflater != nil, startsMessage { bits &= ~0x40 }
        if bits != 0 { throw .reservedBits(bits) }
        if opcode.isControl {
            if !isFinal { throw .fragmentedControl(opcode) }
        } else if startsMessage {
            if kind != nil { throw .messageInsideMessage(opcode) }
            kind = opcode == .text ? .text : .binary
            isPacked = byte & 0x40 != 0
            utf8 = UTF8Check()
        } else if kind == nil {
            throw .continuationOfNothing
        }
    }

    private mutating func judgeSecond(_ byte: UInt8) throws(WebSocketError) {
        let isMasked = byte & 0x80 != 0
        if isMasked != (role == .server) { throw .wrongMasking(byClient: role == .server) }
        let short = byte & 0x7F
        if opcode.isControl, short > 125 { throw .longControl(opcode) }
        headerNeeds = 2 + (short == 126 ? 2 : short == 127 ? 8 : 0) + (isMasked ? 4 : 0)
    }

    private mutating func noteLength() throws(WebSocketError) {
        var long = UInt64(header[1] & 0x7F)
        var next = 2
        if long >= 126 {
            let (count, least): (Int, UInt64) = long == 126 ? (2, 126) : (8, 65_536)
            long = 0
            for _ in 0..<count {
                long = long << 8 | UInt64(header[next])
                next += 1
            }
            if long >> 63 != 0 { throw .negativeLength }
            if long < least { throw .wastefulLength(long) }
        }
        if long > UInt64(limits.frameBytes) { throw .frameTooLarge(long, limit: limits.frameBytes) }
        length = Int(long)
        if !opcode.isControl, !isPacked, message.count + length > limits.messageBytes {
            throw .messageTooLarge(limit: limits.messageBytes)
        }
        key = 0
        if role == .server {
            for _ in 0..<4 {
                key = key << 8 | UInt32(header[next])
                next += 1
            }
        }
    }

    // MARK: payload

    private mutating func take(_ part: UnsafeRawBufferPointer) throws(WebSocketError) {
        if opcode.isControl {
            let start = control.count
            unsafe control.append(contentsOf: part)
            unmask(&control, from: start)
            return
        }
        if isPacked, let inflater {
            var packed = unsafe [UInt8](part)
            unmask(&packed, from: 0)
            let start = message.count
            try inflater.inflate(packed, into: &message, limitBytes: limits.messageBytes)
            return try checkText(from: start)
        }
        let start = message.count
        // What is announced is not yet there: only a small part of it is trusted.
        if start == 0 { message.reserveCapacity(min(length, 64 * 1024)) }
        unsafe message.append(contentsOf: part)
        unmask(&message, from: start)
        try checkText(from: start)
    }

    private func unmask(_ bytes: inout [UInt8], from start: Int) {
        webSocketMask(&bytes, from: start, key: key, offset: read)
    }

    private mutating func checkText(from start: Int) throws(WebSocketError) {
        guard kind == .text else { return }
        if !utf8.feed(message, from: start) { throw .invalidUTF8(at: utf8.count) }
    }

    private mutating func finishFrame() throws(WebSocketError) -> WebSocketEvent? {
        switch opcode {
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close: return try close(takeControl())
        case .text, .binary, .continuation:
            guard isFinal, let kind else { return nil }
            if isPacked, let inflater {
                let start = message.count
                try inflater.finishMessage(into: &message, limitBytes: limits.messageBytes)
                try checkText(from: start)
            }
            if kind == .text, !utf8.isComplete { throw .invalidUTF8(at: utf8.count) }
            self.kind = nil
            let whole = message
            message = []
            return .message(kind, whole)
        }
    }

    private mutating func takeControl() -> [UInt8] {
        let payload = control
        control = []
        return payload
    }

    private mutating func close(_ payload: [UInt8]) throws(WebSocketError) -> WebSocketEvent {
        phase = .over
        if payload.isEmpty { return .close(nil, reason: "") }
        if payload.count == 1 { throw .oneByteClose }
        let code = WebSocketCloseCode(UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isSendable else { throw .invalidCloseCode(code.rawValue) }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw .invalidCloseReason
        }
        return .close(code, reason: reason)
    }
}
