/// How requests look that a forward proxy is to pass on: the whole URL in the request line, and the proxy's password
/// (RFC 9112 §3.2.2, RFC 9110 §11.7.2).
public struct ForwardedRequests: Sendable, Equatable {
    /// `http://api.example.com`
    public let prefix: [UInt8]
    /// `Proxy-Authorization: Basic …` with its line's end; empty without a password.
    public let fields: [UInt8]

    init(to origin: HTTPOrigin, through proxy: ProxyOptions) {
        prefix = Array(origin.description.utf8)
        fields = proxy.authorization.map { Array("Proxy-Authorization: \($0)\r\n".utf8) } ?? []
    }

    /// The rendered request as the proxy wants it.
    ///
    /// - Parameter request: begins with a request line in origin form: `GET /path HTTP/1.1`.
    public func forwarded(_ request: [UInt8]) -> [UInt8] {
        guard let space = request.firstIndex(of: 0x20), space + 1 < request.count,
            request[space + 1] != UInt8(ascii: "h"), let lineEnd = request.firstIndex(of: 0x0A)
        else { return request }
        var written: [UInt8] = []
        written.reserveCapacity(request.count + prefix.count + fields.count)
        written += request[...space]
        written += prefix
        // `OPTIONS *` asks the server itself: no path (RFC 9112 §3.2.4).
        let isWhole = request[space + 1] == UInt8(ascii: "*")
        written += request[(space + (isWhole ? 2 : 1))...lineEnd]
        written += fields
        written += request[(lineEnd + 1)...]
        return written
    }
}
