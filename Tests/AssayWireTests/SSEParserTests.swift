import AssayWire
import Testing

/// Reads events from a text cut into pieces, and says what came.
func readSSE(
    _ bytes: [UInt8], piece: Int = .max, eventBytes: Int = 1 << 20
) -> (events: [ServerSentEvent], parser: SSEParser, error: SSEError?) {
    var parser = SSEParser(eventBytes: eventBytes)
    var events: [ServerSentEvent] = []
    var place = 0
    while place < bytes.count {
        let end = piece < bytes.count - place ? place + piece : bytes.count
        do {
            try parser.receive(bytes[place..<end], into: &events)
        } catch {
            return (events, parser, error)
        }
        place = end
    }
    return (events, parser, nil)
}

@Suite("Server-sent events")
struct SSEParserTests {
    struct Example: CustomTestStringConvertible {
        var text: String
        var events: [ServerSentEvent]
        var lastID = ""
        var retry: Int64?
        var comments = 0
        var testDescription: String { text.debugDescription }
    }

    private static func message(_ data: String, _ id: String = "") -> ServerSentEvent {
        ServerSentEvent(data: data, lastID: id)
    }

    // The first ones are those of WHATWG HTML §9.2.6.
    static let examples: [Example] = [
        Example(text: "data: YHOO\ndata: +2\ndata: 10\n\n", events: [message("YHOO\n+2\n10")]),
        Example(
            text:
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
            events: [message("first event", "1"), message("second event")], comments: 1),
        Example(text: "data\n\ndata\ndata\n\ndata:\n", events: [message(""), message("\n")]),
        Example(text: "data:test\n\ndata: test\n\n", events: [message("test"), message("test")]),
        Example(
            text: "event: add\ndata: 1\n\ndata: 2\n\n",
            events: [ServerSentEvent(type: "add", data: "1"), message("2")]),
        // An event without data is none, but its id counts and its name does not go on to the next.
        Example(text: "event: add\nid: 7\n\ndata: x\n\n", events: [message("x", "7")], lastID: "7"),
        Example(text: "id: 7\n", events: []),
        Example(text: "data: x\nid: a\u{0}b\n\n", events: [message("x")]),
        Example(text: "retry: 1500\n\nretry: 2s\nretry:\nretry: -1\n", events: [], retry: 1500),
        Example(text: "retry: 99999999999999999999\n", events: [], retry: 864_000_000),
        Example(text: "data: a\rdata: b\r\rdata: c\r\n\r\n", events: [message("a\nb"), message("c")]),
        Example(text: "data: a\r\ndata: b\n\r", events: [message("a\nb")]),
        Example(
            text: "\u{FEFF}data: a\n\ndata: \u{FEFF}b\n\n", events: [message("a"), message("\u{FEFF}b")]),
        Example(text: "\u{FEFF}\n\u{FEFF}data: a\n\n", events: []),
        Example(text: "unknown: x\ndata: é€😀\n nothing\nDATA: x\n\n", events: [message("é€😀")]),
        Example(text: "data: cut off", events: []),
        Example(text: "data: cut off\n", events: []),
        Example(text: ":\n:a\n::\n", events: [], comments: 3),
    ]

    @Test("A stream reads as the standard says, and the same at every cut", arguments: examples)
    func reading(example: Example) {
        let bytes = Array(example.text.utf8)
        for piece in [.max, 1, 2, 3, 5, 7] {
            let (events, parser, error) = readSSE(bytes, piece: piece)
            #expect(events == example.events && error == nil, "in pieces of \(piece)")
            #expect(parser.lastID == (example.lastID.isEmpty ? events.last?.lastID ?? "" : example.lastID))
            #expect(parser.retryMilliseconds == example.retry)
            #expect(parser.commentCount == example.comments)
        }
    }

    @Test("A stream reads the same whichever two pieces it is cut into")
    func everyCut() {
        let bytes = Array("\u{FEFF}event: é\r\ndata: 1\r\n: c\r\ndata: 2\rid: 9\n\r\ndata: €\n\n".utf8)
        let whole = readSSE(bytes).events
        #expect(whole.count == 2)
        for cut in 0...bytes.count {
            var parser = SSEParser()
            var events: [ServerSentEvent] = []
            try? parser.receive(bytes[..<cut], into: &events)
            try? parser.receive(bytes[cut...], into: &events)
            #expect(events == whole, "cut at \(cut)")
        }
    }

    @Test("Bytes that are no UTF-8 become replacement characters, as in a browser")
    func broken() {
        let events = readSSE(Array("data: a".utf8) + [0xFF, 0xC3] + Array("\n\n".utf8), piece: 1).events
        #expect(events == [Self.message("a\u{FFFD}\u{FFFD}")])
    }

    @Test("An event over the bound ends the stream for good, a long comment does not")
    func bounds() {
        let long = String(repeating: "x", count: 100)
        let (events, parser, error) = readSSE(
            Array("data: a\n\n:\(long)\(long)\ndata: \(long)\n\ndata: b\n\n".utf8), piece: 9, eventBytes: 64)
        #expect(events == [Self.message("a")] && error == .eventTooLong(limit: 64))
        #expect(error?.description == "an event is longer than 64 bytes")
        var broken = parser
        var more: [ServerSentEvent] = []
        #expect(throws: SSEError.eventTooLong(limit: 64)) {
            try broken.receive(Array("data: c\n\n".utf8)[...], into: &more)
        }
        // Many short lines are one long event.
        let lines = String(repeating: "data: 1234567890\n", count: 8)
        #expect(readSSE(Array(lines.utf8), eventBytes: 64).error == .eventTooLong(limit: 64))
    }

    @Test("A parser that goes on from an id keeps it until an event has another")
    func resuming() throws {
        var parser = SSEParser(lastID: "7", retryMilliseconds: 20)
        var events: [ServerSentEvent] = []
        try parser.receive(Array("data: a\n\nid: 8\ndata: b\n\n".utf8)[...], into: &events)
        #expect(events.map(\.lastID) == ["7", "8"] && parser.retryMilliseconds == 20)
    }
}
