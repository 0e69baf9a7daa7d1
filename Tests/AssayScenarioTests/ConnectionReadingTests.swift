import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Settings of connections")
struct ConnectionReadingTests {
    private func settings(_ http: String) throws -> ConnectionSettings {
        try ReadingTests.read(
            "assay: 1\nscenario: x\nhttp: \(http)\nsteps: [{http: {get: \"${api.url}/\"}}]\n"
        ).http.connection
    }

    @Test("every key is read")
    func keys() throws {
        let all = try settings(
            """
            {version: 2, tls: {ca: ca.pem, certificate: own.pem, key: own.key, password: "${secret.key}", insecure: true,
              server-name: api.test, versions: [1.2, 1.3], session-reuse: true, ciphers: HIGH}, proxy: {url: "http://p:1",
              except: [localhost, 10.0.0.0/8]}, local-address: [127.0.0.2, 127.0.0.3], hosts: {api.test: "127.0.0.1:8443"},
              dns: {ttl: 30s}, connections: {shared: 10}, streams: 50}
            """)
        #expect(all.version == .http2 && all.reuse == .shared(most: 10) && all.streams == 50)
        #expect(all.tls?.authorities?.source == "ca.pem" && all.tls?.certificate?.source == "own.pem")
        #expect(all.tls?.key?.source == "own.key" && all.tls?.password?.source == "${secret.key}")
        #expect(all.tls?.insecure == true && all.tls?.serverName?.source == "api.test")
        #expect(all.tls?.lowest == "1.2" && all.tls?.highest == "1.3")
        #expect(all.tls?.resumes == true && all.tls?.ciphers == "HIGH")
        guard case .url(let url, let except)? = all.proxy else {
            Issue.record("no proxy")
            return
        }
        #expect(url.source == "http://p:1" && except == ["localhost", "10.0.0.0/8"])
        #expect(all.localAddresses?.map(\.source) == ["127.0.0.2", "127.0.0.3"])
        #expect(
            all.hosts?.map(\.name) == ["api.test"] && all.hosts?.first?.address.source == "127.0.0.1:8443")
        #expect(all.nameLifetime == .seconds(30))
    }

    @Test("short forms mean the same as long ones")
    func shortForms() throws {
        #expect(try settings("{connections: shared}").reuse == .shared(most: .max))
        #expect(try settings("{connections: per-user}").reuse == .perUser)
        #expect(try settings("{connections: none}").reuse == ConnectionSettings.Reuse.none)
        #expect(try settings("{local-address: 127.0.0.2}").localAddresses?.count == 1)
        let one = try settings("{tls: {versions: 1.3}, version: any, proxy: none}")
        #expect(one.tls?.lowest == "1.3" && one.tls?.highest == "1.3" && one.version == .any)
        guard case ConnectionSettings.Proxy.none? = one.proxy else {
            Issue.record("expected no proxy")
            return
        }
    }
}
