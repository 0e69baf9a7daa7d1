import AssayWire

/// Any bytes as frames, to a client and to a server, packed and not: however they are cut into pieces, the same comes of them, and
/// messages that were read are read again when they are written.
public func fuzzWebSocket(_ bytes: [UInt8]) {
    for role in [WebSocketRole.client, .server] {
        for deflate in [nil, WebSocketDeflate()] {
            let whole = read(bytes, piece: max(1, bytes.count), role, deflate)
            for size in [1, 2, 3, 7, 64] {
                precondition(
                    read(bytes, piece: size, role, deflate) == whole, "in pieces of \(size) it is different")
            }
            rewrite(whole, role, deflate)
        }
    }
}

private let limits = WebSocketLimits(frameBytes: 1 << 20, messageBytes: 1 << 18)

private func read(
    _ bytes: [UInt8], piece: Int, _ role: WebSocketRole, _ deflate: WebSocketDeflate?
) -> [WebSocketEvent] {
    var reader = WebSocketReader(role: role, limits: limits, deflate: deflate)
    var events: [WebSocketEvent] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
        var place = start
        let end = min(start + piece, bytes.count)
        while place < end {
            let (event, consumed) = unsafe reader.next(bytes.span.bytes.extracting(place..<end))
            precondition(consumed > 0, "nothing was dealt with")
            place += consumed
            switch event {
            case .needMore: break
            case .failed(let error):
                precondition(!error.description.isEmpty && error.closeCode.isSendable)
                // Of packed data a piece is unpacked whole before it is judged, so which fault is found first depends on the piece.
                if deflate != nil { return events + [.failed(.badDeflate(""))] }
                return events + [event]
            case .message(.text, let text):
                precondition(String(validating: text, as: UTF8.self) != nil, "a text is not UTF-8")
                events.append(event)
            default: events.append(event)
            }
        }
    }
    return events
}

private func rewrite(_ events: [WebSocketEvent], _ role: WebSocketRole, _ deflate: WebSocketDeflate?) {
    let writer = WebSocketWriter(role: role == .client ? .server : .client, deflate: deflate)
    var output: [UInt8] = []
    var messages: [WebSocketEvent] = []
    for event in events {
        guard case .message(let kind, let payload) = event else { continue }
        writer.append(kind, payload, fragmentBytes: 100, to: &output) { 0xA1B2_C3D4 }
        messages.append(event)
    }
    precondition(
        read(output, piece: max(1, output.count), role, deflate) == messages, "written again it is different")
}
