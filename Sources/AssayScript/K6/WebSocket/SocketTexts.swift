/// What k6 says of the end of a WebSocket.
enum SocketTexts {
    /// Codes that were never sent (RFC 6455 §7.4.1).
    static let noCode = 1005
    static let brokenOff = 1006

    /// Ends that are no failure: 1000 and 1001.
    static func isExpected(_ code: Int) -> Bool { code == 1000 || code == 1001 }

    /// `websocket: close 4005: bye`
    static func close(_ code: Int, _ reason: String) -> String {
        let meaning =
            switch code {
            case 1000: " (normal)"
            case 1001: " (going away)"
            case 1002: " (protocol error)"
            case 1003: " (unsupported data)"
            case 1005: " (no status)"
            case 1006: " (abnormal closure)"
            case 1007: " (invalid payload data)"
            case 1008: " (policy violation)"
            case 1009: " (message too big)"
            case 1010: " (mandatory extension missing)"
            case 1011: " (internal server error)"
            case 1015: " (TLS handshake error)"
            default: ""
            }
        return "websocket: close \(code)\(meaning)" + (reason.isEmpty ? "" : ": \(reason)")
    }

    static let closeSent = "websocket: close sent"

    /// The end of a connection: its code, when there is one, and what is wrong with it, when something is.
    static func end(_ event: ScriptSocketEvent) -> (code: Int?, reason: String, failure: String?) {
        switch event {
        case .closed(let given, let reason):
            let code = given ?? noCode
            return (code, reason, isExpected(code) ? nil : close(code, reason))
        case .brokenOff:
            let reason = "unexpected EOF"
            return (brokenOff, reason, close(brokenOff, reason))
        case .failed, .message: return (nil, "", nil)
        }
    }
}
