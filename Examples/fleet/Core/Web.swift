package import AssayFormats
package import AssayNet
internal import AssayWire

/// An answer of a service.
package struct Reply: Sendable {
    package var status: Int
    package var body: JSON
    /// In place of `body`, with its content type.
    package var raw: (bytes: [UInt8], type: String)?
    package var headers: [(String, String)] = []

    package init(_ status: Int = 200, _ body: JSON) {
        self.status = status
        self.body = body
    }

    package init(bytes: [UInt8], type: String) {
        self.init(200, .null)
        raw = (bytes, type)
    }

    package static func error(_ status: Int, _ code: String, _ more: [(String, JSON)] = []) -> Reply {
        Reply(status, .object(JSONObject([("error", .string(code))] + more)))
    }

    package static func faults(_ faults: JSONObject) -> Reply {
        error(400, "validation", [("fields", .object(faults))])
    }

    package var response: HTTPResponse {
        var fields = HTTPHeaders(headers)
        if let raw {
            fields.add("Content-Type", raw.type)
            return HTTPResponse(status: status, headers: fields, body: raw.bytes)
        }
        guard status != 204 else { return HTTPResponse(status: status, headers: fields) }
        fields.add("Content-Type", "application/json")
        var bytes: [UInt8] = []
        body.write(into: &bytes)
        return HTTPResponse(status: status, headers: fields, body: bytes)
    }
}

/// An answer other than success.
package struct Refused: Error {
    package var reply: Reply
    package init(_ reply: Reply) { self.reply = reply }
}

/// A request on its way to a route.
package struct Call: Sendable {
    package let request: HTTPRequest
    /// Those of the path, by their names in the route.
    package let parameters: [String: String]
    /// In which version of the contract it is answered.
    package let version: WireVersion

    package init(request: HTTPRequest, parameters: [String: String], version: WireVersion) {
        self.request = request
        self.parameters = parameters
        self.version = version
    }

    /// The JSON body, an object.
    package func body() throws(Refused) -> JSON {
        do {
            let json = try JSON(parsing: request.body, maxDepth: 32)
            if json.objectValue != nil { return json }
        } catch {
            throw Refused(.error(400, "bad_json", [("reason", .string("\(error)"))]))
        }
        throw Refused(.error(400, "bad_json", [("reason", "the body is no object")]))
    }

    package func query(_ name: String) -> String? {
        queryPairs(request.query).first { $0.name == name }?.value
    }

    package subscript(name: String) -> String { parameters[name] ?? "" }
}

/// Where requests go.
package struct Router<Service>: Sendable {
    package typealias Answer = @Sendable (Service, Call) async throws(Refused) -> Reply

    package struct Route: Sendable {
        package var method: String
        /// `/api/v1/tasks/{id}`
        package var path: String
        /// Whoever asks, from wherever.
        package var isOpen = false
        package var answer: Answer
    }

    package private(set) var routes: [Route] = []

    package init() {}

    package mutating func on(
        _ method: String, _ path: String, open: Bool = false, _ answer: @escaping Answer
    ) {
        routes.append(Route(method: method, path: path, isOpen: open, answer: answer))
    }

    package enum Match {
        case found(Route, [String: String])
        case methods([String])
        case none
    }

    package func match(_ method: String, _ path: some StringProtocol) -> Match {
        let words = path.split(separator: "/", omittingEmptySubsequences: false).map { percentDecoded($0) }
        var methods: [String] = []
        for route in routes {
            guard let parameters = Self.parameters(of: route.path, in: words) else { continue }
            if route.method == method { return .found(route, parameters) }
            methods.append(route.method)
        }
        return methods.isEmpty ? .none : .methods(methods.sorted())
    }

    private static func parameters(of path: String, in words: [String]) -> [String: String]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == words.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, word) in zip(parts, words) {
            if part.hasPrefix("{") {
                guard !word.isEmpty else { return nil }
                parameters[String(part.dropFirst().dropLast())] = word
            } else if part != word {
                return nil
            }
        }
        return parameters
    }
}
