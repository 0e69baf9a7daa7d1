public import Assay
public import AssayFormats

/// Sends requests to one service and waits for whole answers; connections are kept between requests.
public struct ServiceClient: Sendable {
    /// What paths are put behind: `http://127.0.0.1:40131`.
    public let url: String
    private var headers: [(name: String, value: String)] = []
    private let layer: LiveStand.Layer

    init(url: String, layer: LiveStand.Layer) {
        self.url = url
        self.layer = layer
    }

    /// A client that sends `Authorization: Bearer …` with every request.
    public func bearer(_ token: String) -> ServiceClient { header("Authorization", "Bearer \(token)") }

    /// A client that sends this header with every request.
    public func header(_ name: String, _ value: String) -> ServiceClient {
        var client = self
        client.headers.append((name, value))
        return client
    }

    public func get(_ path: String, within limit: Duration = .seconds(30)) async throws(StandError)
        -> StandResponse
    {
        try await send("GET", path, within: limit)
    }

    public func post(_ path: String, json: JSON? = nil, within limit: Duration = .seconds(30))
        async throws(StandError) -> StandResponse
    {
        try await send("POST", path, json: json, within: limit)
    }

    public func put(_ path: String, json: JSON? = nil, within limit: Duration = .seconds(30))
        async throws(StandError) -> StandResponse
    {
        try await send("PUT", path, json: json, within: limit)
    }

    public func patch(_ path: String, json: JSON? = nil, within limit: Duration = .seconds(30))
        async throws(StandError) -> StandResponse
    {
        try await send("PATCH", path, json: json, within: limit)
    }

    public func delete(_ path: String, json: JSON? = nil, within limit: Duration = .seconds(30))
        async throws(StandError) -> StandResponse
    {
        try await send("DELETE", path, json: json, within: limit)
    }

    /// A request of any method with a JSON body, or none.
    ///
    /// - Parameters:
    ///   - path: with its query; it begins with `/`.
    ///   - limit: from sending to the last byte of the answer.
    /// - Throws: AS284 when there is no answer. An answer of any status is one.
    public func send(
        _ method: String, _ path: String, json: JSON?, within limit: Duration = .seconds(30)
    ) async throws(StandError) -> StandResponse {
        guard let json else { return try await send(method, path, within: limit) }
        var body: [UInt8] = []
        json.write(into: &body)
        return try await send(method, path, body: body, type: "application/json", within: limit)
    }

    /// A request of any method with bytes as its body, or none.
    ///
    /// - Parameter type: of the body; a header `Content-Type` of the client's own comes before it.
    public func send(
        _ method: String, _ path: String, body: [UInt8]? = nil, type: String? = nil,
        within limit: Duration = .seconds(30)
    ) async throws(StandError) -> StandResponse {
        var headers = headers
        if let type, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(("Content-Type", type))
        }
        return try await layer.send(
            StandRequest(method: method, url: url + path, headers: headers, body: body, timeout: limit))
    }
}
