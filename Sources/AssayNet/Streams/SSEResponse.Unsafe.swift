internal import AssayCore
internal import AssayWire

/// One response that is read as it comes: its head, then events or, where it is no stream of events, a little of its body.
struct SSEResponse {
    private var parser = HTTP1ResponseParser()
    /// Bytes that the parser did not consume.
    private var unread: [UInt8] = []
    private(set) var head: [UInt8] = []
    private(set) var status = 0
    /// Of a response that is no stream.
    private(set) var body: [UInt8] = []
    private(set) var events: SSEParser
    private(set) var end: StreamEnd?
    /// Why the response is no stream of events; `nil` while there is no head, and of a stream.
    private(set) var refusal: String?
    private var limits = HTTP1Limits(bodyBytes: .max)

    /// Of a response that is no stream.
    static let bodyLimit = 64 * 1024

    init(events: SSEParser) {
        self.events = events
        parser.begin(toHead: false)
    }

    var hasHead: Bool { !head.isEmpty }
    /// The server streams events.
    var isStream: Bool { hasHead && refusal == nil }

    /// - Parameter isEnd: the peer sends no more after these.
    mutating func receive(_ bytes: [UInt8], isEnd: Bool, into arrived: inout [ServerSentEvent]) {
        guard end == nil else { return }
        let offered = unread + bytes
        unread = []
        var place = 0
        while end == nil {
            // SAFETY: the span is of an array that is not changed while it is read.
            let (event, consumed) = unsafe parser.next(
                offered.span.bytes.extracting(place..<offered.count), isEnd: isEnd, limits: limits)
            let begin = place
            place += consumed
            switch event {
            case .needMore:
                unread = Array(offered[place...])
                return
            case .head: read(Array(offered[(place - parser.headLength)..<place]))
            case .body(let range):
                take(offered[(begin + range.lowerBound)..<(begin + range.upperBound)], &arrived)
            case .end: end = StreamEnd(.answered, "the server ended the stream")
            case .failed(.endedEarly):
                end = StreamEnd(
                    .closedEarly,
                    hasHead ? "the peer closed inside the stream" : "the peer closed without an answer")
            case .failed(let error):
                end = StreamEnd(error.isLimit ? .tooLarge : .protocolError, error.description)
            }
        }
    }

    private mutating func read(_ head: [UInt8]) {
        self.head = head
        status = parser.status
        let headers = HTTPHeaders(head: head)
        let type = headers["content-type"] ?? ""
        let media = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let coding = headers["content-encoding"]?.lowercased() ?? "identity"
        if status != 200 {
            refusal = "the status is \(status)"
        } else if media != "text/event-stream" {
            refusal = type.isEmpty ? "there is no content type" : "the content type is '\(type.prefix(60))'"
        } else if coding != "identity" {
            refusal = "the content coding is '\(coding.prefix(60))', which was not asked for"
        }
    }

    private mutating func take(_ part: ArraySlice<UInt8>, _ arrived: inout [ServerSentEvent]) {
        guard refusal == nil else {
            body += part.prefix(Self.bodyLimit - body.count)
            if body.count >= Self.bodyLimit {
                end = StreamEnd(.answered, "the rest of the body was not read")
            }
            return
        }
        do {
            try events.receive(part, into: &arrived)
        } catch {
            end = StreamEnd(.tooLarge, error.description)
        }
    }
}
