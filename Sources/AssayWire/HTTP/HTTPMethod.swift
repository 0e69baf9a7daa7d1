/// A request method (RFC 9110 §9); case-sensitive, so `get` is another method than `GET`.
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    public let name: String

    /// - Returns: `nil` when the text is no token.
    public init?(_ name: String) {
        guard isHeaderName(name) else { return nil }
        self.name = name
    }

    private init(known name: String) { self.name = name }

    public static let get = HTTPMethod(known: "GET")
    public static let head = HTTPMethod(known: "HEAD")
    public static let post = HTTPMethod(known: "POST")
    public static let put = HTTPMethod(known: "PUT")
    public static let patch = HTTPMethod(known: "PATCH")
    public static let delete = HTTPMethod(known: "DELETE")
    public static let connect = HTTPMethod(known: "CONNECT")
    public static let options = HTTPMethod(known: "OPTIONS")
    public static let trace = HTTPMethod(known: "TRACE")

    public var description: String { name }

    /// Asks for nothing to be changed (RFC 9110 §9.2.1).
    public var isSafe: Bool { [.get, .head, .options, .trace].contains(self) }

    /// Sent twice it does what it does sent once, so it may be repeated (RFC 9110 §9.2.2).
    public var isIdempotent: Bool { isSafe || self == .put || self == .delete }

    /// How the response is read.
    public var kind: HTTPMethodKind {
        switch self {
        case .head: .head
        case .connect: .connect
        default: .other
        }
    }
}
