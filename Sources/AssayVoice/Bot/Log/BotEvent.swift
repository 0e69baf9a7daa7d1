public import AssayFormats

/// Something that happened in a call of a bot, with its exact time: the truth that measurements are compared with.
public struct BotEvent: Sendable, Equatable {
    /// What happened. Times besides ``BotEvent/at`` are in ``BotEvent/facts``, in nanoseconds of the same clock.
    public enum Kind: String, Sendable, CaseIterable {
        /// A client connected.
        case connected
        /// Its first message said which call it is.
        case uuid
        /// The frame with the greeting's first voiced sample was written; `frame`: when the first frame at all was.
        case greeting
        /// The end of the caller's words was detected; `began`, `ended`: when their first and last voiced samples came.
        case heard
        /// A turn was chosen; `heard`: by what.
        case turn
        /// No turn fits.
        case notUnderstood = "not-understood"
        /// The frame with the answer's first voiced sample was written; `frame`: when its first frame was.
        case answer
        /// The last frame of what was said was written; `voiced`: when the last frame with a voiced sample was.
        case said
        /// The caller began to speak over the bot; `voice`: when the first voiced sample came.
        case bargeIn = "barge-in"
        /// The bot stopped because of that; `voiced`: when its last frame with a voiced sample was written.
        case stopped
        /// A digit came as a message.
        case dtmf
        /// A request to a back end ended; `name`, `status` or `failure`, `took`.
        case call
        /// A circuit breaker opened, was tried or closed; `state`, `of`.
        case breaker
        /// The caller was handed over.
        case transfer
        /// The bot ended the call; `why`.
        case hangUp = "hangup"
        /// The connection ended; `how`, `by`.
        case ended
        /// The client did what Asterisk never does; `what`.
        case violation
    }

    /// CLOCK_MONOTONIC nanoseconds.
    public var at: Int64
    /// Calls are numbered as they come, from 1.
    public var call: Int
    /// Of the call, as texts write it; empty before the client has said it.
    public var uuid: String
    public var kind: Kind
    public var facts: JSONObject

    public init(_ kind: Kind, at: Int64, call: Int, uuid: String = "", facts: JSONObject = JSONObject()) {
        self.kind = kind
        self.at = at
        self.call = call
        self.uuid = uuid
        self.facts = facts
    }

    /// One line of the log.
    public var json: JSON {
        var line: JSONObject = JSONObject([
            ("at", .int(at)), ("call", .int(Int64(call))), ("uuid", .string(uuid)),
            ("event", .string(kind.rawValue)),
        ])
        for (name, value) in facts { line[name] = value }
        return .object(line)
    }
}
