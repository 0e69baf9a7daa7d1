import AssayCore
import AssayFormats

/// The routes of a contract, compiled.
struct RouteTable: Sendable {
    enum Body: Sendable {
        case any
        case none
        case schema(JSONSchema)
    }

    struct Parameter: Sendable {
        var name: String
        var isRequired: Bool
        /// `nil` when it cannot be used, which is told.
        var schema: JSONSchema?
        var isList: Bool
        var location: SourceLocation
    }

    struct Answer: Sendable {
        var status: ContractAnswer.Status
        var headers: [Parameter]
        var body: Body
        var location: SourceLocation
    }

    struct Route: Sendable {
        var method: String
        var path: ContractPath
        var query: [Parameter]
        var headers: [Parameter]
        var inPath: [Parameter]
        var request: Body
        var answers: [Answer]
        var location: SourceLocation
        var name: String { "\(method) \(path)" }
    }

    /// Constants before parameters, so that the first one that matches is meant.
    private(set) var routes: [Route]

    /// - Parameter schema: reads and compiles a body's schema; `nil` when it cannot be used.
    init(
        _ routes: [ContractRoute], _ contract: Contract, _ folder: ContractFolder, _ bag: DiagnosticBag,
        schema: (ContractFilePath, SchemaUse) -> JSONSchema?
    ) {
        func body(_ body: ContractBody, _ use: SchemaUse) -> Body {
            switch body {
            case .any: .any
            case .none: .none
            case .schema(let path): schema(path, use).map { .schema($0) } ?? .any
            }
        }
        func parameter(_ parameter: ContractParameter) -> Parameter {
            Parameter(
                name: parameter.name, isRequired: parameter.isRequired,
                schema: Self.compile(parameter, folder, bag),
                isList: parameter.schema["type"]?.stringValue == "array", location: parameter.location)
        }
        self.routes = routes.enumerated().map { place, route in
            let compiled = Route(
                method: route.method, path: route.path, query: route.query.map(parameter),
                headers: route.headers.map(parameter), inPath: route.pathParameters.map(parameter),
                request: body(route.request, .request),
                answers: route.answers.map {
                    Answer(
                        status: $0.status, headers: $0.headers.map(parameter),
                        body: body($0.body, .response), location: $0.location)
                }, location: route.location)
            return (place, compiled)
        }.sorted { left, right in
            if left.1.path.precedes(right.1.path) { return true }
            return right.1.path.precedes(left.1.path) ? false : left.0 < right.0
        }.map(\.1)
    }

    private static func compile(
        _ parameter: ContractParameter, _ folder: ContractFolder, _ bag: DiagnosticBag
    ) -> JSONSchema? {
        do throws(SchemaError) {
            return try JSONSchema(
                compiling: parameter.schema, at: folder.manifest, documents: folder.files.documents,
                assertsFormats: true)
        } catch {
            bag.add(
                Diagnostic(
                    "AS422",
                    "the schema of '\(parameter.name)' expects \(error.expected), found \(error.actual)",
                    at: parameter.location))
            return nil
        }
    }

    // MARK: the operation of a request

    struct Match {
        var route: Route
        var values: [(name: String, value: String)]
    }

    /// HEAD is that of GET where it is not described itself.
    func match(_ request: ContractExchange.Request) -> Match? {
        let parts = ContractPath.parts(of: request.path)
        func find(_ method: String) -> Match? {
            for route in routes where route.method == method {
                if let values = route.path.match(parts) { return Match(route: route, values: values) }
            }
            return nil
        }
        return find(request.method) ?? (request.method == "HEAD" ? find("GET") : nil)
    }

    func judge(_ exchange: ContractExchange, _ contract: Contract, as name: String) -> [ContractFinding] {
        guard let match = match(exchange.request) else {
            return [unknown(exchange.request, contract, as: name)]
        }
        var judge = RouteJudge(route: match.route, contract: name)
        judge.request(exchange.request, match.values)
        if let response = exchange.response {
            judge.response(response, toHead: exchange.request.method == "HEAD")
        }
        return judge.findings
    }

    private func unknown(
        _ request: ContractExchange.Request, _ contract: Contract, as name: String
    ) -> ContractFinding {
        let parts = ContractPath.parts(of: request.path)
        let methods = routes.filter { $0.path.match(parts) != nil }.map(\.method)
        let sent = "\(request.method) \(request.path)"
        guard methods.isEmpty else {
            return ContractFinding(
                .operationUnknown, .request, contract: name, operation: "", place: "method",
                expected: methods.count == 1 ? methods[0] : "one of " + methods.joined(separator: ", "),
                actual: sent, location: contract.location)
        }
        let near = nearestName(to: sent, among: routes.map(\.name))
        return ContractFinding(
            .operationUnknown, .request, contract: name, operation: "", place: "path",
            expected: "one of its \(routes.count) operations" + (near.map { ", like \($0)" } ?? ""),
            actual: sent, location: contract.location)
    }
}
