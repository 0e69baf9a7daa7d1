import AssayCore
import AssayWire
import Synchronization
import Testing

@testable import AssayNet

/// A proxy of a few lines: HTTP CONNECT and absolute targets, or SOCKS; it notes what it was asked for.
private final class SmallProxy: Sendable {
    let port: UInt16
    let asked = Mutex<[String]>([])
    private let listener: ReactorBound<Listener>

    /// - Parameter answer: to a CONNECT; the tunnel leads to `target` when it begins with `HTTP/1.1 200`.
    init(_ answer: String, to target: SocketAddress, tls: ServerTLS? = nil, on reactor: Reactor) throws {
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        port = listener.address.port ?? 0
        self.listener = ReactorBound(listener, on: reactor)
        Task(executorPreference: reactor) {
            while let channel = await listener.accept() {
                Task(executorPreference: reactor) {
                    if let tls { _ = await channel.acceptTLS(tls.context, until: .max, in: nil) }
                    await self.serve(channel, answer, target, reactor)
                    channel.close()
                }
            }
        }
    }

    func stop() { listener.value.close() }

    private func serve(_ client: Channel, _ answer: String, _ target: SocketAddress, _ reactor: Reactor) async
    {
        var head: [UInt8] = []
        while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
            guard await client.readable() == .ready, let more = client.receive() else { return }
            head += more
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let password = lines.first { $0.hasPrefix("Proxy-Authorization:") }.map { " [\($0)]" } ?? ""
        asked.withLock { $0.append("\(lines[0])\(password)") }
        guard case .success(let server) = await reactor.connect(to: [target], until: .max) else { return }
        if lines[0].hasPrefix("CONNECT") {
            _ = client.send(Array(answer.utf8))
            guard answer.hasPrefix("HTTP/1.1 200") else { return server.close() }
        } else {
            _ = server.send(head)
        }
        let back = Task(executorPreference: reactor) { await Self.pass(server, client) }
        await Self.pass(client, server)
        await back.value
        server.close()
    }

    private static func pass(_ from: Channel, _ to: Channel) async {
        while await from.readable() == .ready, let bytes = from.receive(limitBytes: 65_536) {
            var place = 0
            while place < bytes.count {
                guard let sent = to.send(bytes, from: place) else { return }
                place += sent
                if sent == 0 { _ = await to.writable() }
            }
        }
        to.shutdownWriting()
    }
}

@Suite("Opening connections")
struct DialerTests {
    @Test("requests go to the proxy whole, TLS through a tunnel, exceptions around it")
    func proxy() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let plain = try HTTPServer(on: reactor) {
            HTTPResponse(text: "plain \($0.target) \($0.headers["host"] ?? "")")
        }
        let secure = try fixture.server()
        let established = "HTTP/1.1 200 Connection established\r\n\r\n"
        let toPlain = try SmallProxy(established, to: plain.address, on: reactor)
        let toSecure = try SmallProxy(established, to: secure.address, on: reactor)
        let proxyCertificate = fixture.authority.issue(for: ["127.0.0.1"])
        let tls = try ServerTLS(
            TLSServerOptions(certificate: proxyCertificate.certificate, key: proxyCertificate.key))
        let overTLS = try SmallProxy(established, to: secure.address, tls: tls, on: reactor)
        let url = "http://ann:pw@127.0.0.1:"
        let forward = try ProxyOptions(parsing: url + "\(toPlain.port)", except: ["127.0.0.1"])
        let tunnel = try ProxyOptions(parsing: url + "\(toSecure.port)")
        let nested = try ProxyOptions(parsing: "https://127.0.0.1:\(overTLS.port)")
        let (plainPort, securePort) = (plain.address.port ?? 0, secure.address.port ?? 0)
        let seen = reactor.run {
            let seen = [
                await fixture.get(
                    HTTPOrigin(host: "api.example.com", port: 81), fixture.options { $0.proxy = forward },
                    "/x"),
                await fixture.get(
                    HTTPOrigin(host: "127.0.0.1", port: plainPort), fixture.options { $0.proxy = forward },
                    "/y"),
                await fixture.get(
                    HTTPOrigin(host: "api.example.com", port: securePort, isSecure: true),
                    fixture.options { $0.proxy = tunnel }, "/z"),
                await fixture.get(
                    HTTPOrigin(host: "api.example.com", port: 444, isSecure: true),
                    fixture.options { $0.proxy = nested }, "/nested"),
            ]
            toPlain.stop()
            toSecure.stop()
            overTLS.stop()
            plain.stop()
            secure.stop()
            return seen
        }
        #expect(
            seen == [
                "200 plain http://api.example.com:81/x api.example.com:81",
                "200 plain /y 127.0.0.1:\(plainPort)", "200 GET /z", "200 GET /nested",
            ])
        let password = " [Proxy-Authorization: Basic YW5uOnB3]"
        #expect(toPlain.asked.withLock { $0 } == ["GET http://api.example.com:81/x HTTP/1.1" + password])
        #expect(
            toSecure.asked.withLock { $0 } == ["CONNECT api.example.com:\(securePort) HTTP/1.1" + password])
        #expect(overTLS.asked.withLock { $0 } == ["CONNECT api.example.com:444 HTTP/1.1"])
    }

    @Test("a proxy's certificate has the proxy's name and is verified, whatever is said of the server's")
    func proxyIdentity() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let secure = try fixture.server()
        let established = "HTTP/1.1 200 Connection established\r\n\r\n"
        func proxy(_ authority: CertificateAuthority) throws -> SmallProxy {
            let made = authority.issue(for: ["127.0.0.1"])
            let tls = try ServerTLS(TLSServerOptions(certificate: made.certificate, key: made.key))
            return try SmallProxy(established, to: secure.address, tls: tls, on: reactor)
        }
        let known = try proxy(fixture.authority)
        let unknown = try proxy(CertificateAuthority(named: "Stranger"))
        let toKnown = try ProxyOptions(parsing: "https://127.0.0.1:\(known.port)")
        let toUnknown = try ProxyOptions(parsing: "https://127.0.0.1:\(unknown.port)")
        let origin = HTTPOrigin(host: "10.1.2.3", port: 444, isSecure: true)
        let seen = reactor.run {
            let seen = [
                await fixture.get(
                    origin,
                    fixture.options {
                        $0.proxy = toKnown
                        $0.tls.serverName = "api.example.com"
                    }),
                await fixture.get(
                    origin,
                    fixture.options {
                        $0.proxy = toUnknown
                        $0.tls.verifies = false
                    }),
            ]
            known.stop()
            unknown.stop()
            secure.stop()
            return seen
        }
        #expect(seen[0] == "200 GET /")
        #expect(
            seen[1].hasPrefix("tls-certificate: proxy https://127.0.0.1:\(unknown.port): unknown issuer: "))
        #expect(unknown.asked.withLock { $0 } == [])
    }

    @Test("what is said to a proxy has nothing of the client's own certificate")
    func towardsProxy() {
        var tls = TLSOptions()
        tls.authorityFile = "ca.pem"
        tls.certificateFile = "client.pem"
        tls.keyFile = "client.key"
        tls.keyPassword = "pw"
        tls.serverName = "a"
        tls.verifies = false
        let options = ConnectOptions(tls: tls)
        var expected = TLSOptions()
        expected.authorityFile = "ca.pem"
        #expect(options.towardsProxy.tls == expected)
        #expect(options.towardsProxy === options.towardsProxy)
    }

    @Test(
        "a proxy that refuses, or is none, is proxy-failed with its answer",
        arguments: [
            (
                "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "answered CONNECT a.test:443 with 407 Proxy Authentication Required; its URL has no user and password"
            ),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", "answered CONNECT a.test:443 with 403 Forbidden"),
            ("SSH-2.0-x\r\n\r\n", "does not speak HTTP: it answered 'SSH-2.0-x'"),
            ("", "closed the connection without an answer to CONNECT"),
        ])
    func refusals(_ answer: String, _ expected: String) throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try HTTPServer(on: reactor) { _ in HTTPResponse(text: "") }
        let proxy = try SmallProxy(answer, to: server.address, on: reactor)
        let options = try ProxyOptions(parsing: "http://127.0.0.1:\(proxy.port)")
        let seen = reactor.run {
            let seen = await fixture.get(
                HTTPOrigin(host: "a.test", port: 443, isSecure: true), fixture.options { $0.proxy = options })
            proxy.stop()
            server.stop()
            return seen
        }
        #expect(seen == "proxy-failed: proxy http://127.0.0.1:\(proxy.port) \(expected)")
    }

    @Test("a name may lead elsewhere; the certificate is still that name's")
    func hosts() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server()
        let port = server.address.port
        let seen = reactor.run {
            var seen: [String] = []
            for name in ["api.example.com", "API.example.com", "other.example.com"] {
                seen.append(
                    await fixture.get(
                        HTTPOrigin(host: name, port: 443, isSecure: true),
                        fixture.options {
                            $0.hosts = [
                                HostOverride(name: name, port: 80, target: "192.0.2.1"),
                                HostOverride(name: name, target: "127.0.0.1", targetPort: port),
                            ]
                        }))
            }
            server.stop()
            return seen
        }
        #expect(seen[0] == "200 GET /" && seen[1] == "200 GET /")
        #expect(
            seen[2]
                == "tls-certificate: wrong name: expected other.example.com, the certificate has localhost, "
                + "api.example.com, 127.0.0.1")
    }

    @Test("own addresses are taken in turn, and one that is not here is told")
    func localAddresses() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try HTTPServer(on: reactor) { request in
            HTTPResponse(text: request.peer.map { "\($0)" } ?? "")
        }
        let seen = reactor.run {
            let options = fixture.options {
                $0.localAddresses = (2...3).map { SocketAddress(.ipv4([127, 0, 0, $0], port: 0)) }
            }
            var seen: [String] = []
            for _ in 0..<3 {
                seen.append(String(await fixture.get(server.origin(), options).prefix { $0 != ":" }))
            }
            let far = fixture.options { $0.localAddresses = [SocketAddress(.ipv4([192, 0, 2, 7], port: 0))] }
            seen.append(await fixture.get(server.origin(), far))
            let six = fixture.options {
                $0.localAddresses = [SocketAddress(numeric: "::1", port: 0)].compactMap(\.self)
            }
            seen.append(await fixture.get(server.origin(), six))
            server.stop()
            return seen
        }
        #expect(Array(seen[..<3]) == ["200 127.0.0.2", "200 127.0.0.3", "200 127.0.0.2"])
        #expect(seen[3].hasPrefix("connect-failed: bind 192.0.2.7:0: EADDRNOTAVAIL"), "\(seen[3])")
        #expect(seen[4].hasPrefix("connect-failed: no local address of 127.0.0.1:"), "\(seen[4])")
    }

    @Test("a name is looked up again when its answer is too old, and once for all who wait for it")
    func lifetimes() throws {
        let reactor = try Reactor()
        let box = LookUps()
        let counts = reactor.run {
            func look(_ lifetime: Duration?) async {
                _ = await Resolver.addresses(
                    of: "lifetimes.test", port: 80, lifetime: lifetime, on: reactor, until: .max, in: nil
                ) { _, _ in
                    box.count.add(1, ordering: .relaxed)
                    return .success([.loopback(port: 80)])
                }
            }
            var counts: [Int] = []
            let together = (0..<5).map { _ in Task(executorPreference: reactor) { await look(nil) } }
            for task in together { await task.value }
            counts.append(box.count.load(ordering: .relaxed))
            await look(.seconds(60))
            counts.append(box.count.load(ordering: .relaxed))
            await look(.zero)
            counts.append(box.count.load(ordering: .relaxed))
            return counts
        }
        #expect(counts == [1, 1, 2])
    }

    @Test("options without a meaning send nothing and say what is wrong")
    func fault() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let seen = reactor.run {
            let origin = HTTPOrigin(host: "127.0.0.1", port: 1, isSecure: true)
            return await fixture.get(origin, fixture.options { $0.fault = "no meaning" })
        }
        #expect(seen == "not-sent: no meaning")
    }
}

private final class LookUps: Sendable {
    let count = Atomic<Int>(0)
}
