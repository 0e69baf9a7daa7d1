internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension StubResponse {
    /// The response without its delays; `nil` where a file or a real service has the body.
    var prepared: HTTPResponse? {
        guard proxy == nil else { return nil }
        if case .file = body { return nil }
        return made(body: ownBody)
    }

    /// The bytes of a body that is not in a file.
    var ownBody: [UInt8] {
        switch body {
        case .none, .file: return []
        case .text(let text): return Array(text.utf8)
        case .bytes(let bytes): return bytes
        case .json(let value):
            var bytes: [UInt8] = []
            value.write(into: &bytes)
            return bytes
        }
    }

    /// The response with a body from elsewhere.
    func made(body: [UInt8]) -> HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers, body: body)
        // How the body is framed is the server's to say.
        response.headers["Transfer-Encoding"] = nil
        response.reason = statusMessage
        if let fixedDelayMilliseconds { response.delivery.after = .milliseconds(fixedDelayMilliseconds) }
        response.delivery.dribble = dribble
        response.delivery.fault = fault
        return response
    }
}

extension StubResponse.DelayDistribution {
    /// The longest delay that is ever drawn, milliseconds.
    private static let maximum = 3_600_000.0

    /// Draws a delay.
    func delay(_ random: inout SeededRandom) -> Duration {
        switch self {
        case .fixed(let milliseconds): return .milliseconds(milliseconds)
        case .uniform(let lower, let upper):
            return .milliseconds(random.integer(in: lower...max(lower, upper)))
        case .lognormal(let median, let sigma, let maximum):
            let drawn = median * min(exponential(sigma * random.normal()), .greatestFiniteMagnitude)
            return .microseconds(Int64(min(drawn, maximum ?? Self.maximum, Self.maximum) * 1000))
        }
    }
}

extension SeededRandom {
    /// A number of the standard normal distribution. Source: Marsaglia's polar method.
    mutating func normal() -> Double {
        while true {
            let (u, v) = (2 * fraction() - 1, 2 * fraction() - 1)
            let square = u * u + v * v
            guard square > 0, square < 1 else { continue }
            // The direction is that of (u, v); the length comes from a draw of its own: -2 ln of a fraction.
            return u / square.squareRoot() * (2 * exponential(mean: 1)).squareRoot()
        }
    }
}
