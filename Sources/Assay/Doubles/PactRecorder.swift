internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayWire
internal import Synchronization

/// Makes interactions of a pact out of what a double answered.
///
/// Exchanges of the same route, status and shape are one interaction; of several the example that comes first by its
/// text is kept, so that a pact does not depend on the order in which tests ran.
final class PactRecorder: Sendable {
    /// The stand's name of the double.
    let double: String
    let consumer: String
    let provider: String
    let folder: String
    private let routes: [Route]
    private let state = Mutex(State())
    /// Different interactions that are kept at most.
    private static let limit = 2000
    /// Bodies beyond this are no examples.
    private static let bodyLimit = 1 << 20

    private struct State {
        var examples: [Key: Example] = [:]
        var dropped = 0
    }

    private struct Key: Hashable {
        var route: String
        var states: [String]
        var status: Int
        var shape: String
    }

    private struct Example {
        var request: HTTPRequest
        var response: HTTPResponse
        var route: Int?
        var order: String
    }

    init(of double: String, consumer: String, provider: String, folder: String, routes: [Route]) {
        self.double = double
        self.consumer = consumer
        self.provider = provider
        self.folder = folder
        self.routes = routes
    }

    /// Is told every exchange of the double.
    var watch: DoubleWatch { DoubleWatch { [self] in observe($0) } }

    private func observe(_ exchange: WatchedExchange) {
        let request = exchange.request
        guard let response = exchange.response, request.path != SwitchBoard.path else { return }
        let route = exchange.stubID.flatMap(Self.place).flatMap {
            routes.indices.contains($0.route) ? $0 : nil
        }
        let states = route.map { routes[$0.route].states }.flatMap { names in
            route.flatMap { names.indices.contains($0.state) ? [names[$0.state]] : nil }
        }
        let key = Key(
            route: route.map { routes[$0.route].name } ?? "\(request.method) \(request.path)",
            states: states ?? [],
            status: response.status, shape: PactShape.text(of: request))
        let order =
            "\(request.method) \(request.target)\n\(String(decoding: request.body, as: UTF8.self))\n"
            + String(decoding: response.body, as: UTF8.self)
        state.withLock { state in
            guard request.body.count <= Self.bodyLimit, response.body.count <= Self.bodyLimit,
                state.examples[key] != nil || state.examples.count < Self.limit
            else {
                state.dropped += 1
                return
            }
            if let known = state.examples[key], known.order <= order { return }
            state.examples[key] = Example(
                request: request, response: response, route: route?.route, order: order)
        }
    }

    /// The place of a route, and which of its states, as the id of its stub says.
    private static func place(_ id: String) -> (route: Int, state: Int)? {
        let parts = id.split(separator: "-")
        guard parts.count == 5, parts[0].allSatisfy({ $0 == "0" }), let state = Int(parts[3], radix: 16),
            let route = Int(parts[4], radix: 16)
        else { return nil }
        return (route, state - 0x8000)
    }

    /// Exchanges that could not be kept.
    var dropped: Int { state.withLock { $0.dropped } }

    /// The interactions, sorted.
    ///
    /// - Parameter mask: hides secrets in a text.
    func interactions(masked mask: @escaping (String) -> String) -> [PactInteraction] {
        let examples = state.withLock { $0.examples }
        let groups = Dictionary(grouping: examples.keys) { "\($0.route)\n\($0.states)\n\($0.status)" }
        var made: [PactInteraction] = []
        for (key, example) in examples {
            var description = "\(key.route) answers \(key.status)"
            // Requests of a route that differ in what they have are told apart by it.
            if groups["\(key.route)\n\(key.states)\n\(key.status)"]?.count ?? 1 > 1 {
                description += " to \(key.shape)"
            }
            let maker = PactExample(route: example.route.map { routes[$0] }, mask: mask)
            made.append(
                PactInteraction(
                    description, states: key.states.map { PactState($0) },
                    .http(
                        maker.request(example.request),
                        maker.response(example.response, to: example.request))))
        }
        return made.sorted {
            ($0.description, $0.states.first?.name ?? "") < ($1.description, $1.states.first?.name ?? "")
        }
    }
}

/// What a request is made of, without its values.
enum PactShape {
    /// `query limit, page; {amount, customer: {id}}`, or `nothing`.
    static func text(of request: HTTPRequest) -> String {
        var parts: [String] = []
        let names = Set(PactField.query(String(request.query)).map(\.name)).sorted()
        if !names.isEmpty { parts.append("query " + names.joined(separator: ", ")) }
        if let json = try? JSON(parsing: request.body) {
            parts.append(text(of: json))
        } else if !request.body.isEmpty {
            parts.append("a body")
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
    }

    private static func text(of json: JSON, depth: Int = 0) -> String {
        guard depth < 6 else { return "…" }
        switch json {
        case .object(let members):
            let names = members.keys.sorted().map { name -> String in
                let inner = members[name].map { text(of: $0, depth: depth + 1) } ?? ""
                return inner.hasPrefix("{") || inner.hasPrefix("[") ? "\(name): \(inner)" : name
            }
            return "{" + names.joined(separator: ", ") + "}"
        case .array(let elements):
            return "["
                + Set(elements.map { text(of: $0, depth: depth + 1) }).sorted().joined(separator: " | ") + "]"
        default: return json.typeName
        }
    }
}
