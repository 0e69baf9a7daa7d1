internal import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayWire

extension FaultDecision {
    /// The answer that the double does not get to give.
    public var refusal: HTTPResponse? {
        guard case .refusal(let refusal) = breakage else { return nil }
        let words = reasonPhrase(of: refusal.status)
        let isJSON = refusal.body == nil
        let body = refusal.body ?? JSON.object(["error": .string(words)]).rendered()
        var response = HTTPResponse(status: refusal.status, body: Array(body.utf8))
        response.headers["Content-Type"] = isJSON ? "application/json" : "text/plain; charset=utf-8"
        for header in refusal.headers { response.headers[header.name] = header.value }
        return apply(to: response)
    }

    /// The answer as it goes onto the wire: what the double itself wants to go wrong stays.
    public func apply(to response: HTTPResponse) -> HTTPResponse {
        var response = response
        var delivery = response.delivery
        delivery.after += latency
        if let rate = bytesPerSecond {
            delivery.bytesPerSecond = delivery.bytesPerSecond == 0 ? rate : min(rate, delivery.bytesPerSecond)
        }
        if closesAfter > .zero {
            delivery.closesAfter = max(delivery.closesAfter, closesAfter)
            response.closes = true
        }
        if let slicer {
            delivery.dribble = HTTPDelivery.Dribble(pieces: slicer.pieces, over: slicer.over)
        }
        if let breakage { delivery.breaks(breakage, bodyBytes: response.body.count) }
        if breakage == .truncatedJSON { response.body = truncated(response.body) }
        response.delivery = delivery
        return response
    }

    /// Half of a JSON text, which is none: a number or a word might still be one, so nothing is left of these.
    private func truncated(_ body: [UInt8]) -> [UInt8] {
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let isEnclosed = [0x7B, 0x5B, 0x22].contains(first)
        return isEnclosed ? Array(body.prefix(max(1, body.count / 2))) : []
    }
}

extension HTTPDelivery {
    fileprivate mutating func breaks(_ breakage: AssayDoubles.Fault.Breakage, bodyBytes: Int) {
        switch breakage {
        case .refusal, .truncatedJSON: break
        case .reset(.beforeHead): fault = .resetBeforeHead
        case .reset(let place): fault = .resetInBody(afterBytes: place.offset(in: bodyBytes))
        case .close(.beforeHead): fault = .empty
        case .close(let place): fault = .closeInBody(afterBytes: place.offset(in: bodyBytes))
        case .timeout(let duration):
            after += duration
            fault = .empty
        case .neverAnswer: fault = .silence
        case .halfClose: fault = .halfClose
        case .malformedChunk: fault = .malformedChunk
        case .garbage(let bytes): fault = .garbage(bytes: bytes)
        case .wrongContentLength(let difference): fault = .wrongContentLength(by: difference)
        }
    }
}

extension Fault.Place {
    fileprivate func offset(in bodyBytes: Int) -> Int {
        switch self {
        case .beforeHead: 0
        case .bytes(let count): count
        case .middle: bodyBytes / 2
        }
    }
}

extension RequestFacts {
    /// The request as matchers look at it.
    convenience init(asked request: HTTPRequest) {
        self.init(
            method: request.method, target: request.target,
            path: request.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .map { percentDecoded($0) },
            query: queryPairs(request.query), header: { request.headers[$0] }, body: request.body,
            form: { queryPairs(String(decoding: request.body, as: UTF8.self)) })
    }
}
