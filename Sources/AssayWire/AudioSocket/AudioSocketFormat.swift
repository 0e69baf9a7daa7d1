/// How the audio of a call is sent. Both directions have the same.
public struct AudioSocketFormat: Sendable, Hashable {
    public enum Encoding: Sendable, Hashable {
        /// 16 bits a sample, signed, little-endian.
        case linear16
        /// G.711 µ-law, 8 bits a sample.
        case mulaw
    }

    /// Samples a second.
    public var rate: Int
    /// The type byte of its messages, which need not be the one that the rate has by the protocol.
    public var type: UInt8
    public var encoding: Encoding

    public init(rate: Int, type: UInt8, encoding: Encoding) {
        self.rate = rate
        self.type = type
        self.encoding = encoding
    }

    /// From a frame of a call to its next.
    public static let frameNanoseconds: Int64 = 20_000_000
    /// Samples in a frame of 20 ms.
    public var frameSamples: Int { rate / 50 }
    /// Bytes in a frame of 20 ms, without its header.
    public var frameBytes: Int { frameSamples * bytesPerSample }
    public var bytesPerSample: Int { encoding == .linear16 ? 2 : 1 }

    /// Playing time of a payload, nanoseconds.
    public func nanoseconds(ofBytes count: Int) -> Int64 {
        Int64(count / bytesPerSample) * 1_000_000_000 / Int64(max(1, rate))
    }

    /// What servers in the wild speak, by the names users give.
    ///
    /// `asterisk-app` is the dialplan's `AudioSocket()`, `asterisk-chan16` a channel of current Asterisk in slin16, `legacy-chan16`
    /// one from before the types of other rates, `ulaw-legacy` a channel in µ-law of that time.
    public static let presets: [(name: String, format: AudioSocketFormat)] = [
        ("asterisk-app", .asteriskApp),
        ("asterisk-chan16", AudioSocketFormat(rate: 16_000, type: 0x12, encoding: .linear16)),
        ("legacy-chan16", AudioSocketFormat(rate: 16_000, type: 0x10, encoding: .linear16)),
        ("ulaw-legacy", AudioSocketFormat(rate: 8_000, type: 0x10, encoding: .mulaw)),
    ]

    /// 8 kHz, 16 bits, type 10: what most servers expect.
    public static let asteriskApp = AudioSocketFormat(rate: 8_000, type: 0x10, encoding: .linear16)

    /// The preset of a name; `nil` when there is none.
    public static func named(_ name: String) -> AudioSocketFormat? {
        presets.first { $0.name == name }?.format
    }

    /// `8 kHz`, `44.1 kHz`.
    static func shown(rate: Int) -> String {
        let (whole, rest) = rate.quotientAndRemainder(dividingBy: 1000)
        return rest == 0 ? "\(whole) kHz" : rest % 100 == 0 ? "\(whole).\(rest / 100) kHz" : "\(rate) Hz"
    }
}

extension AudioSocketFormat: CustomStringConvertible {
    /// `16 kHz linear16 as type 12`
    public var description: String {
        "\(Self.shown(rate: rate)) \(encoding == .linear16 ? "linear16" : "µ-law") as type \(AudioSocketType.hex(type))"
    }
}
