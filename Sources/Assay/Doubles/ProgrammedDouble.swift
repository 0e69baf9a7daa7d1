internal import AssayCore
internal import AssayDoubles
public import AssayFormats
internal import AssayNet
internal import AssayWire

/// A double whose answers are code, for tests in Swift.
///
/// ```swift
/// let worker = Double("worker") {
///     route(.post, "/jobs") { request in .json(202, ["id": request.json?["id"] ?? "new"]) }
///     route(.get, "/jobs/{id}") { request in .json(["id": .string(request.parameters["id"] ?? "")]) }
/// }
/// let open = try await worker.open()           // or .inProcess, with the same calls
/// let answer = try await open.send(.post, "/jobs", json: ["id": "7"])
/// ```
///
/// - Parameters:
///   - name: for messages and the journal.
///   - routes: the first that fits answers; any other request is a 404 that names the closest.
public func Double(
    _ name: String, @DoubleRoutesBuilder routes: () -> [DoubleRoute]
) -> ProgrammedDouble {
    ProgrammedDouble(name: name, routes: routes())
}

/// A route of a ``ProgrammedDouble``.
///
/// - Parameters:
///   - path: `/jobs/{id}`; `*` is any segment, `**` at the end any further ones.
///   - answer: called for each request, several at a time.
public func route(
    _ method: RouteMethod, _ path: String, answer: @escaping @Sendable (DoubleCall) async -> DoubleAnswer
) -> DoubleRoute {
    DoubleRoute(method: method, path: path, answer: answer)
}

public enum RouteMethod: String, Sendable, CaseIterable {
    case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE", head = "HEAD"
    case options = "OPTIONS"
}

public struct DoubleRoute: Sendable {
    var method: RouteMethod
    var path: String
    var answer: @Sendable (DoubleCall) async -> DoubleAnswer
}

@resultBuilder
public enum DoubleRoutesBuilder {
    public static func buildBlock(_ routes: [DoubleRoute]...) -> [DoubleRoute] { routes.flatMap(\.self) }
    public static func buildExpression(_ route: DoubleRoute) -> [DoubleRoute] { [route] }
    public static func buildOptional(_ routes: [DoubleRoute]?) -> [DoubleRoute] { routes ?? [] }
    public static func buildEither(first: [DoubleRoute]) -> [DoubleRoute] { first }
    public static func buildEither(second: [DoubleRoute]) -> [DoubleRoute] { second }
    public static func buildArray(_ routes: [[DoubleRoute]]) -> [DoubleRoute] { routes.flatMap(\.self) }
}

/// A request as a route sees it.
public struct DoubleCall: Sendable {
    public var method: String
    /// Path and query as sent.
    public var target: String
    /// Of the route's path, decoded: `id` of `/jobs/{id}`.
    public var parameters: [String: String]
    /// Decoded; the first of several of one name.
    public var query: [String: String]
    /// Names in lower case; several of one name are joined by commas.
    public var headers: [String: String]
    public var body: [UInt8]

    /// The body read as JSON; `nil` when it is none.
    public var json: JSON? { try? JSON(parsing: body) }
    public var text: String { String(decoding: body, as: UTF8.self) }

    init(_ request: HTTPRequest, parameters: [(name: String, value: String)] = []) {
        method = request.method
        target = request.target
        self.parameters = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        query = Dictionary(
            queryPairs(request.query).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        headers = Dictionary(
            request.headers.fields.map { ($0.name.lowercased(), $0.value) },
            uniquingKeysWith: { $0 + ", " + $1 })
        body = request.body
    }
}

/// What a route answers, and what a client of the double gets.
public struct DoubleAnswer: Sendable, Equatable {
    public var status: Int
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(status: Int = 200, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static func json(_ status: Int = 200, _ body: JSON) -> DoubleAnswer {
        DoubleAnswer(
            status: status, headers: ["content-type": "application/json"], body: Array(body.rendered().utf8))
    }

    public static func text(_ status: Int = 200, _ body: String) -> DoubleAnswer {
        DoubleAnswer(
            status: status, headers: ["content-type": "text/plain; charset=utf-8"], body: Array(body.utf8))
    }

    public static func status(_ status: Int) -> DoubleAnswer { DoubleAnswer(status: status) }

    /// The body read as JSON; `nil` when it is none.
    public var json: JSON? { try? JSON(parsing: body) }
    public var text: String { String(decoding: body, as: UTF8.self) }

    var response: HTTPResponse {
        HTTPResponse(
            status: status,
            headers: HTTPHeaders(headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
            body: body)
    }
}

/// A double with routes in Swift, not yet running.
public struct ProgrammedDouble: Sendable {
    public var name: String
    var routes: [DoubleRoute]

    /// Where it is reached.
    public enum Place: Sendable {
        /// A free port of the loopback, for anything that speaks HTTP.
        case port
        /// Nothing listens: ``OpenDouble/send(_:_:headers:json:body:)`` reaches it without a socket.
        case inProcess
    }

    /// Starts it in a thread of its own.
    ///
    /// - Throws: AS127 for a path that no request has, AS125 when no port can be had.
    public func open(_ place: Place = .port) async throws(StandError) -> OpenDouble {
        try await OpenDouble(self, place)
    }
}

/// Its routes as stubs, like those of files.
struct ProgrammedRoutes: DoubleOptions {
    var routes: [DoubleRoute]
    var memberNames: [String] { [] }

    func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let routes = routes
        let options = HTTPStubOptions(summary: "\(routes.count) routes in Swift") {
            (start, _) throws(Diagnostic) in
            try routes.enumerated().map { (place, route) throws(Diagnostic) in
                let answer = route.answer
                return try Stub(route.method.rawValue, route.path, place: place, at: start.location) {
                    await answer(DoubleCall($0, parameters: $1)).response
                }
            }
        }
        return try options.service(&start)
    }
}
