/// What bytes of a peer, or sending, brought about on a connection of HTTP/2.
public enum HTTP2Event {
    /// The stream's exchange is over; ``HTTP2Stream/end`` says how.
    case ended(HTTP2Stream)
    /// The peer has said what it allows; ``HTTP2Session/peerStreams`` may be another.
    case settings
    /// The peer takes no new streams; those above its last one were not looked at.
    case goAway(HTTP2GoAway)
    /// The peer wants to know whether we are there; the answer is among the frames to send.
    case ping
}

/// A peer's farewell (RFC 9113 §6.8).
public struct HTTP2GoAway: Sendable, Equatable, CustomStringConvertible {
    /// The last stream that was or may be dealt with.
    public var lastStream: Int32
    public var code: HTTP2ErrorCode
    /// What the peer had to add; cut to 256 bytes.
    public var debug: String

    public init(lastStream: Int32, code: HTTP2ErrorCode, debug: String) {
        self.lastStream = lastStream
        self.code = code
        self.debug = debug
    }

    public var description: String { "GOAWAY \(code)" + (debug.isEmpty ? "" : " '\(debug)'") }
}

/// How the exchange on a stream ended.
public enum HTTP2StreamEnd: Sendable, Equatable {
    /// The response is whole.
    case whole
    /// The peer reset the stream (RST_STREAM).
    case reset(HTTP2ErrorCode)
    /// The peer did not look at the request: it may be sent again, whatever its method (RFC 9113 §8.7).
    case refused
    /// The peer was closing the connection and did not look at the request.
    case goneAway
    /// The response is no HTTP; why.
    case malformed(String)
    /// A part of the response is over its limit; which.
    case tooLarge(String)
    /// The request's body could not be read; why.
    case bodyFailed(String)
    /// We reset it.
    case cancelled
}

/// Why nothing more can be made of a connection of HTTP/2.
public struct HTTP2Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: HTTP2ErrorCode
    /// A frame larger than we allow: a limit, as opposed to bytes that are no HTTP/2.
    public var isLimit: Bool
    public var reason: String

    public var description: String { reason.isEmpty ? "\(code)" : "\(code): \(reason)" }

    /// How it ends a stream that could not be begun any more.
    var streamEnd: HTTP2StreamEnd { isLimit ? .tooLarge(description) : .malformed(description) }
}
