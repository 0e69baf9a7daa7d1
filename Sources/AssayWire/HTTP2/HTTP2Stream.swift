/// One exchange on a connection of HTTP/2: the request on its way out, the response as it comes.
///
/// Made once and used for one exchange after another; its buffers stay. A layer above makes it its own by subclassing.
/// The response's head is kept as HTTP/1 would have it (`HTTP/2 200`, then `name: value` lines and an empty one), its
/// trailers before the empty line, so that whatever reads heads reads this one too.
open class HTTP2Stream {
    /// 0 until a response has begun; interim ones (1xx) are read over.
    public final internal(set) var status = 0
    /// The response's head; a copy.
    public final var head: [UInt8] { Array(headRoom[..<headCount]) }
    public final internal(set) var body: [UInt8] = []
    public final internal(set) var hasContentEncoding = false
    public final internal(set) var setsCookies = false
    /// `nil` while the exchange runs.
    public final internal(set) var end: HTTP2StreamEnd?
    /// When its first frame was taken to be sent; 0 before.
    public final internal(set) var sentAt: Int64 = 0
    /// When its last frame was taken to be sent; 0 before.
    public final internal(set) var writtenAt: Int64 = 0
    /// When the first frame of its response came; 0 before, and again behind an interim one.
    public final internal(set) var firstByteAt: Int64 = 0
    /// When its last frame came.
    public final internal(set) var endAt: Int64 = 0
    /// Frames of this stream with their headers; what frames of the connection take belongs to nobody.
    public final internal(set) var bytesSent = 0
    public final internal(set) var bytesReceived = 0
    /// Body bytes are counted against the limit and dropped when `false`.
    public final var keepsBody = true
    public final var bodyLimitBytes = Int.max

    // MARK: the session's

    final var identifier: Int32 = -1
    /// Where it stands among the session's open streams; -1 when it does not.
    final var place = -1
    /// The head's bytes, with room behind them: fields are written here one by one, which appending is slow at.
    final var headRoom: [UInt8] = []
    final var headCount = 0
    final var isHeadWhole = false
    final var isResponseWhole = false
    final var isRequestSent = false
    /// What the peer, or we, ended it with before the stream was closed.
    final var ending: HTTP2StreamEnd?
    final var bodyCount = 0
    final var fieldCount = 0
    final var request: [UInt8] = []
    final var requestPlace = 0
    final var source: (any HTTP2BodySource)?
    /// The body waits for an interim response or for ``HTTP2Session/releaseBody(of:)``.
    public final internal(set) var holdsBody = false

    public init() {}

    /// Forgets the exchange before.
    public final func forget() {
        status = 0
        headCount = 0
        if headRoom.count > 4096 { headRoom = [] }
        if body.capacity > 16 * 1024 { body = [] } else { body.removeAll(keepingCapacity: true) }
        hasContentEncoding = false
        setsCookies = false
        end = nil
        sentAt = 0
        writtenAt = 0
        firstByteAt = 0
        endAt = 0
        bytesSent = 0
        bytesReceived = 0
        identifier = -1
        isHeadWhole = false
        isResponseWhole = false
        isRequestSent = false
        ending = nil
        bodyCount = 0
        fieldCount = 0
        if request.capacity > 16 * 1024 { request = [] } else { request.removeAll(keepingCapacity: true) }
        requestPlace = 0
        source = nil
        holdsBody = false
    }

    /// Replaces the body, when it was decoded.
    public final func replaceBody(_ bytes: [UInt8]) { body = bytes }

    /// Notes when it ended, where no frame of the peer did that.
    public final func endedBy(_ now: Int64) { endAt = max(endAt, now) }

}

/// A request's body that is read as it is sent.
public protocol HTTP2BodySource: AnyObject {
    /// Reads the next bytes to the start of `room`.
    func read(into room: inout MutableRawSpan) -> HTTP2BodyPiece
}

/// What a ``HTTP2BodySource`` had.
public enum HTTP2BodyPiece: Sendable, Equatable {
    /// This many bytes; `isLast` when nothing follows.
    case bytes(Int, isLast: Bool)
    /// Nothing yet: ``HTTP2Session/resumeBody(of:)`` when there is.
    case later
    case failed(String)
}
