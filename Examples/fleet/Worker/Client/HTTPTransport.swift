internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import FleetCore

/// Asks the UI over HTTP, on a few kept connections.
final class HTTPTransport: UITransport {
    private let url: URLParts
    private let token: String
    private let version: WireVersion
    private let reactor: Reactor
    private let timeout: Duration
    /// Each serves one request at a time.
    private var idle: [HTTPClient] = []

    private static let mostIdle = 16

    init(_ url: URLParts, token: String, version: WireVersion, timeout: Duration, on reactor: Reactor) {
        self.url = url
        self.token = token
        self.version = version
        self.timeout = timeout
        self.reactor = reactor
    }

    func send(_ call: UICall) async -> Result<UIAnswer, UITrouble> {
        let client =
            idle.popLast()
            ?? HTTPClient(on: reactor, limits: HTTPClientLimits(connectTimeout: timeout, bodyBytes: 8 << 20))
        defer { if idle.count < Self.mostIdle { idle.append(client) } }
        let origin = HTTPOrigin(host: url.host, port: url.port)
        var fields = HTTPHeaders([
            ("Host", origin.authority), ("Authorization", "Bearer \(token)"),
            (WireVersion.header, version.rawValue),
        ])
        var body: [UInt8] = []
        if let json = call.body {
            json.write(into: &body)
            fields.add("Content-Type", "application/json")
        }
        if call.method != "GET" { fields.add("Content-Length", String(body.count)) }
        let base = url.target.hasSuffix("/") ? String(url.target.dropLast()) : url.target
        let (seconds, attoseconds) = timeout.components
        await client.exchange(
            with: origin, isIdempotent: call.method == "GET",
            timeout: seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        ) { output in
            output.append("\(call.method) \(base)\(call.target) HTTP/1.1\r\n")
            for field in fields.fields { output.append("\(field.name): \(field.value)\r\n") }
            output.append("\r\n")
            output.append(body)
        }
        let exchange = client.last
        guard exchange.outcome == .answered else {
            let words = [exchange.outcome.name, exchange.note].compactMap(\.self)
            return .failure(.unreachable(words.joined(separator: ", ")))
        }
        return .success(UIAnswer(status: exchange.status, body: client.body))
    }
}
