extension URLParts {
    /// A URL of a WebSocket (RFC 6455 §3) as the http URL that its handshake asks for: `ws` is `http`, `wss` is `https`.
    ///
    /// - Parameter text: the schemes of HTTP are taken as well.
    public init(parsingWebSocket text: String) throws(URLError) {
        let scheme = text.prefix { $0 != ":" }
        let parts: URLParts
        do throws(URLError) {
            switch scheme.lowercased() {
            case "ws": parts = try URLParts(parsing: "http" + text.dropFirst(scheme.count))
            case "wss": parts = try URLParts(parsing: "https" + text.dropFirst(scheme.count))
            default: parts = try URLParts(parsing: text)
            }
        } catch {
            if error.reason.contains("the scheme http or https") {
                throw URLError("expected the scheme ws or wss, got '\(scheme)'", url: text, at: 0)
            }
            throw URLError(error.reason, url: text, at: error.offset)
        }
        self = parts
    }
}
