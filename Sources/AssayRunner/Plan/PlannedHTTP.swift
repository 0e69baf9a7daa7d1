internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// A request as segments: what is constant is bytes already.
///
/// A class, so that running a step copies one reference and not the whole plan.
final class PlannedHTTP: Sendable {
    let action: HTTPAction
    /// The whole request, when nothing in it is computed.
    let fixed: [UInt8]?
    /// Origin and target, when the origin is constant.
    let origin: HTTPOrigin?
    let target: [TextSegment]
    /// `a=1&b=${c}`, to be joined to the target; constant parts are encoded already.
    let query: [TextSegment]
    /// Everything between target and Content-Length, each line with its end.
    let headerLines: [(name: String, value: [TextSegment])]
    let body: BodyPlan
    /// How a connection to its origin is opened.
    let connect: ConnectOptions
    let timeoutNanoseconds: Int64
    /// GET, HEAD, PUT, DELETE, OPTIONS and TRACE may be sent twice (RFC 9110 §9.2.2).
    let isIdempotent: Bool
    let toHead: Bool

    init(
        action: HTTPAction, fixed: [UInt8]?, origin: HTTPOrigin?, target: [TextSegment],
        query: [TextSegment],
        headerLines: [(name: String, value: [TextSegment])], body: BodyPlan, connect: ConnectOptions,
        timeoutNanoseconds: Int64
    ) {
        self.action = action
        self.fixed = fixed
        self.origin = origin
        self.target = target
        self.query = query
        self.headerLines = headerLines
        self.body = body
        self.connect = connect
        self.timeoutNanoseconds = timeoutNanoseconds
        isIdempotent = !["POST", "PATCH", "CONNECT"].contains(action.method)
        toHead = action.method == "HEAD"
    }

    enum BodyPlan: Sendable {
        case none
        case json([BodySegment])
        case text([TextSegment])
        case form([(name: String, value: [TextSegment])])
        case file([TextSegment])
    }
}

enum TextSegment: Sendable {
    case bytes([UInt8])
    case slot(Int)
    case expression(Expression)
}

enum BodySegment: Sendable {
    case bytes([UInt8])
    case slot(Int)
    case value(ValueTemplate)
}
