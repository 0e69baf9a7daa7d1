import AssayWire

/// Any bytes as what a server of HTTP/2 sends: however they are cut into pieces, the same comes of the requests under
/// way, limits hold, and nothing that was read breaks a head.
public func fuzzHTTP2(_ bytes: [UInt8]) {
    for options in [HTTP2Options(), HTTP2Options(streamWindowBytes: 100, headBytes: 120, headers: 4)] {
        let whole = read(bytes, piece: max(1, bytes.count), options)
        for size in [1, 2, 7] {
            let cut = read(bytes, piece: size, options)
            precondition(cut == whole, "in pieces of \(size) it is \(cut) and not \(whole)")
        }
        for exchange in whole.exchanges {
            precondition(exchange.body.count <= bodyLimit, "a body is longer than its limit")
            precondition(exchange.head.count <= options.headBytes + 64, "a head is longer than its limit")
            guard exchange.end == .whole else { continue }
            precondition(exchange.status >= 200, "a response without a final status is whole")
            let fields = HTTPHeaders(head: exchange.head).fields
            precondition(
                exchange.head.starts(with: "HTTP/2 ".utf8) && fields.count <= options.headers,
                "the head is none")
            precondition(fields.allSatisfy { isHeaderName($0.name) }, "a name breaks the head")
        }
    }
}

private let bodyLimit = 200

/// What came of everything, in one value that can be compared.
private struct Reading: Equatable {
    struct Exchange: Equatable {
        var end: HTTP2StreamEnd?
        var status: Int
        var head: [UInt8]
        var body: [UInt8]
    }

    var exchanges: [Exchange]
    var failure: HTTP2Failure?
    var goAway: HTTP2GoAway?
}

private func read(_ bytes: [UInt8], piece: Int, _ options: HTTP2Options) -> Reading {
    let session = HTTP2Session(options)
    let requests = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /b HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
    ]
    let streams = requests.map { request in
        let stream = HTTP2Stream()
        stream.bodyLimitBytes = bodyLimit
        let head = Array(request.utf8)
        let isTaken = unsafe session.submit(stream, request: head.span.bytes, isSecure: false)
        precondition(isTaken, "a request is not taken")
        return stream
    }
    session.takeFrames(now: 1) { _ in }
    for start in stride(from: 0, to: bytes.count, by: piece) {
        let part = Array(bytes[start..<min(start + piece, bytes.count)])
        unsafe session.receive(part.span.bytes, now: 2)
    }
    session.takeFrames(now: 3) { _ in }
    var ended = 0
    for event in session.events { if case .ended = event { ended += 1 } }
    precondition(ended == streams.count { $0.end != nil }, "an end is told twice, or not at all")
    return Reading(
        exchanges: streams.map {
            Reading.Exchange(end: $0.end, status: $0.status, head: $0.head, body: $0.body)
        }, failure: session.failure, goAway: session.goAway)
}
