internal import AssayCore
internal import AssayFormats

/// Something that goes wrong with one direction of a proxy's connections; kinds and words are toxiproxy's.
public struct Toxic: Sendable, Equatable {
    /// The direction it acts on.
    public enum Stream: String, Sendable, CaseIterable {
        /// From the client to the server.
        case upstream
        /// From the server to the client.
        case downstream
    }

    public enum Kind: Sendable, Equatable {
        /// Everything comes later, by `latency` ± `jitter`.
        case latency(Duration, jitter: Duration)
        /// Nothing comes through at a rate of zero.
        case bandwidth(bytesPerSecond: Int)
        /// The end of the stream comes later.
        case slowClose(Duration)
        /// Nothing comes through; the connection is closed after a while, never when zero.
        case timeout(Duration)
        /// The connection is reset this long after the first data.
        case resetPeer(Duration)
        /// Pieces of about `average` bytes, ± `variation`, with a wait after each.
        case slicer(average: Int, variation: Int, delay: Duration)
        /// The connection is closed after this many bytes.
        case limitData(bytes: Int)
        /// Random bytes in place of the first data, then the end: a client that began TLS gets no ServerHello.
        case garbage(bytes: Int)
        /// The connection is closed at once.
        case down
        case noop
    }

    public var name: String
    public var kind: Kind
    public var stream: Stream
    /// The share of connections that it acts on, 0 … 1, drawn for each.
    public var toxicity: Double
    /// Only the n-th, 2n-th, … connection.
    public var every: Int?
    /// Since the start of the proxy.
    public var from: Duration = .zero
    public var to: Duration?

    public init(name: String, _ kind: Kind, stream: Stream = .downstream, toxicity: Double = 1) {
        self.name = name
        self.kind = kind
        self.stream = stream
        self.toxicity = toxicity
    }
}

// MARK: as toxiproxy's JSON

extension Toxic.Kind {
    static let typeNames = [
        "latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data", "noop",
        "garbage",
    ]

    var typeName: String {
        switch self {
        case .latency: "latency"
        case .bandwidth: "bandwidth"
        case .slowClose: "slow_close"
        case .timeout: "timeout"
        case .resetPeer: "reset_peer"
        case .slicer: "slicer"
        case .limitData: "limit_data"
        case .garbage: "garbage"
        case .down: "down"
        case .noop: "noop"
        }
    }

    var attributes: JSON {
        func milliseconds(_ duration: Duration) -> JSON { .int(duration.nanoseconds / 1_000_000) }
        return switch self {
        case .latency(let latency, let jitter):
            ["latency": milliseconds(latency), "jitter": milliseconds(jitter)]
        // Kilobytes of 1,000 bytes.
        case .bandwidth(let rate): ["rate": .int(Int64(rate / 1000))]
        case .slowClose(let delay): ["delay": milliseconds(delay)]
        case .timeout(let timeout), .resetPeer(let timeout): ["timeout": milliseconds(timeout)]
        case .slicer(let average, let variation, let delay):
            [
                "average_size": .int(Int64(average)), "size_variation": .int(Int64(variation)),
                "delay": .int(delay.nanoseconds / 1000),
            ]
        case .limitData(let bytes), .garbage(let bytes): ["bytes": .int(Int64(bytes))]
        case .down, .noop: .object(JSONObject())
        }
    }

    /// - Parameter attributes: those that are not there are zero.
    /// - Returns: `nil` for a type that there is not, or an attribute that is no number.
    init?(type: String, attributes: JSON) {
        var isRight = true
        func number(_ name: String) -> Int {
            guard let value = attributes[name] else { return 0 }
            guard let number = value.intValue, number >= 0, number < 1 << 40 else {
                isRight = false
                return 0
            }
            return Int(number)
        }
        func milliseconds(_ name: String) -> Duration { .milliseconds(number(name)) }
        switch type {
        case "latency": self = .latency(milliseconds("latency"), jitter: milliseconds("jitter"))
        case "bandwidth": self = .bandwidth(bytesPerSecond: number("rate") * 1000)
        case "slow_close": self = .slowClose(milliseconds("delay"))
        case "timeout": self = .timeout(milliseconds("timeout"))
        case "reset_peer": self = .resetPeer(milliseconds("timeout"))
        case "slicer":
            self = .slicer(
                average: number("average_size"), variation: number("size_variation"),
                delay: .microseconds(number("delay")))
        case "limit_data": self = .limitData(bytes: number("bytes"))
        case "garbage": self = .garbage(bytes: number("bytes"))
        case "down": self = .down
        case "noop": self = .noop
        default: return nil
        }
        if !isRight { return nil }
    }
}

extension Toxic {
    var json: JSON {
        [
            "attributes": kind.attributes, "name": .string(name), "type": .string(kind.typeName),
            "stream": .string(stream.rawValue), "toxicity": .double(toxicity),
        ]
    }
}
