/// Bytes of a `text/event-stream` → events; incremental and pure.
///
/// Source: WHATWG HTML §9.2.5 and §9.2.6. How the stream is cut into pieces changes nothing; an event that the stream
/// ends within is none. Memory is bounded by ``eventBytes``: comments are dropped as they come.
public struct SSEParser: Sendable {
    /// Most bytes of one event; a comment may be longer.
    public let eventBytes: Int
    /// What `retry` asked for last, milliseconds.
    public private(set) var retryMilliseconds: Int64?
    /// To go on from: that of the last event that was dispatched, or had only an id.
    public private(set) var lastID: String
    /// Lines that began with a colon, as servers send them to keep a connection alive.
    public private(set) var commentCount = 0

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var id: String
    private var isFirstLine = true
    /// A line feed that comes now belongs to the carriage return before it.
    private var isAfterReturn = false
    private var failure: SSEError?

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let colon = UInt8(ascii: ":")
    /// Ten days: a larger `retry` means never within a run.
    private static let longestRetry: Int64 = 864_000_000

    /// - Parameters:
    ///   - lastID: what a connection before this one ended with.
    ///   - retryMilliseconds: what it was asked for.
    public init(eventBytes: Int = 1 << 20, lastID: String = "", retryMilliseconds: Int64? = nil) {
        self.eventBytes = eventBytes
        self.lastID = lastID
        self.retryMilliseconds = retryMilliseconds
        id = lastID
    }

    /// Reads on.
    ///
    /// - Parameter events: those that ended within these bytes are appended.
    /// - Throws: once, what makes the rest of the stream unreadable; the same again from then on.
    public mutating func receive(
        _ bytes: ArraySlice<UInt8>, into events: inout [ServerSentEvent]
    ) throws(SSEError) {
        if let failure { throw failure }
        var rest = bytes
        while !rest.isEmpty {
            if isAfterReturn {
                isAfterReturn = false
                if rest.first == Self.lineFeed {
                    rest.removeFirst()
                    continue
                }
            }
            let end = rest.firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn }
            try keep(rest[..<(end ?? rest.endIndex)])
            guard let end else { return }
            isAfterReturn = rest[end] == Self.carriageReturn
            rest = rest[rest.index(after: end)...]
            endLine(into: &events)
        }
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) throws(SSEError) {
        // Of a comment its colon is enough.
        if line.first == Self.colon || line.isEmpty && part.first == Self.colon {
            if line.isEmpty { line.append(Self.colon) }
            return
        }
        guard line.count + data.count + part.count <= eventBytes else {
            let error = SSEError.eventTooLong(limit: eventBytes)
            failure = error
            (line, data) = ([], [])
            throw error
        }
        line += part
    }

    private mutating func endLine(into events: inout [ServerSentEvent]) {
        var text = line[...]
        if isFirstLine, text.starts(with: Self.mark) { text = text.dropFirst(Self.mark.count) }
        isFirstLine = false
        if text.isEmpty {
            dispatch(into: &events)
        } else if text.first == Self.colon {
            commentCount += 1
        } else {
            let colon = text.firstIndex(of: Self.colon) ?? text.endIndex
            var value = text[colon...].dropFirst()
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
            read(String(decoding: text[..<colon], as: UTF8.self), value)
        }
        line.removeAll(keepingCapacity: line.capacity <= 16 * 1024)
    }

    private mutating func read(_ field: String, _ value: ArraySlice<UInt8>) {
        switch field {
        case "event": type = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(Self.lineFeed) }
            hasData = true
            data += value
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            guard !value.isEmpty, value.allSatisfy({ $0 &- 0x30 <= 9 }) else { return }
            let digits = String(decoding: value, as: UTF8.self)
            retryMilliseconds = min(Int64(digits) ?? Self.longestRetry, Self.longestRetry)
        default: break
        }
    }

    private mutating func dispatch(into events: inout [ServerSentEvent]) {
        lastID = id
        if hasData {
            events.append(
                ServerSentEvent(
                    type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self),
                    lastID: id))
        }
        hasData = false
        type = ""
        data.removeAll(keepingCapacity: data.capacity <= 16 * 1024)
    }
}
