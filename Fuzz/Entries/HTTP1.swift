import AssayWire

/// Any bytes as a response to each kind of method: however they are cut into pieces, the same comes out.
public func fuzzHTTP1Response(_ bytes: [UInt8]) {
    for method in [HTTPMethodKind.other, .head, .connect] {
        for limits in [HTTP1Limits(), tightLimits] {
            checkCuts(of: bytes) { cuts in
                var parser = HTTP1ResponseParser()
                parser.begin(method: method)
                var reading = read(bytes, cuts) { parser.next($0, isEnd: $1, limits: limits) }
                // Interim responses are consumed with the head or before it, as the cuts would have it.
                reading.head = reading.head.suffix(parser.headLength)
                reading.note("\(parser.status) \(parser.headLength) \(parser.keepsAlive) \(parser.isUpgrade)")
                reading.note("\(parser.hasContentEncoding) \(parser.contentLength ?? -1)")
                return reading
            }
        }
    }
}

/// Any bytes as requests one after another: however they are cut into pieces, the same comes out.
public func fuzzHTTP1Request(_ bytes: [UInt8]) {
    for limits in [HTTP1Limits(), tightLimits] {
        var rest = bytes
        while !rest.isEmpty {
            let message = rest
            let reading = checkCuts(of: message) { cuts in
                var parser = HTTP1RequestParser()
                var reading = read(message, cuts) { parser.next($0, isEnd: $1, limits: limits) }
                guard !reading.head.isEmpty else { return reading }
                precondition(
                    parser.target.upperBound < reading.head.count, "the target lies outside of the head")
                precondition(!parser.target.isEmpty && !parser.method.isEmpty, "an empty request line")
                reading.note("\(parser.method) \(parser.target) \(parser.targetForm) \(parser.keepsAlive)")
                reading.note("\(parser.expectsContinue) \(parser.contentLength ?? -1) \(parser.isHTTP10)")
                return reading
            }
            guard reading.isWhole else { break }
            rest.removeFirst(reading.consumed)
        }
    }
}

private let tightLimits = HTTP1Limits(
    lineBytes: 40, headBytes: 90, headers: 3, chunkLineBytes: 6, trailerBytes: 20, bodyBytes: 12)

/// What a parser said, in one value that can be compared.
private struct Reading: Equatable {
    var head: ArraySlice<UInt8> = []
    var body: [UInt8] = []
    var error: HTTP1Error?
    var isWhole = false
    var consumed = 0
    var notes: [String] = []

    mutating func note(_ text: String) { if error == nil { notes.append(text) } }
}

/// Reads a message whole, byte by byte and cut at places that depend on its bytes.
@discardableResult
private func checkCuts(of message: [UInt8], _ read: (_ cuts: [Int]) -> Reading) -> Reading {
    let whole = read([])
    if let error = whole.error { precondition(!error.description.isEmpty) }
    if message.count > 1 {
        precondition(read(Array(1..<message.count)) == whole, "byte by byte is different")
    }
    var random = SplitMix64(
        seed: message.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    for _ in 0..<3 {
        let cuts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            Int.random(in: 0...message.count, using: &random)
        }
        precondition(read(cuts.sorted()) == whole, "cut at \(cuts.sorted()) it is different")
    }
    return whole
}

/// Offers a message as a connection would, and its end alone after the last piece.
private func read(
    _ message: [UInt8], _ cuts: [Int], _ next: (RawSpan, Bool) -> (event: HTTP1Event, consumed: Int)
) -> Reading {
    var reading = Reading()
    var (start, end) = (0, 0)  // of what is offered
    for (index, cut) in (cuts + [message.count, message.count]).enumerated() {
        end = cut
        let isEnd = index == cuts.count + 1
        pieces: while true {
            let offered = unsafe message.span.bytes.extracting(start..<end)
            let (event, consumed) = next(offered, isEnd)
            precondition(consumed >= 0 && consumed <= end - start, "more is consumed than was offered")
            switch event {
            case .needMore:
                precondition(!isEnd, "more is wanted than there is")
                start += consumed
                break pieces
            case .head:
                reading.head = message[start..<(start + consumed)]
                precondition(!HTTPHeaders(head: reading.head).fields.contains { $0.name.isEmpty })
            case .body(let range):
                precondition(range.upperBound == consumed && !range.isEmpty, "a body lies elsewhere")
                reading.body += message[(start + range.lowerBound)..<(start + range.upperBound)]
            case .end:
                reading.isWhole = true
                reading.consumed = start + consumed
                return reading
            case .failed(let error):
                reading.error = error
                return reading
            }
            start += consumed
        }
    }
    preconditionFailure("neither an end nor an error")
}
