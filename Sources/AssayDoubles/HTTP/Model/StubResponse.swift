public import AssayFormats
public import AssayNet
public import AssayWire

/// What a stub answers with, as a mapping defines it.
public struct StubResponse: Sendable {
    /// Where the body comes from.
    public enum Body: Sendable, Equatable {
        case none
        case text(String)
        /// Sent as JSON text without spaces.
        case json(JSON)
        case bytes([UInt8])
        /// A file of the mapping folder's `__files`, read when it is answered.
        case file(String)
    }

    /// A delay in whole milliseconds, drawn anew for each answer.
    public enum DelayDistribution: Sendable, Equatable {
        case fixed(milliseconds: Int)
        case uniform(lower: Int, upper: Int)
        /// Half of the delays are below the median; sigma is the spread of their logarithm.
        case lognormal(median: Double, sigma: Double, maximum: Double?)
    }

    public var status = 200
    /// The words after the status; those of RFC 9110 when `nil`.
    public var statusMessage: String?
    public var headers = HTTPHeaders()
    public var body = Body.none
    public var fixedDelayMilliseconds: Int?
    public var delayDistribution: DelayDistribution?
    /// The body in pieces over time.
    public var dribble: HTTPDelivery.Dribble?
    public var fault: HTTPDelivery.Fault?
    /// Where the request is sent on to; the answer comes from there.
    public var proxy: ProxyTarget?
    /// `response-template` makes the texts templates; other names are not known.
    public var transformers: [String] = []
    /// `parameters.…` of templates.
    public var transformerParameters = JSONObject()

    public init(status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether its texts are templates.
    public var isTemplated: Bool { transformers.contains("response-template") }
}

/// A real service that requests are sent on to.
public struct ProxyTarget: Sendable, Equatable {
    /// `http://host:port/base`; the request's target is put behind it.
    public var baseURL: String
    /// Added to the request, replacing those of the same name.
    public var addedHeaders = HTTPHeaders()
    /// Taken out of the request.
    public var removedHeaders: [String] = []
    /// Taken off the path's beginning before it is put behind the base.
    public var removedPrefix: String?

    public init(baseURL: String) { self.baseURL = baseURL }
}
