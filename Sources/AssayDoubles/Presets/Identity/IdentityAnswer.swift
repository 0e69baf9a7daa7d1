internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What the identity presets answer, before it is put into HTTP's words.
struct IdentityAnswer {
    var status: Int
    var headers: HTTPHeaders
    var body: String

    init(_ status: Int, _ body: String = "", type: String? = nil, headers: [(String, String)] = []) {
        self.status = status
        self.body = body
        self.headers = HTTPHeaders((type.map { [("Content-Type", $0)] } ?? []) + headers)
    }

    init(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers
        body = String(decoding: response.body, as: UTF8.self)
    }

    static func json(_ status: Int, _ body: JSON, headers: [(String, String)] = []) -> IdentityAnswer {
        IdentityAnswer(status, body.rendered(), type: "application/json", headers: headers)
    }

    static func page(_ status: Int, _ html: String, headers: [(String, String)] = []) -> IdentityAnswer {
        // A form of a test double has no business in another page's frame or in a cache.
        IdentityAnswer(
            status, html, type: "text/html; charset=utf-8", headers: [("Cache-Control", "no-store")] + headers
        )
    }

    static func redirect(to location: String, headers: [(String, String)] = []) -> IdentityAnswer {
        IdentityAnswer(302, headers: [("Location", location), ("Cache-Control", "no-store")] + headers)
    }

    static func notAllowed(_ methods: String) -> IdentityAnswer {
        .json(405, ["error": "method_not_allowed"], headers: [("Allow", methods)])
    }

    static func notFound(_ path: some StringProtocol) -> IdentityAnswer {
        .json(404, ["error": "not_found", "path": .string(String(path))])
    }

    /// No more fits: the reason says what to do.
    static func full(_ what: String) -> IdentityAnswer {
        .json(
            503,
            [
                "error": "temporarily_unavailable",
                "error_description": .string("the double holds \(what); shorten their lifetime or reset it"),
            ])
    }

    var response: HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers)
        response.body = Array(body.utf8)
        return response
    }
}

/// Names and values of a query or a form.
struct Parameters {
    private let pairs: [(name: String, value: String)]

    init(_ text: some StringProtocol) { pairs = queryPairs(text) }

    /// A parameter without a value counts as absent. Source: RFC 6749 §3.1.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A name that is there twice, which RFC 6749 §3.1 forbids.
    var repeated: String? {
        var seen: Set<String> = []
        return pairs.first { !seen.insert($0.name).inserted }?.name
    }
}

extension HTTPRequest {
    /// The method, with HEAD answered like GET.
    var verb: String { method == "HEAD" ? "GET" : method }

    /// Whether the body says that it is a form.
    var isForm: Bool {
        (headers["content-type"] ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
    }

    var form: Parameters { Parameters(isForm ? String(decoding: body, as: UTF8.self) : "") }

    /// The token after `Bearer`.
    var bearer: String? {
        let words = (headers["authorization"] ?? "").split(separator: " ")
        return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }

    /// A cookie's value.
    func cookie(_ name: String) -> String? {
        for pair in headers.values(of: "cookie").flatMap({ $0.split(separator: ";") }) {
            let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }

    /// Whether a person's browser asks.
    var wantsPage: Bool { (headers["accept"] ?? "").contains("text/html") }
}

/// An address with parameters added to its query.
func adding(_ parameters: [(String, String)], to address: String) -> String {
    let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parameters.map { percentEncoded($0.0, for: .query) + "=" + percentEncoded($0.1, for: .query) }
        .joined(separator: "&")
    guard !query.isEmpty else { return address }
    let sign = !parts[0].contains("?") ? "?" : parts[0].hasSuffix("?") || parts[0].hasSuffix("&") ? "" : "&"
    return parts[0] + sign + query + (parts.count > 1 ? "#" + parts[1] : "")
}
