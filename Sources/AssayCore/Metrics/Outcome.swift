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
    /// The peer's certificate is not to be trusted: its chain, its dates or its name.
    case tlsCertificate
    /// The peer ended TLS without saying so (no close_notify), inside a response or a record.
    case tlsTruncated
    /// The proxy refused, or is no proxy.
    case proxyFailed
    /// The peer reset the connection (RST).
    case reset
    /// The peer closed before a whole response was there.
    case closedEarly
    /// No whole response within the request's time-out.
    case timeout
    /// The peer's bytes are not the protocol.
    case protocolError
    /// The peer reset the stream (HTTP/2 RST_STREAM); the connection lives on.
    case streamReset
    /// The peer was closing the connection and did not take the request (HTTP/2 GOAWAY).
    case goneAway
    /// More redirects than the request may follow.
    case tooManyRedirects
    /// The peer answered the handshake of a WebSocket with something else.
    case upgradeRefused
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
        case .tlsCertificate: "tls-certificate"
        case .tlsTruncated: "tls-truncated"
        case .proxyFailed: "proxy-failed"
        case .reset: "reset"
        case .closedEarly: "closed-early"
        case .timeout: "timeout"
        case .protocolError: "protocol-error"
        case .streamReset: "stream-reset"
        case .goneAway: "gone-away"
        case .tooManyRedirects: "too-many-redirects"
        case .upgradeRefused: "upgrade-refused"
        case .tooLarge: "too-large"
        case .notSent: "not-sent"
        case .cancelled: "cancelled"
        }
    }
}
