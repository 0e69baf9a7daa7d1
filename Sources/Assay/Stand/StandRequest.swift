internal import AssayCore
internal import AssayDoubles
public import AssayFormats
internal import AssayNet
internal import AssayWire

/// A request to a service of a stand.
public struct StandRequest: Sendable {
    public var method: String
    /// Whole: `http://127.0.0.1:40131/items?limit=10`.
    public var url: String
    /// `Host` and `Content-Length` are added where they are missing.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// From sending to the last byte of the response.
    public var timeout: Duration

    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// Doing it twice does no harm (RFC 9110 §9.2.2).
    var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) }

    func rendered() throws(StandError) -> (origin: HTTPOrigin, target: String, bytes: [UInt8]) {
        let parts: URLParts
        do {
            parts = try URLParts(parsing: url)
        } catch {
            throw notSent("\(error)")
        }
        guard isHeaderName(method) else { throw notSent("'\(method)' is no method") }
        let origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
        if !fields.contains("Host") { fields.add("Host", origin.authority) }
        let saysNone = ["POST", "PUT", "PATCH"].contains(method)
        if !fields.contains("Content-Length"), body != nil || saysNone {
            fields.add("Content-Length", "\(body?.count ?? 0)")
        }
        var bytes = Array("\(method) \(parts.target) HTTP/1.1\r\n".utf8)
        for field in fields.fields {
            guard isHeaderName(field.name), isHeaderValue(field.value.utf8) else {
                throw notSent("header '\(field.name)' holds a character that headers cannot")
            }
            bytes += "\(field.name): \(field.value)\r\n".utf8
        }
        bytes += "\r\n".utf8
        bytes += body ?? []
        return (origin, parts.target, bytes)
    }

    func unanswered(_ exchange: Exchange) -> StandError {
        let note = exchange.note.map { ": \($0)" } ?? ""
        return StandError("AS284", "\(method) \(url) was not answered: \(exchange.outcome.name)\(note)")
    }

    private func notSent(_ reason: String) -> StandError {
        StandError("AS284", "\(method) \(url) was not sent: \(reason)")
    }
}

/// A service's answer, body whole and decoded.
public struct StandResponse: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// All values of a header, joined as a list; `nil` when there is none. Case does not count.
    public func header(_ name: String) -> String? { HTTPHeaders(headers.map { ($0.name, $0.value) })[name] }

    /// The body as UTF-8; what is none shows as U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON value.
    ///
    /// - Throws: AS284 with the place and the beginning of a body that is none.
    public var json: JSON {
        get throws(StandError) {
            do {
                return try JSON(parsing: body)
            } catch {
                throw StandError(
                    "AS284",
                    "the answer with status \(status) is no JSON: \(error); it begins: \(text.prefix(200))")
            }
        }
    }
}

/// A request that a double was sent.
public struct RecordedRequest: Sendable {
    public let method: String
    /// Path and query as sent.
    public let target: String
    public let headers: [(name: String, value: String)]
    /// Its first 64 KiB.
    public let body: [UInt8]
    /// What the double answered.
    public let status: Int

    init(_ entry: RequestJournal.Entry) {
        method = entry.request.method
        target = entry.request.target
        headers = entry.request.headers.fields.map { (name: $0.name, value: $0.value) }
        body = entry.request.body
        status = entry.status
    }

    /// All values of a header, joined as a list; `nil` when there is none. Case does not count.
    public func header(_ name: String) -> String? { HTTPHeaders(headers.map { ($0.name, $0.value) })[name] }

    /// The body as UTF-8; what is none shows as U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON value; `nil` when it is none.
    public var json: JSON? { try? JSON(parsing: body) }
}
