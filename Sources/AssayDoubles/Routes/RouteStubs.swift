public import AssayCore
internal import AssayFormats
public import AssayNet

extension Route {
    /// The stubs of the route: one, or one for each state it is taken in.
    ///
    /// - Parameter resolve: the value of a template that is filled in at the start, like `${env.TOKEN}`.
    /// - Throws: AS056–AS059 for a template without a value.
    func stubs(
        place: Int, of table: RouteTable, answering: RouteAnswering,
        resolve: (ValueTemplate) throws(TemplateError) -> JSON
    ) throws(Diagnostic) -> [Stub] {
        var pattern = RequestPattern(
            methods: request.method.map { .oneOf([$0]) } ?? .any,
            url: try request.fixedPath?.matcher(at: location) ?? .any)
        for part in request.parts {
            let matcher: Matcher<JSON>
            do {
                matcher = try part.matcher.resolved { value throws -> JSON in try resolve(value) }
            } catch {
                throw (error as? TemplateError)?.diagnostic ?? Diagnostic("AS124", "\(error)", at: location)
            }
            switch part.subject {
            case .header(let name): pattern.headers.append(.init(name, RouteValueMatcher(matcher: matcher)))
            case .query(let name): pattern.query.append(.init(name, RouteValueMatcher(matcher: matcher)))
            case .form(let name): pattern.form.append(.init(name, RouteValueMatcher(matcher: matcher)))
            case .body: pattern.body.append(RouteValueMatcher(matcher: matcher))
            case .json(.fixed(let path, let source)):
                pattern.body.append(RouteJSONMatcher(path: path, source: source, matcher: matcher))
            case .json(.templated(let template)):
                throw Diagnostic(
                    "AS127", "a path of a route must be constant, found \(template.source)",
                    at: template.location)
            }
        }
        let becomes = answers.count == 1 ? answers[0].becomes : nil
        // The first written wins: places are priorities.
        let wanted: [String?] = states.isEmpty ? [nil] : states
        return wanted.enumerated().map { number, state in
            var stub = Stub(
                id: RouteStubs.id(place: place, state: number), name: name, request: pattern,
                answer: .handler { answering.answer($0) })
            stub.priority = Stub.standardPriority + place
            stub.origin = "\(location)"
            if state != nil || becomes != nil {
                stub.scenario = .init(
                    RouteStubs.machine, requiredState: state.map { RouteStubs.state($0, of: table) },
                    newState: becomes.map { RouteStubs.state($0, of: table) })
            }
            return stub
        }
    }
}

extension RoutePath {
    /// The path as stubs match it.
    ///
    /// - Throws: AS127 for one that cannot be matched.
    func matcher(at location: SourceLocation) throws(Diagnostic) -> URLMatcher {
        if literal != nil { return .path(encoded(description)) }
        do {
            if !hasWildcards { return .template(try PathTemplate(encoded(description))) }
            let source = segments.map { segment in
                switch segment {
                case .literal(let word): "/" + escapedForPattern(encoded(word))
                case .parameter, .any: "/[^/]+"
                case .rest: "(?:/.*)?"
                }
            }
            return .pathPattern(try Pattern("^" + source.joined() + "$"))
        } catch {
            throw Diagnostic("AS127", "the path '\(self)' cannot be matched: \(error)", at: location)
        }
    }
}

extension Stub {
    /// A route whose answer is code.
    ///
    /// - Parameters:
    ///   - method: upper case.
    ///   - place: among the double's routes, from 0; the first that fits answers.
    ///   - answer: gets the values of the path's parameters, decoded.
    /// - Throws: AS127 for a path that no request has.
    public init(
        _ method: String, _ path: String, place: Int, at location: SourceLocation,
        answer: @escaping @Sendable (HTTPRequest, [(name: String, value: String)]) async -> HTTPResponse
    ) throws(Diagnostic) {
        let route: RoutePath
        do {
            route = try RoutePath(path)
        } catch {
            throw Diagnostic("AS127", "'\(path)' is no path of a request: \(error.message)", at: location)
        }
        self.init(
            id: RouteStubs.id(place: place, state: 0), name: "\(method) \(path)",
            request: RequestPattern(methods: .oneOf([method]), url: try route.matcher(at: location)),
            answer: .handler { await answer($0.http, route.parameters(in: $0.segments) ?? []) })
        priority = Stub.standardPriority + place
    }
}

/// Names that the stubs of routes have.
enum RouteStubs {
    /// The one state machine of a double in Assay's own form, as the admin API calls it.
    static let machine = "state"

    /// A stable id: routes are told apart by their places.
    static func id(place: Int, state: Int) -> String {
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "00000000-0000-4000-\(digits(0x8000 + state % 0x1000, 4))-\(digits(place, 12))"
    }

    static func state(_ name: String, of table: RouteTable) -> String {
        name == table.firstState ? Stub.Scenario.started : name
    }
}

extension RoutePath {
    fileprivate var hasWildcards: Bool { segments.contains { $0 == .any || $0 == .rest } }
}

/// A path as clients send it: what is no visible ASCII is percent-encoded.
private func encoded(_ path: String) -> String {
    var bytes: [UInt8] = []
    for byte in path.utf8 {
        if byte > 0x20, byte < 0x7F {
            bytes.append(byte)
        } else {
            bytes.append(UInt8(ascii: "%"))
            bytes.append(contentsOf: hexadecimal([byte]).uppercased().utf8)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func escapedForPattern(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
        if #"\^$.|?*+()[]{}"#.unicodeScalars.contains(scalar) { escaped += "\\" }
        escaped.unicodeScalars.append(scalar)
    }
    return escaped
}
