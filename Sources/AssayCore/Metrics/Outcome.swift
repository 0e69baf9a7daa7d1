/// How an exchange with a server ended: always one of these names, never an exception's text.
public enum Outcome: UInt8, Sendable, CaseIterable {
    /// A whole response was received, whatever its status.
    case answered
    /// The name has no address.
    case nameNotFound
    /// The resolver gave no answer in time.
    case nameTimeout
    case connectRefused
    case connectTimeout
    /// No route, network down, no local port left, and the like; errno's name is in the note.
    case connectFailed
    /// The TLS handshake failed.
    case tlsFailed
    /// The peer reset the connection (RST).
    case reset
    /// The peer closed before a whole response was there.
    case closedEarly
    /// No whole response within the request's time-out.
    case timeout
    /// The peer's bytes are not the protocol.
    case protocolError
    /// A part of the response is over its limit.
    case tooLarge
    /// The request could not be made: a template, a body or an address failed.
    case notSent
    /// Ended by Assay: the run stops, or the test ran out of time.
    case cancelled

    /// The name users see and filter by, in the field's spelling.
    public var name: String {
        switch self {
        case .answered: "answered"
        case .nameNotFound: "name-not-found"
        case .nameTimeout: "name-timeout"
        case .connectRefused: "connect-refused"
        case .connectTimeout: "connect-timeout"
        case .connectFailed: "connect-failed"
        case .tlsFailed: "tls-failed"
        case .reset: "reset"
        case .closedEarly: "closed-early"
        case .timeout: "timeout"
        case .protocolError: "protocol-error"
        case .tooLarge: "too-large"
        case .notSent: "not-sent"
        case .cancelled: "cancelled"
        }
    }
}
