internal import AssayCore
internal import AssayDoubles
internal import AssayFormats

/// How a bot behaves on the wire: well, or wrong in one of the ways bots go wrong.
public struct BotMode: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// As it should be: frames on a grid of 20 ms.
        case paced
        /// All frames of an answer at once; Asterisk drops most of them.
        case burst
        /// With holes in what it says.
        case gappy
        /// Goes on speaking when the caller does.
        case deaf
        /// Answers before the caller has finished.
        case early
        /// Says nothing.
        case silent
        /// Sounds of another rate than their type byte says.
        case wrongRate = "wrong-rate"
        /// Keeps the connection open after the call.
        case noClose = "no-close"
        /// Resets the connection when a digit comes.
        case diesOnDTMF = "dies-on-dtmf"
    }

    public var kind = Kind.paced
    /// `burst`: most frames of one write; 0 for the whole answer.
    public var burstFrames = 0
    /// `gappy`: how much is said between two holes.
    public var gapEvery = Duration.milliseconds(600)
    /// `gappy`: how long a hole is.
    public var gapFor = Duration.milliseconds(160)
    /// `early`: how long the caller may speak before the bot does.
    public var earlyAfter = Duration.milliseconds(400)
    /// `silent`: how much is said first: 0 nothing, 1 the greeting, 2 one answer too.
    public var silentAfter = 0
    /// `wrong-rate`: of the samples; 0 for twice that of the format.
    public var rate = 0
    /// `no-close`: how long the connection is kept.
    public var closeAfter = Duration.seconds(60)
    /// `dies-on-dtmf`: the digit that does it; empty for any.
    public var fatalDigit = ""

    public init(_ kind: Kind = .paced) { self.kind = kind }
}

extension BotMode {
    /// The switches that change a running bot; what they are at first is what the script says.
    var switches: [Switch] {
        [
            Switch(
                "mode", .word(Kind.allCases.map(\.rawValue)), initial: .string(kind.rawValue),
                "how the bot behaves"),
            Switch(
                "burst-frames", .number(0...100_000), initial: .int(Int64(burstFrames)),
                "most frames of one write; 0 for all"),
            Self.duration("gap-every", gapEvery, "how much is said between two holes"),
            Self.duration("gap-for", gapFor, "how long a hole is"),
            Self.duration("early-after", earlyAfter, "how long the caller may speak before the bot does"),
            Switch(
                "silent-after", .number(0...1000), initial: .int(Int64(silentAfter)),
                "how much is said before the silence"),
            Switch(
                "rate", .number(0...192_000), initial: .int(Int64(rate)),
                "of samples sent as the format's type; 0 for twice its rate"),
            Self.duration("close-after", closeAfter, "how long a connection is kept after the call"),
            Switch("thinking", .duration, "more time before every answer"),
        ]
    }

    private static func duration(_ name: String, _ value: Duration, _ summary: String) -> Switch {
        Switch(name, .duration, initial: .string("\(value.nanoseconds)ns"), summary)
    }

    /// The mode as the switches have it for one call.
    func turned(_ readings: SwitchReadings) -> BotMode {
        var mode = self
        mode.kind = Kind(rawValue: readings.word("mode")) ?? kind
        mode.burstFrames = readings.number("burst-frames")
        mode.gapEvery = readings.duration("gap-every")
        mode.gapFor = readings.duration("gap-for")
        mode.earlyAfter = readings.duration("early-after")
        mode.silentAfter = readings.number("silent-after")
        mode.rate = readings.number("rate")
        mode.closeAfter = readings.duration("close-after")
        return mode
    }
}
