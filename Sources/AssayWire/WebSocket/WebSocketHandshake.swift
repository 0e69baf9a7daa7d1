/// Why a handshake came to nothing, in a sentence.
public struct WebSocketHandshakeError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    /// What a server answers a request that is none: 400, 405, 426.
    public var status = 400
    init(_ description: String, status: Int = 400) {
        self.description = description
        self.status = status
    }
}

/// The 16 bytes by which a client knows that its answer is to its own request (RFC 6455 §4.1).
public struct WebSocketKey: Sendable, Equatable {
    /// Value of `Sec-WebSocket-Key`.
    public let text: String

    /// - Parameter words: random.
    public init(_ words: (UInt64, UInt64)) {
        var bytes: [UInt8] = []
        for word in [words.0, words.1] {
            for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
        }
        text = base64(bytes)
    }

    /// - Parameter text: as a client sent it.
    public init(text: String) { self.text = text }

    /// What is digested with SHA-1 for the answer.
    public var digested: [UInt8] { Array((text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8) }

    /// Value of `Sec-WebSocket-Accept`.
    ///
    /// - Parameter digest: SHA-1 of ``digested``.
    public static func accept(_ digest: [UInt8]) -> String { base64(digest) }

    /// Whether it is base64 of 16 bytes.
    var isWellFormed: Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 24 && bytes[22] == 0x3D && bytes[23] == 0x3D
            && bytes[..<22].allSatisfy {
                lowerASCII($0) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == 0x2B || $0 == 0x2F
            }
    }
}

/// The opening handshake's rules (RFC 6455 §4): what a client asks, and what a server may answer.
public struct WebSocketHandshake: Sendable {
    public var key: WebSocketKey
    /// Subprotocols, most wanted first.
    public var protocols: [String]
    /// Offered; `nil` for no compression.
    public var deflate: WebSocketDeflate?

    public init(key: WebSocketKey, protocols: [String] = [], deflate: WebSocketDeflate? = nil) {
        self.key = key
        self.protocols = protocols
        self.deflate = deflate
    }

    /// What was agreed on.
    public struct Agreement: Sendable, Equatable {
        /// The subprotocol that the server chose; `nil` for none.
        public var selectedProtocol: String?
        public var deflate: WebSocketDeflate?
        public init(selectedProtocol: String? = nil, deflate: WebSocketDeflate? = nil) {
            self.selectedProtocol = selectedProtocol
            self.deflate = deflate
        }
    }

    /// Fields that a client's request has beside `Host` and its own.
    public var fields: [(name: String, value: String)] {
        var fields = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key.text),
            ("Sec-WebSocket-Version", "13"),
        ]
        if !protocols.isEmpty { fields.append(("Sec-WebSocket-Protocol", protocols.joined(separator: ", "))) }
        if let deflate { fields.append(("Sec-WebSocket-Extensions", deflate.offer)) }
        return fields.map { (name: $0.0, value: $0.1) }
    }

    /// Names of fields, lower case, that are the handshake's own: a user's of the same name would break it.
    public static let ownFields: Set<String> = [
        "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
        "content-length", "transfer-encoding",
    ]

    // MARK: client

    /// Judges an answer with status 101 (§4.2.2, as §4.1 wants it checked).
    ///
    /// - Parameter accept: the value that the server must send, ``WebSocketKey/accept(_:)``.
    public func judge(_ headers: HTTPHeaders, accept: String) throws(WebSocketHandshakeError) -> Agreement {
        guard headers["Upgrade"]?.lowercased() == "websocket" else {
            throw Self.wrong("Upgrade", headers["Upgrade"], expected: "websocket")
        }
        guard Self.tokens(headers["Connection"] ?? "").contains("upgrade") else {
            throw Self.wrong("Connection", headers["Connection"], expected: "Upgrade")
        }
        guard headers["Sec-WebSocket-Accept"] == accept else {
            throw Self.wrong("Sec-WebSocket-Accept", headers["Sec-WebSocket-Accept"], expected: accept)
        }
        let chosen = headers["Sec-WebSocket-Protocol"]
        if let chosen, !protocols.contains(chosen) {
            throw WebSocketHandshakeError(
                "the server chose the subprotocol '\(chosen)', "
                    + (protocols.isEmpty
                        ? "and none was asked for" : "which is none of " + protocols.joined(separator: ", ")))
        }
        let agreed = try WebSocketDeflate.agreed(
            offered: deflate, answer: headers["Sec-WebSocket-Extensions"])
        return Agreement(selectedProtocol: chosen, deflate: agreed)
    }

    private static func wrong(_ name: String, _ found: String?, expected: String) -> WebSocketHandshakeError {
        WebSocketHandshakeError(
            "the answer's \(name) must be '\(expected)', "
                + (found.map { "it is '\($0)'" } ?? "it is missing"))
    }

    // MARK: server

    /// Judges a client's request (§4.2.1).
    ///
    /// - Parameter headers: of a GET.
    /// - Returns: what the client asks; `protocols` as it wants them, its first valid offer of compression agreed to.
    /// - Throws: why it is no handshake, with the status that says so.
    public static func request(
        method: String, headers: HTTPHeaders
    ) throws(WebSocketHandshakeError) -> WebSocketHandshake {
        guard method == "GET" else {
            throw WebSocketHandshakeError("a WebSocket is opened with GET, not \(method)", status: 405)
        }
        guard tokens(headers["Upgrade"] ?? "").contains("websocket"),
            tokens(headers["Connection"] ?? "").contains("upgrade")
        else {
            throw WebSocketHandshakeError("this is a WebSocket: ask with `Upgrade: websocket`", status: 426)
        }
        guard headers["Sec-WebSocket-Version"] == "13" else {
            throw WebSocketHandshakeError("WebSocket is spoken here in version 13", status: 426)
        }
        let key = WebSocketKey(text: headers["Sec-WebSocket-Key"] ?? "")
        guard key.isWellFormed else {
            throw WebSocketHandshakeError("Sec-WebSocket-Key is not base64 of 16 bytes")
        }
        let protocols = (headers["Sec-WebSocket-Protocol"] ?? "").split(separator: ",").map { word in
            String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return WebSocketHandshake(
            key: key, protocols: protocols,
            deflate: headers["Sec-WebSocket-Extensions"].flatMap(WebSocketDeflate.accepting))
    }

    private static func tokens(_ list: String) -> [String] {
        list.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
    }
}

/// RFC 4648 §4, with padding.
private func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var value = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        value <<= UInt32(8 * (3 - group.count))
        for place in 0..<4 {
            text.append(
                place > group.count ? 0x3D : digits[Int(value >> UInt32(18 - 6 * place) & 63)])
        }
    }
    return String(decoding: text, as: UTF8.self)
}
