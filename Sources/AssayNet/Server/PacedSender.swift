internal import AssayCore
internal import AssayWire

/// Sends one response's bytes: at a bounded rate, framed, and cut off where a fault wants it.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
final class PacedSender: @unchecked Sendable {
    /// Where in the body the connection ends.
    struct Cut {
        var after: Int
        var resets: Bool
    }

    private let connection: ServerConnection
    private let bytesPerSecond: Int
    private let began: Int64
    private var sent = 0
    /// Bytes of the body that were sent, without what frames them.
    private var bodySent = 0
    private var isEnded = false
    private let peerWasClosed: Bool
    private(set) var isReset = false
    var cut: Cut?
    var framing = ResponseHeads.Framing.none

    init(_ connection: ServerConnection, bytesPerSecond: Int) {
        self.connection = connection
        self.bytesPerSecond = bytesPerSecond
        began = Reactor.monotonicNow()
        peerWasClosed = connection.channel.peerClosed
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async -> Bool {
        guard !connection.scope.isCancelled, !connection.channel.isClosed else { return false }
        guard bytesPerSecond > 0 else { return await connection.send(bytes) }
        let piece = max(1, bytesPerSecond / 20)
        var place = 0
        while place < bytes.count {
            let end = min(place + piece, bytes.count)
            guard await connection.send(bytes, place..<end) else { return false }
            sent += end - place
            place = end
            let (seconds, rest) = sent.quotientAndRemainder(dividingBy: bytesPerSecond)
            let due =
                began &+ Int64(seconds) &* 1_000_000_000
                &+ Int64(Double(rest) / Double(bytesPerSecond) * 1e9)
            guard await connection.pause(until: due) else { return false }
        }
        return true
    }

    /// Sends a piece of the body, framed.
    ///
    /// - Returns: `false` when nothing more is to be sent.
    func put(_ bytes: [UInt8]) async -> Bool {
        guard !isEnded else { return false }
        var bytes = bytes
        let room = cut.map { max(0, $0.after - bodySent) } ?? .max
        if bytes.count > room { bytes.removeLast(bytes.count - room) }
        bodySent += bytes.count
        if !bytes.isEmpty {
            guard await send(framing == .chunked ? chunk(bytes) : bytes) else {
                isEnded = true
                return false
            }
        }
        guard let cut, bodySent >= cut.after else { return true }
        await end(cut)
        return false
    }

    /// Waits on a timer; a client that closes meanwhile is gone.
    func rest(_ duration: Duration) async -> Bool {
        let deadline = Reactor.monotonicNow() &+ duration.nanoseconds
        guard !isEnded, await connection.pause(until: deadline, endsWithPeer: !peerWasClosed) else {
            isEnded = true
            return false
        }
        return true
    }

    /// Ends the connection where the body is.
    func breakOff(resets: Bool) {
        isEnded = true
        if resets { reset() }
    }

    /// The end of a body.
    ///
    /// - Returns: `false` when the connection is of no more use.
    func end() async -> Bool {
        if let cut, !isEnded { await end(cut) }
        guard !isEnded, !connection.channel.isClosed else { return false }
        isEnded = true
        return framing == .chunked ? await send(Array("0\r\n\r\n".utf8)) : true
    }

    private func end(_ cut: Cut) async {
        isEnded = true
        guard cut.resets else { return }
        // A reset takes back what the client's kernel does not have yet.
        for _ in 0..<1000 where connection.channel.hasUnsent {
            guard await connection.pause(for: .milliseconds(1)) else { break }
        }
        reset()
    }

    private func reset() {
        isReset = true
        connection.channel.resetOnClose()
    }

    private func chunk(_ bytes: [UInt8]) -> [UInt8] {
        var framed = Array((String(bytes.count, radix: 16) + "\r\n").utf8)
        framed.reserveCapacity(framed.count + bytes.count + 2)
        framed.append(contentsOf: bytes)
        framed.append(contentsOf: [0x0D, 0x0A])
        return framed
    }
}

extension HTTPBodyWriter {
    convenience init(_ sender: PacedSender) {
        self.init(
            put: { await sender.put($0) }, rest: { await sender.rest($0) },
            end: { sender.breakOff(resets: $0) })
    }
}

extension OutputBuffer {
    /// A whole body in one chunk.
    func appendChunks(of body: [UInt8]) {
        if !body.isEmpty {
            append(String(body.count, radix: 16))
            append("\r\n")
            append(body)
            append("\r\n")
        }
        append("0\r\n\r\n")
    }
}
