public import AssayNet

/// What came of a script's request: the last answer of several, or why there is none.
///
/// Kept as bytes; the script's view of it (header objects, text, JSON) is made of them when it asks.
public final class ScriptResponse {
    /// `nil` for a request that could not be read from its arguments.
    public let request: ScriptRequest?
    /// Times and outcome; `nil` when nothing was sent.
    public var exchange: Exchange?
    /// The last address asked, as text; the script's own unless a redirect led away from it.
    public var url = ""
    /// 0 when there was no whole answer.
    public var status = 0
    /// Head and body in one piece, the body decoded.
    public var bytes: [UInt8] = []
    /// How many of ``bytes`` are the head.
    public var headCount = 0
    /// Whether there is a body, be it empty; `false` shows as `null`.
    public var hasBody = false
    /// Who answered, and by which TLS.
    public var peer: HTTPPeer?
    /// Why there is no answer, or what k6 counts as an error (a status of 400 and more).
    public var fault: ScriptHTTPFault?

    /// Counts its bytes among those that natives hold.
    var holding: ScriptHolding?
    /// The script has put another body in its place.
    var isBodyReplaced = false
    /// Why the body is no JSON, once somebody asked.
    var jsonFault: String?
    /// What `res.json(selector)` has read.
    var document: HTTPDocument?

    public init(_ request: ScriptRequest?, fault: ScriptHTTPFault? = nil) {
        self.request = request
        self.fault = fault
        if let request { url = request.address.shown }
    }

    /// The peer's address without its port.
    public var remoteIP: String? {
        guard let text = peer?.address?.description, let colon = text.lastIndex(of: ":") else { return nil }
        return String(text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" })
    }

    /// Whether it ends with an answer, whatever its status.
    public var isAnswered: Bool { status > 0 }
}

/// An error of a request, as k6 names them.
public struct ScriptHTTPFault: Sendable, Hashable {
    /// k6's number: 1212 for a refused connection, 1404 for an answer 404.
    public var code: Int
    /// `res.error`: `dial: connection refused`; empty when there was an answer.
    public var message: String
    /// What the log and a thrown error say: `Get "http://…": dial tcp 127.0.0.1:1: connect: connection refused`.
    public var report: String
    /// The virtual user was stopped: nobody wants to read of it.
    public var isCancelled = false

    /// The virtual user was stopped before the answer came.
    public static var cancelled: ScriptHTTPFault {
        var fault = ScriptHTTPFault(code: 1000, message: "context canceled")
        fault.isCancelled = true
        return fault
    }

    public init(code: Int, message: String, report: String? = nil) {
        self.code = code
        self.message = message
        self.report = report ?? message
    }
}
