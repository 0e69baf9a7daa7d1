/// How a response is put onto the wire: at once and well-formed, unless a double is told otherwise.
public struct HTTPDelivery: Sendable, Equatable {
    /// What goes wrong on the wire.
    public enum Fault: Sendable, Equatable {
        /// Nothing is ever answered; the connection stays open until the client or the server's end closes it.
        case silence
        /// The connection is reset (RST) before the first byte.
        case resetBeforeHead
        /// The connection is reset after the head and this many bytes of the body.
        case resetInBody(afterBytes: Int)
        /// The connection is closed (FIN) without a byte.
        case empty
        /// The head and this many bytes of the body, then the connection is closed (FIN).
        case closeInBody(afterBytes: Int)
        /// The head with `Transfer-Encoding: chunked`, then bytes that are no chunk, then the connection is closed.
        case malformedChunk
        /// This many random bytes instead of a response, then the connection is closed.
        case garbage(bytes: Int)
        /// A Content-Length that is off by this much, up or down.
        case wrongContentLength(by: Int)
        /// After the whole answer the server's direction is closed, the client's stays open.
        case halfClose
    }

    /// The wait before the first byte; a timer, never a thread.
    public var after: Duration = .zero
    /// The body comes in this many pieces spread evenly over `dribble.over`; whole when `nil`.
    public var dribble: Dribble?
    /// How many bytes a second leave at most; 0 for no bound.
    public var bytesPerSecond = 0
    /// The wait between the last byte and the close of a connection that ends.
    public var closesAfter: Duration = .zero
    public var fault: Fault?

    /// A body in pieces over time.
    public struct Dribble: Sendable, Equatable {
        public var pieces: Int
        public var over: Duration
        public init(pieces: Int, over: Duration) {
            self.pieces = pieces
            self.over = over
        }
    }

    public init() {}

    /// Whether the response goes out at once, whole and well-formed.
    public var isPlain: Bool { self == HTTPDelivery() }
}
