/// Parameters of the extension permessage-deflate (RFC 7692 §7.1), as offered or as agreed on.
public struct WebSocketDeflate: Sendable, Equatable {
    /// The server forgets its window between messages.
    public var serverNoContextTakeover = false
    /// The client does.
    public var clientNoContextTakeover = false
    /// Base-2 logarithm of the window that the server packs with, 8…15; 15 when nothing is said.
    public var serverMaxWindowBits = 15
    /// Of the client's.
    public var clientMaxWindowBits = 15
    /// In an offer: the client understands a limit for its own window.
    public var acceptsClientWindow = true

    static let name = "permessage-deflate"

    public init() {}

    // MARK: client

    /// Value of `Sec-WebSocket-Extensions` that offers it.
    public var offer: String {
        var words = [Self.name]
        if serverNoContextTakeover { words.append("server_no_context_takeover") }
        if clientNoContextTakeover { words.append("client_no_context_takeover") }
        if serverMaxWindowBits < 15 { words.append("server_max_window_bits=\(serverMaxWindowBits)") }
        if clientMaxWindowBits < 15 {
            words.append("client_max_window_bits=\(clientMaxWindowBits)")
        } else if acceptsClientWindow {
            words.append("client_max_window_bits")
        }
        return words.joined(separator: "; ")
    }

    /// What a server's answer to this offer agrees on.
    ///
    /// - Parameter header: values of `Sec-WebSocket-Extensions`, joined; `nil` when there is none.
    /// - Returns: `nil` when the server declined.
    /// - Throws: what makes the answer none that was asked for; the connection must be failed (§7.1).
    static func agreed(
        offered: WebSocketDeflate?, answer header: String?
    ) throws(WebSocketHandshakeError) -> WebSocketDeflate? {
        guard let header else { return nil }
        guard let extensions = WebSocketExtension.parse(header) else {
            throw WebSocketHandshakeError("the answer's Sec-WebSocket-Extensions is no list: '\(header)'")
        }
        guard let first = extensions.first else { return nil }
        guard let offered else {
            throw WebSocketHandshakeError(
                "the server wants the extension '\(first.name)', and none was offered")
        }
        guard first.name == name else {
            throw WebSocketHandshakeError(
                "the server wants the extension '\(first.name)', which was not offered")
        }
        guard extensions.count == 1 else {
            throw WebSocketHandshakeError("the server wants more extensions than were offered: '\(header)'")
        }
        let problem = "the server's answer to permessage-deflate is not valid: '\(header)'"
        guard var agreed = WebSocketDeflate(first, isOffer: false) else {
            throw WebSocketHandshakeError(problem)
        }
        if offered.serverNoContextTakeover, !agreed.serverNoContextTakeover {
            throw WebSocketHandshakeError("\(problem), it leaves out server_no_context_takeover")
        }
        if agreed.serverMaxWindowBits > offered.serverMaxWindowBits {
            throw WebSocketHandshakeError("\(problem), its server_max_window_bits is over what was offered")
        }
        if first.parameters.contains(where: { $0.name == "client_max_window_bits" }),
            !offered.acceptsClientWindow, offered.clientMaxWindowBits == 15
        {
            throw WebSocketHandshakeError("\(problem), its client_max_window_bits was not offered")
        }
        // What the client offered for itself holds whether the server repeats it or not.
        agreed.clientNoContextTakeover = agreed.clientNoContextTakeover || offered.clientNoContextTakeover
        agreed.clientMaxWindowBits = min(agreed.clientMaxWindowBits, offered.clientMaxWindowBits)
        return agreed
    }

    // MARK: server

    /// What a server agrees on of a client's offers, the first that is valid; `nil` for none.
    ///
    /// - Parameter header: values of `Sec-WebSocket-Extensions`, joined.
    public static func accepting(_ header: String) -> WebSocketDeflate? {
        (WebSocketExtension.parse(header) ?? []).lazy.filter { $0.name == name }
            .compactMap { WebSocketDeflate($0, isOffer: true) }.first
    }

    /// Value of `Sec-WebSocket-Extensions` with which a server agrees.
    public var acceptance: String {
        var words = [Self.name]
        if serverNoContextTakeover { words.append("server_no_context_takeover") }
        if clientNoContextTakeover { words.append("client_no_context_takeover") }
        if serverMaxWindowBits < 15 { words.append("server_max_window_bits=\(serverMaxWindowBits)") }
        if clientMaxWindowBits < 15, acceptsClientWindow {
            words.append("client_max_window_bits=\(clientMaxWindowBits)")
        }
        return words.joined(separator: "; ")
    }

    /// - Returns: `nil` when a parameter is unknown, there twice or has a wrong value.
    init?(_ written: WebSocketExtension, isOffer: Bool) {
        acceptsClientWindow = false
        var seen: Set<String> = []
        for (name, value) in written.parameters {
            guard seen.insert(name).inserted else { return nil }
            switch name {
            case "server_no_context_takeover" where value == nil: serverNoContextTakeover = true
            case "client_no_context_takeover" where value == nil: clientNoContextTakeover = true
            case "server_max_window_bits":
                guard let bits = Self.bits(value) else { return nil }
                serverMaxWindowBits = bits
            case "client_max_window_bits":
                acceptsClientWindow = true
                if value == nil, isOffer { continue }
                guard let bits = Self.bits(value) else { return nil }
                clientMaxWindowBits = bits
            default: return nil
            }
        }
    }

    private static func bits(_ value: String?) -> Int? {
        guard let value, !value.hasPrefix("0"), value.utf8.allSatisfy({ $0 &- 0x30 <= 9 }),
            let bits = Int(value),
            (8...15).contains(bits)
        else { return nil }
        return bits
    }
}

/// An element of `Sec-WebSocket-Extensions` (RFC 6455 §9.1).
struct WebSocketExtension: Equatable {
    var name: String
    /// In their order; a value may be missing.
    var parameters: [(name: String, value: String?)]

    static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.parameters.elementsEqual(right.parameters) { $0 == $1 }
    }

    /// - Returns: `nil` when the text is no such list.
    static func parse(_ text: String) -> [WebSocketExtension]? {
        var reader = ExtensionReader(bytes: Array(text.utf8))
        return reader.list()
    }
}

private struct ExtensionReader {
    let bytes: [UInt8]
    var place = 0

    private mutating func skipBlanks() {
        while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    }

    private mutating func took(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func token() -> String? {
        skipBlanks()
        let start = place
        while place < bytes.count, isTokenByte(bytes[place]) { place += 1 }
        return start < place ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
    }

    /// A token, perhaps quoted: what is inside must be one too (RFC 6455 §9.1).
    private mutating func value() -> String? {
        guard took(0x22) else { return token() }
        var inside: [UInt8] = []
        while place < bytes.count, bytes[place] != 0x22 {
            if bytes[place] == 0x5C { place += 1 }
            guard place < bytes.count, isTokenByte(bytes[place]) else { return nil }
            inside.append(bytes[place])
            place += 1
        }
        guard place < bytes.count, !inside.isEmpty else { return nil }
        place += 1
        return String(decoding: inside, as: UTF8.self)
    }

    mutating func list() -> [WebSocketExtension]? {
        var found: [WebSocketExtension] = []
        while true {
            // Empty elements are allowed in lists (RFC 9110 §5.6.1).
            while took(0x2C) {}
            skipBlanks()
            if place == bytes.count { return found }
            guard let name = token() else { return nil }
            var parameters: [(name: String, value: String?)] = []
            while took(0x3B) {
                guard let parameter = token() else { return nil }
                var value: String?
                if took(0x3D) {
                    guard let written = self.value() else { return nil }
                    value = written
                }
                parameters.append((parameter.lowercased(), value))
            }
            found.append(WebSocketExtension(name: name.lowercased(), parameters: parameters))
            skipBlanks()
            guard place == bytes.count || bytes[place] == 0x2C else { return nil }
        }
    }
}
