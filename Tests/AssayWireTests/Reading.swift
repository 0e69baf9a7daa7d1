import AssayWire

/// What a parser said about a message, whatever the pieces were in which it came.
struct Reading: Equatable, CustomStringConvertible {
    var status = 0
    var head: [UInt8] = []
    var body: [UInt8] = []
    var keepsAlive = false
    var isUpgrade = false
    /// Of all that was offered; 0 when the message failed.
    var consumed = 0
    var error: HTTP1Error?

    var description: String {
        let end = error.map { "\($0)" } ?? "whole, \(consumed) bytes\(keepsAlive ? ", keeps alive" : "")"
        return "\(status) '\(String(decoding: body, as: UTF8.self))' \(end)\(isUpgrade ? ", upgrade" : "")"
    }
}

/// Offers a message in pieces as a connection would: what is not consumed stands before the next piece.
///
/// - Parameter cuts: places between the pieces, ascending.
func offer(
    _ message: [UInt8], cuts: [Int], isClosed: Bool = true,
    to next: (RawSpan, _ isEnd: Bool) -> (event: HTTP1Event, consumed: Int)
) -> (head: [UInt8], body: [UInt8], consumed: Int, error: HTTP1Error?, isWhole: Bool) {
    var (head, body, unread): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    var (begin, consumed) = (0, 0)
    for cut in cuts + [message.count, message.count] {
        let isEnd = begin == message.count && isClosed
        unread += message[begin..<cut]
        begin = cut
        var place = 0
        pieces: while true {
            let (event, count) = unsafe next(unread.span.bytes.extracting(place..<unread.count), isEnd)
            switch event {
            case .needMore:
                place += count
                break pieces
            case .head: head = Array(unread[place..<place + count])
            case .body(let range): body += unread[(place + range.lowerBound)..<(place + range.upperBound)]
            case .end: return (head, body, consumed + place + count, nil, true)
            case .failed(let error): return (head, body, 0, error, false)
            }
            place += count
        }
        unread.removeFirst(place)
        consumed += place
    }
    return (head, body, consumed, nil, false)
}

func readResponse(
    _ message: [UInt8], cuts: [Int] = [], to method: HTTPMethodKind = .other,
    limits: HTTP1Limits = HTTP1Limits()
) -> Reading {
    var parser = HTTP1ResponseParser()
    parser.begin(method: method)
    let result = offer(message, cuts: cuts) { parser.next($0, isEnd: $1, limits: limits) }
    return Reading(
        status: parser.status, head: result.head.suffix(parser.headLength), body: result.body,
        keepsAlive: parser.keepsAlive, isUpgrade: parser.isUpgrade, consumed: result.consumed,
        error: result.error)
}

func readResponse(
    _ message: String, to method: HTTPMethodKind = .other, limits: HTTP1Limits = HTTP1Limits()
) -> Reading {
    readResponse(Array(message.utf8), to: method, limits: limits)
}

func readRequest(
    _ message: [UInt8], cuts: [Int] = [], limits: HTTP1Limits = HTTP1Limits()
) -> Reading {
    var parser = HTTP1RequestParser()
    let result = offer(message, cuts: cuts) { parser.next($0, isEnd: $1, limits: limits) }
    return Reading(
        head: result.head, body: result.body, keepsAlive: parser.keepsAlive, consumed: result.consumed,
        error: result.error)
}

func readRequest(_ message: String, limits: HTTP1Limits = HTTP1Limits()) -> Reading {
    readRequest(Array(message.utf8), limits: limits)
}
