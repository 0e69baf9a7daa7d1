public import AssayNet

/// HTTP as scripts have it: sends requests over the virtual user's connections, follows redirects, measures.
///
/// Each request that goes out, a redirect's and a digest's second one too, is measured by the host as one request.
public protocol ScriptHTTPHost: AnyObject {
    /// What the options say of requests; the same for the whole run.
    var httpSettings: ScriptHTTPSettings { get }
    /// The jar of the pass that runs; a new one with each pass unless `noCookiesReset`.
    var cookies: ScriptCookieJar { get }

    /// Says that the script makes a request now that it does not wait for: the host takes down what belongs to this moment
    /// (group, tags) in ``ScriptRequest/context``.
    func begin(_ request: ScriptRequest)

    /// Sends a request, and those that its answers lead to.
    ///
    /// - Returns: always one; a failure is told in it.
    func exchange(_ request: ScriptRequest) async -> ScriptResponse

    /// Sends several at once, as many as ``ScriptHTTPSettings/batch`` and ``ScriptHTTPSettings/batchPerHost`` allow.
    ///
    /// - Returns: one for each, in the order of the requests.
    func exchange(_ requests: [ScriptRequest]) async -> [ScriptResponse]

    /// A warning of the log with what belongs to it: `Request Failed error="…"`.
    func warn(_ text: String, _ fields: [ScriptTag])
}

extension ScriptHTTPHost {
    public func begin(_ request: ScriptRequest) {}
    public func warn(_ text: String, _ fields: [ScriptTag]) {}
}

/// What a script's options say of its requests; the defaults are k6's.
public struct ScriptHTTPSettings: Sendable, Hashable {
    /// Redirects followed unless the request says otherwise; `nil` for 10 and a warning when there are more.
    public var maxRedirects: Int?
    /// Empty for none.
    public var userAgent = "assay"
    /// Requests of a batch at once.
    public var batch = 20
    /// The same to one host; 0 for no limit.
    public var batchPerHost = 6
    /// Requests a second of all virtual users together (`rps`); `nil` without limit.
    public var requestsPerSecond: Int?
    /// `throw`: a failed request is an exception.
    public var throwsFailures = false
    public var discardsResponseBodies = false
    /// Each request has a connection of its own.
    public var noConnectionReuse = false
    /// Connections end with each pass.
    public var noUserConnectionReuse = false
    public var keepsCookies = false
    /// The log gets every request and answer: `headers`, `full`, or nothing.
    public var debug: Debug?
    /// How connections are opened: certificates, host overrides, own addresses, TLS versions.
    public var connect = ConnectOptions.Values()
    /// Names that must not be asked: exact, or `*.name`.
    public var blockedHostnames: [String] = []

    public enum Debug: Sendable, Hashable { case headers, full }

    public init() {}
}
