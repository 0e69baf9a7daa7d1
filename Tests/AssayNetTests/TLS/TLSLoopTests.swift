import AssayCore
import Testing

@testable import AssayNet

@Suite("TLS between our client and our server")
struct TLSLoopTests {
    @Test("requests in turn and bodies of every size pass, on one connection")
    func roundTrips() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server()
        let seen = reactor.run {
            let client = HTTPClient(on: reactor)
            let options = fixture.options()
            var seen: [String] = []
            for size in [1, 16_384, 16_385, 3_000_000, 20] {
                await client.exchange(with: server.origin(), via: options, timeout: 20_000_000_000) {
                    output in
                    output.append("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
                    output.append([UInt8](repeating: 65, count: size))
                }
                let last = client.last
                seen.append(
                    "\(last.outcome.name) \(last.status) \(client.body.count) \(last.tlsNanoseconds > 0)")
            }
            client.closeAll()
            server.stop()
            return seen
        }
        #expect(
            seen == [
                "answered 200 1 true", "answered 200 16384 false", "answered 200 16385 false",
                "answered 200 3000000 false", "answered 200 20 false",
            ])
    }

    @Test("ALPN, version and the agreed name are known after dialling")
    func agreement() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server()
        let older = try fixture.server { $0.highest = .tls1_2 }
        let seen = reactor.run {
            var seen: [String] = []
            for (server, offered) in [(server, ["h2", "http/1.1"]), (older, ["h2"]), (server, [])] {
                switch await reactor.dial(
                    server.origin("localhost"), with: fixture.options(), offering: offered,
                    until: Reactor.monotonicNow() + 5_000_000_000)
                {
                case .success(let dialed):
                    seen.append(
                        "\(dialed.channel.tls?.version ?? "-") \(dialed.applicationProtocol ?? "none")")
                    dialed.channel.close()
                case .failure(let failure): seen.append(failure.note)
                }
            }
            server.stop()
            older.stop()
            return seen
        }
        #expect(seen == ["TLSv1.3 http/1.1", "TLSv1.2 none", "TLSv1.3 none"])
    }

    @Test("certificates that cannot be trusted are refused with the reason and the names")
    func badCertificates() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let day = 86400
        let cases: [(MadeCertificate, String, String)] = [
            (
                fixture.authority.issue(for: ["localhost"], valid: (-2 * day)..<(-day)), "localhost",
                "tls-certificate: expired: the certificate 'localhost' was valid until "
            ),
            (
                fixture.authority.issue(for: ["localhost"], valid: day..<(2 * day)), "localhost",
                "tls-certificate: not yet valid: the certificate 'localhost' is valid from "
            ),
            (
                fixture.authority.issue(for: ["api.example.com", "10.0.0.1"]), "localhost",
                "tls-certificate: wrong name: expected localhost, the certificate has api.example.com, 10.0.0.1"
            ),
            (
                fixture.authority.issue(for: ["localhost"]), "127.0.0.1",
                "tls-certificate: wrong name: expected 127.0.0.1, the certificate has localhost"
            ),
            (
                fixture.authority.issue(for: ["localhost"], isSelfSigned: true), "localhost",
                "tls-certificate: self-signed: the certificate 'localhost' is its own issuer and is not among the "
                    + "trusted ones"
            ),
            (
                CertificateAuthority(named: "Stranger").issue(for: ["localhost"]), "localhost",
                "tls-certificate: unknown issuer: the certificate 'localhost' is signed by 'Stranger', which is not "
                    + "among the trusted ones"
            ),
        ]
        let servers = try cases.map { try fixture.server($0.0) }
        let hosts = cases.map(\.1)
        let seen = reactor.run {
            var seen: [String] = []
            for (server, host) in zip(servers, hosts) {
                seen.append(await fixture.get(server.origin(host), fixture.options()))
                // Whoever takes any certificate gets through.
                seen.append(
                    await fixture.get(server.origin(host), fixture.options { $0.tls.verifies = false }))
                server.stop()
            }
            return seen
        }
        for (index, expected) in cases.map(\.2).enumerated() {
            #expect(seen[2 * index].hasPrefix(expected), "\(seen[2 * index])")
            #expect(seen[2 * index + 1] == "200 GET /")
        }
    }

    @Test("the system's authorities do not know ours")
    func systemAuthorities() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server()
        let seen = reactor.run {
            let seen = await fixture.get(server.origin("localhost"), .standard)
            server.stop()
            return seen
        }
        #expect(seen.hasPrefix("tls-certificate: unknown issuer: "), "\(seen)")
    }

    @Test("a server that wants a certificate gets it, and its refusal is told by its alert")
    func clientCertificate() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let own = fixture.authority.issue(for: ["client"])
        try Files.write(own.certificate + own.key, to: fixture.folder + "/both.pem")
        let stranger = CertificateAuthority(named: "Stranger").issue(for: ["client"])
        try Files.write(stranger.certificate, to: fixture.folder + "/other.pem")
        try Files.write(stranger.key, to: fixture.folder + "/other.key")
        let servers = try TLSVersion.allCases.map { version in
            try fixture.server {
                $0.clientAuthorities = fixture.authority.certificate
                $0.requiresClientCertificate = true
                $0.highest = version
            }
        }
        let seen = reactor.run {
            var seen: [String] = []
            for server in servers {
                seen.append(await fixture.get(server.origin(), fixture.options()))
                seen.append(
                    await fixture.get(
                        server.origin(),
                        fixture.options { $0.tls.certificateFile = fixture.folder + "/both.pem" }))
                seen.append(
                    await fixture.get(
                        server.origin(),
                        fixture.options {
                            $0.tls.certificateFile = fixture.folder + "/other.pem"
                            $0.tls.keyFile = fixture.folder + "/other.key"
                        }))
                server.stop()
            }
            return seen
        }
        let unknown = "tls-failed: the peer sent the alert 'unknown CA' (48)"
        #expect(
            seen == [
                "tls-failed: the peer sent the alert 'handshake failure' (40)", "200 GET /", unknown,
                "tls-failed: the peer sent the alert 'certificate required' (116)", "200 GET /", unknown,
            ])
    }

    @Test("of several certificates a server is shown the one that is meant for it, and that it takes")
    func certificatesOfServers() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let other = CertificateAuthority(named: "Other")
        func shown(_ authority: CertificateAuthority, _ name: String, _ servers: [String])
            -> TLSClientCertificate
        {
            let made = authority.issue(for: [name])
            return TLSClientCertificate(
                certificate: made.certificate, key: made.key, servers: servers, name: name)
        }
        let server = try fixture.server {
            $0.clientAuthorities = fixture.authority.certificate
            $0.requiresClientCertificate = true
        }
        let sets: [[TLSClientCertificate]] = [
            [shown(fixture.authority, "any", [])],
            [shown(other, "stranger", []), shown(fixture.authority, "meant", ["*.0.0.1", "127.0.0.1"])],
            [shown(fixture.authority, "far", ["far.test"])],
            [shown(other, "stranger", ["127.0.0.1"])],
        ]
        let seen = reactor.run {
            var seen: [String] = []
            for certificates in sets {
                seen.append(
                    await fixture.get(server.origin(), fixture.options { $0.tls.certificates = certificates })
                )
            }
            server.stop()
            return seen
        }
        #expect(seen[...2] == ["200 GET /", "200 GET /", "200 GET /"])
        // Which alert a peer sends for a certificate that it does not know, or that is not shown, is up to it.
        #expect(seen[3].hasPrefix("tls-failed: the peer sent the alert"), "\(seen[3])")
    }

    @Test(
        "a certificate that OpenSSL does not take for its key's length is told before there is a connection")
    func weakCertificates() {
        var options = TLSOptions()
        options.certificates = [
            TLSClientCertificate(
                certificate: Array(Self.weakCertificate.utf8), key: Array(Self.weakKey.utf8), servers: [],
                name: "`tlsAuth` 1")
        ]
        let error = #expect(throws: TLSConfigurationError.self) { _ = try TLSContext(options) }
        #expect(error?.part == .certificate)
        #expect(
            error?.description.hasPrefix("`tlsAuth` 1 cannot be used: ") == true,
            "\(String(describing: error))")
    }

    /// Of RSA with 1024 bits, as its key is; both are of this test and of nothing else.
    private static let weakCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB/DCCAWWgAwIBAgIUL4EFndArz8SFsTT3tfXBCaV1gxUwDQYJKoZIhvcNAQEL
        BQAwDzENMAsGA1UEAwwEd2VhazAgFw0yNjExMjIwNjQ1MTVaGA8yMTI2MTAyOTA2
        NDUxNVowDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC
        gYEA4XVVZ6wbH+PZrrqvx/UkQn71GBn0q7WfxYGQi/4O7C2rU9njuX4dJpPQ1+Nm
        u/N5zWx2t3G4enwB2mYsWqY6iF2nw8OsfyZQgstvr7OmYMFL0zATawqwPj3zzE53
        /H56YMe4QKcuik5ybpbSHGLNEkC7rOYOjSEoZ37L0Oub2mMCAwEAAaNTMFEwHQYD
        VR0OBBYEFIyN4U5W0XXkfShS+3YzZodsk+ilMB8GA1UdIwQYMBaAFIyN4U5W0XXk
        fShS+3YzZodsk+ilMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA
        EPobcZCRiL7QdWplzFDmSqyzC+KzQmYuG8nQwfI9FzJfaV6USeqZv3T0v+rNhbzB
        eYHdvjY7TSiJr2bvWoPO2NYTy5OZRLgFSqVKAIekydwyaw3N2C9ptiv0MXxPP8y0
        TKrsx0UmNRpPSp9ZdQ9kg2s2JymmLdtZ4c+P8kLZ+Gw=
        -----END CERTIFICATE-----
        """

    private static let weakKey = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAOF1VWesGx/j2a66
        r8f1JEJ+9RgZ9Ku1n8WBkIv+Duwtq1PZ47l+HSaT0NfjZrvzec1sdrdxuHp8Adpm
        LFqmOohdp8PDrH8mUILLb6+zpmDBS9MwE2sKsD4988xOd/x+emDHuECnLopOcm6W
        0hxizRJAu6zmDo0hKGd+y9Drm9pjAgMBAAECgYBsadmJoq7gZNZWORsx0eV/vEDr
        N//5WbrcZHM3fhF67HMIPSxOFCC8XjP8vDK4ilm1uERV7e9BpsPVW3BUnr5h0Vx5
        Aqoo1uk/5B/g58bS5FmHO0S1gmeJCg1RX/qYSiD7BZE6OG5UcFBkMuI9SnI+Aib7
        Qyh7rhTst5Ol/SgxkQJBAPWDn6OnwdArUxhXzlqT83g755MEDSYOIs9aabVanccC
        fdvc7QzCmlYiB6G9S4qENsqzKG9YejsH3I7m5wO+tA8CQQDrFm0D1k93oQuF7d/C
        MM2JsDbUWSMN+QP5nqMzbTROiVeiLPwFD5FLgcWZvRDRqONakXdNfsurKaq6V4m8
        E9BtAkEAhnofIewMa/KfJDFMNS7e6Bef41YPwa1ygbMbPZux2kTSHXCoYxngoZco
        KP5fdzKuNF7nof2LjfPjal6tYM6/HwJAPEROhDpPuwplKtt1jpH2T0MGe1+yleVt
        uHOLwSZQz4V0GtZPcXixNds57hTDGAyk5FYAcLR9wA55fzXr0HR/7QJBAOuo+2Em
        q5l6RAbx/3/hUY1Eh6nqEDCBk7H+S/xx6H3MESmKjjkjjxXT9X5X+xfIOSpIYtBg
        +kvGQsfUArjbf9o=
        -----END PRIVATE KEY-----
        """

    @Test(
        "a certificate is meant for a server by name, for any, or for others",
        arguments: [
            (["api.test"], "API.test", 2), (["*.test"], "api.test", 2), (["*.test"], "test", 0),
            ([], "api.test", 1),
            (["other", "*.x"], "api.test", 0),
        ])
    func fitness(servers: [String], server: String, expected: Int) {
        let certificate = TLSClientCertificate(certificate: [], key: [], servers: servers, name: "c")
        #expect(certificate.fitness(for: server) == expected)
    }

    @Test("a name that cannot be checked for ends the handshake; a dot at a name's end makes no difference")
    func names() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server()
        let seen = reactor.run {
            var seen: [String] = []
            for name in ["", ".", "a\0b", "localhost.", "api.example.com"] {
                seen.append(await fixture.get(server.origin(), fixture.options { $0.tls.serverName = name }))
            }
            server.stop()
            return seen
        }
        let none = "tls-failed: there is no name to check the peer's certificate for"
        #expect(seen == [none, none, none, "200 GET /", "200 GET /"])
    }

    @Test("versions that do not meet fail by name")
    func versions() throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let old = try fixture.server { $0.highest = .tls1_2 }
        let new = try fixture.server { $0.lowest = .tls1_3 }
        let seen = reactor.run {
            let seen = [
                await fixture.get(old.origin(), fixture.options { $0.tls.lowest = .tls1_3 }),
                await fixture.get(new.origin(), fixture.options { $0.tls.highest = .tls1_2 }),
                await fixture.get(old.origin(), fixture.options { $0.tls.highest = .tls1_2 }),
            ]
            old.stop()
            new.stop()
            return seen
        }
        let alert = "tls-failed: the peer sent the alert 'protocol version' (70)"
        #expect(seen == [alert, alert, "200 GET /"])
    }

    @Test("sessions are resumed when that is wanted, in both versions", arguments: TLSVersion.allCases)
    func resumption(_ version: TLSVersion) throws {
        let reactor = try Reactor()
        let fixture = try TLSFixture(reactor)
        defer { fixture.remove() }
        let server = try fixture.server { $0.highest = version }
        let seen = reactor.run {
            var seen: [Bool] = []
            let resuming = fixture.options { $0.tls.resumesSessions = true }
            let other = fixture.options { $0.tls.resumesSessions = true }
            for options in [resuming, resuming, resuming, other, fixture.options(), fixture.options()] {
                switch await reactor.dial(
                    server.origin(), with: options, until: Reactor.monotonicNow() + 5_000_000_000)
                {
                case .success(let dialed):
                    let channel = dialed.channel
                    _ = channel.send(Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
                    while await channel.readable() == .ready, channel.receive() != nil {}
                    seen.append(channel.tls?.isResumed ?? false)
                    channel.close()
                case .failure: break
                }
            }
            server.stop()
            return seen
        }
        #expect(seen == [false, true, true, false, false, false])
    }
}
