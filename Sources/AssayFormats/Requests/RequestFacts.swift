/// A request as matchers look at it; what costs something is read when it is first asked for.
public final class RequestFacts {
    public let method: String
    /// Path and query as sent, for messages.
    public let target: String
    /// Percent-decoded.
    public let path: [String]
    public let query: [(name: String, value: String)]
    private let headerValue: (String) -> String?
    public let body: [UInt8]
    private let readForm: () -> [(name: String, value: String)]

    /// - Parameters:
    ///   - header: a header's values joined by commas, by its name in any case.
    ///   - form: the fields of the body read as a form; asked for at most once.
    public init(
        method: String, target: String, path: [String], query: [(name: String, value: String)],
        header: @escaping (String) -> String?, body: [UInt8],
        form: @escaping () -> [(name: String, value: String)]
    ) {
        self.method = method
        self.target = target
        self.path = path
        self.query = query
        headerValue = header
        self.body = body
        readForm = form
    }

    public func header(_ name: String) -> String? { headerValue(name) }

    public private(set) lazy var form: [(name: String, value: String)] = readForm()
    /// The body read as JSON; `nil` when it is none.
    public private(set) lazy var json: JSON? = try? JSON(parsing: body)
    /// The body as UTF-8; what is none shows as U+FFFD.
    public private(set) lazy var text = String(decoding: body, as: UTF8.self)

    /// What templates read of it as `${request.…}`: `method`, `url`, `path`, `query`, `header`, `form`, `json`, `body`.
    ///
    /// - Parameters:
    ///   - headers: names in lower case.
    ///   - parameters: of the path, as `params`.
    public func bindings(
        headers: [(name: String, value: String)], parameters: [(name: String, value: String)]
    ) -> JSON {
        func object(_ pairs: [(name: String, value: String)]) -> JSON {
            var object = JSONObject()
            // The first of several counts.
            for (name, value) in pairs where object[name] == nil { object[name] = .string(value) }
            return .object(object)
        }
        return [
            "method": .string(method), "url": .string(target),
            "path": .string("/" + path.joined(separator: "/")), "params": object(parameters),
            "query": object(query), "header": object(headers), "form": object(form), "json": json ?? .null,
            "body": .string(text),
        ]
    }
}
