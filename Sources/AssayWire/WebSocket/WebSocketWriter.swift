/// Messages → frames (RFC 6455 §5, RFC 7692).
public struct WebSocketWriter {
    public let role: WebSocketRole
    private let deflater: WebSocketDeflater?

    /// - Parameters:
    ///   - role: of this end.
    ///   - deflate: what was agreed on; `nil` for no extension.
    public init(role: WebSocketRole, deflate: WebSocketDeflate? = nil) {
        self.role = role
        deflater = deflate.map {
            WebSocketDeflater(
                windowBits: role == .client ? $0.clientMaxWindowBits : $0.serverMaxWindowBits,
                keepsContext: role == .client ? !$0.clientNoContextTakeover : !$0.serverNoContextTakeover)
        }
    }

    /// Appends a message in frames.
    ///
    /// - Parameters:
    ///   - fragmentBytes: at most so many of the payload go in a frame; `nil` for one frame.
    ///   - key: gives a masking key for each frame of a client; not asked by a server.
    public func append(
        _ kind: WebSocketKind, _ payload: [UInt8], fragmentBytes: Int? = nil, to output: inout [UInt8],
        key: () -> UInt32
    ) {
        var packed: [UInt8]?
        if let deflater, !payload.isEmpty { packed = deflater.deflate(payload) }
        let bytes = packed ?? payload
        let most = max(1, fragmentBytes ?? .max)
        var place = 0
        repeat {
            let end = bytes.count - place > most ? place + most : bytes.count
            appendFrame(
                place == 0 ? kind.opcode : .continuation, isFinal: end == bytes.count,
                isPacked: packed != nil && place == 0, bytes[place..<end], to: &output,
                key: key)
            place = end
        } while place < bytes.count
    }

    /// Appends a ping, a pong or any other frame by itself; of a control frame no more than 125 bytes go.
    public func append(
        control opcode: WebSocketOpcode, _ payload: [UInt8], to output: inout [UInt8], key: () -> UInt32
    ) {
        let count = min(payload.count, 125)
        appendFrame(
            opcode, isFinal: true, isPacked: false, payload[..<count], to: &output,
            key: key)
    }

    /// Appends a close frame.
    ///
    /// - Parameters:
    ///   - code: `nil` for a frame without one.
    ///   - reason: cut to what a control frame holds, between two characters.
    public func append(
        close code: WebSocketCloseCode?, reason: String = "", to output: inout [UInt8], key: () -> UInt32
    ) {
        var payload: [UInt8] = []
        if let code {
            payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
            for scalar in reason.unicodeScalars {
                let bytes = UTF8.encode(scalar).map(Array.init) ?? []
                guard payload.count + bytes.count <= 125 else { break }
                payload += bytes
            }
        }
        append(control: .close, payload, to: &output, key: key)
    }

    private func appendFrame(
        _ opcode: WebSocketOpcode, isFinal: Bool, isPacked: Bool, _ payload: ArraySlice<UInt8>,
        to output: inout [UInt8], key: () -> UInt32
    ) {
        let count = payload.count
        output.append((isFinal ? 0x80 : 0) | (isPacked ? 0x40 : 0) | opcode.rawValue)
        let mask: UInt8 = role == .client ? 0x80 : 0
        if count < 126 {
            output.append(mask | UInt8(count))
        } else if count <= 0xFFFF {
            output.append(mask | 126)
            appendBigEndian(UInt64(count), bytes: 2, to: &output)
        } else {
            output.append(mask | 127)
            appendBigEndian(UInt64(count), bytes: 8, to: &output)
        }
        guard role == .client else { return output.append(contentsOf: payload) }
        let key = key()
        appendBigEndian(UInt64(key), bytes: 4, to: &output)
        let start = output.count
        output.append(contentsOf: payload)
        webSocketMask(&output, from: start, key: key)
    }

    private func appendBigEndian(_ value: UInt64, bytes count: Int, to output: inout [UInt8]) {
        for place in (0..<count).reversed() {
            output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place)))
        }
    }
}
