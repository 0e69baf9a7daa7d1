import AssayCore
import Testing

@testable import AssayNet

@Suite("Peers that break TLS")
struct TLSFaultTests {
    /// What a peer does once TLS is there and a request has come.
    enum Deed: String, Sendable, CaseIterable {
        case truncatedBody = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
        case truncatedToEnd = "HTTP/1.1 200 OK\r\n\r\nhalf"
        case wholeThenNoNotify = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        case politeEarlyEnd = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf"
        case politeToEnd = "HTTP/1.1 200 OK\r\n\r\nwhole"
        case halfRecord, badRecord, nothing

        var expected: String {
            switch self {
            case .truncatedBody, .truncatedToEnd, .halfRecord:
                "tls-truncated: the peer closed TCP inside the response without ending TLS (no close_notify)"
            case .wholeThenNoNotify: "200 ok"
            case .politeEarlyEnd: "closed-early: the peer closed inside the response"
            case .politeToEnd: "200 whole"
            case .badRecord: "tls-failed: decryption failed or bad record mac"
            case .nothing: "closed-early: the peer closed without an answer"
            }
        }
    }

    @Test("what a peer leaves out or spoils has a name of its own", arguments: Deed.allCases)
    func deeds(_ deed: Deed) throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let made = fixture.authority.issue(for: ["127.0.0.1"])
        let tls = try ServerTLS(TLSServerOptions(certificate: made.certificate, key: made.key))
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = listener.address.port ?? 0
        let seen = reactor.run {
            Task(executorPreference: reactor) {
                // The first try may be repeated on a new connection.
                while let channel = await listener.accept() {
                    _ = await channel.acceptTLS(tls.context, until: .max, in: nil)
                    while await channel.readable() == .ready, channel.receive()?.isEmpty == true {}
                    Self.act(deed, on: channel)
                }
            }
            let origin = HTTPOrigin(host: "127.0.0.1", port: port, isSecure: true)
            let seen = await fixture.get(origin, fixture.options())
            listener.close()
            return seen
        }
        #expect(seen == deed.expected)
    }

    private static func act(_ deed: Deed, on channel: Channel) {
        switch deed {
        case .politeEarlyEnd, .politeToEnd: _ = channel.send(Array(deed.rawValue.utf8))
        case .truncatedBody, .truncatedToEnd, .wholeThenNoNotify:
            _ = channel.send(Array(deed.rawValue.utf8))
            channel.tls = nil
        case .halfRecord:
            channel.tls = nil
            _ = channel.send([0x17, 3, 3, 0, 200, 1, 2, 3, 4])
        case .badRecord:
            channel.tls = nil
            _ = channel.send([0x17, 3, 3, 0, 40] + [UInt8](repeating: 7, count: 40))
        case .nothing: channel.tls = nil
        }
        channel.close()
    }

    @Test("a peer that speaks no TLS, says nothing, closes or resets in the handshake")
    func handshakes() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = listener.address.port ?? 0
        let seen = reactor.run {
            Task(executorPreference: reactor) {
                var kept: [Channel] = []
                for deed in ["answer", "close", "reset", "wait"] {
                    guard let channel = await listener.accept() else { return }
                    _ = await channel.readable()
                    switch deed {
                    case "answer": _ = channel.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
                    case "close": while channel.receive()?.isEmpty == false {}
                    case "reset": channel.resetOnClose()
                    default:
                        kept.append(channel)
                        continue
                    }
                    channel.close()
                }
                _ = await reactor.sleep(for: .seconds(60))
                kept.removeAll()
            }
            var seen: [String] = []
            let origin = HTTPOrigin(host: "127.0.0.1", port: port, isSecure: true)
            for _ in 0..<3 { seen.append(await fixture.get(origin, fixture.options())) }
            seen.append(
                await fixture.get(origin, fixture.options { $0.connectTimeout = .milliseconds(50) }))
            listener.close()
            return seen
        }
        #expect(
            seen == [
                "tls-failed: the peer does not speak TLS (wrong version number)",
                "tls-failed: the peer closed in the TLS handshake",
                "reset: TLS handshake: ECONNRESET (Connection reset by peer)",
                "connect-timeout: no TLS handshake with https://127.0.0.1:\(port) in time",
            ])
    }

    @Test("files that cannot be used are named with the reason")
    func files() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let made = fixture.authority.issue(for: ["a"])
        let other = fixture.authority.issue(for: ["b"])
        let folder = fixture.folder
        try Files.write(made.certificate, to: folder + "/a.pem")
        try Files.write(made.key, to: folder + "/a.key")
        try Files.write(other.key, to: folder + "/b.key")
        try Files.write(Array("nothing".utf8), to: folder + "/text")
        func reason(_ change: (inout TLSOptions) -> Void) -> String {
            var options = TLSOptions()
            change(&options)
            guard case .failure(let error) = ConnectOptions(tls: options).tlsContext else { return "fine" }
            return "\(error.part.rawValue): \(error)"
        }
        #expect(
            reason { $0.authorityFile = folder + "/no.pem" }.hasPrefix(
                "ca: \(folder)/no.pem cannot be read: "))
        #expect(
            reason { $0.authorityFile = folder + "/text" }
                == "ca: \(folder)/text holds no certificate in PEM form")
        #expect(
            reason {
                $0.certificateFile = folder + "/a.pem"
                $0.keyFile = folder + "/b.key"
            }
                == "key: the key of \(folder)/b.key does not belong to the certificate of \(folder)/a.pem")
        #expect(
            reason { $0.certificateFile = folder + "/a.pem" }.hasPrefix(
                "key: \(folder)/a.pem holds no private key in PEM form"))
        #expect(
            reason { $0.keyFile = folder + "/a.key" }
                == "key: there is a key, but no certificate that it belongs to")
        #expect(
            reason {
                $0.certificateFile = folder + "/a.pem"
                $0.keyFile = folder + "/a.key"
            } == "fine")
        #expect(reason { $0.ciphers = "NO-SUCH" }.hasPrefix("ciphers: no cipher for 'NO-SUCH': "))
        #expect(
            reason {
                $0.lowest = .tls1_3
                $0.highest = .tls1_2
            } == "versions: there is no version of TLS from 1.3 to 1.2")
    }
}
