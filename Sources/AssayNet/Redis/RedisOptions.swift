public import AssayCore
public import AssayWire

/// Bounds and preferences of a client.
public struct RedisOptions: Sendable {
    /// Name look-up, connecting, and saying who we are, together.
    public var connectTimeout: Duration
    /// Of what one exchange may bring; more ends as ``Outcome/tooLarge``.
    public var replies: RESPLimits
    /// The version asked for; a server that does not know RESP3 is spoken to in RESP2.
    public var version: RESPVersion
    /// Pushes that are kept until they are taken; of more the oldest are dropped and counted.
    public var pushes: Int
    /// Bytes of those.
    public var pushBytes: Int

    public init(
        connectTimeout: Duration = .seconds(10), replies: RESPLimits = RESPLimits(),
        version: RESPVersion = .three,
        pushes: Int = 1000, pushBytes: Int = 1 << 20
    ) {
        self.connectTimeout = connectTimeout
        self.replies = replies
        self.version = version
        self.pushes = pushes
        self.pushBytes = pushBytes
    }
}

/// Why there is no reply: a named outcome and a sentence. An error that the server replies is a reply.
public struct RedisFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public var outcome: Outcome
    public var note: String

    public init(_ outcome: Outcome, _ note: String) {
        self.outcome = outcome
        self.note = note
    }

    public var description: String { note.isEmpty ? outcome.name : "\(outcome.name): \(note)" }
}
