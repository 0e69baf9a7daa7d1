public import AssayWire

/// A request that a script makes, read from the arguments of `http.get` and the like.
///
/// An object: the host sends it, the response keeps it for `res.request`. It belongs to its virtual user's thread.
public final class ScriptRequest {
    /// As the script wrote it; `get` stays `get`.
    public let method: String
    public let address: ScriptAddress
    /// With `${}` in place of what `http.url` put in; `nil` for an address that is no template.
    public let template: String?
    /// Field lines as the script gave them, names in canonical case, each once, without `Content-Length`.
    public internal(set) var headers: [HTTPHeaders.Field] = []
    /// As it is sent: encoded, packed. `nil` for none.
    public internal(set) var body: [UInt8]?
    /// The body before it was packed, when that makes a difference.
    var plainBody: [UInt8]?
    /// Of the whole request, redirects included: from 0 to some 36 years, whatever the script says.
    public internal(set) var timeoutNanoseconds: Int64 = 60_000_000_000 {
        didSet { timeoutNanoseconds = min(max(0, timeoutNanoseconds), 1 << 60) }
    }
    /// How many redirects are followed; `nil` when nobody said, which is worth a warning when there are more.
    public internal(set) var redirects: Int?
    public internal(set) var authentication = ScriptAuthentication.basic
    public internal(set) var responseType = ScriptResponseType.text
    /// Where cookies come from and go to; `nil` for nowhere.
    public internal(set) var jar: ScriptCookieJar?
    /// Cookies of this request alone; these come before those of the jar.
    public internal(set) var cookies: [ScriptRequestCookie] = []
    /// The cookies that went with the first request.
    public internal(set) var sentCookies: [(name: String, value: String)] = []
    /// Tags of the call alone, `name` not among them.
    public internal(set) var tags: [ScriptTag] = []
    /// The tag `name`, when the script set one for this call.
    public internal(set) var name: String?
    /// Which answers are as they should be; `nil` when nobody asks.
    public internal(set) var expected: ScriptExpectedStatuses? = .standard
    /// A failure is thrown and not answered.
    var throwsFailure = false
    /// The host's own notes on where in the script it was made, taken by ``ScriptHTTPHost/begin(_:)``.
    public var context: AnyObject?

    /// Counts its bytes among those that natives hold.
    var holding: ScriptHolding?

    init(method: String, address: ScriptAddress, template: String? = nil) {
        self.method = method
        self.address = address
        self.template = template
    }

    /// The tag `name` unless the virtual user has one of its own: of the call, of the template, else `nil` for the address of
    /// what was asked.
    public var taggedName: String? { name ?? template }
}

/// How a request says who it is, with the name and the password in its address.
public enum ScriptAuthentication: Sendable, Hashable { case basic, digest }

/// What `res.body` is.
public enum ScriptResponseType: String, Sendable, CaseIterable { case text, binary, none }

/// A cookie in the parameters of a request.
public struct ScriptRequestCookie: Sendable, Hashable {
    public var name: String
    public var value: String
    /// It takes the place of one in the jar.
    public var replaces: Bool

    public init(_ name: String, _ value: String, replaces: Bool = false) {
        self.name = name
        self.value = value
        self.replaces = replaces
    }
}

/// Which statuses a request may be answered with: `http.expectedStatuses(200, {min: 300, max: 399})`.
public final class ScriptExpectedStatuses: Sendable {
    private let ranges: [ClosedRange<Int>]

    /// - Parameter ranges: one with its bounds the wrong way round holds nothing, and is not given.
    init(_ ranges: [ClosedRange<Int>]) { self.ranges = ranges }

    /// What k6 takes for success unless told otherwise.
    public static let standard = ScriptExpectedStatuses([200...399])

    /// `200 to 399, 404`.
    public var text: String {
        ranges.map {
            $0.lowerBound == $0.upperBound ? String($0.lowerBound) : "\($0.lowerBound) to \($0.upperBound)"
        }
        .joined(separator: ", ")
    }

    /// - Parameter status: 0 when there was no answer.
    public func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }
}
