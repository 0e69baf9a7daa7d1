import AssayWire

/// Any bytes as a stream of events: however they are cut into pieces, the same comes out, within the bound.
public func fuzzSSE(_ bytes: [UInt8]) {
    for limit in [1 << 20, 24] {
        let whole = read(bytes, piece: max(1, bytes.count), limit)
        for size in [1, 2, 7] {
            precondition(read(bytes, piece: size, limit) == whole, "in pieces of \(size) it is different")
        }
        for event in whole.events {
            precondition(!event.type.isEmpty, "an event without a name")
            precondition(!event.lastID.unicodeScalars.contains("\u{0}"), "an id with a zero")
        }
        guard limit > 24, whole.error == nil else { continue }
        // What was read can be written, and reads the same.
        var written = ""
        for event in whole.events {
            written += "event:\(event.type == "message" ? "" : " " + event.type)\nid: \(event.lastID)\n"
            for line in event.data.split(separator: "\n", omittingEmptySubsequences: false) {
                written += "data: \(line)\n"
            }
            written += "\n"
        }
        let again = read(Array(written.utf8), piece: 5, limit)
        precondition(again.events.map(\.data) == whole.events.map(\.data), "written, it reads otherwise")
    }
}

private struct Reading: Equatable {
    var events: [ServerSentEvent] = []
    var lastID = ""
    var retry: Int64?
    var error: SSEError?
}

private func read(_ bytes: [UInt8], piece: Int, _ limit: Int) -> Reading {
    var parser = SSEParser(eventBytes: limit)
    var reading = Reading()
    for start in stride(from: 0, to: bytes.count, by: piece) {
        do {
            try parser.receive(bytes[start..<min(start + piece, bytes.count)], into: &reading.events)
        } catch {
            reading.error = error
            return reading
        }
    }
    reading.lastID = parser.lastID
    reading.retry = parser.retryMilliseconds
    return reading
}
