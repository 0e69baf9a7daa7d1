/// Writes messages.
public enum AudioSocketWriter {
    /// A message.
    ///
    /// - Precondition: the payload has at most 65,535 bytes.
    public static func frame(_ type: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(AudioSocketType.headerBytes + payload.count)
        append(type, payload, to: &message)
        return message
    }

    /// Appends a message.
    public static func append(_ type: UInt8, _ payload: [UInt8], to bytes: inout [UInt8]) {
        appendHeader(type, length: payload.count, to: &bytes)
        bytes.append(contentsOf: payload)
    }

    /// Appends a message.
    public static func append(_ type: UInt8, _ payload: RawSpan, to bytes: inout [UInt8]) {
        appendHeader(type, length: payload.byteCount, to: &bytes)
        bytes.append(copying: payload)
    }

    /// Appends a header alone; `length` need not be that of what follows, for tests of the other side.
    public static func appendHeader(_ type: UInt8, length: Int, to bytes: inout [UInt8]) {
        precondition(
            (0...AudioSocketType.largestPayloadBytes).contains(length), "a message has at most 65,535 bytes")
        bytes.append(type)
        bytes.append(UInt8(length >> 8))
        bytes.append(UInt8(length & 0xFF))
    }

    /// Audio of any length as messages of 20 ms each, the last one short.
    public static func frames(of audio: [UInt8], in format: AudioSocketFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        let step = max(1, format.frameBytes)
        bytes.reserveCapacity(audio.count + (audio.count / step + 1) * AudioSocketType.headerBytes)
        var place = 0
        while place < audio.count {
            let end = min(place + step, audio.count)
            appendHeader(format.type, length: end - place, to: &bytes)
            bytes.append(contentsOf: audio[place..<end])
            place = end
        }
        return bytes
    }
}
