internal import AssayCore
public import AssayWire

/// Whoever talks and listens over a link.
///
/// All calls come on the reactor's thread, in its loop, between tasks: they must neither block nor wait. Tasks wait with ``Signal``s
/// that these calls notify. A link holds its media until it ends.
public protocol AudioSocketMedia: AnyObject {
    /// The payload of the next frame of the 20 ms grid, appended to `payload`, which is empty.
    ///
    /// - Parameter due: when it is to be written, CLOCK_MONOTONIC nanoseconds; a multiple of 20 ms after the frame before.
    /// - Returns: `false` when nothing is to be sent in this slot.
    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool

    /// The frame due at `due` was handed to the kernel at `at`; `at - due` is how late this side was.
    ///
    /// - Parameter isShort: the socket was full, so that the frame or a part of it waits for the other side to read.
    func frameWritten(due: Int64, at: Int64, isShort: Bool)

    /// A whole message.
    ///
    /// - Parameter at: when its last bytes reached this machine's kernel where the kernel says so, else when the loop saw it;
    ///   CLOCK_MONOTONIC nanoseconds. ``AudioSocketLink/hasKernelTimes`` tells which.
    func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64)

    /// The call is over: the last call of all, once. It may come from within ``AudioSocketLink/hangUp(_:replyWithin:)``.
    func linkEnded(_ end: AudioSocketEnd)
}

/// How a call ended, always by one of these names.
public struct AudioSocketEnd: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The other side closed its direction (FIN): how Asterisk hangs up.
        case fin
        /// The other side sent a hangup message (00).
        case hangup
        /// The other side reset the connection (RST).
        case reset
        /// The other side closed within a message.
        case midFrame = "mid-frame"
        /// The other side sent an error message (ff).
        case errorFrame = "error"
        /// This side hung up; ``AudioSocketEnd/reply`` says what the other side did then.
        case local
        /// Ended by Assay: the run stops, or the test ran out of time.
        case cancelled
        /// The other side accepted the connection and said nothing in time.
        case noAnswer = "no-answer"
        /// The other side did not read: more than ``AudioSocketLink/unsentLimitBytes`` waited for it.
        case stalled
        /// Nobody listens there.
        case refused
        case connectTimeout = "connect-timeout"
        /// No route, no such host and the like; the detail has the system's word for it.
        case connectFailed = "connect-failed"
    }

    public var kind: Kind
    /// When this side learned of it, CLOCK_MONOTONIC nanoseconds; of ``Kind/local`` when the link was done.
    public var at: Int64
    /// A sentence for people, without a full stop.
    public var detail: String
    /// When this side hung up, if it did.
    public var hungUpAt: Int64?
    /// How the other side answered this side's hanging up; `nil` when it did not in time or was not to be waited for.
    public var reply: Kind?

    public init(_ kind: Kind, at: Int64, detail: String, hungUpAt: Int64? = nil, reply: Kind? = nil) {
        self.kind = kind
        self.at = at
        self.detail = detail
        self.hungUpAt = hungUpAt
        self.reply = reply
    }

    /// The end of a call that never began.
    public init(_ failure: ConnectFailure, at: Int64) {
        let kind: Kind =
            switch failure.outcome {
            case .connectRefused: .refused
            case .connectTimeout, .nameTimeout: .connectTimeout
            case .cancelled: .cancelled
            case .reset: .reset
            default: .connectFailed
            }
        self.init(kind, at: at, detail: failure.note)
    }

    /// The name users see and filter by.
    public var name: String { kind.rawValue }
}

extension AudioSocketEnd.Kind {
    /// What Asterisk would have seen of it; nothing of what this side did.
    public var judged: AsteriskJudge.Event {
        switch self {
        case .fin: .closed(.fin)
        case .reset: .closed(.reset)
        case .midFrame: .closed(.midFrame)
        default: .nothing
        }
    }
}
