public import AssayFormats

/// How requests are made, where it is not said by the request itself: of a step, a scenario, a profile or a project.
///
/// Each value that is `nil` is the next wider one's; ``over(_:)`` puts a narrower one over a wider one. The widest is
/// Assay's own: HTTP/1.1, no redirects followed, cookies kept for a pass, 30 s for a request.
public struct HTTPSettings: Sendable {
    /// Sent with every request that has no header of the same name.
    public var headers: [HTTPAction.Field]?
    public var timeouts = Timeouts()
    /// Which redirects are followed; none unless said.
    public var redirects: Redirects?
    public var cookies: Cookies?
    public var authorization: Authorization?
    /// Content coding of request bodies: `gzip`, `deflate`, `br`, `zstd`.
    public var compress: String?
    /// Codings that answers may have, for `Accept-Encoding`; empty for none.
    public var accepts: [String]?
    /// A body is sent when the server has answered `100 Continue`, or this long has gone by.
    public var expectsContinue: Duration?
    public var connection = ConnectionSettings()

    public struct Timeouts: Sendable {
        /// From sending to the last byte.
        public var whole: Duration?
        /// From the last byte of the request to the first one of the answer.
        public var firstByte: Duration?
        /// Name look-up, connect, proxy and TLS together.
        public var connect: Duration?
        public init() {}
    }

    /// How redirects are followed.
    public struct Redirects: Sendable, Equatable {
        /// So many one after another; with 0 the redirect itself is the answer.
        public var most: Int
        /// Also from https to http, where everybody on the way can read what is sent.
        public var leavesTLS: Bool
        public init(most: Int, leavesTLS: Bool = false) {
            self.most = most
            self.leavesTLS = leavesTLS
        }
    }

    /// What becomes of cookies that servers set (RFC 6265).
    public enum Cookies: String, Sendable, CaseIterable {
        /// None is kept or sent.
        case off
        /// A user's, forgotten when its next pass begins.
        case pass
        /// A user's, kept as long as it lives.
        case user
    }

    public enum Authorization: Sendable {
        case basic(user: Template, password: Template)
        case bearer(Template)
        case digest(user: Template, password: Template)
        /// None, where a wider setting has one.
        case none
    }

    public init() {}

    /// This one where it says something, else the wider one.
    public func over(_ wider: HTTPSettings) -> HTTPSettings {
        var result = self
        if let outer = wider.headers {
            let own = Set((headers ?? []).map { $0.name.lowercased() })
            result.headers = (headers ?? []) + outer.filter { !own.contains($0.name.lowercased()) }
        }
        result.timeouts.whole = timeouts.whole ?? wider.timeouts.whole
        result.timeouts.firstByte = timeouts.firstByte ?? wider.timeouts.firstByte
        result.timeouts.connect = timeouts.connect ?? wider.timeouts.connect
        result.redirects = redirects ?? wider.redirects
        result.cookies = cookies ?? wider.cookies
        result.authorization = authorization ?? wider.authorization
        result.compress = compress ?? wider.compress
        result.accepts = accepts ?? wider.accepts
        result.expectsContinue = expectsContinue ?? wider.expectsContinue
        result.connection = connection.over(wider.connection)
        return result
    }
}
