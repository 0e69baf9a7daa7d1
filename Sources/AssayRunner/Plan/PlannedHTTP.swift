internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// A request as segments: what is constant is bytes already.
struct PlannedHTTP: Sendable {
    var action: HTTPAction
    /// The whole request, when nothing in it is computed.
    var fixed: (origin: HTTPOrigin, bytes: [UInt8])?
    /// Origin and target, when the origin is constant.
    var origin: HTTPOrigin?
    var target: [TextSegment]
    /// Everything between target and Content-Length, each line with its end.
    var headerLines: [(name: String, value: [TextSegment])]
    var body: BodyPlan
    var timeoutNanoseconds: Int64

    enum BodyPlan: Sendable {
        case none
        case json([BodySegment])
        case text([TextSegment])
        case form([(name: String, value: [TextSegment])])
        case file([TextSegment])
    }

    /// GET, HEAD, PUT, DELETE, OPTIONS and TRACE may be sent twice (RFC 9110 §9.2.2).
    var isIdempotent: Bool { action.method != "POST" && action.method != "PATCH" && action.method != "CONNECT" }
    var toHead: Bool { action.method == "HEAD" }
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
