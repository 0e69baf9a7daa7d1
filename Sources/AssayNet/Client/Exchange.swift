public import AssayCore

/// One request and what came of it; times are CLOCK_MONOTONIC nanoseconds.
public struct Exchange: Sendable {
    public var outcome: Outcome
    /// 0 when there is no response.
    public var status: Int
    /// Just before the first byte was handed to the kernel; before connecting when that failed.
    public var sentAt: Int64
    /// When the request was with the kernel whole.
    public var writtenAt: Int64
    /// When the first byte of the response was seen, interim ones (1xx) left out; 0 when none was.
    public var firstByteAt: Int64
    /// When the last byte was seen, or the failure.
    public var endAt: Int64
    /// Name look-up, connect and the way through a proxy; 0 on a reused connection.
    public var connectingNanoseconds: Int64
    /// The TLS handshake; 0 on a reused connection and without TLS.
    public var tlsNanoseconds: Int64
    /// For a connection, or room on one, that others of the pool were using; before ``sentAt``.
    public var waitingNanoseconds: Int64
    /// It was made in HTTP/2.
    public var isHTTP2: Bool
    public var bytesSent: Int
    public var bytesReceived: Int
    /// What a failed outcome was about, in a sentence.
    public var note: String?

    public init(outcome: Outcome, at now: Int64, note: String? = nil) {
        self.outcome = outcome
        self.note = note
        status = 0
        sentAt = now
        writtenAt = now
        firstByteAt = 0
        endAt = now
        connectingNanoseconds = 0
        tlsNanoseconds = 0
        waitingNanoseconds = 0
        isHTTP2 = false
        bytesSent = 0
        bytesReceived = 0
    }

    /// Send to last byte.
    public var serviceNanoseconds: Int64 { endAt - sentAt }
}

/// A server as requests name it.
public struct HTTPOrigin: Sendable, Hashable, CustomStringConvertible {
    public var host: String
    public var port: UInt16
    /// https: TLS to that port.
    public var isSecure: Bool
    public init(host: String, port: UInt16, isSecure: Bool = false) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Value of the header `Host`.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    public var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
}

/// Bounds of a client.
public struct HTTPClientLimits: Sendable {
    /// Name look-up, connect, the way through a proxy and the TLS handshake together.
    public var connectTimeout: Duration
    /// Bytes of a body after decoding; a larger one ends as ``Outcome/tooLarge``.
    public var bodyBytes: Int
    public init(connectTimeout: Duration = .seconds(10), bodyBytes: Int = 64 << 20) {
        self.connectTimeout = connectTimeout
        self.bodyBytes = bodyBytes
    }
}
