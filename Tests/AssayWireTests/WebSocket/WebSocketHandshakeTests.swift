import Testing

@testable import AssayWire

@Suite("WebSocket: handshake")
struct WebSocketHandshakeTests {
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private func answer(_ changes: [(String, String?)]) -> HTTPHeaders {
        var headers = HTTPHeaders([
            ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"),
            ("Sec-WebSocket-Accept", Self.accept),
        ])
        for (name, value) in changes { headers[name] = value }
        return headers
    }

    @Test("a key is base64 of its 16 bytes, and RFC 6455's example gives its answer")
    func key() {
        #expect(WebSocketKey((0, 0)).text == "AAAAAAAAAAAAAAAAAAAAAA==")
        #expect(WebSocketKey((0, 0)).isWellFormed)
        let key = WebSocketKey(text: "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(key.digested == Array("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        let digest: [UInt8] = [
            0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6, 0x46, 0x06, 0xcf, 0x38, 0x59, 0x45,
            0xb2, 0xbe, 0xc4, 0xea,
        ]
        #expect(WebSocketKey.accept(digest) == Self.accept)
    }

    @Test("a right answer agrees on what was asked for")
    func agreeing() throws {
        let handshake = WebSocketHandshake(
            key: WebSocketKey((1, 2)), protocols: ["v2", "v1"], deflate: WebSocketDeflate())
        let plain = try handshake.judge(answer([]), accept: Self.accept)
        #expect(plain == WebSocketHandshake.Agreement())
        let full = try handshake.judge(
            answer([
                ("Sec-WebSocket-Protocol", "v1"),
                (
                    "Sec-WebSocket-Extensions",
                    "permessage-deflate; server_no_context_takeover; client_max_window_bits=\"10\""
                ),
            ]), accept: Self.accept)
        #expect(full.selectedProtocol == "v1")
        #expect(full.deflate?.serverNoContextTakeover == true)
        #expect(full.deflate?.clientMaxWindowBits == 10)
        #expect(handshake.fields.map(\.name).contains("Sec-WebSocket-Extensions"))
    }

    static let wrong: [([(String, String?)], String)] = [
        ([("Upgrade", nil)], "the answer's Upgrade must be 'websocket', it is missing"),
        ([("Connection", "close")], "the answer's Connection must be 'Upgrade', it is 'close'"),
        (
            [("Sec-WebSocket-Accept", "x")],
            "the answer's Sec-WebSocket-Accept must be 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', it is 'x'"
        ),
        (
            [("Sec-WebSocket-Protocol", "v3")],
            "the server chose the subprotocol 'v3', which is none of v2, v1"
        ),
        (
            [("Sec-WebSocket-Extensions", "x-webkit-deflate-frame")],
            "the server wants the extension 'x-webkit-deflate-frame', which was not offered"
        ),
        (
            [("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=16")],
            "the server's answer to permessage-deflate is not valid: 'permessage-deflate; server_max_window_bits=16'"
        ),
        (
            [("Sec-WebSocket-Extensions", "permessage-deflate; a; a")],
            "the server's answer to permessage-deflate is not valid: 'permessage-deflate; a; a'"
        ),
        (
            [("Sec-WebSocket-Extensions", "permessage-deflate, permessage-deflate")],
            "the server wants more extensions than were offered: 'permessage-deflate, permessage-deflate'"
        ),
        ([("Sec-WebSocket-Extensions", ";")], "the answer's Sec-WebSocket-Extensions is no list: ';'"),
    ]

    @Test("an answer that is not what was asked for is refused in words", arguments: wrong)
    func refusing(_ changes: [(String, String?)], _ message: String) {
        let handshake = WebSocketHandshake(
            key: WebSocketKey((1, 2)), protocols: ["v2", "v1"], deflate: WebSocketDeflate())
        #expect(throws: WebSocketHandshakeError(message)) {
            _ = try handshake.judge(answer(changes), accept: Self.accept)
        }
    }

    @Test("what the client wants of compression must be granted")
    func wanting() {
        var wanted = WebSocketDeflate()
        wanted.serverNoContextTakeover = true
        wanted.serverMaxWindowBits = 10
        wanted.clientNoContextTakeover = true
        #expect(
            wanted.offer
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits"
        )
        func agreed(_ text: String) -> WebSocketDeflate? {
            try? WebSocketDeflate.agreed(offered: wanted, answer: text)
        }
        #expect(agreed("permessage-deflate; server_max_window_bits=10") == nil)
        #expect(agreed("permessage-deflate; server_no_context_takeover; server_max_window_bits=11") == nil)
        let right = agreed("permessage-deflate; server_no_context_takeover; server_max_window_bits=9")
        #expect(right?.serverMaxWindowBits == 9 && right?.clientNoContextTakeover == true)
        #expect(throws: (any Error).self) {
            _ = try WebSocketDeflate.agreed(offered: nil, answer: "permessage-deflate")
        }
    }

    static let offers: [(String, String?)] = [
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits=9; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=9"
        ),
        (
            "foo, permessage-deflate; x=1, permessage-deflate; server_max_window_bits=\"12\"",
            "permessage-deflate; server_max_window_bits=12"
        ),
        ("permessage-deflate; server_max_window_bits", nil),
        ("permessage-deflate; server_max_window_bits=08", nil),
        ("permessage-deflate; client_no_context_takeover=1", nil),
        ("foo; bar", nil),
    ]

    @Test("a server agrees to the first valid offer", arguments: offers)
    func accepting(_ offer: String, _ answer: String?) {
        #expect(WebSocketDeflate.accepting(offer)?.acceptance == answer)
    }

    @Test("a server tells a handshake from other requests")
    func request() throws {
        var headers = HTTPHeaders([
            ("Upgrade", "WebSocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Protocol", "a , b"),
        ])
        let asked = try WebSocketHandshake.request(method: "GET", headers: headers)
        #expect(asked.protocols == ["a", "b"] && asked.deflate == nil)
        func status() -> Int? {
            do {
                _ = try WebSocketHandshake.request(method: "GET", headers: headers)
                return nil
            } catch { return error.status }
        }
        headers["Sec-WebSocket-Key"] = "short"
        #expect(status() == 400)
        headers["Sec-WebSocket-Version"] = "8"
        #expect(status() == 426)
        headers["Upgrade"] = nil
        #expect(status() == 426)
    }

    @Test("ws and wss are http and https; other schemes are told")
    func addresses() throws {
        let plain = try URLParts(parsingWebSocket: "ws://a.example/live?x=1")
        #expect(plain.scheme == "http" && plain.port == 80 && plain.target == "/live?x=1")
        let safe = try URLParts(parsingWebSocket: "WSS://a.example")
        #expect(safe.scheme == "https" && safe.port == 443)
        do {
            _ = try URLParts(parsingWebSocket: "ftp://a.example/")
            Issue.record("it was taken")
        } catch {
            #expect("\(error)" == "'ftp://a.example/': expected the scheme ws or wss, got 'ftp'")
        }
    }
}
