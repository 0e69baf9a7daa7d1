internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Why a back end was of no help.
struct Trouble: Error, CustomStringConvertible {
    var backEnd: String
    var reason: String
    /// It was not asked at all: its circuit breaker is open.
    var isResting = false

    var description: String { "\(backEnd): \(reason)" }
}

/// Where a back end is.
struct BackEndAddress {
    var url: URLParts
    /// Sent as a bearer token.
    var key: String?
}

/// A service that the bot asks over HTTP: bounded in time, behind a circuit breaker.
///
/// Used on its reactor's thread only.
final class BackEnd {
    let name: String
    private let address: BackEndAddress
    private let timeout: Duration
    private let reactor: Reactor
    private var breaker: CircuitBreaker?
    /// Each serves one request at a time and keeps its connection.
    private var idleClients: [HTTPClient] = []
    /// Requests by how they ended: `ok`, `failed`, `resting`.
    private(set) var counts: [String: Int] = [:]

    private static let mostIdleClients = 64

    /// - Parameter breaker: `nil` asks always.
    init(
        _ name: String, at address: BackEndAddress, timeout: Duration, breaker: CircuitBreaker?,
        on reactor: Reactor
    ) {
        self.name = name
        self.address = address
        self.timeout = timeout
        self.breaker = breaker
        self.reactor = reactor
    }

    var state: CircuitBreaker.State { breaker?.state(at: Reactor.monotonicNow()) ?? .closed }

    /// What is asked: `call` tells back ends which call it belongs to.
    struct Request {
        var method = "POST"
        /// Below the back end's own path, with its query.
        var target: String
        var call: String
        var type = "application/json"
        var body: [UInt8] = []
    }

    /// - Returns: the body of an answer with a status of 200 to 299.
    func ask(_ request: Request) async throws(Trouble) -> [UInt8] {
        guard breaker?.mayAsk(at: Reactor.monotonicNow()) ?? true else {
            counts["resting", default: 0] += 1
            throw Trouble(backEnd: name, reason: "it failed too often and rests", isResting: true)
        }
        let client =
            idleClients.popLast()
            ?? HTTPClient(on: reactor, limits: HTTPClientLimits(connectTimeout: timeout, bodyBytes: 8 << 20))
        defer { if idleClients.count < Self.mostIdleClients { idleClients.append(client) } }
        await exchange(request, by: client)
        let exchange = client.last
        guard exchange.outcome == .answered, exchange.status < 500 else {
            breaker?.failed(at: Reactor.monotonicNow())
            counts["failed", default: 0] += 1
            let status = exchange.outcome == .answered ? "status \(exchange.status)" : exchange.outcome.name
            throw Trouble(
                backEnd: name, reason: [status, exchange.note].compactMap(\.self).joined(separator: ", "))
        }
        // A refusal is the request's fault: the back end works.
        breaker?.succeeded()
        guard (200..<300).contains(exchange.status) else {
            counts["failed", default: 0] += 1
            throw Trouble(backEnd: name, reason: "status \(exchange.status)")
        }
        counts["ok", default: 0] += 1
        return client.body
    }

    /// The same, where the answer is JSON.
    func askJSON(_ request: Request) async throws(Trouble) -> JSON {
        let body = try await ask(request)
        guard let json = try? JSON(parsing: body, maxDepth: 64) else {
            throw Trouble(backEnd: name, reason: "its answer is no JSON")
        }
        return json
    }

    private func exchange(_ request: Request, by client: HTTPClient) async {
        let origin = HTTPOrigin(host: address.url.host, port: address.url.port)
        let base = address.url.target
        let path = base.hasSuffix("/") ? String(base.dropLast()) : base
        var fields = HTTPHeaders([
            ("Host", origin.authority), ("Content-Type", request.type), ("X-Call-Id", request.call),
            ("Content-Length", String(request.body.count)),
        ])
        if let key = address.key { fields.add("Authorization", "Bearer \(key)") }
        await client.exchange(
            with: origin, isIdempotent: request.method == "GET", timeout: timeout.nanoseconds
        ) { output in
            output.append("\(request.method) \(path)\(request.target) HTTP/1.1\r\n")
            for field in fields.fields { output.append("\(field.name): \(field.value)\r\n") }
            output.append("\r\n")
            output.append(request.body)
        }
    }
}
