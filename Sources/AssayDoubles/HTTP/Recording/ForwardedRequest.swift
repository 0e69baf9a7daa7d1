internal import AssayNet
internal import AssayWire

/// A request on its way to a real service: what is sent, and where.
struct ForwardedRequest: Sendable, Equatable {
    /// Why a request cannot be sent on.
    struct Refusal: Error, Equatable {
        var reason: String
    }

    var origin: HTTPOrigin
    var method: String
    /// Path and query.
    var target: String
    var headers: HTTPHeaders
    var body: [UInt8]

    /// About this connection only (RFC 9110 §7.6.1), and what is worked out anew.
    private static let ownHeaders = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
        "trailer",
        "transfer-encoding", "upgrade", "content-length", "expect",
    ]

    /// - Parameter preservesHost: the service sees the `Host` that the client sent.
    init(
        _ request: HTTPRequest, to proxy: ProxyTarget, preservesHost: Bool = false
    ) throws(Refusal) {
        let base: URLParts
        do {
            base = try URLParts(parsing: proxy.baseURL)
        } catch {
            throw Refusal(reason: "proxyBaseUrl \(error)")
        }
        origin = HTTPOrigin(host: base.host, port: base.port, isSecure: base.scheme == "https")
        method = request.method
        target = Self.target(StubRequest(request).url, base: base.target, without: proxy.removedPrefix)
        headers = HTTPHeaders()
        body = request.body
        let dropped =
            Self.ownHeaders + Self.named(in: request.headers) + proxy.removedHeaders.map { $0.lowercased() }
        for field in request.headers.fields {
            let name = field.name.lowercased()
            if name == "host" { continue }
            if !dropped.contains(name) { headers.add(field.name, field.value) }
        }
        headers["Host"] = preservesHost ? request.headers["Host"] ?? origin.authority : origin.authority
        for field in proxy.addedHeaders.fields { headers[field.name] = nil }
        for field in proxy.addedHeaders.fields { headers.add(field.name, field.value) }
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            headers.add("Content-Length", String(body.count))
        }
    }

    /// `/base` and `/items?q=1` as `/base/items?q=1`.
    private static func target(_ url: String, base: String, without prefix: String?) -> String {
        var rest = url[...]
        if let prefix, !prefix.isEmpty, rest.hasPrefix(prefix) { rest = rest.dropFirst(prefix.count) }
        if rest.first != "/", rest.first != "?" { rest = "/" + rest }
        let path = base.prefix { $0 != "?" }
        let front = path.hasSuffix("/") ? path.dropLast() : path
        let whole = front + rest
        return whole.first == "/" ? String(whole) : "/" + whole
    }

    /// Headers that `Connection` names as its own.
    private static func named(in headers: HTTPHeaders) -> [String] {
        (headers["Connection"] ?? "").split(separator: ",").map { $0.lowercased().filter { $0 != " " } }
    }

    /// The request's bytes.
    func rendered() throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try bytes.appendRequestLine(method, target)
            try bytes.appendHeaders(headers)
        } catch {
            throw Refusal(reason: "the request cannot be sent on: \(error)")
        }
        bytes.appendHeadEnd()
        bytes.append(body)
        return bytes
    }

    /// A service's answer as a client of the double gets it: without the headers that were about the other connection.
    ///
    /// - Parameter body: decoded, so the encoding is taken out of the headers.
    static func response(status: Int, reason: String?, headers: HTTPHeaders, body: [UInt8]) -> HTTPResponse {
        let dropped = ownHeaders + named(in: headers) + ["content-encoding"]
        var response = HTTPResponse(status: status, body: body)
        response.reason = reason
        for field in headers.fields where !dropped.contains(field.name.lowercased()) {
            response.headers.add(field.name, field.value)
        }
        return response
    }

    /// What a client gets when there is no answer.
    static func badGateway(_ reason: String) -> HTTPResponse {
        HTTPResponse(status: 502, text: "\(failure): \(reason)\n")
    }

    private static let failure = "Assay's double could not forward the request"

    /// Whether a response is ``badGateway(_:)`` and not a service's own 502.
    static func isBadGateway(_ response: HTTPResponse) -> Bool {
        response.status == 502 && response.body.starts(with: failure.utf8)
    }
}
