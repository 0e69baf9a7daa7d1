import AssayWire

/// Any bytes as messages: however they are cut into pieces, the same messages come, and together with what is left they are the
/// bytes again; no more is kept than has come; and whatever a server sends can be judged.
public func fuzzAudioSocket(_ bytes: [UInt8]) {
    let whole = read(bytes, piece: max(1, bytes.count))
    for size in [1, 2, 3, 7, 323] {
        precondition(read(bytes, piece: size) == whole, "in pieces of \(size) it is different")
    }
    var again: [UInt8] = []
    for message in whole.messages { AudioSocketWriter.append(message.type, message.payload, to: &again) }
    precondition(bytes.starts(with: again), "written again it is different")
    precondition(again.count + whole.held == bytes.count, "bytes are lost or made up")
    precondition((whole.held > 0) == whole.isWithinFrame)
    judge(whole.messages, isWithinFrame: whole.isWithinFrame)
}

private struct Message: Equatable {
    var type: UInt8
    var payload: [UInt8]
}

private struct Reading: Equatable {
    var messages: [Message] = []
    var held = 0
    var isWithinFrame = false
}

private func read(_ bytes: [UInt8], piece: Int) -> Reading {
    var parser = AudioSocketParser()
    var reading = Reading()
    for start in stride(from: 0, to: bytes.count, by: piece) {
        unsafe parser.feed(bytes.span.bytes.extracting(start..<min(start + piece, bytes.count))) {
            type, payload in
            unsafe reading.messages.append(
                Message(type: type, payload: payload.withUnsafeBytes { unsafe [UInt8]($0) }))
        }
        precondition(parser.heldBytes < 3 + 0xFFFF, "a whole message is kept back")
        precondition(!parser.awaitsPayload || parser.isWithinFrame)
    }
    reading.held = parser.heldBytes
    reading.isWithinFrame = parser.isWithinFrame
    return reading
}

/// The bytes also say when each message comes, so that every rule of the judge is met.
private func judge(_ messages: [Message], isWithinFrame: Bool) {
    var judge = AsteriskJudge(connectedAt: 0)
    var now: Int64 = 0
    for message in messages {
        let pause = Int64(message.payload.first ?? 0) * 50_000
        now += Int64(message.payload.last ?? 20) * 1_000_000 + pause
        if message.type == 0x42 { judge.receive(.sent, at: now) }
        judge.receive(
            .message(type: message.type, length: message.payload.count, payloadPause: pause), at: now)
    }
    judge.receive(.closed(isWithinFrame ? .midFrame : .fin), at: now)
    precondition(judge.isOver, "the end is not the end")
    precondition(judge.findings.count <= 2 * AsteriskJudge.Finding.Kind.allCases.count)
    precondition(judge.findings.filter { $0.severity == .endsCall }.count <= 1, "a call ends once")
    for finding in judge.findings { precondition(!finding.text.isEmpty && finding.at <= now) }
    precondition(judge.lostNanoseconds >= 0)
}
