internal import AssayCore
public import AssayNet

extension ScriptHTTPFault {
    /// Why an exchange gave no whole answer, in k6's numbers and words.
    ///
    /// - Parameters:
    ///   - url: without its password, for logs.
    ///   - isAnswering: the answer's head had come.
    public init(_ exchange: Exchange, method: String, url: String, isAnswering: Bool) {
        let (code, message, detail) = Self.told(exchange, isAnswering: isAnswering)
        // What happens while the body is read is told without the request.
        let report = isAnswering ? detail : "\(Self.verb(method)) \(quoted(url)): \(detail)"
        self.init(code: code, message: message, report: report)
        isCancelled = exchange.outcome == .cancelled
    }

    /// An answer that k6 counts as an error.
    public init?(status: Int) {
        guard status >= 400 else { return nil }
        self.init(code: 1000 + status, message: "", report: "")
    }

    /// What could not be sent at all.
    ///
    /// - Parameter url: without its password, for logs.
    public init(notSent reason: String, code: Int = 1000, method: String, url: String) {
        self.init(code: code, message: reason, report: "\(Self.verb(method)) \(quoted(url)): \(reason)")
    }

    private static func verb(_ method: String) -> String {
        method.isEmpty ? "Get" : method.prefix(1).uppercased() + method.dropFirst().lowercased()
    }

    /// The message of `res.error`, and what the log says.
    private static func told(
        _ exchange: Exchange, isAnswering: Bool
    ) -> (code: Int, message: String, detail: String) {
        func same(_ code: Int, _ message: String) -> (Int, String, String) { (code, message, message) }
        let note = exchange.note ?? exchange.outcome.name
        switch exchange.outcome {
        case .nameNotFound: return (1101, "lookup: no such host", "lookup: no such host: \(note)")
        case .nameTimeout: return same(1100, "lookup: i/o timeout: \(note)")
        case .connectRefused:
            return (1212, "dial: connection refused", "dial tcp \(peer(note)): connect: connection refused")
        case .connectTimeout: return same(1211, "dial: i/o timeout")
        case .connectFailed:
            return (1213, "dial: unknown errno error with msg `\(note)`", "dial tcp: \(note)")
        case .proxyFailed: return same(1210, "proxyconnect tcp: \(note)")
        case .tlsCertificate: return certificate(note)
        case .tlsFailed: return handshake(note)
        case .tlsTruncated: return same(1000, "unexpected EOF")
        case .reset:
            let call = note.hasPrefix("send") ? "write" : "read"
            return (1220, "\(call): connection reset by peer", "\(call) tcp: connection reset by peer")
        case .closedEarly:
            return same(1000, isAnswering || exchange.firstByteAt > 0 ? "unexpected EOF" : "EOF")
        case .timeout: return same(1050, "request timeout")
        case .protocolError:
            if note.hasPrefix("content encoding") {
                return same(1701, "error decompressing response body (\(note))")
            }
            return (1000, note, "net/http: HTTP/1.x transport connection broken: \(note)")
        case .streamReset: return same(1630, "http2: stream error: \(note)")
        case .goneAway: return same(1610, "http2: received GoAway: \(note)")
        case .notSent where note.contains("which is not to be asked"):
            return (1110, "ip is blacklisted", note)
        case .tooLarge, .tooManyRedirects, .upgradeRefused, .notSent: return same(1000, note)
        case .cancelled: return same(1000, "context canceled")
        case .answered: return same(1000, note)
        }
    }

    /// A handshake that failed: what the server said of it has words of Go's own.
    private static func handshake(_ note: String) -> (Int, String, String) {
        func same(_ code: Int, _ message: String) -> (Int, String, String) { (code, message, message) }
        let isNoTLS = [
            "the peer does not speak TLS", "wrong version number", "http request", "packet length too long",
        ]
        .contains { note.contains($0) }
        if isNoTLS {
            return same(1301, "tls: first record does not look like a TLS handshake")
        }
        guard let start = note.firstRange(of: "sent the alert '")?.upperBound,
            let end = note[start...].firstIndex(of: "'")
        else { return same(1300, "tls: \(note)") }
        let name = String(note[start..<end])
        return same(1010, "remote error: tls: \(alerts[name] ?? name)")
    }

    /// Alerts that Go calls by other names than OpenSSL.
    private static let alerts = [
        "unknown CA": "unknown certificate authority", "protocol version": "protocol version not supported",
        "decrypt error": "error decrypting message", "certificate expired": "expired certificate",
        "certificate revoked": "revoked certificate", "certificate unknown": "unknown certificate",
        "insufficient security": "insufficient security level",
    ]

    private static func certificate(_ note: String) -> (Int, String, String) {
        if note.contains("wrong name") {
            return (
                1311, "x509: certificate doesn't match hostname", "tls: failed to verify certificate: \(note)"
            )
        }
        if note.contains("expired: ") || note.contains("not yet valid: ") {
            return (1000, "x509: \(note)", "tls: failed to verify certificate: x509: \(note)")
        }
        return (1310, "x509: unknown authority", "tls: failed to verify certificate: \(note)")
    }

    /// `connect 127.0.0.1:80: ECONNREFUSED (Connection refused)` is about `127.0.0.1:80`.
    private static func peer(_ note: String) -> String {
        let words = note.split(separator: " ")
        guard let call = words.firstIndex(of: "connect"), call + 1 < words.count else { return note }
        return String(words[call + 1].last == ":" ? words[call + 1].dropLast() : words[call + 1])
    }
}
