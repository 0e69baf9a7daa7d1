internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

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
    /// What makes of it more than bytes that are answered; `nil` for what a load mostly does.
    let manner: Manner?
    /// A computed address that brings `user:password@` says who sends the request.
    let takesUserInfo: Bool
    let cookies: HTTPSettings.Cookies

    init(
        action: HTTPAction, fixed: [UInt8]?, origin: HTTPOrigin?, target: [TextSegment],
        query: [TextSegment],
        headerLines: [(name: String, value: [TextSegment])], body: BodyPlan, connect: ConnectOptions,
        timeoutNanoseconds: Int64, manner: Manner? = nil, takesUserInfo: Bool = false
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
        self.manner = manner
        self.takesUserInfo = takesUserInfo
        cookies = action.settings.cookies ?? .pass
        isIdempotent = Self.isIdempotent(action.method)
        toHead = action.method == "HEAD"
    }

    static func isIdempotent(_ method: String) -> Bool { HTTPMethod(method)?.isIdempotent ?? false }

    /// Several requests for one step, or one that is sent piece by piece.
    final class Manner: Sendable {
        /// `nil` when none is followed.
        let redirects: HTTPSettings.Redirects?
        let digest: (user: [TextSegment], password: [TextSegment])?
        /// 0 for not at all.
        let continueNanoseconds: Int64
        let firstByteNanoseconds: Int64
        /// Its first request is bytes in one go; what is more depends on the answer.
        let beginsPlainly: Bool

        init(
            redirects: HTTPSettings.Redirects?, digest: (user: [TextSegment], password: [TextSegment])?,
            continueNanoseconds: Int64, firstByteNanoseconds: Int64, streamsBody: Bool
        ) {
            self.redirects = redirects
            self.digest = digest
            self.continueNanoseconds = continueNanoseconds
            self.firstByteNanoseconds = firstByteNanoseconds
            beginsPlainly =
                digest == nil && continueNanoseconds == 0 && firstByteNanoseconds == .max && !streamsBody
        }
    }

    /// A part of a multipart body.
    struct Part: Sendable {
        var name: [TextSegment]
        /// A text, or the path of a file.
        var content: [TextSegment]
        var isFile: Bool
        var fileName: [TextSegment]?
        var type: [TextSegment]?
    }

    enum BodyPlan: Sendable {
        case none
        case json([BodySegment])
        case text([TextSegment])
        case form([(name: String, value: [TextSegment])])
        case file([TextSegment])
        case multipart(Multipart, [Part])

        var isSome: Bool { if case .none = self { false } else { true } }

        /// Whether it may be read while it is sent.
        var isStreamed: Bool {
            switch self {
            case .file, .multipart: true
            case .none, .json, .text, .form: false
            }
        }

        /// Unless a header says otherwise.
        var contentType: String? {
            switch self {
            case .none, .file: nil
            case .json: "application/json"
            case .text: "text/plain; charset=utf-8"
            case .form: "application/x-www-form-urlencoded"
            case .multipart(let multipart, _): multipart.contentType
            }
        }
    }
}

enum TextSegment: Sendable {
    case bytes([UInt8])
    case slot(Int)
    case expression(Expression)
    /// What the segments give together, in Base64.
    indirect case base64([TextSegment])
}

enum BodySegment: Sendable {
    case bytes([UInt8])
    case slot(Int)
    case value(ValueTemplate)
}
