/// Reads messages from pieces as they come, whichever side of a call sends them.
///
/// Every sequence of bytes is a sequence of messages: any type, any length up to 65,535. So nothing is ever refused here; who may
/// send what is judged by ``AsteriskJudge``. A message that lies whole in a piece is handed on from there; of one that does not, at
/// most its 65,538 bytes are kept, and only those that have come: a length alone sets nothing aside.
public struct AudioSocketParser: Sendable {
    /// The beginning of a message that is not whole, its header included.
    private var begun: [UInt8] = []

    public init() {}

    /// Hands each message that ends in `bytes` to `frame`, in order: its type and its payload, valid during the call only.
    ///
    /// - Complexity: O(bytes); nothing is allocated for messages that come whole.
    public mutating func feed(_ bytes: RawSpan, _ frame: (UInt8, RawSpan) -> Void) {
        var rest = bytes
        if !begun.isEmpty {
            guard complete(from: &rest) else { return }
            handOver(to: frame)
            // One long message must not cost every later moment of a call.
            begun.removeAll(keepingCapacity: begun.count <= Self.keptBytes)
        }
        while rest.byteCount >= AudioSocketType.headerBytes {
            let end = AudioSocketType.headerBytes + Self.length(rest)
            guard rest.byteCount >= end else { break }
            frame(
                rest.byte(at: 0), rest.extracting(AudioSocketType.headerBytes..<end))
            rest = rest.extracting(end...)
        }
        append(rest, count: rest.byteCount)
    }

    /// A message has begun and is not whole: a stream that ends here ends within it.
    public var isWithinFrame: Bool { !begun.isEmpty }

    /// A header is whole and bytes of its payload are missing.
    public var awaitsPayload: Bool { begun.count >= AudioSocketType.headerBytes }

    /// Bytes of the payload that are still to come; 0 unless a header is whole.
    public var missingBytes: Int {
        awaitsPayload ? AudioSocketType.headerBytes + (Int(begun[1]) << 8 | Int(begun[2])) - begun.count : 0
    }

    /// Bytes kept of a message that is not whole.
    public var heldBytes: Int { begun.count }

    /// What is kept for the next message when one was gathered from pieces.
    private static let keptBytes = 4096

    /// Takes what the begun message lacks.
    ///
    /// - Returns: whether it is whole now.
    private mutating func complete(from rest: inout RawSpan) -> Bool {
        if begun.count < AudioSocketType.headerBytes {
            take(AudioSocketType.headerBytes - begun.count, from: &rest)
            guard begun.count >= AudioSocketType.headerBytes else { return false }
        }
        take(missingBytes, from: &rest)
        return missingBytes == 0
    }

    private func handOver(to frame: (UInt8, RawSpan) -> Void) {
        frame(begun[0], unsafe begun.span.bytes.extracting(AudioSocketType.headerBytes...))
    }

    private mutating func take(_ wanted: Int, from rest: inout RawSpan) {
        let count = min(wanted, rest.byteCount)
        append(rest, count: count)
        rest = rest.extracting(count...)
    }

    private mutating func append(_ bytes: RawSpan, count: Int) {
        begun.append(copying: bytes.extracting(first: count))
    }

    private static func length(_ header: RawSpan) -> Int {
        Int(header.byte(at: 1)) << 8 | Int(header.byte(at: 2))
    }
}
