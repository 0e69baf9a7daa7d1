internal import AssayCore
public import AssayWire

/// What a server's end of a WebSocket allows.
public struct WebSocketServerOptions: Sendable {
    /// Subprotocols that it speaks; the first that the client names is chosen.
    public var protocols: [String]
    /// Whether compression is agreed to.
    public var deflates: Bool
    public var limits: WebSocketLimits
    public var inbox: WebSocketInboxLimits

    public init(
        protocols: [String] = [], deflates: Bool = true, limits: WebSocketLimits = WebSocketLimits(),
        inbox: WebSocketInboxLimits = WebSocketInboxLimits()
    ) {
        self.protocols = protocols
        self.deflates = deflates
        self.limits = limits
        self.inbox = inbox
    }
}

extension HTTPResponse {
    /// Answers a request with a WebSocket: what a handler returns for a path where one is spoken.
    ///
    /// - Parameter serve: has the connection until it returns; then it is closed with 1000.
    /// - Returns: the agreement; or what tells the client why its request is no handshake (RFC 6455 §4.2).
    public static func webSocket(
        _ request: HTTPRequest, options: WebSocketServerOptions = WebSocketServerOptions(),
        serve: @escaping @Sendable (WebSocketConnection) async -> Void
    ) -> HTTPResponse {
        let asked: WebSocketHandshake
        do throws(WebSocketHandshakeError) {
            asked = try WebSocketHandshake.request(method: request.method, headers: request.headers)
        } catch {
            var refusal = HTTPResponse(status: error.status, text: error.description + "\n")
            if error.status == 426 {
                refusal.headers.add("Upgrade", "websocket")
                refusal.headers.add("Connection", "Upgrade")
                refusal.headers.add("Sec-WebSocket-Version", "13")
            }
            return refusal
        }
        let deflate = options.deflates ? asked.deflate : nil
        let selected = asked.protocols.first(where: options.protocols.contains)
        var response = HTTPResponse(
            status: 101,
            headers: HTTPHeaders([
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", WebSocketKey.accept(Crypto.sha1(asked.key.digested))),
            ]))
        if let selected { response.headers.add("Sec-WebSocket-Protocol", selected) }
        if let deflate { response.headers.add("Sec-WebSocket-Extensions", deflate.acceptance) }
        response.upgrade = { upgrade in
            let connection = WebSocketConnection(
                upgrade.channel, role: .server, deflate: deflate, limits: options.limits,
                inbox: options.inbox, random: SeededRandom(seed: 0), selectedProtocol: selected,
                scope: upgrade.scope)
            connection.begin(with: upgrade.unread)
            await serve(connection)
            await connection.close(until: Reactor.monotonicNow() &+ 1_000_000_000)
        }
        return response
    }
}
